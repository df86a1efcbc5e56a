/** What a mirror tells, step by step, in words. */
import assert from "node:assert/strict";
import { changedFields } from "../lib/monitor/follow/difference.ts";
import type { MirrorChange, NetworkMirror } from "../lib/monitor/mod.ts";
import { delay, type Namespace } from "./harness.ts";
import { assertEqualsKernel, collect } from "./mirrors.ts";

type ObjectChange = Exclude<MirrorChange, { action: "resynced" }>;

/** What a mirror told, object by object: `+` new, `-` gone, `~` what changed, `±` came and went, `∓` is another one. */
function story(changes: readonly MirrorChange[], names: ReadonlyMap<number, string>): string[] {
  const objects = new Map<string, ObjectChange[]>();
  for (const change of changes) {
    assert.ok(change.action !== "resynced");
    const { kind, key, previous } = change;
    const told = objects.get(`${kind} ${key}`);
    if (told === undefined) objects.set(`${kind} ${key}`, [change]);
    else {
      const last = told.at(-1)!;
      const known = change.action === "delete" ? change.object : previous;
      assert.deepEqual(known, last.action === "delete" ? undefined : last.object);
      told.push(change);
    }
    if (previous === undefined) continue;
    assert.deepEqual(changedFields(kind, previous, change.object), change.changed);
    assert.notEqual(change.changed!.length, 0, "told, but nothing changed");
  }
  return Array.from(objects.values(), (told) => {
    const [{ kind, key }] = told;
    const before = told[0].action === "delete" || told[0].previous !== undefined;
    const after = told.at(-1)!.action !== "delete";
    const fields = new Set(told.flatMap(({ changed = [] }) => changed));
    const replaced = before && told.some(({ previous, action }) => action === "new" && !previous);
    const sign = before ? after ? replaced ? "∓" : "~" : "-" : after ? "+" : "±";
    const name = (index: string) => names.get(Number(index)) ?? index;
    const words = kind === "link"
      ? name(`${key}`)
      : `${key}`.replace(/^\d+(?= \S+[.:])|(?<=dev )\d+/g, name)
        .replace(/^inet6? (254 )?| (protocol|scope|type|src|metric|action) \S+/g, "");
    return [sign, kind, words, ...sign === "~" ? [[...fields].sort().join()] : []].join(" ");
  }).sort();
}

/** Makes changes, one after the other, and checks after each what the mirror holds and told. */
export async function follow(
  ns: Namespace,
  mirror: NetworkMirror,
  steps: ReadonlyArray<readonly [change: string | (() => void), story: readonly string[]]>,
): Promise<void> {
  const changes = collect(mirror);
  const names = new Map([[1, "lo"]]);
  for (const [change, expected] of steps) {
    if (typeof change === "string") ns.ip(change);
    else change();
    const wanted = expected.toSorted().join("\n");
    const end = performance.now() + 3000;
    let told: string;
    do { // some of it the kernel does in its own time
      await delay(60); // until what is doubtful has been read
      await assertEqualsKernel(mirror, ns);
      for (const change of changes) {
        if (change.action !== "resynced" && change.kind === "link") {
          names.set(Number(change.key), change.object.name!);
        }
      }
      told = story(changes, names).join("\n");
    } while (told !== wanted && performance.now() < end);
    assert.equal(told, wanted, `after ${change}`);
    changes.length = 0;
  }
  mirror.close();
}
