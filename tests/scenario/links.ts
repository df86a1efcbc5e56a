import {
  AddrGenMode,
  type BridgePortInfo,
  BridgePortState,
  LinkFlags,
  LinkMode,
  MacvlanAddressMode,
  MacvlanFlags,
  MacvlanMode,
  OperState,
  type RawAttributes,
  VxlanDf,
} from "../../lib/rtnetlink/mod.ts";
import { ifindex, named, type Part } from "./step.ts";

const { v0, v1, v2, v4, v5, i0 } = ifindex;
const { br0, br1, br2, p0, p1, p2, p3 } = ifindex;
const { vx0, mv0, mv2, mv3 } = ifindex;

const on = (flag: number) => ({ flags: flag, change: flag });
const off = (flag: number) => ({ flags: 0, change: flag });
const port = (slaveData: BridgePortInfo & RawAttributes) => ({
  slaveKind: "bridge" as const,
  slaveData,
});
const addrGenMode = (mode: number) => ({ afSpec: { inet6: { addrGenMode: mode } } });

/** Gives the other namespace an id, by a name that it has for as long as the command runs. */
const setNsid = "unshare -m sh -ec 'mount -t tmpfs none /run; mkdir /run/netns; " +
  "touch /run/netns/x; mount --bind /proc/PID/ns/net /run/netns/x; ip netns set x 7'";

/** Links and what every link has. */
export const links: Part = {
  name: "links",
  steps: [
    [setNsid, ({ nsids }, { pid }) => nsids.add({ pid, nsid: 7 })],
    [
      "ip link add v0 index 10 address 02:00:00:00:00:10 type veth " +
      "peer name v1 index 11 address 02:00:00:00:00:11",
      ({ links }) =>
        links.add({
          ...named("v0"),
          linkInfo: {
            kind: "veth",
            data: { peer: named("v1") },
          },
        }),
    ],
    [
      "ip link add v2 index 12 address 02:00:00:00:00:12 numtxqueues 2 numrxqueues 3 " +
      "txqueuelen 77 mtu 1400 group 9 type veth " +
      "peer name v3 index 13 address 02:00:00:00:00:13 mtu 1450 netns PID",
      ({ links }, { pid }) =>
        links.add({
          ...named("v2"),
          numTxQueues: 2,
          numRxQueues: 3,
          txQueueLength: 77,
          mtu: 1400,
          group: 9,
          linkInfo: {
            kind: "veth",
            data: {
              peer: { ...named("v3"), mtu: 1450, netNS: { pid } },
            },
          },
        }),
    ],
    [
      "ip link add v4 index 14 address 02:00:00:00:00:14 type veth " +
      "peer name v5 index 15 address 02:00:00:00:00:15",
      ({ links }) =>
        links.add({
          ...named("v4"),
          linkInfo: { kind: "veth", data: { peer: named("v5") } },
        }),
    ],
    [
      "ip link add i0 index 16 address 02:00:00:00:00:16 up type ifb",
      ({ links }) =>
        links.add({
          ...named("i0"),
          up: true,
          linkInfo: { kind: "ifb" },
        }),
    ],
    ["ip link set v2 up", ({ links }) => links.set(v2, { up: true })],
    ["ip link set v0 mtu 1400", ({ links }) => links.set(v0, { mtu: 1400 })],
    [
      "ip link set v0 address 02:00:00:00:00:1a",
      ({ links }) => links.set(v0, { address: "02:00:00:00:00:1a" }),
    ],
    [
      "ip link set v0 broadcast ff:ff:ff:ff:ff:fe",
      ({ links }) => links.set(v0, { broadcast: "ff:ff:ff:ff:ff:fe" }),
    ],
    [
      "ip link set v0 addrgenmode eui64",
      ({ links }) => links.set(v0, addrGenMode(AddrGenMode.Eui64)),
    ],
    ["ip link set v0 up", ({ links }) => links.set(v0, { up: true })],
    ["ip link set v1 up", ({ links }) => links.set("v1", { up: true })],
    ["ip link set v0 alias 'an uplink'", ({ links }) => links.set(v0, { alias: "an uplink" })],
    ["ip link set v4 alias x", ({ links }) => links.set(v4, { alias: "x" })],
    ["ip link set v4 alias ''", ({ links }) => links.set(v4, { alias: "" })],
    ["ip link set v0 group 42", ({ links }) => links.set(v0, { group: 42 })],
    ["ip link set v0 txqueuelen 500", ({ links }) => links.set(v0, { txQueueLength: 500 })],
    ["ip link set v0 promisc on", ({ links }) => links.set(v0, on(LinkFlags.Promiscuous))],
    ["ip link set v0 allmulticast on", ({ links }) => links.set(v0, on(LinkFlags.AllMulticast))],
    ["ip link set v1 promisc on", ({ links }) => links.set(v1, on(LinkFlags.Promiscuous))],
    ["ip link set v1 promisc off", ({ links }) => links.set(v1, off(LinkFlags.Promiscuous))],
    ["ip link set v1 multicast off", ({ links }) => links.set(v1, off(LinkFlags.Multicast))],
    ["ip link set v4 arp off", ({ links }) => links.set(v4, on(LinkFlags.NoArp))],
    [
      "ip link set v4 up dynamic on",
      ({ links }) => links.set(v4, { up: true, ...on(LinkFlags.Dynamic) }),
    ],
    [
      "ip link set v0 gso_max_size 32000 gso_max_segs 100",
      ({ links }) => links.set(v0, { gsoMaxSize: 32000, gsoMaxSegs: 100 }),
    ],
    ["ip link set v0 gro_max_size 20000", ({ links }) => links.set(v0, { groMaxSize: 20000 })],
    [
      "ip link set v5 addrgenmode random",
      ({ links }) => links.set(v5, addrGenMode(AddrGenMode.Random)),
    ],
    [
      "ip link set v4 down name renamed",
      ({ links }) => links.set(v4, { up: false, name: "renamed" }),
    ],
    ["ip link set renamed name v4", ({ links }) => links.set(v4, { name: "v4" })],
    ["ip link set v4 up", ({ links }) => links.set(v4, { up: true })],
    [
      "ip link property add dev v0 altname uplink-with-a-long-alternative-name altname wan0",
      ({ links }) => links.addAltNames(v0, ["uplink-with-a-long-alternative-name", "wan0"]),
    ],
    [
      "ip link property add dev v1 altname wan1",
      ({ links }) => links.addAltNames("v1", ["wan1"]),
    ],
    [
      "ip link property del dev v0 altname wan0",
      ({ links }) => links.deleteAltNames(v0, ["wan0"]),
    ],
    [
      "ip link set uplink-with-a-long-alternative-name mtu 1401",
      ({ links }) => links.set("uplink-with-a-long-alternative-name", { mtu: 1401 }),
    ],
    ["ip link set wan1 mtu 1402", ({ links }) => links.set("wan1", { mtu: 1402 })],
    ["ip link set v5 mode dormant", ({ links }) => links.set(v5, { linkMode: LinkMode.Dormant })],
    [
      "ip link set v5 state dormant",
      ({ links }) => links.set(v5, { operState: OperState.Dormant }),
    ],
  ],
};

