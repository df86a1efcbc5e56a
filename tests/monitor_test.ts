import assert from "node:assert/strict";
import { monitor, type MonitorRecord } from "../lib/monitor/mod.ts";
import { timestamp } from "../lib/monitor/record.ts";
import { dial } from "../lib/rtnetlink/mod.ts";
import { delay, makeNamespace, noNamespaces, startScript } from "./harness.ts";
import { assertHolds, heldByRecords, ipDifferences, replay } from "./mirrors.ts";
import { test } from "./netlink.ts";
import { change, prepare } from "./random_changes.ts";

const skip = noNamespaces;

function parse(text: string): MonitorRecord[] {
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

test("monitor's records have the time of the system's clock, also when that is set", {}, () => {
  const { now } = Date;
  try {
    for (const shift of [0, 3_600_000, -3_600_000, 0]) {
      Date.now = () => now() + shift;
      const before = Date.now();
      const time = Date.parse(timestamp());
      assert.ok(time >= before - 3 && time <= Date.now() + 3, `${time - before} ms off`);
    }
  } finally {
    Date.now = now;
  }
});

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
      left = ipDifferences(ns, heldByRecords(parse(running.stdout)));
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

test("monitor tells that all is gone of a namespace that has ended", { skip }, async () => {
  await using ns = await makeNamespace();
  const controller = new AbortController();
  const options = { netNS: { pid: ns.pid }, allNSID: true, snapshot: true };
  const { signal } = controller;
  const records: MonitorRecord[] = [];
  {
    await using other = await makeNamespace();
    using rt = dial({ netNS: { pid: ns.pid } });
    await rt.nsids.add({ pid: other.pid, nsid: 5 });
    (async () => {
      for await (const one of monitor({ ...options, signal })) {
        records.push(one);
      }
    })();
    await delay(100);
    other.batch(["link add b0 type bridge", "address add 10.0.0.1/24 dev b0"]);
    const hasAddress = (one: MonitorRecord) => one.kind === "address" && one.nsid === 5;
    await assertHolds(() => records.some(hasAddress));
  }
  await assertHolds(() => records.at(-1)?.kind === "nsid");
  controller.abort();
  assert.equal(records.at(-1)!.action, "delete");
  assert.deepEqual([...replay(records).values()].filter(({ nsid }) => nsid === 5), []);
  const gone = records.filter(({ action, kind }) => action === "delete" && kind !== "netconf");
  assert.deepEqual(gone.map(({ kind, nsid }) => [kind, nsid]), [
    ["link", 5],
    ["address", 5],
    ["route", 5],
    ["nsid", undefined],
  ]);
});
