import {
  AddressFamily,
  EncapFlags,
  EncapType,
  NexthopFlags,
  type RawAttributes,
  RouteFeatures,
  RoutePreference,
  RouteProtocol,
  RouteScope,
  RouteTable,
  RouteType,
  Seg6LocalAction,
  type Seg6LocalEncap,
  Seg6Mode,
  type Seg6Tunnel,
} from "../../lib/rtnetlink/mod.ts";
import { ifindex, type Part, type Step } from "./step.ts";

const { lo, v0, v2, vx3 } = ifindex;
const { Inet6 } = AddressFamily;

/** Routes of IPv4. */
export const routesV4: Part = {
  name: "IPv4 routes",
  batch: true,
  steps: [
    [
      "ip route add default via 10.0.0.254",
      ({ routes }) => routes.add({ dst: "default", gateway: "10.0.0.254" }),
    ],
    [
      "ip route add default via 10.0.0.253 dev v0 metric 4096 proto static",
      ({ routes }) =>
        routes.add({
          gateway: "10.0.0.253",
          oif: v0,
          priority: 4096,
          protocol: RouteProtocol.Static,
        }),
    ],
    [
      "ip route add 10.20.0.0/16 via 10.0.0.254 dev v0 proto static metric 100",
      ({ routes }) =>
        routes.add({
          dst: "10.20.0.0/16",
          gateway: "10.0.0.254",
          oif: v0,
          protocol: RouteProtocol.Static,
          priority: 100,
        }),
    ],
    [
      "ip route replace 10.20.0.0/16 via 10.0.0.253 dev v0 proto static metric 100",
      ({ routes }) =>
        routes.replace({
          dst: "10.20.0.0/16",
          gateway: "10.0.0.253",
          oif: v0,
          protocol: RouteProtocol.Static,
          priority: 100,
        }),
    ],
    [
      "ip route append 10.20.0.0/16 via 10.0.0.252 dev v0 proto bird metric 100",
      ({ routes }) =>
        routes.append({
          dst: "10.20.0.0/16",
          gateway: "10.0.0.252",
          oif: v0,
          protocol: RouteProtocol.Bird,
          priority: 100,
        }),
    ],
    [
      "ip route append 10.20.0.0/16 via 10.0.0.250 dev v0 proto zebra metric 100",
      ({ routes }) =>
        routes.append({
          dst: "10.20.0.0",
          dstLength: 16,
          gateway: "10.0.0.250",
          oif: v0,
          protocol: RouteProtocol.Zebra,
          priority: 100,
        }),
    ],
    [
      "ip route change 10.20.0.0/16 via 10.0.0.251 dev v0 proto static metric 100",
      ({ routes }) =>
        routes.set({
          dst: "10.20.0.0/16",
          gateway: "10.0.0.251",
          oif: v0,
          protocol: RouteProtocol.Static,
          priority: 100,
        }),
    ],
    [
      "ip route del 10.20.0.0/16 via 10.0.0.252 proto bird",
      ({ routes }) =>
        routes.delete({
          dst: "10.20.0.0/16",
          gateway: "10.0.0.252",
          protocol: RouteProtocol.Bird,
        }),
    ],
    [
      "ip route add 10.21.0.0/16 nexthop via 10.0.0.254 weight 1 " +
      "nexthop via 10.7.0.2 weight 10 nexthop dev v2 weight 3",
      ({ routes }) =>
        routes.add({
          dst: "10.21.0.0/16",
          multipath: [
            { gateway: "10.0.0.254" },
            { gateway: "10.7.0.2", hops: 9 },
            { ifindex: v2, hops: 2 },
          ],
        }),
    ],
    [
      "ip route add 10.21.1.0/24 nexthop via 192.0.2.1 dev v0 onlink " +
      "nexthop via 192.0.2.2 dev v2 onlink weight 256",
      ({ routes }) =>
        routes.add({
          dst: "10.21.1.0/24",
          multipath: [
            { gateway: "192.0.2.1", ifindex: v0, flags: NexthopFlags.Onlink },
            { gateway: "192.0.2.2", ifindex: v2, flags: NexthopFlags.Onlink, hops: 255 },
          ],
        }),
    ],
    [
      "ip route add 10.21.2.0/24 nexthop via 10.0.0.254 realm 3/4 " +
      "nexthop encap ip id 7 dst 10.0.0.78 vxlan_opts 9 dev vx3",
      ({ routes }) =>
        routes.add({
          dst: "10.21.2.0/24",
          multipath: [
            { gateway: "10.0.0.254", flow: { from: 3, to: 4 } },
            {
              ifindex: vx3,
              encapType: EncapType.Ip,
              encap: { id: 7n, dst: "10.0.0.78", opts: { vxlan: { gbp: 9 } } },
            },
          ],
        }),
    ],
    [
      "ip route add 10.22.0.0/16 dev v0 scope link src 10.0.0.1",
      ({ routes }) =>
        routes.add({
          dst: "10.22.0.0/16",
          oif: v0,
          scope: RouteScope.Link,
          prefSrc: "10.0.0.1",
        }),
    ],
    [
      "ip route add blackhole 10.23.0.0/16",
      ({ routes }) => routes.add({ type: RouteType.Blackhole, dst: "10.23.0.0/16" }),
    ],
    [
      "ip route add unreachable 10.24.0.0/16 metric 5",
      ({ routes }) => routes.add({ type: RouteType.Unreachable, dst: "10.24.0.0/16", priority: 5 }),
    ],
    [
      "ip route add prohibit 10.25.0.0/16 proto ra",
      ({ routes }) =>
        routes.add({ type: RouteType.Prohibit, dst: "10.25.0.0/16", protocol: RouteProtocol.Ra }),
    ],
    [
      "ip route add throw 10.26.0.0/16 table 100",
      ({ routes }) => routes.add({ type: RouteType.Throw, dst: "10.26.0.0/16", table: 100 }),
    ],
    [
      "ip route add local 10.27.0.1 dev lo",
      ({ routes }) => routes.add({ type: RouteType.Local, dst: "10.27.0.1", oif: lo }),
    ],
    [
      "ip route add local 10.27.1.0/24 dev v0 table 500",
      ({ routes }) =>
        routes.add({ type: RouteType.Local, dst: "10.27.1.0/24", oif: v0, table: 500 }),
    ],
    [
      "ip route add broadcast 10.27.0.255 dev v0",
      ({ routes }) => routes.add({ type: RouteType.Broadcast, dst: "10.27.0.255", oif: v0 }),
    ],
    [
      "ip route add multicast 239.1.0.0/16 dev v0",
      ({ routes }) => routes.add({ type: RouteType.Multicast, dst: "239.1.0.0/16", oif: v0 }),
    ],
    [
      "ip route add 10.28.0.0/16 via 192.0.2.1 dev v0 onlink",
      ({ routes }) =>
        routes.add({
          dst: "10.28.0.0/16",
          gateway: "192.0.2.1",
          oif: v0,
          flags: NexthopFlags.Onlink,
        }),
    ],
    [
      "ip route add 10.29.0.0/16 dev v0 mtu 1300 advmss 1200 rto_min 50ms initcwnd 10 " +
      "initrwnd 20 quickack 1 congctl reno hoplimit 44 window 1000 ssthresh 7 cwnd 8 rtt 100ms " +
      "rttvar 20ms reordering 4 fastopen_no_cookie 1",
      ({ routes }) =>
        routes.add({
          dst: "10.29.0.0/16",
          oif: v0,
          metrics: {
            lock: 1 << 13, // of rtoMin, without which it has no effect
            mtu: 1300,
            advmss: 1200,
            rtoMin: 50,
            initcwnd: 10,
            initrwnd: 20,
            quickack: 1,
            ccAlgo: "reno",
            hoplimit: 44,
            window: 1000,
            ssthresh: 7,
            cwnd: 8,
            rtt: 8 * 100,
            rttvar: 4 * 20,
            reordering: 4,
            fastopenNoCookie: 1,
          },
        }),
    ],
    [
      "ip route add 10.30.0.0/16 dev v0 mtu lock 1300 features ecn",
      ({ routes }) =>
        routes.add({
          dst: "10.30.0.0/16",
          oif: v0,
          metrics: { lock: 1 << 2, mtu: 1300, features: RouteFeatures.Ecn },
        }),
    ],
    [
      "ip route add 10.31.0.0/16 via inet6 2001:db8::fe dev v0",
      ({ routes }) =>
        routes.add({
          dst: "10.31.0.0/16",
          via: { family: Inet6, address: "2001:db8::fe" },
          oif: v0,
        }),
    ],
    [
      "ip route add 10.31.1.0/24 nexthop via inet6 2001:db8::fe dev v0 nexthop via 10.7.0.2",
      ({ routes }) =>
        routes.add({
          dst: "10.31.1.0/24",
          multipath: [
            { via: { family: Inet6, address: "2001:db8::fe" }, ifindex: v0 },
            { gateway: "10.7.0.2" },
          ],
        }),
    ],
    [
      "ip route add 10.32.0.0/16 dev v0 table 1000 tos 0x10 proto 200 scope 77",
      ({ routes }) =>
        routes.add({
          dst: "10.32.0.0/16",
          oif: v0,
          table: 1000,
          tos: 0x10,
          protocol: 200,
          scope: 77,
        }),
    ],
    [
      "ip route add 10.33.0.0/16 dev v0 realm 5/6",
      ({ routes }) => routes.add({ dst: "10.33.0.0/16", oif: v0, flow: { from: 5, to: 6 } }),
    ],
    [
      "ip route add 10.33.1.0/24 dev v0 realm 7",
      ({ routes }) => routes.add({ dst: "10.33.1.0/24", oif: v0, flow: { from: 0, to: 7 } }),
    ],
    [
      "ip route add 10.34.0.0/16 encap ip id 100 src 10.0.0.1 dst 10.0.0.77 ttl 5 tos 4 dev vx3",
      ({ routes }) =>
        routes.add({
          dst: "10.34.0.0/16",
          encapType: EncapType.Ip,
          encap: { id: 100n, src: "10.0.0.1", dst: "10.0.0.77", ttl: 5, tos: 4 },
          oif: vx3,
        }),
    ],
    [
      "ip route add 10.34.1.0/24 encap ip id 101 dst 10.0.0.77 key csum seq dev vx3",
      ({ routes }) =>
        routes.add({
          dst: "10.34.1.0/24",
          encapType: EncapType.Ip,
          encap: {
            id: 101n,
            dst: "10.0.0.77",
            flags: EncapFlags.Key | EncapFlags.Checksum | EncapFlags.Sequence,
          },
          oif: vx3,
        }),
    ],
    [
      "ip route add 10.35.0.0/16 encap ip6 id 100 src 2001:db8::1 dst 2001:db8::77 hoplimit 5 " +
      "tc 1 csum dev vx3",
      ({ routes }) =>
        routes.add({
          dst: "10.35.0.0/16",
          encapType: EncapType.Ip6,
          encap: {
            id: 100n,
            src: "2001:db8::1",
            dst: "2001:db8::77",
            hoplimit: 5,
            tc: 1,
            flags: EncapFlags.Checksum,
          },
          oif: vx3,
        }),
    ],
    [
      "ip route add 10.35.1.0/24 encap ip id 102 dst 10.0.0.77 vxlan_opts 456 dev vx3",
      ({ routes }) =>
        routes.add({
          dst: "10.35.1.0/24",
          encapType: EncapType.Ip,
          encap: { id: 102n, dst: "10.0.0.77", opts: { vxlan: { gbp: 456 } } },
          oif: vx3,
        }),
    ],
    [
      "ip route add 10.35.2.0/24 encap ip6 id 103 dst 2001:db8::77 erspan_opts 2:0:1:7 dev vx3",
      ({ routes }) =>
        routes.add({
          dst: "10.35.2.0/24",
          encapType: EncapType.Ip6,
          encap: {
            id: 103n,
            dst: "2001:db8::77",
            opts: { erspan: { version: 2, direction: 1, hardwareId: 7 } },
          },
          oif: vx3,
        }),
    ],
    [
      "ip route add 10.37.0.0/16 encap seg6 mode encap segs 2001:db8::a dev v0",
      ({ routes }) =>
        routes.add({
          dst: "10.37.0.0/16",
          encapType: EncapType.Seg6,
          encap: { srh: { mode: Seg6Mode.Encap, segments: ["2001:db8::a"] } },
          oif: v0,
        }),
    ],
    [
      "ip route add 10.38.0.0/16 via 10.0.0.254 src 10.9.9.9 table 100000",
      ({ routes }) =>
        routes.add({
          dst: "10.38.0.0/16",
          gateway: "10.0.0.254",
          prefSrc: "10.9.9.9",
          table: 100_000,
        }),
    ],
    ["ip route add 0.0.0.0/1 dev v0", ({ routes }) => routes.add({ dst: "0.0.0.0/1", oif: v0 })],
    [
      "ip route add 10.39.0.0/16 dev v2",
      ({ routes }) => routes.add({ dst: "10.39.0.0/16", oif: v2 }),
    ],
    [
      "ip route del 10.39.0.0/16",
      ({ routes }) => routes.delete({ dst: "10.39.0.0/16" }),
    ],
    [
      "ip route del unreachable 10.24.0.0/16",
      ({ routes }) => routes.delete({ type: RouteType.Unreachable, dst: "10.24.0.0/16" }),
    ],
  ],
};

