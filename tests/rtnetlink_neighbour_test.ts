import assert from "node:assert/strict";
import { test } from "node:test";
import { AddressFamily } from "../lib/rtnetlink/constants.ts";
import { isListed, type Neighbour, neighbourKind } from "../lib/rtnetlink/neighbour.ts";
import { NeighbourFlags, NeighbourState } from "../lib/rtnetlink/neighbour_constants.ts";
import { decodeObject } from "../lib/rtnetlink/object_kind.ts";
import { checkEvents, checkIpExamples, eventsOf } from "./object_helpers.ts";

const host: Neighbour = {
  family: 2,
  index: 3,
  state: NeighbourState.Reachable,
  flags: 0,
  type: 1,
  dst: "10.0.0.50",
  lladdr: "02:00:00:00:50:50",
};
const entry: Neighbour = {
  family: 7,
  index: 8,
  state: NeighbourState.Reachable,
  flags: 0,
  type: 0,
  lladdr: "02:00:00:00:00:22",
  master: 5,
};

test("neighbourKind understands and gives back every recorded message", () => {
  checkEvents(neighbourKind, 120);
});

test("neighbourKind prints what ip printed for neighbours of a kernel", () => {
  checkIpExamples(neighbourKind, "ip-live.jsonl", 20, (neighbour, json, links) => {
    assert.equal(isListed(neighbour), json !== null);
    if (json !== null) assert.deepEqual(neighbourKind.toIpJson(neighbour, links), json);
  });
});

test("neighbourKind prints what ip printed for neighbours that no kernel made", () => {
  checkIpExamples(neighbourKind, "ip-made-up.jsonl", 80, (neighbour, json, links) => {
    if (neighbour.family === AddressFamily.Bridge) return; // which bridge prints, and not ip
    assert.deepEqual(neighbourKind.toIpJson(neighbour, links), json);
  });
});

// `ip` 6.1 prints the byte after an empty address, which is whatever comes next, such as "08".
test("neighbourKind prints an empty hardware address as empty text", () => {
  assert.equal(neighbourKind.toIpJson({ ...host, lladdr: "" }).lladdr, "");
});

test("neighbourKind.key() tells hosts apart by link and address", () => {
  const keyOf = (changes: Partial<Neighbour>) => neighbourKind.key({ ...host, ...changes });
  assert.equal(keyOf({}), "3 10.0.0.50");
  assert.equal(keyOf({ lladdr: "02:00:00:00:50:51", state: 4, probes: 3 }), keyOf({}));
  assert.notEqual(keyOf({ index: 4 }), keyOf({}));
  assert.notEqual(keyOf({ dst: "10.0.0.51" }), keyOf({}));
  assert.notEqual(keyOf({ flags: NeighbourFlags.Proxy }), keyOf({}));
});

test("neighbourKind.key() follows an entry of a bridge from port to port", () => {
  const keyOf = (changes: Partial<Neighbour>) => neighbourKind.key({ ...entry, ...changes });
  assert.equal(keyOf({}), "master 5 02:00:00:00:00:22");
  assert.equal(keyOf({ index: 9 }), keyOf({}));
  assert.notEqual(keyOf({ vlan: 1 }), keyOf({}));
  assert.notEqual(keyOf({ master: 6 }), keyOf({}));
  assert.notEqual(keyOf({ lladdr: "02:00:00:00:00:23" }), keyOf({}));
});

test("neighbourKind.key() tells the targets of a tunnel's entries apart", () => {
  const { master: _, ...self } = entry;
  const keyOf = (changes: Partial<Neighbour>) => neighbourKind.key({ ...self, ...changes });
  const changes = [{ index: 9 }, { dst: "10.0.0.9" }, { port: 1 }, { vni: 1 }, { srcVni: 1 }];
  const keys = [{}, ...changes, { ifindex: 1 }, { nhId: 1 }, { vlan: 1 }].map(keyOf);
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(keyOf({ state: 0x80, flags: 2 }), keyOf({}));
});

test("neighbourKind.key() of a deletion is that of what it deletes", () => {
  const present = new Set<string>();
  let deleted = 0;
  for (const { type, message } of eventsOf(neighbourKind)) {
    const key = neighbourKind.key(decodeObject(neighbourKind, message.data));
    if (type === neighbourKind.newType) present.add(key);
    else if (present.delete(key)) deleted++;
  }
  assert.ok(deleted >= 15, `${deleted} deletions`);
});

test("isListed() hides what ip neigh show hides", () => {
  const listed = (changes: Partial<Neighbour>) => isListed({ ...host, ...changes });
  assert.equal(listed({}), true);
  assert.equal(listed({ family: 10 }), true);
  assert.equal(listed({ family: 7 }), false);
  assert.equal(listed({ state: NeighbourState.None }), false);
  assert.equal(listed({ state: NeighbourState.NoArp }), false);
  assert.equal(listed({ state: NeighbourState.NoArp | NeighbourState.Permanent }), true);
  assert.equal(listed({ flags: NeighbourFlags.Proxy }), false);
  assert.equal(listed({ state: NeighbourState.None, flags: NeighbourFlags.ExtLearned }), true);
});

test("toIpJson() of a forwarding entry gives what bridge -j fdb prints", () => {
  const links = (index: number) => ({ name: `link${index}`, flags: 0 });
  const print = (changes: Partial<Neighbour>) =>
    neighbourKind.toIpJson({ ...entry, ...changes }, links);
  assert.deepEqual(print({}), {
    mac: "02:00:00:00:00:22",
    ifname: "link8",
    flags: [],
    master: "link5",
    state: "",
  });
  const { Self, Master, Router, ExtLearned, Offloaded, Sticky } = NeighbourFlags;
  const flags = Self | Master | Router | ExtLearned | Offloaded | Sticky;
  assert.deepEqual(print({ flags, flagsExt: 2 }).flags, [
    "self",
    "router",
    "extern_learn",
    "offload",
    "master",
    "sticky",
    "locked",
  ]);
  const states = [NeighbourState.Permanent, NeighbourState.NoArp, NeighbourState.Stale, 0, 0x20];
  assert.deepEqual(states.map((state) => print({ state }).state), [
    "permanent",
    "static",
    "stale",
    "state=0",
    "state=0x20",
  ]);
  const target = { dst: "10.0.0.9", vlan: 7, port: 5000, vni: 100, srcVni: 7, nhId: 13 };
  assert.deepEqual(Object.keys(print({ ...target, ifindex: 3, linkNetnsid: 4 })), [
    "mac",
    "ifname",
    "dst",
    "vlan",
    "port",
    "vni",
    "src_vni",
    "viaIfIndex",
    "nhid",
    "linkNetNsId",
    "flags",
    "master",
    "state",
  ]);
  assert.equal(print({ ifindex: 3 }).viaIf, "link3");
  assert.equal("vlan" in print({ vlan: 0 }), false);
});
