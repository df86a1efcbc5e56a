import assert from "node:assert/strict";
import { ClosedError, type Conn, dial, Family, marshalMessage } from "../mod.ts";
import { delay } from "./harness.ts";
import {
  assertGivenBack,
  descriptorCount,
  forge,
  resources,
  silent,
  test,
  timeInLine,
  turn,
} from "./netlink.ts";

/** How long in milliseconds a call may take to end once its connection is closed. */
const limit = 50;

/** Calls for which nothing ever comes. */
const calls: ((conn: Conn) => Promise<unknown>[])[] = [
  (conn) => [conn.receive()],
  (conn) => Array.from({ length: 5 }, () => conn.receive()),
  (conn) => [conn.execute(silent)],
  (conn) => [conn.receiveIter().next()],
  (conn) => [conn.executeIter(silent).next(), conn.receive()],
  (conn) => [conn.execute(silent), conn.execute(silent), conn.executeIter(silent).next()],
  (conn) => [conn.receive(new AbortController()), conn.execute(silent, new AbortController())],
];

/** What happens between the calls and the closing. */
const pauses: (() => unknown)[] = [() => {}, () => Promise.resolve(), turn, () => delay(1)];

/**
 * Closes a connection with calls that wait, all of which end before the next turn of the event loop.
 *
 * @returns How long the last one took, in milliseconds, without the time in which other processes ran.
 */
async function closeWith(pending: Promise<unknown>[], conn: Conn): Promise<number> {
  let ended = 0;
  let last = 0;
  for (const call of pending) {
    call.catch((error) => {
      assert.ok(error instanceof ClosedError, `${error}`);
      ended++;
      last = performance.now() - timeInLine();
    });
  }
  const start = performance.now() - timeInLine();
  conn.close();
  await turn();
  assert.equal(ended, pending.length);
  return last - start;
}

test("1,000 connections are closed while calls wait", { skip: false }, async () => {
  let [slowest, highest] = [0, 0];
  const cycle = async (i: number) => {
    const conn = dial(Family.Route);
    const pending = calls[i % calls.length](conn);
    const pause = pauses[i % pauses.length]();
    if (pause !== undefined) await pause;
    slowest = Math.max(slowest, await closeWith(pending, conn));
    highest = Math.max(highest, descriptorCount());
  };
  for (let i = 0; i < 50; i++) await cycle(i);
  await delay(200);
  const before = resources();
  highest = 0;
  for (let i = 50; i < 1000; i++) await cycle(i);
  assert.ok(slowest < limit, `a call took ${slowest} ms to end`);
  assert.ok(highest <= before.descriptors + 20, `${before.descriptors} grew to ${highest}`);
  await assertGivenBack(before);
});

test(
  "a descriptor's next owner and those who wait are not woken by what its last one waited for",
  { skip: false },
  async () => {
    const open = () => dial(Family.Usersock); // sockets that speak with each other
    using sender = open();
    const send = (to: Conn, type: number) =>
      forge(sender, to.pid, marshalMessage({ header: { type } }));
    const waiters = Array.from(
      { length: 4 },
      () => ({ conn: open(), sent: [] as number[], received: [] as number[] }),
    );
    const waits = waiters.map(async ({ conn, received }) => {
      for await (const { header } of conn.receiveIter()) received.push(header.type);
    });
    let reused = 0;
    const churn = async (waiter: typeof waiters[0], seed: number) => {
      for (let i = seed; i < seed + 150; i++) {
        const first = open();
        const { fd } = first.syscallConn();
        const ended = assert.rejects(first.receive(), ClosedError);
        await pauses[i % 3]();
        send(first, 100); // its readiness is on its way when the socket closes
        if (i % 5 === 0) await undefined;
        first.close();
        using second = open();
        if (second.syscallConn().fd === fd) reused++; // the runtime may have taken the descriptor itself
        const received = second.receive();
        if (i % 2 === 0) await undefined;
        await ended;
        if (i % 3 === 0) {
          send(waiter.conn, i);
          waiter.sent.push(i);
        }
        if (i % 7 === 0) { // nothing comes
          await turn();
          second.close();
          await assert.rejects(received, ClosedError);
        } else {
          send(second, 1000 + i);
          assert.deepEqual((await received).map(({ header }) => header.type), [1000 + i]);
        }
      }
    };
    await Promise.all(waiters.map((waiter, i) => churn(waiter, 1000 * (i + 1))));
    assert.ok(reused > 400, `${reused} of 600 descriptors were used again`);
    for (const [i, { conn, sent, received }] of waiters.entries()) {
      while (received.length < sent.length) await turn();
      assert.deepEqual(received, sent);
      conn.close();
      await assert.rejects(waits[i], ClosedError);
    }
  },
);
