import { makeNamespace, noNamespaces } from "./harness.ts";
import { open } from "./mirrors.ts";
import { test } from "./netlink.ts";
import { follow } from "./stories.ts";

const skip = noNamespaces;

test("NetworkMirror tells what happens to IPv6", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.batch(
    ["v", "p"].flatMap((name) => [
      `link add ${name}0 address 02:00:00:00:00:01 type veth peer name ${name}1`,
      `link set ${name}0 addrgenmode none`,
      `link set ${name}1 addrgenmode none`,
      `link set ${name}1 up`,
    ]),
  );
  using mirror = await open(ns);
  await follow(ns, mirror, [
    ["link set v0 up", [
      "+ route 255 ff00::/8 dev v0",
      "+ route 255 ff00::/8 dev v1",
      "~ link v0 carrier,carrierChanges,carrierUpCount,flags,operState,qdisc",
      "~ link v1 carrier,carrierChanges,carrierUpCount,flags,operState",
    ]],
    ["link set p0 up", [
      "+ route 255 ff00::/8 dev p0",
      "+ route 255 ff00::/8 dev p1",
      "~ link p0 carrier,carrierChanges,carrierUpCount,flags,operState,qdisc",
      "~ link p1 carrier,carrierChanges,carrierUpCount,flags,operState",
    ]],
    ["address add 2001:db8:a::1/64 dev v0 nodad", [
      "+ address v0 2001:db8:a::1",
      "+ route 2001:db8:a::/64 dev v0",
      "+ route 255 2001:db8:a::1/128 dev v0",
    ]],
    ["address add 2001:db8:b::1/64 dev p0 nodad", [
      "+ address p0 2001:db8:b::1",
      "+ route 2001:db8:b::/64 dev p0",
      "+ route 255 2001:db8:b::1/128 dev p0",
    ]],
    ["address change 2001:db8:b::1/64 dev p0 valid_lft 1000 preferred_lft 1000 nodad", [
      "~ address p0 2001:db8:b::1 cacheInfo,flags,headerFlags",
      "~ route 2001:db8:b::/64 dev p0 cacheInfo",
    ]],
    ["address change 2001:db8:b::1/64 dev p0 valid_lft 2000 preferred_lft 2000 nodad", []],
    ["route add 2001:db8:9::/48 via 2001:db8:a::9", ["+ route 2001:db8:9::/48 via"]],
    ["route append 2001:db8:9::/48 via 2001:db8:b::9", [
      "~ route 2001:db8:9::/48 via gateway,multipath,oif",
    ]],
    ["route append 2001:db8:9::/48 via 2001:db8:a::8", ["~ route 2001:db8:9::/48 via multipath"]],
    ["route del 2001:db8:9::/48 via 2001:db8:a::9", ["~ route 2001:db8:9::/48 via multipath"]],
    ["route append 2001:db8:9::/48 dev v0", ["+ route 2001:db8:9::/48 dev v0"]],
    ["route del 2001:db8:9::/48 dev v0", ["- route 2001:db8:9::/48 via"]],
    ["link set p0 mtu 1400", ["~ link p0 mtu"]],
    ["link set p0 down", [
      "- address p0 2001:db8:b::1",
      "- route 2001:db8:b::/64 dev p0",
      "- route 255 2001:db8:b::1/128 dev p0",
      "- route 255 ff00::/8 dev p0",
      "~ link p0 carrier,carrierChanges,carrierDownCount,flags,operState",
      "~ link p1 carrier,carrierChanges,carrierDownCount,flags,operState",
      "~ route 255 ff00::/8 dev p1 flags",
    ]],
    ["link set p0 up", [
      "+ route 255 ff00::/8 dev p0",
      "~ link p0 carrier,carrierChanges,carrierUpCount,flags,operState",
      "~ link p1 carrier,carrierChanges,carrierUpCount,flags,operState",
      "~ route 255 ff00::/8 dev p1 flags",
    ]],
    ["address add 2001:db8:b::1/64 dev p0 nodad", [
      "+ address p0 2001:db8:b::1",
      "+ route 2001:db8:b::/64 dev p0",
      "+ route 255 2001:db8:b::1/128 dev p0",
    ]],
    [
      "-6 route replace 2001:db8:9::/48 nexthop via 2001:db8:a::9 nexthop via 2001:db8:b::9 nexthop via 2001:db8:a::7",
      ["+ route 2001:db8:9::/48 via", "- route 2001:db8:9::/48 dev v0"],
    ],
    ["link set p1 down", [
      "- route 255 ff00::/8 dev p1",
      "~ link p0 carrier,carrierChanges,carrierDownCount,flags,operState",
      "~ link p1 carrier,carrierChanges,carrierDownCount,flags,operState",
      "~ route 2001:db8:9::/48 via multipath",
      "~ route 2001:db8:b::/64 dev p0 flags",
      "~ route 255 ff00::/8 dev p0 flags",
    ]],
    ["link set p1 up", [
      "+ route 255 ff00::/8 dev p1",
      "~ link p0 carrier,carrierChanges,carrierUpCount,flags,operState",
      "~ link p1 carrier,carrierChanges,carrierUpCount,flags,operState",
      "~ route 2001:db8:9::/48 via multipath",
      "~ route 2001:db8:b::/64 dev p0 flags",
      "~ route 255 ff00::/8 dev p0 flags",
    ]],
    ["-6 route replace 2001:db8:9::/48 via 2001:db8:a::3", [
      "~ route 2001:db8:9::/48 via gateway,multipath,oif",
    ]],
    ["route del 2001:db8:9::/48", ["- route 2001:db8:9::/48 via"]],
    ["route add 2001:db8:8::/48 dev v0", ["+ route 2001:db8:8::/48 dev v0"]],
    ["route append 2001:db8:8::/48 dev p0", ["+ route 2001:db8:8::/48 dev p0"]],
    ["-6 route replace 2001:db8:8::/48 dev p0", ["- route 2001:db8:8::/48 dev v0"]],
    ["route add 2001:db8:7::/48 nexthop via 2001:db8:a::9 nexthop via 2001:db8:b::9", [
      "+ route 2001:db8:7::/48 via",
    ]],
    ["nexthop add id 5 via 2001:db8:b::5 dev p0", ["+ nexthop 5"]],
    ["route add 2001:db8:6::/48 nhid 5", ["+ route 2001:db8:6::/48 nhid 5"]],
    ["nexthop replace id 5 via 2001:db8:a::5 dev v0", [
      "~ nexthop 5 gateway,oif",
      "~ route 2001:db8:6::/48 nhid 5 gateway,oif",
    ]],
    ["address add 2001:db8:ffff::1/128 dev lo", [
      "+ address lo 2001:db8:ffff::1",
      "+ route 2001:db8:ffff::1/128 dev lo",
      "+ route 255 2001:db8:ffff::1/128 dev lo",
    ]],
    ["route add 2001:db8:5::/48 via 2001:db8:a::9 src 2001:db8:ffff::1", [
      "+ route 2001:db8:5::/48 via",
    ]],
    ["address del 2001:db8:ffff::1/128 dev lo", [
      "- address lo 2001:db8:ffff::1",
      "- route 2001:db8:ffff::1/128 dev lo",
      "- route 255 2001:db8:ffff::1/128 dev lo",
      "~ route 2001:db8:5::/48 via prefSrc",
    ]],
    ["-6 rule add priority 40 from 2001:db8::/32 table 100", ["+ rule 40: srcLength 32 table 100"]],
    ["-6 rule del priority 40", ["- rule 40: srcLength 32 table 100"]],
    // Not to be had in a user namespace: there the kernel tells.
    [() => ns.run("sysctl", "-qew", "net.ipv6.route.skip_notify_on_dev_down=1"), []],
    ["link del p0", [
      "- address p0 2001:db8:b::1",
      "- link p0",
      "- link p1",
      "- route 2001:db8:8::/48 dev p0",
      "- route 2001:db8:b::/64 dev p0",
      "- route 255 2001:db8:b::1/128 dev p0",
      "- route 255 ff00::/8 dev p0",
      "- route 255 ff00::/8 dev p1",
      "~ route 2001:db8:7::/48 via gateway,multipath,oif",
    ]],
    ["link set v0 mtu 1200", [
      "- route 2001:db8:5::/48 via",
      "- address v0 2001:db8:a::1",
      "- route 2001:db8:7::/48 via",
      "- route 2001:db8:a::/64 dev v0",
      "- route 255 2001:db8:a::1/128 dev v0",
      "- route 255 ff00::/8 dev v0",
      "~ link v0 afSpec,mtu",
    ]],
    ["link set v0 mtu 1500", [
      "+ address v0 fe80::ff:fe00:1",
      "+ route 255 ff00::/8 dev v0",
      "+ route fe80::/64 dev v0",
      "~ link v0 afSpec,mtu",
    ]],
    [() => ns.run("sysctl", "-qw", "net.ipv6.conf.v0.disable_ipv6=1"), [
      "- address v0 fe80::ff:fe00:1",
      "- route 255 ff00::/8 dev v0",
      "- route fe80::/64 dev v0",
    ]],
    ["link set v0 addrgenmode eui64", []],
    [() => ns.run("sysctl", "-qw", "net.ipv6.conf.v0.disable_ipv6=0"), [
      "+ address v0 fe80::ff:fe00:1",
      "+ route 255 ff00::/8 dev v0",
      "+ route fe80::/64 dev v0",
    ]],
  ]);
});
