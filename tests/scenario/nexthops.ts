import {
  AddressFamily,
  EncapType,
  NexthopFlags,
  NexthopGroupType,
  RouteProtocol,
  Seg6Mode,
} from "../../lib/rtnetlink/mod.ts";
import { ifindex, type Part } from "./step.ts";

const { v0, v2 } = ifindex;
const { Inet, Inet6 } = AddressFamily;

/** Nexthop objects, groups of them, and routes that use them. */
export const nexthops: Part = {
  name: "nexthops",
  steps: [
    [
      "ip nexthop add id 1 via 10.0.0.254 dev v0",
      ({ nexthops }) => nexthops.add({ id: 1, gateway: "10.0.0.254", oif: v0 }),
    ],
    [
      "ip nexthop add id 2 via 10.7.0.2 dev v2 protocol static",
      ({ nexthops }) =>
        nexthops.add({ id: 2, gateway: "10.7.0.2", oif: v2, protocol: RouteProtocol.Static }),
    ],
    ["ip nexthop add id 3 blackhole", ({ nexthops }) => nexthops.add({ id: 3, blackhole: true })],
    ["ip nexthop add id 4 dev v0", ({ nexthops }) => nexthops.add({ id: 4, oif: v0 })],
    [
      "ip nexthop add id 5 via 2001:db8::fe dev v0",
      ({ nexthops }) => nexthops.add({ id: 5, gateway: "2001:db8::fe", oif: v0 }),
    ],
    [
      "ip nexthop add id 6 via 192.0.2.9 dev v0 onlink",
      ({ nexthops }) =>
        nexthops.add({ id: 6, gateway: "192.0.2.9", oif: v0, flags: NexthopFlags.Onlink }),
    ],
    [
      "ip nexthop add id 7 via 2001:db8::fd dev v0",
      ({ nexthops }) => nexthops.add({ id: 7, gateway: "2001:db8::fd", oif: v0 }),
    ],
    [
      "ip -6 nexthop add id 8 blackhole",
      ({ nexthops }) => nexthops.add({ id: 8, family: Inet6, blackhole: true }),
    ],
    [
      "ip -6 nexthop add id 9 dev v0",
      ({ nexthops }) => nexthops.add({ id: 9, family: Inet6, oif: v0 }),
    ],
    [
      "ip nexthop add id 10 group 1/2,10",
      ({ nexthops }) => nexthops.add({ id: 10, group: [{ id: 1 }, { id: 2, weight: 9 }] }),
    ],
    [
      "ip nexthop add id 11 group 1/2 type resilient buckets 4 idle_timer 60 unbalanced_timer 120",
      ({ nexthops }) =>
        nexthops.add({
          id: 11,
          group: [{ id: 1 }, { id: 2 }],
          groupType: NexthopGroupType.Resilient,
          resGroup: { buckets: 4, idleTimer: 6000, unbalancedTimer: 12_000 },
        }),
    ],
    [
      "ip nexthop add id 12 via 10.0.0.99 fdb",
      ({ nexthops }) => nexthops.add({ id: 12, gateway: "10.0.0.99", fdb: true }),
    ],
    [
      "ip nexthop add id 13 group 12 fdb",
      ({ nexthops }) => nexthops.add({ id: 13, group: [{ id: 12 }], fdb: true }),
    ],
    [
      "ip nexthop add id 14 encap ip id 5 dst 10.0.0.88 via 10.0.0.254 dev v0",
      ({ nexthops }) =>
        nexthops.add({
          id: 14,
          encapType: EncapType.Ip,
          encap: { id: 5n, dst: "10.0.0.88" },
          gateway: "10.0.0.254",
          oif: v0,
        }),
    ],
    [
      "ip nexthop add id 15 group 5/7,255",
      ({ nexthops }) => nexthops.add({ id: 15, group: [{ id: 5 }, { id: 7, weight: 254 }] }),
    ],
    [
      "ip nexthop add id 16 encap seg6 mode encap segs 2001:db8::a via 2001:db8::fe dev v0",
      ({ nexthops }) =>
        nexthops.add({
          id: 16,
          encapType: EncapType.Seg6,
          encap: { srh: { mode: Seg6Mode.Encap, segments: ["2001:db8::a"] } },
          gateway: "2001:db8::fe",
          oif: v0,
        }),
    ],
    [
      "ip route add 10.40.0.0/16 nhid 1",
      ({ routes }) => routes.add({ dst: "10.40.0.0/16", nhId: 1 }),
    ],
    [
      "ip route add 10.41.0.0/16 nhid 10",
      ({ routes }) => routes.add({ dst: "10.41.0.0/16", nhId: 10 }),
    ],
    [
      "ip route add 10.42.0.0/16 nhid 3",
      ({ routes }) => routes.add({ dst: "10.42.0.0/16", nhId: 3 }),
    ],
    [
      "ip route add 10.43.0.0/16 nhid 5",
      ({ routes }) => routes.add({ dst: "10.43.0.0/16", nhId: 5 }),
    ],
    [
      "ip route add 10.44.0.0/16 nhid 11 metric 9",
      ({ routes }) => routes.add({ dst: "10.44.0.0/16", nhId: 11, priority: 9 }),
    ],
    [
      "ip route add 2001:db8:40::/48 nhid 5",
      ({ routes }) => routes.add({ dst: "2001:db8:40::/48", nhId: 5 }),
    ],
    [
      "ip route add 2001:db8:41::/48 nhid 15",
      ({ routes }) => routes.add({ dst: "2001:db8:41::/48", nhId: 15 }),
    ],
    [
      "ip nexthop replace id 1 via 10.0.0.249 dev v0",
      ({ nexthops }) => nexthops.replace({ id: 1, gateway: "10.0.0.249", oif: v0 }),
    ],
    [
      "ip nexthop replace id 10 group 1,5/2,7",
      ({ nexthops }) =>
        nexthops.replace({ id: 10, group: [{ id: 1, weight: 4 }, { id: 2, weight: 6 }] }),
    ],
    [
      "ip nexthop replace id 11 group 2 type resilient",
      ({ nexthops }) =>
        nexthops.replace({
          id: 11,
          group: [{ id: 2 }],
          groupType: NexthopGroupType.Resilient,
        }),
    ],
    [
      "ip nexthop replace id 17 dev v2",
      ({ nexthops }) => nexthops.replace({ id: 17, family: Inet, oif: v2 }),
    ],
    ["ip nexthop del id 16", ({ nexthops }) => nexthops.delete(16)],
    [
      "ip route del 10.43.0.0/16 nhid 5",
      ({ routes }) => routes.delete({ dst: "10.43.0.0/16", nhId: 5 }),
    ],
  ],
};
