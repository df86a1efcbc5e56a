import assert from "node:assert/strict";
import {
  type Conn,
  ConnOption,
  dial,
  DumpInterruptedError,
  Family,
  HeaderFlags,
  HeaderType,
  marshalMessage,
  type Message,
  OpError,
  OverrunError,
  TruncatedError,
} from "../mod.ts";
import { delay, makeNamespace, type Namespace, noNamespaces } from "./harness.ts";
import {
  addAddress,
  addManyAddresses,
  addressGroup,
  connect,
  deleteAddress,
  forge,
  getAddresses,
  getLink,
  getLinks,
  RTM,
  setMtu,
  silent,
  test,
} from "./netlink.ts";

const skip = noNamespaces;
const { Acknowledge, DumpInterrupted, Multi, Request } = HeaderFlags;

if (!skip) dial(Family.Route).close();

/** A subscriber with room for very few notifications, and 500 of them sent by another. */
async function flooded(ns: Namespace): Promise<Conn> {
  const conn = connect(ns, { groups: addressGroup });
  conn.setReadBuffer(1);
  using other = connect(ns);
  await other.sendMessages(Array.from({ length: 500 }, (_, i) => addAddress(i)));
  return conn;
}

/** Receives until the connection is told of a loss. */
async function receiveUntilOverrun(
  conn: Conn,
): Promise<{ before: Message[]; error: OverrunError }> {
  const before: Message[] = [];
  for (;;) {
    try {
      before.push(...await conn.receive());
    } catch (error) {
      assert.ok(error instanceof OverrunError, `${error}`);
      return { before, error };
    }
  }
}

test("receive() tells of an overrun after what came before it, and goes on", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = await flooded(ns);
  const { before, error } = await receiveUntilOverrun(conn);
  assert.ok(before.length > 0 && before.length < 500);
  assert.equal(error.op, "receive");
  assert.equal(error.code, "ENOBUFS");
  assert.equal(error.temporary, true);
  assert.equal(error.drops, 500 - before.length);
  assert.equal(conn.drops(), error.drops);
  using other = connect(ns);
  await other.sendMessages(Array.from({ length: 500 }, (_, i) => deleteAddress(i)));
  const again = await receiveUntilOverrun(conn);
  assert.equal(again.error.drops, 500 - again.before.length);
  assert.equal(conn.drops(), error.drops + again.error.drops);
  await other.send(addAddress(1));
  assert.equal((await conn.receive())[0].header.type, RTM.NEWADDR);
});

test("every receive() that waits goes on after an overrun", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns, { groups: addressGroup });
  conn.setReadBuffer(1);
  const calls = Array.from({ length: 10 }, () => conn.receive().catch((error) => error));
  using other = connect(ns);
  await other.sendMessages(Array.from({ length: 500 }, (_, i) => addAddress(i)));
  let settled = false;
  const results = Promise.all(calls).finally(() => settled = true);
  for (let i = 0; !settled; i++) {
    await other.execute(deleteAddress(i, Acknowledge));
    await delay(1);
  }
  const overruns = (await results).filter((result) => result instanceof OverrunError);
  assert.ok(overruns.length > 0);
  assert.ok((await results).every((result) => Array.isArray(result) || overruns.includes(result)));
});

test("execute() whose reply was lost in an overrun fails", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = await flooded(ns);
  await assert.rejects(conn.execute(getLink(1)), (error) => {
    assert.ok(error instanceof OverrunError);
    assert.equal(error.op, "execute");
    assert.ok(error.drops > 400);
    return true;
  });
  assert.equal((await conn.execute(getLink(1))).length, 1);
  // Whoever receives learns of it as well.
  const { error } = await receiveUntilOverrun(conn);
  assert.ok(error.drops > 400);
});

test("execute() in the midst of an overrun fails or gets its reply", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = await flooded(ns);
  await conn.receive(); // has met the overrun, but not the end of the queue
  await assert.rejects(conn.execute(getLink(1)), OverrunError);
  assert.equal((await conn.execute(getLink(1))).length, 1);
});

