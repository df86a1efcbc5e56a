import assert from "node:assert/strict";
import process from "node:process";
import { load } from "../ffi/load.ts";
import { ClosedError, type Conn, dial, Family, marshalMessage } from "../mod.ts";
import { delay, startScript } from "./harness.ts";
import { assertGivenBack, forge, resources, test } from "./netlink.ts";

// Sockets for messages between processes: nobody else sends to them, and no privilege is needed.
const open = () => dial(Family.Usersock);
const datagram = marshalMessage({ header: { type: 100 } });

/** One wait from its start to its end. */
async function cycle(): Promise<void> {
  const conn = open();
  const received = conn.receive();
  await delay(20);
  conn.close();
  await assert.rejects(received, ClosedError);
}

// What the runtime starts once and keeps is there from now on.
load();
await cycle();
await delay(200);

async function assertClosedQuickly(calls: Promise<unknown>[], close: () => void): Promise<void> {
  close();
  const start = performance.now();
  const results = await Promise.allSettled(calls);
  const took = performance.now() - start;
  for (const result of results) {
    assert.ok(result.status === "rejected" && result.reason instanceof ClosedError);
  }
  assert.ok(took < 100, `settling took ${took} ms`);
}

test("500 sockets that wait share one thread, and all is given back", { skip: false }, async () => {
  const before = resources();
  const conns = Array.from({ length: 500 }, open);
  const calls = [conns[0].receive()];
  await delay(100);
  const { threads } = resources();
  assert.ok(threads <= before.threads + 1, `${before.threads} threads became ${threads}`);
  calls.push(...conns.slice(1).map((conn) => conn.receive()));
  await delay(100);
  assert.ok(resources().threads <= threads, `${threads} threads became ${resources().threads}`);
  using sender = open();
  for (const i of [0, 7, 499]) {
    forge(sender, conns[i].pid, datagram);
    assert.equal((await calls[i])[0].header.type, 100);
    calls[i] = conns[i].receive();
  }
  for (const conn of conns) forge(sender, conn.pid, datagram);
  assert.equal((await Promise.all(calls)).length, 500);
  const more = conns.map((conn) => conn.receive());
  await assertClosedQuickly(more, () => conns.forEach((conn) => conn.close()));
  sender.close();
  await assertGivenBack(before);
});

test("a datagram between two waits is not missed", { skip: false }, async () => {
  using one = open();
  using two = open();
  const bounce = async (conn: Conn, to: Conn, first: boolean) => {
    if (first) forge(conn, to.pid, datagram);
    for (let i = 0; i < 500; i++) {
      await conn.receive();
      if (!first || i < 499) forge(conn, to.pid, datagram);
    }
  };
  await Promise.all([bounce(one, two, true), bounce(two, one, false)]);
});

test("an aborted wait leaves the others waiting", { skip: false }, async () => {
  using one = open();
  using two = open();
  const kept = two.receive();
  for (let i = 0; i < 50; i++) {
    const controller = new AbortController();
    const waiting = one.receive({ signal: controller.signal });
    if (i % 2 === 0) await delay(0);
    controller.abort(new Error("enough"));
    await assert.rejects(waiting, /enough/);
  }
  const received = one.receive();
  forge(two, one.pid, datagram);
  await received;
  forge(one, two.pid, datagram);
  await kept;
});

test("being stopped and continued ends no wait", { skip: false }, async () => {
  const child = startScript("tests/children/waiting.ts", "waiting");
  await child.until((text) => text.includes("started"));
  await delay(200);
  for (let i = 0; i < 40; i++) {
    process.kill(child.child.pid!, "SIGSTOP");
    await delay(5);
    process.kill(child.child.pid!, "SIGCONT");
    await delay(5);
  }
  await delay(100);
  assert.equal(child.child.exitCode, null, child.stderr);
  assert.equal(child.stderr, "");
  child.child.kill("SIGKILL");
  await child.exit;
});

const ending = [
  "open",
  "closed",
  "executed",
  "waiting, then unref'd",
  "unref'd, then waiting",
  "closed while waiting",
  "closed at once",
  "aborted",
  "waiting with a deadline",
  "open with a deadline",
  "unref'd, waiting with a deadline",
  "closed and opened again",
];

for (const what of ending) {
  test(`a process ends by itself: ${what}`, { skip: false }, async () => {
    const child = startScript("tests/children/waiting.ts", what);
    const timer = setTimeout(() => child.child.kill("SIGKILL"), 20_000);
    assert.equal(await child.exit, 0, child.stderr);
    clearTimeout(timer);
    assert.equal(child.stdout, "started\n");
    assert.equal(child.stderr, "");
  });
}

test(
  "a process may end while the waiting thread hears that nobody waits",
  { skip: false },
  async () => {
    for (let i = 0; i < 5; i++) {
      const children = Array.from(
        { length: 8 },
        () => startScript("tests/children/waiting.ts", "aborted"),
      );
      for (const child of children) assert.equal(await child.exit, 0, child.stderr);
    }
  },
);

const staying = [
  "waiting",
  "unref'd, waiting, then ref'd",
  "one of two unref'd",
  "one of two aborted",
  "aborted, then waiting again",
];

test("a process stays as long as a call waits", { skip: false }, async () => {
  const children = staying.map((what) => startScript("tests/children/waiting.ts", what));
  await Promise.all(children.map((child) => child.until((text) => text.includes("started"))));
  await delay(1000);
  for (const [i, { child, stderr }] of children.entries()) {
    assert.equal(child.exitCode, null, `${staying[i]}: ${stderr}`);
    child.kill("SIGKILL");
  }
  for (const { exit } of children) assert.equal(await exit, 137);
});
