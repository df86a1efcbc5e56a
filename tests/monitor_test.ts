import assert from "node:assert/strict";
import type { MonitorRecord } from "../lib/monitor/mod.ts";
import {
  delay,
  makeNamespace,
  type Namespace,
  noNamespaces,
  startScript,
  test,
} from "./harness.ts";
import { comparable, ipObjects, type Json } from "./ip_objects.ts";
import { change, prepare, replay } from "./random_changes.ts";

const skip = noNamespaces;

function objects(state: Map<string, MonitorRecord>, kind: string): Json[] {
  return [...state.values()].filter((record) => record.kind === kind).map(({ object }) =>
    object as Json
  );
}

const compared = ["link", "address", "route", "neighbour", "rule", "nexthop"] as const;

function differences(ns: Namespace, records: Iterable<MonitorRecord>): string[] {
  const state = replay(records);
  const printed = ipObjects(ns, compared);
  return compared.flatMap((kind) => {
    const ours = comparable(objects(state, kind));
    const theirs = comparable(printed[kind]);
    return [
      ...ours.filter((json) => !theirs.includes(json)).map((json) => `only here ${kind} ${json}`),
      ...theirs.filter((json) => !ours.includes(json)).map((json) => `only ip   ${kind} ${json}`),
    ];
  });
}

function parse(text: string): MonitorRecord[] {
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

test(
  "monitor --json --snapshot replays to what ip prints after 250 random changes",
  { skip },
  async () => {
    await using ns = await makeNamespace();
    prepare(ns);
    const running = startScript(
      "cli.ts",
      "monitor",
      "--json",
      "--snapshot",
      "--netns",
      `${ns.pid}`,
    );
    await running.until((text) => text.includes('"synced"'));
    const seed = Math.floor(Math.random() * 0x1_0000_0000);
    change(ns, 250, seed);
    let left: string[] = [];
    for (let attempt = 0; attempt < 20; attempt++) {
      await delay(250);
      left = differences(ns, parse(running.stdout));
      if (left.length === 0) break;
    }
    running.child.kill("SIGINT");
    assert.equal(await running.exit, 130);
    assert.deepEqual(left, [], `seed ${seed}`);
    const records = parse(running.stdout);
    assert.ok(
      records.filter(({ action }) => action === "new").length > 100,
      "too little has happened",
    );
    assert.ok(replay(records).size > 20, "too little is left to compare");
  },
);