test("a dump survives an overrun of notifications", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  using other = connect(ns);
  await addManyAddresses(other);
  conn.joinGroup(1); // RTNLGRP_LINK
  conn.setReadBuffer(40_000);
  let count = 0;
  for await (const { header } of conn.executeIter(getAddresses())) {
    assert.equal(header.type, RTM.NEWADDR);
    if (count++ % 500 > 0) continue;
    for (let mtu = 1000; mtu < 1100; mtu++) await other.execute(setMtu(mtu));
  }
  assert.equal(count, 1501);
  assert.ok(conn.drops() > 0);
  const { error } = await receiveUntilOverrun(conn);
  assert.equal(error.drops, conn.drops());
});

test("execute() names a sufficient size when a reply was cut", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns, { messageBufferSize: 256 });
  for (const request of [getLinks(), getLink(1)]) {
    const error = await conn.execute(request).catch((error) => error);
    assert.ok(error instanceof TruncatedError, `${error}`);
    assert.equal(error.op, "execute");
    assert.equal(error.code, "ETRUNCATED");
    assert.ok(error.needed > 256);
    assert.match(error.message, new RegExp(`${error.needed}`));
    await assert.rejects(conn.execute(getLink(99_999)), { code: "ENODEV" });
    using larger = connect(ns, { messageBufferSize: error.needed });
    assert.equal((await larger.execute(request)).length, 1);
  }
});

test("receive() names a sufficient size when a reply was cut", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns, { messageBufferSize: 256, groups: addressGroup });
  for (const request of [getLinks(), getLink(1)]) {
    await conn.send(request);
    await assert.rejects(conn.receive(), TruncatedError);
    await conn.send(getLink(99_999));
    await assert.rejects(conn.receive(), { code: "ENODEV" });
  }
});

test("a dump that was cut is in the way of nothing", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns, { messageBufferSize: 1024 });
  await addManyAddresses(conn);
  const truncated = { name: "TruncatedError" };
  await assert.rejects(conn.execute(getAddresses()), truncated);
  await assert.rejects(conn.execute(getAddresses()), truncated);
  const results = await Promise.allSettled([
    conn.execute(getAddresses()),
    conn.execute(getAddresses()),
    conn.execute(getLink(99_999)),
    conn.execute(getAddresses()),
  ]);
  assert.deepEqual(
    results.map((result) => result.status === "rejected" && result.reason.code),
    ["ETRUNCATED", "ETRUNCATED", "ENODEV", "ETRUNCATED"],
  );
  await conn.send(getLink(99_998));
  await assert.rejects(conn.receive(), { code: "ENODEV", op: "receive" });
});

test("a cut reply to send() is no fault of execute()", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns, { messageBufferSize: 256 });
  await conn.send(getLink(1));
  await assert.rejects(conn.execute(getLink(99_999)), { code: "ENODEV" });
  await assert.rejects(conn.receive(), TruncatedError);
});

/** Forges messages to a port, one datagram for each call. */
function forger(from: Conn, to: Conn): (...headers: Partial<Message["header"]>[]) => void {
  return (...headers) => {
    const parts = headers.map((header) =>
      marshalMessage({ header: { pid: to.pid, ...header }, data: new Uint8Array(4) })
    );
    forge(from, to.pid, new Uint8Array(parts.flatMap((part) => [...part])));
  };
}

test("what other processes send is rejected and counted", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns, { groups: addressGroup });
  using attacker = connect(ns);
  const send = forger(attacker, conn);
  const { sequence } = (await conn.send(silent)).header;
  const controller = new AbortController();
  const pending = conn.execute(silent, { signal: controller.signal });
  send({ type: RTM.NEWLINK, sequence: sequence + 1 });
  send({ type: HeaderType.Error, sequence: sequence + 1 });
  send({ type: RTM.NEWADDR, sequence: 0, pid: 0 });
  await attacker.send(addAddress(1));
  const messages = await conn.receive();
  assert.deepEqual(messages.map(({ header }) => header.type), [RTM.NEWADDR]);
  assert.equal(messages[0].data.length > 4, true);
  assert.equal(conn.rejected, 3);
  controller.abort(new Error("still waiting"));
  await assert.rejects(pending, /still waiting/);
});

