import { makeNamespace, noNamespaces } from "./harness.ts";
import { open } from "./mirrors.ts";
import { test } from "./netlink.ts";
import { follow } from "./stories.ts";

const skip = noNamespaces;

test("NetworkMirror tells what happens to links and IPv4", { skip }, async () => {
  await using ns = await makeNamespace();
  await using other = await makeNamespace();
  for (const links of ["all", "default"]) {
    ns.run("sysctl", "-qw", `net.ipv6.conf.${links}.disable_ipv6=1`);
  }
  using mirror = await open(ns);
  await follow(ns, mirror, [
    ["link add v0 address 02:00:00:00:00:01 type veth peer name v1 address 02:00:00:00:00:02", [
      "+ link v0",
      "+ link v1",
    ]],
    ["link set v0 up", ["~ link v0 flags,operState,qdisc"]],
    ["link set v1 up", [
      "~ link v0 carrier,carrierChanges,carrierUpCount,flags,operState",
      "~ link v1 carrier,carrierChanges,carrierUpCount,flags,operState,qdisc",
    ]],
    ["link set v0 mtu 1400", ["~ link v0 mtu"]],
    ["link property add dev v0 altname another-name", ["~ link v0 propList"]],
    ["link set v0 promisc on", ["~ link v0 flags,promiscuity"]],
    ["address add 10.0.0.1/24 dev v0", [
      "+ address v0 10.0.0.1/24",
      "+ route 10.0.0.0/24 dev v0",
      "+ route 255 10.0.0.1/32 dev v0",
      "+ route 255 10.0.0.255/32 dev v0",
    ]],
    ["address add 10.0.0.2/24 dev v0", [
      "+ address v0 10.0.0.2/24",
      "+ route 255 10.0.0.2/32 dev v0",
    ]],
    ["address change 10.0.0.1/24 dev v0 valid_lft 1000 preferred_lft 1000", [
      "~ address v0 10.0.0.1/24 cacheInfo,flags,headerFlags",
    ]],
    ["address change 10.0.0.1/24 dev v0 valid_lft 2000 preferred_lft 2000", []],
    ["address del 10.0.0.1/24 dev v0", [
      "- address v0 10.0.0.1/24",
      "- address v0 10.0.0.2/24",
      "- route 10.0.0.0/24 dev v0",
      "- route 255 10.0.0.1/32 dev v0",
      "- route 255 10.0.0.2/32 dev v0",
      "- route 255 10.0.0.255/32 dev v0",
    ]],
    ["address add 10.0.0.1/24 dev v0", [
      "+ address v0 10.0.0.1/24",
      "+ route 10.0.0.0/24 dev v0",
      "+ route 255 10.0.0.1/32 dev v0",
      "+ route 255 10.0.0.255/32 dev v0",
    ]],
    ["route add 10.5.0.0/16 via 10.0.0.9", ["+ route 10.5.0.0/16 via 10.0.0.9 dev v0"]],
    ["route append 10.5.0.0/16 via 10.0.0.8", ["+ route 10.5.0.0/16 via 10.0.0.8 dev v0"]],
    ["route replace 10.5.0.0/16 via 10.0.0.7", [
      "+ route 10.5.0.0/16 via 10.0.0.7 dev v0",
      "- route 10.5.0.0/16 via 10.0.0.9 dev v0",
    ]],
    ["route add 10.6.0.0/16 src 10.0.0.1 nexthop via 10.0.0.9 nexthop via 10.0.0.8 weight 3", [
      "+ route 10.6.0.0/16 nexthop via 10.0.0.9 dev v0 weight 1 nexthop via 10.0.0.8 dev v0 weight 3",
    ]],
    ["address add 10.9.9.9/32 dev lo", [
      "+ address lo 10.9.9.9/32",
      "+ route 255 10.9.9.9/32 dev lo",
    ]],
    ["route add 10.8.0.0/16 via 10.0.0.9 src 10.9.9.9", [
      "+ route 10.8.0.0/16 via 10.0.0.9 dev v0",
    ]],
    ["address del 10.9.9.9/32 dev lo", [
      "- address lo 10.9.9.9/32",
      "- route 10.8.0.0/16 via 10.0.0.9 dev v0",
      "- route 255 10.9.9.9/32 dev lo",
    ]],
    ["nexthop add id 7 via 10.0.0.77 dev v0", ["+ nexthop 7"]],
    ["nexthop add id 8 via 10.0.0.78 dev v0", ["+ nexthop 8"]],
    ["nexthop add id 9 group 7/8", ["+ nexthop 9"]],
    ["route add 10.7.0.0/16 nhid 9", ["+ route 10.7.0.0/16 nhid 9"]],
    ["nexthop del id 7", [
      "- nexthop 7",
      "~ nexthop 9 group",
      "~ route 10.7.0.0/16 nhid 9 gateway,multipath,oif",
    ]],
    ["nexthop del id 8", ["- nexthop 8", "- nexthop 9", "- route 10.7.0.0/16 nhid 9"]],
    ["rule add priority 10 goto 20", ["+ rule 10: goto 20 table 0"]],
    ["rule add priority 20 iif v0 table 100", [
      "+ rule 20: iifName v0 table 100",
      "~ rule 10: goto 20 table 0 flags",
    ]],
    ["rule del priority 20", [
      "- rule 20: iifName v0 table 100",
      "~ rule 10: goto 20 table 0 flags",
    ]],
    ["rule del priority 10", ["- rule 10: goto 20 table 0"]],
    ["rule add priority 30 iif w0 table 100", ["+ rule 30: iifName w0 table 100"]],
    ["neighbour add 10.0.0.9 lladdr 02:00:00:00:00:09 dev v0", ["+ neighbour v0 10.0.0.9"]],
    ["neighbour change 10.0.0.9 lladdr 02:00:00:00:00:0a dev v0 nud stale", [
      "~ neighbour v0 10.0.0.9 lladdr,state",
    ]],
    ["neighbour change 10.0.0.9 lladdr 02:00:00:00:00:0a dev v0 nud noarp", [
      "- neighbour v0 10.0.0.9",
    ]],
    ["nexthop add id 7 via 10.0.0.77 dev v0", ["+ nexthop 7"]],
    ["link set v0 down", [
      "- nexthop 7",
      "- route 10.0.0.0/24 dev v0",
      "- route 10.5.0.0/16 via 10.0.0.7 dev v0",
      "- route 10.5.0.0/16 via 10.0.0.8 dev v0",
      "- route 10.6.0.0/16 nexthop via 10.0.0.9 dev v0 weight 1 nexthop via 10.0.0.8 dev v0 weight 3",
      "- route 255 10.0.0.255/32 dev v0",
      "~ link v0 carrier,carrierChanges,carrierDownCount,flags,operState",
      "~ link v1 carrier,carrierChanges,carrierDownCount,flags,operState",
    ]],
    ["link set v0 name w0", [
      "~ address w0 10.0.0.1/24 label",
      "~ link w0 name",
      "~ rule 30: iifName w0 table 100 flags",
    ]],
    ["link set w0 up", [
      "+ route 10.0.0.0/24 dev w0",
      "+ route 255 10.0.0.255/32 dev w0",
      "~ link v1 carrier,carrierChanges,carrierUpCount,flags,operState",
      "~ link w0 carrier,carrierChanges,carrierUpCount,flags,operState",
    ]],
    ["link add br0 type bridge", ["+ link br0"]],
    ["link set v1 master br0", [
      "~ link br0 address,carrier,carrierChanges,carrierDownCount,linkInfo,tsoMaxSize",
      "~ link v1 allMulti,linkInfo,master,promiscuity",
    ]],
    [() => ns.run("bridge", "link", "set", "dev", "v1", "cost", "50"), ["~ link v1 linkInfo"]],
    ["link set v1 nomaster", [
      "~ link br0 address,linkInfo",
      "~ link v1 allMulti,linkInfo,master,promiscuity",
    ]],
    ["link del br0", ["- link br0"]],
    ["link add p0 type veth peer name p1", ["+ link p0", "+ link p1"]],
    ["link set p0 up", ["~ link p0 flags,operState,qdisc"]],
    ["link set p1 up", [
      "~ link p0 carrier,carrierChanges,carrierUpCount,flags,operState",
      "~ link p1 carrier,carrierChanges,carrierUpCount,flags,operState,qdisc",
    ]],
    ["address add 10.1.0.1/24 dev p0", [
      "+ address p0 10.1.0.1/24",
      "+ route 10.1.0.0/24 dev p0",
      "+ route 255 10.1.0.1/32 dev p0",
      "+ route 255 10.1.0.255/32 dev p0",
    ]],
    ["route add 10.6.0.0/16 nexthop via 10.0.0.9 nexthop via 10.1.0.9", [
      "+ route 10.6.0.0/16 nexthop via 10.0.0.9 dev w0 weight 1 nexthop via 10.1.0.9 dev p0 weight 1",
    ]],
    ["address del 10.1.0.1/24 dev p0", [
      "- address p0 10.1.0.1/24",
      "- route 10.1.0.0/24 dev p0",
      "- route 255 10.1.0.1/32 dev p0",
      "- route 255 10.1.0.255/32 dev p0",
      "~ route 10.6.0.0/16 nexthop via 10.0.0.9 dev w0 weight 1 nexthop via 10.1.0.9 dev p0 weight 1 multipath",
    ]],
    ["address add 10.1.0.1/24 dev p0", [
      "+ address p0 10.1.0.1/24",
      "+ route 10.1.0.0/24 dev p0",
      "+ route 255 10.1.0.1/32 dev p0",
      "+ route 255 10.1.0.255/32 dev p0",
      "~ route 10.6.0.0/16 nexthop via 10.0.0.9 dev w0 weight 1 nexthop via 10.1.0.9 dev p0 weight 1 multipath",
    ]],
    ["link set p1 down", [
      "~ link p0 carrier,carrierChanges,carrierDownCount,flags,operState",
      "~ link p1 carrier,carrierChanges,carrierDownCount,flags,operState",
      "~ route 10.1.0.0/24 dev p0 flags",
      "~ route 10.6.0.0/16 nexthop via 10.0.0.9 dev w0 weight 1 nexthop via 10.1.0.9 dev p0 weight 1 multipath",
      "~ route 255 10.1.0.255/32 dev p0 flags",
    ]],
    ["link set p1 up", [
      "~ link p0 carrier,carrierChanges,carrierUpCount,flags,operState",
      "~ link p1 carrier,carrierChanges,carrierUpCount,flags,operState",
      "~ route 10.1.0.0/24 dev p0 flags",
      "~ route 10.6.0.0/16 nexthop via 10.0.0.9 dev w0 weight 1 nexthop via 10.1.0.9 dev p0 weight 1 multipath",
      "~ route 255 10.1.0.255/32 dev p0 flags",
    ]],
    ["nexthop add id 11 via 10.0.0.77 dev w0", ["+ nexthop 11"]],
    ["nexthop add id 12 via 10.1.0.77 dev p0", ["+ nexthop 12"]],
    ["nexthop add id 13 group 11/12", ["+ nexthop 13"]],
    ["route add 10.7.0.0/16 nhid 13", ["+ route 10.7.0.0/16 nhid 13"]],
    ["link set p1 down", [
      "- nexthop 12",
      "~ nexthop 13 group",
      "~ route 10.7.0.0/16 nhid 13 gateway,multipath,oif",
      "~ link p0 carrier,carrierChanges,carrierDownCount,flags,operState",
      "~ link p1 carrier,carrierChanges,carrierDownCount,flags,operState",
      "~ route 10.1.0.0/24 dev p0 flags",
      "~ route 10.6.0.0/16 nexthop via 10.0.0.9 dev w0 weight 1 nexthop via 10.1.0.9 dev p0 weight 1 multipath",
      "~ route 255 10.1.0.255/32 dev p0 flags",
    ]],
    ["link del p0", [
      "- address p0 10.1.0.1/24",
      "- link p0",
      "- link p1",
      "- route 10.1.0.0/24 dev p0",
      "- route 10.6.0.0/16 nexthop via 10.0.0.9 dev w0 weight 1 nexthop via 10.1.0.9 dev p0 weight 1",
      "- route 255 10.1.0.1/32 dev p0",
      "- route 255 10.1.0.255/32 dev p0",
    ]],
    [() => ns.run("tc", "qdisc", "replace", "dev", "w0", "root", "pfifo"), ["~ link w0 qdisc"]],
    [`link set w0 netns ${other.pid}`, [
      "- nexthop 11",
      "- nexthop 13",
      "- route 10.7.0.0/16 nhid 13",
      "- address w0 10.0.0.1/24",
      "- link w0",
      "- route 10.0.0.0/24 dev w0",
      "- route 255 10.0.0.1/32 dev w0",
      "- route 255 10.0.0.255/32 dev w0",
      "~ link v1 carrier,carrierChanges,carrierDownCount,flags,linkNetnsid,operState",
      "~ rule 30: iifName w0 table 100 flags",
    ]],
    [() => other.ip(`link set w0 netns ${ns.pid}`), [
      "+ link w0",
      "~ link v1 linkNetnsid",
      "~ rule 30: iifName w0 table 100 flags",
    ]],
    ["link del w0", ["- link v1", "- link w0", "~ rule 30: iifName w0 table 100 flags"]],
    ["link add index 77 name a0 type ifb", ["+ link a0"]],
    ["address add 10.0.0.1/24 dev a0", [
      "+ address a0 10.0.0.1/24",
      "+ route 255 10.0.0.1/32 dev a0",
    ]],
    [() => ns.batch(["link del a0", "link add index 77 name b0 type bridge"]), [
      "- address b0 10.0.0.1/24",
      "- route 255 10.0.0.1/32 dev b0",
      "∓ link b0",
    ]],
  ]);
});