/** Bridges and their ports. */
export const bridges: Part = {
  name: "bridges",
  batch: true,
  steps: [
    [
      "ip link add br0 index 20 address 02:00:00:00:00:20 type bridge " +
      "forward_delay 400 hello_time 300 max_age 1500 ageing_time 30000 stp_state 0 " +
      "priority 4096 group_fwd_mask 8 group_address 01:80:c2:00:00:0d " +
      "mcast_router 2 mcast_query_use_ifaddr 1 mcast_querier 0 mcast_hash_max 1024 " +
      "mcast_last_member_count 3 mcast_startup_query_count 4 mcast_last_member_interval 200 " +
      "mcast_membership_interval 27000 mcast_querier_interval 26000 " +
      "mcast_query_interval 13000 mcast_query_response_interval 1100 " +
      "mcast_startup_query_interval 3200 mcast_stats_enabled 1 mcast_igmp_version 3 " +
      "mcast_mld_version 2 no_linklocal_learn 1",
      ({ links }) =>
        links.add({
          ...named("br0"),
          linkInfo: {
            kind: "bridge",
            data: {
              forwardDelay: 400,
              helloTime: 300,
              maxAge: 1500,
              ageingTime: 30000,
              stpState: 0,
              priority: 4096,
              groupFwdMask: 8,
              groupAddr: "01:80:c2:00:00:0d",
              mcastRouter: 2,
              mcastQueryUseIfaddr: 1,
              mcastQuerier: 0,
              mcastHashMax: 1024,
              mcastLastMemberCnt: 3,
              mcastStartupQueryCnt: 4,
              mcastLastMemberIntvl: 200n,
              mcastMembershipIntvl: 27000n,
              mcastQuerierIntvl: 26000n,
              mcastQueryIntvl: 13000n,
              mcastQueryResponseIntvl: 1100n,
              mcastStartupQueryIntvl: 3200n,
              mcastStatsEnabled: 1,
              mcastIgmpVersion: 3,
              mcastMldVersion: 2,
              multiBoolopt: { value: 1, mask: 1 },
            },
          },
        }),
    ],
    [
      "ip link add br1 index 21 address 02:00:00:00:00:21 type bridge stp_state 1 mcast_snooping 0",
      ({ links }) =>
        links.add({
          ...named("br1"),
          linkInfo: { kind: "bridge", data: { stpState: 1, mcastSnooping: 0 } },
        }),
    ],
    [
      "ip link add br2 index 22 address 02:00:00:00:00:22 type bridge",
      ({ links }) => links.add({ ...named("br2"), linkInfo: { kind: "bridge" } }),
    ],
    [
      "ip link add p0 index 23 address 02:00:00:00:00:23 type veth " +
      "peer name p1 index 24 address 02:00:00:00:00:24",
      ({ links }) =>
        links.add({
          ...named("p0"),
          linkInfo: { kind: "veth", data: { peer: named("p1") } },
        }),
    ],
    [
      "ip link add p2 index 25 address 02:00:00:00:00:25 master br0 type veth " +
      "peer name p3 index 26 address 02:00:00:00:00:26",
      ({ links }) =>
        links.add({
          ...named("p2"),
          master: br0,
          linkInfo: { kind: "veth", data: { peer: named("p3") } },
        }),
    ],
    [
      "ip link set br0 type bridge ageing_time 20000 fdb_flush",
      ({ links }) =>
        links.set(br0, {
          linkInfo: { kind: "bridge", data: { ageingTime: 20000, fdbFlush: true } },
        }),
    ],
    [
      "ip link set br1 type bridge stp_state 0",
      ({ links }) => links.set(br1, { linkInfo: { kind: "bridge", data: { stpState: 0 } } }),
    ],
    ["ip link set p0 master br0", ({ links }) => links.set(p0, { master: br0 })],
    ["ip link set p1 master br1", ({ links }) => links.set(p1, { master: br1 })],
    ["ip link set p3 master br2", ({ links }) => links.set(p3, { master: br2 })],
    ["ip link set p3 nomaster", ({ links }) => links.set(p3, { master: 0 })],
    ["ip link set p3 up master br2", ({ links }) => links.set(p3, { up: true, master: br2 })],
    ["ip link set br0 up", ({ links }) => links.set(br0, { up: true })],
    ["ip link set p0 up", ({ links }) => links.set(p0, { up: true })],
    ["ip link set p1 up", ({ links }) => links.set(p1, { up: true })],
    ["ip link set p2 up", ({ links }) => links.set(p2, { up: true })],
    [
      "ip link set p0 type bridge_slave cost 10 priority 20 hairpin on guard on root_block on " +
      "fastleave on",
      ({ links }) =>
        links.set(p0, {
          linkInfo: port({
            cost: 10,
            priority: 20,
            mode: true,
            guard: true,
            protect: true,
            fastLeave: true,
          }),
        }),
    ],
    [
      "ip link set p0 type bridge_slave learning off flood off mcast_flood off bcast_flood off " +
      "mcast_to_unicast on",
      ({ links }) =>
        links.set(p0, {
          linkInfo: port({
            learning: false,
            unicastFlood: false,
            mcastFlood: false,
            bcastFlood: false,
            mcastToUcast: true,
          }),
        }),
    ],
    [
      "ip link set p0 type bridge_slave proxy_arp on proxy_arp_wifi on neigh_suppress on",
      ({ links }) =>
        links.set(p0, {
          linkInfo: port({ proxyArp: true, proxyArpWifi: true, neighSuppress: true }),
        }),
    ],
    [
      "ip link set p0 type bridge_slave isolated on locked on vlan_tunnel on mcast_router 2 " +
      "group_fwd_mask 0x4008",
      ({ links }) =>
        links.set(p0, {
          linkInfo: port({
            isolated: true,
            locked: true,
            vlanTunnel: true,
            multicastRouter: 2,
            groupFwdMask: 0x4008,
          }),
        }),
    ],
    [
      "ip link set p0 type bridge_slave backup_port p2",
      ({ links }) => links.set(p0, { linkInfo: port({ backupPort: p2 }) }),
    ],
    [
      "bridge link set dev p1 cost 7 learning off",
      ({ links }) =>
        links.set(p1, {
          linkInfo: port({ cost: 7, learning: false }),
        }),
    ],
    [
      "ip link set p2 type bridge_slave fdb_flush state 4",
      ({ links }) =>
        links.set(p2, {
          linkInfo: port({ flush: true, state: BridgePortState.Blocking }),
        }),
    ],
  ],
};

