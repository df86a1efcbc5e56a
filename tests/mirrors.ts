/** What the tests of the mirror share: its comparison with the kernel, and what it tells. */
import assert from "node:assert/strict";
import process from "node:process";
import { decodeObject, encodeObject, objectKinds } from "../lib/rtnetlink/mod.ts";
import {
  type MirrorChange,
  type MirrorKind,
  type MirrorOptions,
  type MirrorState,
  type MonitorRecord,
  NetworkMirror,
} from "../lib/monitor/mod.ts";
import { readWhole } from "../lib/rtnetlink/dump.ts";
import { changedFields } from "../lib/monitor/follow/difference.ts";
import { isListed, type Neighbour } from "../lib/rtnetlink/neighbour.ts";
import { dial, Family, HeaderFlags } from "../mod.ts";
import { delay, type Namespace } from "./harness.ts";
import { comparable, ipObjects, type Json } from "./ip_objects.ts";
import { withFlatEncap } from "./route_arbitraries.ts";

/** How many times as much than usual the tests of churn do: `SOAK=50` is for looking at them by hand. */
export const soak = Number(process.env.SOAK ?? 1);

/** The maps of a mirror by the kinds of objects in them. */
export const maps = {
  link: "links",
  address: "addresses",
  route: "routes",
  neighbour: "neighbours",
  rule: "rules",
  nexthop: "nexthops",
} as const satisfies Record<MirrorKind, keyof MirrorState>;

/** What a mirror should hold: what dumps give now. */
async function truth(ns: Namespace): Promise<Map<string, object>> {
  using conn = dial(Family.Route, { netNS: { pid: ns.pid }, strict: true });
  const objects = new Map<string, object>();
  for (
    const [kindName, families] of Object.entries({
      link: [0],
      address: [0],
      route: [2, 10],
      neighbour: [2, 10],
      rule: [2, 10],
      nexthop: [0],
    })
  ) {
    const kind = objectKinds.find(({ name }) => name === kindName)!;
    for (const family of families) {
      const header = { type: kind.getType, flags: HeaderFlags.Request | HeaderFlags.Dump };
      const request = { header, data: encodeObject(kind, { family }) };
      const { objects: listed } = await readWhole<object>(async (listed) => {
        for (const { data } of await conn.execute(request)) listed.push(decodeObject(kind, data));
      });
      for (const object of listed) {
        if (kindName === "neighbour" && !isListed(object as Neighbour)) continue;
        objects.set(`${kindName} ${kind.key(object)}`, object);
      }
    }
  }
  return objects;
}

/** Says in what a mirror differs from the kernel. */
async function differences(state: MirrorState, ns: Namespace): Promise<string[]> {
  const expected = await truth(ns);
  const found: string[] = [];
  for (const [kind, map] of Object.entries(maps)) {
    for (const [key, object] of state[map]) {
      const other = expected.get(`${kind} ${key}`);
      expected.delete(`${kind} ${key}`);
      if (other === undefined) found.push(`${kind} ${key} is not there`);
      else {
        const fields = changedFields(kind as MirrorKind, other, object);
        if (fields.length > 0) found.push(`${kind} ${key} differs in ${fields}`);
      }
    }
  }
  return [...found, ...[...expected.keys()].map((key) => `${key} is missing`)];
}

/** Waits until a mirror equals the kernel; fails when it does not within two seconds of quiet. */
export async function assertEqualsKernel(mirror: NetworkMirror, ns: Namespace): Promise<void> {
  let left: string[] = [];
  for (let i = 0; i < 100; i++) {
    left = await differences(mirror, ns);
    if (left.length === 0) return;
    await delay(20);
  }
  assert.deepEqual(left, []);
}

/** Opens a mirror of a namespace. */
export function open(ns: Namespace, options: MirrorOptions = {}): Promise<NetworkMirror> {
  return NetworkMirror.open({ netNS: { pid: ns.pid }, ...options });
}

/** Collects what a mirror tells. */
export function collect(mirror: NetworkMirror): MirrorChange[] {
  const changes: MirrorChange[] = [];
  (async () => {
    for await (const change of mirror.changes()) changes.push(change);
  })();
  return changes;
}

/** Says in what what is held of a namespace differs from what `ip -j -d` prints. */
export function ipDifferences(ns: Namespace, held: Readonly<Record<MirrorKind, Json[]>>): string[] {
  const kinds = Object.keys(maps) as MirrorKind[];
  const printed = ipObjects(ns, kinds);
  return kinds.flatMap((kind) => {
    const ours = comparable(held[kind]);
    const theirs = comparable(printed[kind]);
    return [
      ...ours.filter((json) => !theirs.includes(json)).map((json) => `only here ${kind} ${json}`),
      ...theirs.filter((json) => !ours.includes(json)).map((json) => `only ip   ${kind} ${json}`),
    ];
  });
}

/** All that a mirror holds as `ip -j -d` prints it. */
export function toIpJson(state: MirrorState): Record<MirrorKind, Json[]> {
  const link = (index: number) => {
    const link = state.links.get(index);
    return link && { name: link.name!, flags: link.flags };
  };
  const entries = Object.entries(maps).map(([kind, map]) => {
    const { toIpJson } = objectKinds.find(({ name }) => name === kind)!;
    const objects = [...state[map].values()];
    return [kind, objects.map((object) => withFlatEncap(toIpJson(object, link)) as Json)];
  });
  return Object.fromEntries(entries);
}

/** Records applied by key onto an empty state, as the command line's contract says. */
export function replay(records: Iterable<MonitorRecord>): Map<string, MonitorRecord> {
  const state = new Map<string, MonitorRecord>();
  for (const record of records) {
    const key = `${record.kind} ${record.nsid ?? ""} ${record.key}`;
    if (record.action === "snapshot" || record.action === "new") state.set(key, record);
    else if (record.action === "delete") {
      assert.ok(state.delete(key), `deleted, but never there: ${key}`);
    }
  }
  return state;
}

/** What records tell that there is, as `ip -j -d` prints it. */
export function heldByRecords(records: Iterable<MonitorRecord>): Record<MirrorKind, Json[]> {
  const held = [...replay(records).values()];
  const entries = Object.keys(maps).map((name) => [
    name,
    held.filter(({ kind }) => kind === name).map(({ object }) => object as Json),
  ]);
  return Object.fromEntries(entries);
}

/** Waits until nothing differs any more; fails when something does after five seconds. */
export async function assertNoDifferences(find: () => string[]): Promise<void> {
  const end = performance.now() + 5000;
  let left = find();
  while (left.length > 0 && performance.now() < end) {
    await delay(50);
    left = find();
  }
  assert.deepEqual(left, []);
}

/** Waits until something holds; fails when it does not after five seconds. */
export async function assertHolds(check: () => boolean): Promise<void> {
  const end = performance.now() + 5000;
  while (!check()) {
    assert.ok(performance.now() < end, `${check} does not hold`);
    await delay(5);
  }
}