test("acceptFrom any delivers what other processes send", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns, { acceptFrom: "any" });
  using other = connect(ns);
  const send = forger(other, conn);
  const { sequence } = (await conn.send(silent)).header;
  const pending = conn.execute(silent);
  send({ type: RTM.NEWLINK, sequence: sequence + 1 });
  const [reply] = await pending;
  assert.deepEqual(reply.source, { pid: other.pid, groups: 0 });
  assert.equal(conn.rejected, 0);
  // A reply for another port is nobody's.
  const waiting = conn.execute(silent);
  send({ type: RTM.NEWLINK, sequence: sequence + 2, pid: conn.pid + 1 });
  assert.equal((await conn.receive())[0].header.sequence, sequence + 2);
  // Some parts of the kernel leave the port out.
  send({ type: RTM.NEWADDR, sequence: sequence + 2, pid: 0 });
  assert.deepEqual((await waiting).map(({ header }) => header.type), [RTM.NEWADDR]);
});

test("sockets of Usersock speak with each other", { skip: false }, async () => {
  using one = dial(Family.Usersock);
  using two = dial(Family.Usersock);
  using closed = dial(Family.Usersock, { acceptFrom: "kernel" });
  const send = forger(two, one);
  send({ type: 100, sequence: 5 }, { type: 101, sequence: 6 });
  const messages = await one.receive();
  assert.deepEqual(messages.map(({ header }) => header.type), [100, 101]);
  assert.deepEqual(messages[0].source, { pid: two.pid, groups: 0 });
  forger(two, closed)({ type: 100 });
  forger(two, closed)({ type: 100 });
  const controller = new AbortController();
  const waiting = closed.receive({ signal: controller.signal });
  controller.abort(new Error("nothing came"));
  await assert.rejects(waiting, /nothing came/);
  assert.equal(closed.rejected, 2);
  await assert.rejects(one.send({ header: { type: 100 } }), { code: "ECONNREFUSED", op: "send" });
});

test("receive() keeps replies apart that come in pieces", { skip: false }, async () => {
  using one = dial(Family.Usersock);
  using two = dial(Family.Usersock);
  const send = forger(two, one);
  const receive = async () => (await one.receive()).map(({ header }) => header.type);
  send({ type: 100, sequence: 1, flags: Multi });
  send({ type: 101, sequence: 2, flags: Multi }, { type: 102, sequence: 3 });
  assert.deepEqual(await receive(), [102]);
  send({ type: HeaderType.Done, sequence: 2, flags: Multi });
  assert.deepEqual(await receive(), [101]);
  send({ type: 103, sequence: 1, flags: Multi }, { type: HeaderType.Done, sequence: 1 });
  assert.deepEqual(await receive(), [100, 103]);
  send({ type: HeaderType.Done, sequence: 4 }); // a dump of nothing
  assert.deepEqual(await receive(), []);
  // As nfnetlink_log does: Done, but no part says that there are more.
  send({ type: 104 }, { type: 105 }, { type: HeaderType.Done });
  assert.deepEqual(await receive(), [104, 105]);
  send({ type: 106, sequence: 5, flags: Multi | DumpInterrupted });
  send({ type: 107, sequence: 6 });
  send({ type: HeaderType.Done, sequence: 5 });
  assert.deepEqual(await receive(), [107]);
  await assert.rejects(one.receive(), DumpInterruptedError);
});

test("a malformed datagram is an error in its place", { skip: false }, async () => {
  using one = dial(Family.Usersock);
  using two = dial(Family.Usersock);
  const whole = marshalMessage({ header: { type: 100 }, data: new Uint8Array(8) });
  const long = whole.slice();
  new DataView(long.buffer).setUint32(0, 4096, true);
  forge(two, one.pid, whole);
  for (const datagram of [whole.subarray(0, 3), whole.subarray(0, 17), long]) {
    forge(two, one.pid, datagram);
  }
  forge(two, one.pid, whole);
  assert.equal((await one.receive()).length, 1);
  for (let i = 0; i < 3; i++) {
    await assert.rejects(one.receive(), { code: "EBADMSG", op: "receive" });
  }
  assert.equal((await one.receive()).length, 1);
});