/** Tunnels and links on top of others. */
export const stacked: Part = {
  name: "tunnels and stacked links",
  steps: [
    [
      "ip link add vx0 index 30 address 02:00:00:00:00:30 type vxlan id 42 local 10.0.0.1 " +
      "remote 10.0.0.9 dstport 4789 ttl 5 tos 4 nolearning ageing 77 gbp",
      ({ links }) =>
        links.add({
          ...named("vx0"),
          linkInfo: {
            kind: "vxlan",
            data: {
              id: 42,
              local: "10.0.0.1",
              group: "10.0.0.9",
              port: 4789,
              ttl: 5,
              tos: 4,
              learning: false,
              ageing: 77,
              gbp: true,
            },
          },
        }),
    ],
    [
      "ip link add vx1 index 31 address 02:00:00:00:00:31 type vxlan id 43 group 239.1.1.1 " +
      "dev v0 dstport 4790 srcport 1000 2000 maxaddress 100 noudpcsum proxy l2miss l3miss rsc",
      ({ links }) =>
        links.add({
          ...named("vx1"),
          linkInfo: {
            kind: "vxlan",
            data: {
              id: 43,
              group: "239.1.1.1",
              link: v0,
              port: 4790,
              portRange: { low: 1000, high: 2000 },
              limit: 100,
              udpCsum: false,
              proxy: true,
              l2Miss: true,
              l3Miss: true,
              rsc: true,
            },
          },
        }),
    ],
    [
      "ip link add vx2 index 32 address 02:00:00:00:00:32 type vxlan id 44 local 2001:db8::1 " +
      "remote 2001:db8::2 dstport 4791 udp6zerocsumtx udp6zerocsumrx flowlabel 0x12345",
      ({ links }) =>
        links.add({
          ...named("vx2"),
          linkInfo: {
            kind: "vxlan",
            data: {
              id: 44,
              local6: "2001:db8::1",
              group6: "2001:db8::2",
              port: 4791,
              udpZeroCsum6Tx: true,
              udpZeroCsum6Rx: true,
              label: 0x12345,
            },
          },
        }),
    ],
    [
      "ip link add vx3 index 33 address 02:00:00:00:00:33 up type vxlan external dstport 4792",
      ({ links }) =>
        links.add({
          ...named("vx3"),
          up: true,
          linkInfo: {
            kind: "vxlan",
            data: { collectMetadata: true, learning: false, port: 4792 },
          },
        }),
    ],
    [
      "ip link add vx4 index 34 address 02:00:00:00:00:34 type vxlan id 45 remote 10.0.0.8 " +
      "dstport 4793 ttl inherit df set remcsumtx remcsumrx",
      ({ links }) =>
        links.add({
          ...named("vx4"),
          linkInfo: {
            kind: "vxlan",
            data: {
              id: 45,
              group: "10.0.0.8",
              port: 4793,
              ttlInherit: true,
              df: VxlanDf.Set,
              remCsumTx: true,
              remCsumRx: true,
            },
          },
        }),
    ],
    [
      "ip link add vx5 index 35 address 02:00:00:00:00:35 type vxlan id 46 group ff05::100 " +
      "dev v0 dstport 4794",
      ({ links }) =>
        links.add({
          ...named("vx5"),
          linkInfo: { kind: "vxlan", data: { id: 46, group6: "ff05::100", link: v0, port: 4794 } },
        }),
    ],
    [
      "ip link add vx6 index 36 address 02:00:00:00:00:36 type vxlan external vnifilter " +
      "dstport 4795",
      ({ links }) =>
        links.add({
          ...named("vx6"),
          linkInfo: {
            kind: "vxlan",
            data: { collectMetadata: true, vniFilter: true, learning: false, port: 4795 },
          },
        }),
    ],
    ["ip link set vx0 up", ({ links }) => links.set(vx0, { up: true })],
    [
      "ip link set vx0 type vxlan id 42 remote 10.0.0.10 ageing 78",
      ({ links }) =>
        links.set(vx0, {
          linkInfo: { kind: "vxlan", data: { id: 42, group: "10.0.0.10", ageing: 78 } },
        }),
    ],
    ["ip link set vx0 protodown on", ({ links }) => links.set(vx0, { protoDown: 1 })],
    [
      "ip link set vx0 protodown_reason 3 on",
      ({ links }) => links.set(vx0, { protoDownReason: { mask: 1 << 3, value: 1 << 3 } }),
    ],
    [
      "ip link set vx0 protodown_reason 5 on",
      ({ links }) => links.set(vx0, { protoDownReason: { mask: 1 << 5, value: 1 << 5 } }),
    ],
    [
      "ip link set vx0 protodown_reason 5 off",
      ({ links }) => links.set(vx0, { protoDownReason: { mask: 1 << 5, value: 0 } }),
    ],
    [
      "ip link add mv0 index 40 link v1 address 02:00:00:00:00:40 up type macvlan mode bridge " +
      "bcqueuelen 50",
      ({ links }) =>
        links.add({
          ...named("mv0"),
          link: v1,
          up: true,
          linkInfo: { kind: "macvlan", data: { mode: MacvlanMode.Bridge, bcQueueLen: 50 } },
        }),
    ],
    [
      "ip link add mv1 index 41 link v1 address 02:00:00:00:00:41 type macvtap mode vepa",
      ({ links }) =>
        links.add({
          ...named("mv1"),
          link: v1,
          linkInfo: { kind: "macvtap", data: { mode: MacvlanMode.Vepa } },
        }),
    ],
    [
      "ip link add mv2 index 42 link v1 address 02:00:00:00:00:42 type macvlan mode source " +
      "macaddr add 02:00:00:00:aa:01",
      ({ links }) =>
        links.add({
          ...named("mv2"),
          link: v1,
          linkInfo: {
            kind: "macvlan",
            data: {
              mode: MacvlanMode.Source,
              macaddrMode: MacvlanAddressMode.Add,
              macaddr: "02:00:00:00:aa:01",
            },
          },
        }),
    ],
    [
      "ip link add mv3 index 43 link v5 address 02:00:00:00:00:43 type macvlan mode private",
      ({ links }) =>
        links.add({
          ...named("mv3"),
          link: v5,
          linkInfo: { kind: "macvlan", data: { mode: MacvlanMode.Private } },
        }),
    ],
    [
      "ip link add mv4 index 44 link i0 address 02:00:00:00:00:44 type macvlan mode passthru " +
      "nopromisc",
      ({ links }) =>
        links.add({
          ...named("mv4"),
          link: i0,
          linkInfo: {
            kind: "macvlan",
            data: { mode: MacvlanMode.Passthru, flags: MacvlanFlags.NoPromisc },
          },
        }),
    ],
    [
      "ip link set mv2 type macvlan mode source macaddr add 02:00:00:00:aa:02",
      ({ links }) =>
        links.set(mv2, {
          linkInfo: {
            kind: "macvlan",
            data: {
              mode: MacvlanMode.Source,
              macaddrMode: MacvlanAddressMode.Add,
              macaddr: "02:00:00:00:aa:02",
            },
          },
        }),
    ],
    [
      "ip link set mv2 type macvlan mode source macaddr del 02:00:00:00:aa:01",
      ({ links }) =>
        links.set(mv2, {
          linkInfo: {
            kind: "macvlan",
            data: {
              mode: MacvlanMode.Source,
              macaddrMode: MacvlanAddressMode.Delete,
              macaddr: "02:00:00:00:aa:01",
            },
          },
        }),
    ],
    [
      "ip link set mv2 type macvlan mode source macaddr set 02:00:00:00:aa:03 02:00:00:00:aa:04",
      ({ links }) =>
        links.set(mv2, {
          linkInfo: {
            kind: "macvlan",
            data: {
              mode: MacvlanMode.Source,
              macaddrMode: MacvlanAddressMode.Set,
              macaddrData: ["02:00:00:00:aa:03", "02:00:00:00:aa:04"],
            },
          },
        }),
    ],
    [
      "ip link set mv3 type macvlan mode vepa",
      ({ links }) =>
        links.set(mv3, { linkInfo: { kind: "macvlan", data: { mode: MacvlanMode.Vepa } } }),
    ],
    [
      "ip link set mv0 type macvlan bcqueuelen 60",
      ({ links }) => links.set(mv0, { linkInfo: { kind: "macvlan", data: { bcQueueLen: 60 } } }),
    ],
  ],
};
