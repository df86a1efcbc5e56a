import assert from "node:assert/strict";
import { test } from "node:test";
import { NexthopGroupType, nexthopKind, NexthopOpFlags } from "../lib/rtnetlink/nexthop.ts";
import { decodeObject, encodeObject } from "../lib/rtnetlink/object_kind.ts";
import { EncapType } from "../lib/rtnetlink/mod.ts";
import { checkEvents, checkIpExamples, eventsOf } from "./object_helpers.ts";
import { withFlatEncap } from "./route_arbitraries.ts";

const header = { family: 0, scope: 0, protocol: 0, reserved: 0, flags: 0 };

test("nexthopKind understands and gives back every recorded message", () => {
  checkEvents(nexthopKind, 20);
});

test("toIpJson() gives what ip -j -d prints for live nexthops", () => {
  checkIpExamples(nexthopKind, "ip-live-routes.jsonl", 25, (nexthop, json, links) => {
    // Justified difference to iproute2 6.1: "encap" is an object since 6.3.
    assert.deepEqual(withFlatEncap(nexthopKind.toIpJson(nexthop, links)), json);
  });
});

test("toIpJson() gives what ip -j -d prints for the recorded messages", () => {
  checkIpExamples(nexthopKind, "ip-events-routes.jsonl", 14, (nexthop, json, links) => {
    assert.deepEqual(withFlatEncap(nexthopKind.toIpJson(nexthop, links)), json);
  });
});

test("toIpJson() gives what ip -j -d prints for made-up nexthops", () => {
  checkIpExamples(nexthopKind, "ip-made-up-routes.jsonl", 60, (nexthop, json, links) => {
    assert.deepEqual(withFlatEncap(nexthopKind.toIpJson(nexthop, links)), json);
  });
});

test("toIpJson() nests an encapsulation as iproute2 does since 6.3", () => {
  const json = nexthopKind.toIpJson({
    ...header,
    id: 14,
    encapType: EncapType.Ip6,
    encap: { id: 5n, src: "::", dst: "2001:db8::88", hoplimit: 0, tc: 0, flags: 5 },
    gateway: "10.0.0.254",
    oif: 3,
  });
  assert.deepEqual(json, {
    id: 14,
    encap: {
      encap_type: "ip6",
      id: 5,
      src: "::",
      dst: "2001:db8::88",
      hoplimit: 0,
      tc: 0,
      key: true,
      csum: true,
    },
    gateway: "10.0.0.254",
    dev: "if3",
    scope: "global",
    protocol: "unspec",
    flags: [],
  });
});

test("toIpJson() knows weights of sixteen bits", () => {
  // Justified difference: iproute2 6.1 reads only the low eight bits, which is what kernels up to 6.12 had.
  const group = [{ id: 1, weight: 0, weightHigh: 0 }, { id: 2, weight: 0xff, weightHigh: 0xff }];
  assert.deepEqual(nexthopKind.toIpJson({ ...header, id: 3, group }).group, [
    { id: 1 },
    { id: 2, weight: 65536 },
  ]);
});

test("decodeObject() reads a resilient group", () => {
  const groups = eventsOf(nexthopKind)
    .map(({ message }) => decodeObject(nexthopKind, message.data))
    .filter(({ groupType }) => groupType === NexthopGroupType.Resilient);
  assert.ok(groups.length > 0);
  assert.deepEqual(groups[0].resGroup, {
    buckets: 4,
    idleTimer: 6000,
    unbalancedTimer: 12000,
    unbalancedTime: 0n,
  });
  assert.deepEqual(groups[0].group?.map(({ id }) => id), [1, 2]);
  assert.equal(groups[0].opFlags, NexthopOpFlags.ReservedAreZero);
});

test("key() of a nexthop is its id", () => {
  assert.equal(nexthopKind.key({ ...header, id: 4294967294 }), "4294967294");
});

test("encodeObject() writes a group as the kernel reads it", () => {
  const bytes = encodeObject(nexthopKind, {
    id: 10,
    group: [{ id: 1, weight: 2, weightHigh: 0 }],
  });
  assert.equal(bytes.length, 8 + 8 + 12);
  assert.deepEqual(Array.from(bytes.subarray(-8)), [1, 0, 0, 0, 2, 0, 0, 0]);
});