test("a malformed reply ends its request", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns, { acceptFrom: "any" });
  using other = connect(ns);
  const { sequence } = (await conn.send(silent)).header;
  const pending = conn.execute(silent);
  const reply = marshalMessage({ header: { type: 100, sequence: sequence + 1, pid: conn.pid } });
  new DataView(reply.buffer).setUint32(0, 4096, true);
  forge(other, conn.pid, reply);
  await assert.rejects(pending, { code: "EBADMSG", op: "execute" });
  assert.equal((await conn.execute(getLink(1))).length, 1);
});

test("execute() tells of an interrupted dump after its replies", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns, { acceptFrom: "any" });
  using other = connect(ns);
  const send = forger(other, conn);
  const { sequence } = (await conn.send(silent)).header;
  const replies = (sequence: number) => {
    send({ type: 100, sequence, flags: Multi });
    send({ type: 101, sequence, flags: Multi | DumpInterrupted });
    send({ type: 102, sequence, flags: Multi }, { type: HeaderType.Done, sequence, flags: Multi });
  };
  const pending = conn.execute(silent);
  replies(sequence + 1);
  await assert.rejects(pending, (error) => {
    assert.ok(error instanceof DumpInterruptedError);
    assert.equal(error.sequence, sequence + 1);
    assert.equal(error.temporary, true);
    return true;
  });
  const found: number[] = [];
  await assert.rejects(async () => {
    const stream = conn.executeIter(silent);
    const first = stream.next();
    await undefined;
    replies(sequence + 2);
    found.push((await first).value.header.type);
    for await (const { header } of stream) found.push(header.type);
  }, DumpInterruptedError);
  assert.deepEqual(found, [100, 101, 102]);
});

test("the late replies of an aborted request reach nobody", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns, { acceptFrom: "any" });
  using other = connect(ns);
  const send = forger(other, conn);
  const { sequence } = (await conn.send(silent)).header;
  const controller = new AbortController();
  const aborted = conn.execute(silent, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assert.rejects(aborted, /enough/);
  const pending = conn.execute(silent);
  send({ type: 100, sequence: sequence + 1, flags: Multi });
  send({ type: HeaderType.Done, sequence: sequence + 1, flags: Multi });
  send({ type: 101, sequence: sequence + 1 }); // more than the reply: it is nobody's
  send({ type: 102, sequence: sequence + 2 });
  assert.deepEqual((await pending).map(({ header }) => header.type), [102]);
  assert.deepEqual((await conn.receive()).map(({ header }) => header.type), [101]);
});

test("setOption() of NoENOBUFS makes losses silent", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns, { groups: addressGroup });
  conn.setOption(ConnOption.NoENOBUFS, true);
  conn.setReadBuffer(1);
  using other = connect(ns);
  await other.sendMessages(Array.from({ length: 500 }, (_, i) => addAddress(i)));
  const lost = conn.drops();
  assert.ok(lost > 400);
  for (let i = 0; i < 500 - lost; i++) await conn.receive();
  await other.send(deleteAddress(1));
  assert.equal((await conn.receive())[0].header.type, RTM.DELADDR);
});

test("an OpError says what, why and where", { skip }, async () => {
  using conn = dial(Family.Route);
  const { sequence } = (await conn.send(silent)).header;
  const error = await conn.execute(getLink(99_999)).catch((error) => error);
  assert.ok(error instanceof OpError);
  assert.equal(error.message, "execute: No such device (ENODEV)");
  assert.equal(error.errno, 19);
  assert.equal(error.sequence, sequence + 1);
  assert.equal(error.timeout, false);
  assert.equal(error.temporary, false);
  await assert.rejects(
    conn.execute({ header: { type: 9999, flags: Request }, data: new Uint8Array(16) }),
    { code: "EOPNOTSUPP" },
  );
});