/** A route whose packets find a segment that ends here. */
function segment(address: string, words: string, encap: Seg6LocalEncap & RawAttributes): Step {
  return [
    `ip route add ${address} encap seg6local action ${words} dev v0`,
    ({ routes }) => routes.add({ dst: address, encapType: EncapType.Seg6Local, encap, oif: v0 }),
  ];
}

/** A route that adds segments to packets. */
function segments(dst: string, mode: string, list: string, srh: Seg6Tunnel): Step {
  return [
    `ip route add ${dst} encap seg6 mode ${mode} segs ${list} dev v0`,
    ({ routes }) => routes.add({ dst, encapType: EncapType.Seg6, encap: { srh }, oif: v0 }),
  ];
}

/** Routes of IPv6. */
export const routesV6: Part = {
  name: "IPv6 routes",
  steps: [
    [
      "ip route add default via 2001:db8::fe dev v0 metric 2048",
      ({ routes }) => routes.add({ gateway: "2001:db8::fe", oif: v0, priority: 2048 }),
    ],
    [
      "ip route add 2001:db8:20::/48 via fe80::1 dev v0 proto static pref high",
      ({ routes }) =>
        routes.add({
          dst: "2001:db8:20::/48",
          gateway: "fe80::1",
          oif: v0,
          protocol: RouteProtocol.Static,
          pref: RoutePreference.High,
        }),
    ],
    [
      "ip route add 2001:db8:20::/48 via fe80::2 dev v0 pref low metric 2000",
      ({ routes }) =>
        routes.add({
          dst: "2001:db8:20::/48",
          gateway: "fe80::2",
          oif: v0,
          priority: 2000,
          pref: RoutePreference.Low,
        }),
    ],
    [
      "ip route add 2001:db8:21::/48 nexthop via 2001:db8::fd dev v0 " +
      "nexthop via 2001:db8::fc dev v0 weight 3",
      ({ routes }) =>
        routes.add({
          dst: "2001:db8:21::/48",
          multipath: [
            { gateway: "2001:db8::fd", ifindex: v0 },
            { gateway: "2001:db8::fc", ifindex: v0, hops: 2 },
          ],
        }),
    ],
    [
      "ip route append 2001:db8:21::/48 via 2001:db8::fb dev v0",
      ({ routes }) => routes.append({ dst: "2001:db8:21::/48", gateway: "2001:db8::fb", oif: v0 }),
    ],
    [
      "ip route del 2001:db8:21::/48 via 2001:db8::fd dev v0",
      ({ routes }) => routes.delete({ dst: "2001:db8:21::/48", gateway: "2001:db8::fd", oif: v0 }),
    ],
    [
      "ip route add blackhole 2001:db8:22::/48",
      ({ routes }) => routes.add({ type: RouteType.Blackhole, dst: "2001:db8:22::/48" }),
    ],
    [
      "ip route add unreachable 2001:db8:23::/48 metric 7",
      ({ routes }) =>
        routes.add({ type: RouteType.Unreachable, dst: "2001:db8:23::/48", priority: 7 }),
    ],
    [
      "ip route add prohibit 2001:db8:24::/48",
      ({ routes }) => routes.add({ type: RouteType.Prohibit, dst: "2001:db8:24::/48" }),
    ],
    [
      "ip route add throw 2001:db8:24:1::/64 table 300",
      ({ routes }) => routes.add({ type: RouteType.Throw, dst: "2001:db8:24:1::/64", table: 300 }),
    ],
    [
      "ip route add 2001:db8:25::/48 from 2001:db8::/32 via 2001:db8::fe dev v0",
      ({ routes }) =>
        routes.add({
          dst: "2001:db8:25::/48",
          src: "2001:db8::/32",
          gateway: "2001:db8::fe",
          oif: v0,
        }),
    ],
    [
      "ip route add 2001:db8:26::/48 dev v0 expires 300",
      ({ routes }) => routes.add({ dst: "2001:db8:26::/48", oif: v0, expires: 300 }),
    ],
    segments("2001:db8:27::/48", "encap", "2001:db8::a,2001:db8::b", {
      mode: Seg6Mode.Encap,
      segments: ["2001:db8::b", "2001:db8::a"],
    }),
    segments("2001:db8:27:1::/64", "inline", "2001:db8::a,2001:db8::b", {
      mode: Seg6Mode.Inline,
      segments: ["::", "2001:db8::b", "2001:db8::a"], // the first is for the packet's own destination
    }),
    segments("2001:db8:27:2::/64", "l2encap", "2001:db8::a", {
      mode: Seg6Mode.L2Encap,
      segments: ["2001:db8::a"],
    }),
    segments("2001:db8:27:3::/64", "encap.red", "2001:db8::a", {
      mode: Seg6Mode.EncapReduced,
      segments: ["2001:db8::a"],
    }),
    segment("2001:db8:28::1", "End", { action: Seg6LocalAction.End }),
    segment("2001:db8:28::2", "End.X nh6 2001:db8::fe", {
      action: Seg6LocalAction.EndX,
      nh6: "2001:db8::fe",
    }),
    segment("2001:db8:28::3", "End.T table 254", {
      action: Seg6LocalAction.EndT,
      table: RouteTable.Main,
    }),
    segment("2001:db8:28::4", "End.DX2 oif v2", { action: Seg6LocalAction.EndDx2, oif: v2 }),
    segment("2001:db8:28::5", "End.DX6 nh6 2001:db8::fe", {
      action: Seg6LocalAction.EndDx6,
      nh6: "2001:db8::fe",
    }),
    segment("2001:db8:28::6", "End.DX4 nh4 10.0.0.254", {
      action: Seg6LocalAction.EndDx4,
      nh4: "10.0.0.254",
    }),
    segment("2001:db8:28::7", "End.DT6 table 254", {
      action: Seg6LocalAction.EndDt6,
      table: RouteTable.Main,
    }),
    segment("2001:db8:28::8", "End.B6.Encaps srh segs 2001:db8::a,2001:db8::b", {
      action: Seg6LocalAction.EndB6Encap,
      srh: { segments: ["2001:db8::b", "2001:db8::a"] },
    }),
    segment("2001:db8:28::9", "End.B6 srh segs 2001:db8::a", {
      action: Seg6LocalAction.EndB6,
      srh: { segments: ["::", "2001:db8::a"] },
    }),
    [
      "ip route add 2001:db8:29::/48 via 2001:db8::fe dev v0 table 70000 mtu 1400 hoplimit 3",
      ({ routes }) =>
        routes.add({
          dst: "2001:db8:29::/48",
          gateway: "2001:db8::fe",
          oif: v0,
          table: 70_000,
          metrics: { mtu: 1400, hoplimit: 3 },
        }),
    ],
    [
      "ip route add local 2001:db8:2a::1 dev lo",
      ({ routes }) => routes.add({ type: RouteType.Local, dst: "2001:db8:2a::1", oif: lo }),
    ],
    [
      "ip route add anycast 2001:db8:2b::1 dev v0",
      ({ routes }) => routes.add({ type: RouteType.Anycast, dst: "2001:db8:2b::1", oif: v0 }),
    ],
    [
      "ip route add multicast ff05::/16 dev v0 table 255",
      ({ routes }) =>
        routes.add({ type: RouteType.Multicast, dst: "ff05::/16", oif: v0, table: 255 }),
    ],
    [
      "ip route add 2001:db8:2c::/48 encap ip6 id 5 dst 2001:db8::77 dev vx3",
      ({ routes }) =>
        routes.add({
          dst: "2001:db8:2c::/48",
          encapType: EncapType.Ip6,
          encap: { id: 5n, dst: "2001:db8::77" },
          oif: vx3,
        }),
    ],
    [
      "ip route replace 2001:db8:22::/48 via 2001:db8::fe dev v0",
      ({ routes }) => routes.replace({ dst: "2001:db8:22::/48", gateway: "2001:db8::fe", oif: v0 }),
    ],
    [
      "ip route change 2001:db8:23::/48 via 2001:db8::fd dev v0 metric 7",
      ({ routes }) =>
        routes.set({
          dst: "2001:db8:23::/48",
          gateway: "2001:db8::fd",
          oif: v0,
          priority: 7,
        }),
    ],
    [
      "ip route add 2001:db8:2d::/48 dev v0 proto dhcp src 2001:db8::1",
      ({ routes }) =>
        routes.add({
          dst: "2001:db8:2d::/48",
          oif: v0,
          protocol: RouteProtocol.Dhcp,
          prefSrc: "2001:db8::1",
        }),
    ],
    [
      "ip -6 route del prohibit 2001:db8:24::/48",
      ({ routes }) => routes.delete({ type: RouteType.Prohibit, dst: "2001:db8:24::/48" }),
    ],
  ],
};
