import assert from "node:assert/strict";
import { ClosedError, type Conn, dial, Family, HeaderFlags, OpError } from "../mod.ts";
import { delay, makeNamespace, noNamespaces } from "./harness.ts";
import {
  addAddress,
  addManyAddresses,
  addressGroup,
  assertNothingWaits,
  connect,
  getAddresses,
  getLink,
  getLinks,
  isFailure,
  silent,
  test,
} from "./netlink.ts";

const skip = noNamespaces;

/** A time in milliseconds from now. */
function soon(ms: number): number {
  return Date.now() + ms;
}

function isTimeout(op: string): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof OpError, `${error}`);
    assert.equal(error.timeout, true);
    assert.equal(error.temporary, true);
    return isFailure("ETIMEDOUT", op)(error);
  };
}

/** Tells how many milliseconds a call takes to time out. */
async function timeToFail(call: Promise<unknown>, op = "receive"): Promise<number> {
  const start = performance.now();
  await assert.rejects(call, isTimeout(op));
  return performance.now() - start;
}

/** Checks that a timeout has left nothing behind: each of many requests gets its own reply. */
async function assertUsable(conn: Conn): Promise<void> {
  conn.setDeadline(null);
  for (let i = 0; i < 1000; i++) {
    const replies = await conn.execute(i % 2 === 0 ? getLink(1) : getLinks());
    assert.equal(replies.length, 1);
    assert.equal(replies[0].header.type, 16);
  }
}

test("setReadDeadline() lets receive() fail at the time", { skip: false }, async () => {
  using conn = dial(Family.Usersock);
  for (const make of [(t: number) => t, (t: number) => new Date(t)]) {
    const t = make(soon(40));
    conn.setReadDeadline(t);
    const took = await timeToFail(conn.receive());
    assert.ok(took >= 35, `after ${took} ms`);
    assert.ok(Date.now() >= Number(t));
  }
  await assert.rejects(conn.receive(), isTimeout("receive"), "it stays passed");
  conn.setReadDeadline(null);
  await assertNothingWaits(conn);
});

test("a deadline in the past fails calls at once and loses nothing", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns, { groups: addressGroup });
  await conn.send(addAddress(1));
  for (const t of [soon(-1), 0, -Infinity, new Date(0)]) {
    conn.setReadDeadline(t);
    await assert.rejects(conn.receive(), isTimeout("receive"));
    await assert.rejects(conn.receiveIter().next(), isTimeout("receive"));
    await assert.rejects(conn.execute(addAddress(2)), isTimeout("execute"));
    await assert.rejects(conn.executeIter(getLinks()).next(), isTimeout("execute"));
    await assert.rejects(conn.executeBatch([addAddress(2)]), isTimeout("execute"));
  }
  conn.setReadDeadline(null);
  assert.equal((await conn.receive()).length, 1);
  await assertNothingWaits(conn); // the second address was never asked for
});

test("a deadline moves while calls wait", { skip: false }, async () => {
  using conn = dial(Family.Usersock);
  const none = conn.receive(); // waits since before there was one
  conn.setReadDeadline(soon(10_000));
  const late = conn.receive();
  conn.setReadDeadline(soon(30));
  conn.setReadDeadline(soon(80));
  const took = await Promise.all([none, late, conn.receive()].map((call) => timeToFail(call)));
  assert.ok(took.every((ms) => ms >= 75), `after ${took} ms`);
  conn.setReadDeadline(soon(20));
  const controller = new AbortController();
  const reason = new Error("aborted");
  const waiting = conn.receive({ signal: controller.signal });
  conn.setReadDeadline(null);
  await delay(60);
  controller.abort(reason);
  await assert.rejects(waiting, reason);
  const past = conn.receive();
  conn.setReadDeadline(0);
  await assert.rejects(past, isTimeout("receive"));
});

test("a far deadline is none", { skip: false }, async () => {
  using conn = dial(Family.Usersock);
  for (const t of [soon(2 ** 31 + 5), new Date("9999-12-31"), Number.MAX_VALUE, Infinity]) {
    conn.setReadDeadline(t);
    await assertNothingWaits(conn);
  }
});

test("execute() that times out poisons nothing", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  conn.setReadDeadline(soon(20));
  const calls = Array.from({ length: 10 }, () => conn.execute(silent));
  for (const call of calls) await assert.rejects(call, isTimeout("execute"));
  await assertUsable(conn);
});

test("requests that time out in the line are never sent", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  conn.setReadDeadline(soon(20));
  const calls = [conn.execute(silent), conn.execute(addAddress(1)), conn.execute(addAddress(2))];
  for (const call of calls) await assert.rejects(call, isTimeout("execute"));
  conn.setReadDeadline(null);
  assert.deepEqual(
    ns.ipJson("addr show dev lo")[0].addr_info.map(
      ({ local }: { local: string }) => local,
    ),
    ["127.0.0.1", "::1"],
  );
});

test("a dump in flight that times out poisons nothing", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  await addManyAddresses(conn);
  const dump = conn.executeIter(getAddresses());
  await dump.next();
  conn.setReadDeadline(0);
  await assert.rejects(
    (async () => {
      for await (const _ of dump);
    })(),
    isTimeout("execute"),
  );
  conn.setReadDeadline(null);
  assert.equal((await conn.execute(getAddresses())).length, 1501);
  await assertUsable(conn);
});

test("setWriteDeadline() stops what sends, and only that", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns, { groups: addressGroup });
  conn.setWriteDeadline(0);
  await assert.rejects(conn.send(addAddress(1)), isTimeout("send"));
  await assert.rejects(conn.sendMessages([addAddress(1)]), isTimeout("send"));
  await assert.rejects(conn.execute(addAddress(1, HeaderFlags.Acknowledge)), isTimeout("send"));
  await assertNothingWaits(conn); // receiving goes on, and nothing was sent
  conn.setWriteDeadline(soon(10_000));
  await conn.send(addAddress(1));
  conn.setReadDeadline(0);
  await conn.send(addAddress(2));
  conn.setDeadline(null);
  assert.equal((await conn.receive()).length + (await conn.receive()).length, 2);
});

test("setDeadline() sets both", { skip: false }, async () => {
  using conn = dial(Family.Usersock);
  conn.setDeadline(0);
  await assert.rejects(conn.send(silent), isTimeout("send"));
  await assert.rejects(conn.receive(), isTimeout("receive"));
  conn.setDeadline(null);
  await assertNothingWaits(conn);
});

test("setDeadline() refuses what is no point in time", { skip: false }, () => {
  using conn = dial(Family.Usersock);
  assert.throws(() => conn.setDeadline(NaN), isFailure("EINVAL", "set-deadline"));
  assert.throws(
    () => conn.setReadDeadline(new Date("?")),
    isFailure("EINVAL", "set-read-deadline"),
  );
  assert.throws(() => conn.setWriteDeadline(NaN), isFailure("EINVAL", "set-write-deadline"));
  conn.close();
  assert.throws(() => conn.setDeadline(0), ClosedError);
});
