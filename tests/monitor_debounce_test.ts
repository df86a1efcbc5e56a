import assert from "node:assert/strict";
import { OpError } from "../mod.ts";
import { debounce } from "../lib/monitor/debounce.ts";
import type { MonitorNews } from "../lib/monitor/record.ts";
import { monitor, type MonitorOptions, type MonitorRecord } from "../lib/monitor/mod.ts";
import { delay, makeNamespace, type Namespace, noNamespaces } from "./harness.ts";
import { assertGivenBack, connect, resources, setMtu, test } from "./netlink.ts";

const skip = noNamespaces;

/** A monitor of a namespace, with what it has given and when. */
class Recording implements AsyncDisposable {
  readonly records: MonitorRecord[] = [];
  readonly #controller = new AbortController();
  readonly #reading: Promise<void>;
  #heard = () => {};

  constructor(ns: Namespace, options: MonitorOptions) {
    const { signal } = this.#controller;
    this.#reading = this.#read({ snapshot: true, netNS: { pid: ns.pid }, ...options, signal });
  }

  async #read(options: MonitorOptions): Promise<void> {
    for await (const record of monitor(options)) {
      this.records.push(record);
      this.#heard();
    }
  }

  /** Waits for a record that passes a check. */
  async until(check: (record: MonitorRecord) => boolean): Promise<void> {
    while (!this.records.some(check)) await new Promise<void>((resolve) => this.#heard = resolve);
  }

  /** What came after the snapshot, a line each, without records that have nothing to do with the test. */
  get changes(): string[] {
    return this.records.filter(({ action }) => action !== "snapshot" && action !== "synced")
      .filter(({ kind, object }) => kind !== "link" || object?.ifname !== "lo")
      .map(({ action, kind, object, changed }) =>
        [action, kind, object?.ifname ?? object?.dst, changed && JSON.stringify(changed)]
          .filter((word) => word !== undefined).join(" ")
      );
  }

  /** Ends it. */
  async end(): Promise<void> {
    this.#controller.abort();
    await this.#reading;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }
}

async function record(ns: Namespace, options: MonitorOptions): Promise<Recording> {
  const recording = new Recording(ns, options);
  await recording.until(({ action }) => action === "synced");
  return recording;
}

/** The loopback's MTU tells that all before it has been told. */
function isMark({ kind, object }: MonitorRecord): boolean {
  return kind === "link" && object?.mtu === 9000;
}

test("monitor with debounceMs tells of each object once in a burst", { skip }, async () => {
  await using ns = await makeNamespace();
  assert.equal(
    ns.batch(["link add w0 type ifb", "link add w1 type ifb", "link add w2 type ifb"]),
    0,
  );
  const kinds = ["link", "route"] as const;
  await using recording = await record(ns, { kinds, debounceMs: 150 });
  const burst = [
    "link set w0 mtu 1400",
    "link add w3 type ifb",
    "link del w3", // came and went
    "link set w1 mtu 1300",
    "link set w1 mtu 1500", // is as it was
    "link set w0 mtu 1290 alias some",
    "link del w2",
    "link add w4 mtu 1700 type ifb",
    "link set w4 mtu 1800",
    "route add blackhole 10.9.0.0/16",
    "route del blackhole 10.9.0.0/16",
    "route add blackhole 10.8.0.0/16",
    "link set lo mtu 9000",
  ];
  const begun = performance.now();
  assert.equal(ns.batch(burst), 0);
  await recording.until(isMark);
  assert.ok(performance.now() - begun >= 150);
  await recording.end();
  assert.deepEqual(recording.changes.toSorted(), [
    "delete link w2",
    `new link w0 {"mtu":[1500,1290],"ifalias":[null,"some"]}`,
    "new link w4",
    "new route 10.8.0.0/16",
  ]);
  const w0 = recording.records.find(({ changed, object }) => changed && object?.ifname === "w0");
  assert.equal(w0?.previous?.mtu, 1500);
  const w4 = recording.records.find(({ object }) => object?.ifname === "w4");
  assert.equal(w4?.object?.mtu, 1800);
  assert.equal(w4?.previous, undefined);
  assert.deepEqual(
    recording.records.map(({ sequence }) => sequence),
    recording.records.map((_, i) => i + 1),
  );
});

test("monitor with debounceMs tells of a storm after ten times as long", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  await using recording = await record(ns, { kinds: ["link"], debounceMs: 100 });
  const given = recording.records.length;
  const begun = performance.now();
  let [last, longestPause] = [begun, 0];
  for (let i = 0; recording.records.length === given; i++) {
    await conn.execute(setMtu(2000 + i % 1000));
    await delay(5);
    longestPause = Math.max(longestPause, performance.now() - last);
    last = performance.now();
    assert.ok(last - begun < 10_000, "a storm starves it");
  }
  // On a machine that is too busy for a storm its pauses are long enough to end the burst.
  assert.ok(last - begun >= 1000 || longestPause > 80, `${last - begun} ms, ${longestPause} ms`);
  assert.equal(recording.records.length, given + 1);
});

test("debounce() does not keep a loss back, nor what is no change", {}, async () => {
  const link = (mtu: number) => ({ kind: "link", key: "7", object: { mtu } }) as const;
  async function* news(): AsyncGenerator<MonitorNews> {
    yield { action: "snapshot", ...link(1) };
    yield { action: "synced" };
    yield { action: "new", ...link(2), previous: { mtu: 1 } };
    yield { action: "overrun", drops: 3 };
    yield { action: "new", ...link(4), previous: { mtu: 2 } };
    await new Promise(() => {}); // nothing more comes
  }
  const begun = performance.now();
  const given: Array<[MonitorNews, late: boolean]> = [];
  for await (const one of debounce(news(), 100)) {
    given.push([one, performance.now() - begun >= 100]);
    if (given.length === 4) break;
  }
  assert.deepEqual(given, [
    [{ action: "snapshot", ...link(1) }, false],
    [{ action: "synced" }, false],
    [{ action: "overrun", drops: 3 }, false],
    [{ action: "new", ...link(4), previous: { mtu: 1 }, changed: { mtu: [1, 4] } }, true],
  ]);
});

test("monitor with debounceMs tells at its end what it has", { skip }, async () => {
  await using ns = await makeNamespace();
  const before = resources();
  const recording = await record(ns, { kinds: ["link"], debounceMs: 60_000 });
  ns.ip("link add w0 type ifb");
  await delay(100);
  assert.deepEqual(recording.changes, []);
  await recording.end();
  assert.deepEqual(recording.changes, ["new link w0"]);

  for await (
    const { action } of monitor({ netNS: { pid: ns.pid }, snapshot: true, debounceMs: 50 })
  ) {
    if (action === "synced") break; // while it waits for more
  }
  await assertGivenBack(before);
});

test("monitor refuses a debounceMs that makes no sense", {}, async () => {
  for (const debounceMs of [0, -1, NaN, Infinity]) {
    await assert.rejects(
      monitor({ debounceMs }).next(),
      (error) => error instanceof OpError && error.code === "EINVAL" && error.op === "monitor",
    );
  }
});
