import assert from "node:assert/strict";
import fc from "fast-check";
import { SnapshotMap } from "../lib/monitor/snapshots.ts";
import { test } from "./harness.ts";
import { check } from "./property.ts";

/** Says all that a map says of itself, in an order of its own. */
function contents(map: ReadonlyMap<number, string>): unknown {
  const sort = <T>(items: Iterable<T>): T[] => [...items].sort();
  const visited: Array<[number, string]> = [];
  map.forEach((value, key, self) => {
    assert.equal(self, map);
    visited.push([key, value]);
  });
  return {
    size: map.size,
    entries: sort(map),
    same: [sort(map.entries()), sort(visited)],
    keys: sort(map.keys()),
    values: sort(map.values()),
    found: Array.from({ length: 300 }, (_, key) => [map.has(key), map.get(key)]),
  };
}

test("snapshots stay what the map was, however it changes", { skip: false }, () => {
  const key = fc.nat(250);
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ key, value: fc.string() }) },
    { weight: 3, arbitrary: fc.record({ key }) },
    { weight: 1, arbitrary: fc.constant("snapshot" as const) },
  );
  check("snapshots", fc.array(step, { maxLength: 600, size: "max" }), (steps) => {
    const map = new SnapshotMap<number, string>();
    const { live } = map;
    const model = new Map<number, string>();
    const pairs: Array<[ReadonlyMap<number, string>, ReadonlyMap<number, string>]> = [];
    for (const step of steps) {
      if (step === "snapshot") pairs.push([map.snapshot(), new Map(model)]);
      else if ("value" in step) map.set(step.key, step.value), model.set(step.key, step.value);
      else map.delete(step.key), model.delete(step.key);
    }
    pairs.push([live, model]);
    for (const [ours, theirs] of pairs) assert.deepEqual(contents(ours), contents(theirs));
  }, 20);
});
