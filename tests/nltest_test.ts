import assert from "node:assert/strict";
import {
  ClosedError,
  type Conn,
  ConnOption,
  DumpInterruptedError,
  Family,
  HeaderFlags,
  HeaderType,
  marshalAttributes,
  marshalMessage,
  type Message,
  type MessageInit,
  OpError,
  OverrunError,
  TruncatedError,
} from "../mod.ts";
import { int32Bytes } from "../lib/nlenc.ts";
import {
  checkRequest,
  dial,
  error,
  Kernel,
  multipart,
  mustMarshalAttributes,
  PID,
  type Script,
} from "../lib/nltest.ts";
import { encodeObject, linkKind, RouteConn } from "../lib/rtnetlink/mod.ts";
import { delay, onDeno, start, test as plainTest } from "./harness.ts";
import { assertNothingWaits, isFailure } from "./netlink.ts";
import process from "node:process";
import { fileURLToPath } from "node:url";

const { Acknowledge, AcknowledgeTLVs, Capped, Dump, DumpInterrupted, Multi, Request } = HeaderFlags;
const [EPERM, ENOENT, EAGAIN, ENOPROTOOPT] = [1, 2, 11, 92];

function test(name: string, fn: () => void | Promise<void>): void {
  plainTest(name, { skip: false }, fn);
}

/** A request, or any other message of a type that no family reserves. */
function message(type: number, flags = 0, data: Uint8Array = new Uint8Array(4)): MessageInit {
  return { header: { type, flags }, data };
}

function types(messages: Message[]): number[] {
  return messages.map(({ header }) => header.type);
}

/** Answers each request with a message of the type one higher. */
const plusOne: Script = (requests) => requests.map(({ header }) => message(header.type + 1));

test("dial() gives requests to the function and its answers to the connection", async () => {
  const seen: Message[][] = [];
  using conn = dial((requests) => {
    seen.push(requests);
    return plusOne(requests);
  });
  assert.equal(conn.pid, PID);
  const data = Uint8Array.of(1, 2, 3, 4);
  const [reply] = await conn.execute(message(100, Request, data));
  assert.equal(seen.length, 1);
  const [{ header }] = seen[0];
  assert.deepEqual(seen[0], [{ header: { ...header, length: 20, type: 100, flags: 1 }, data }]);
  assert.equal(header.pid, PID);
  assert.deepEqual(reply.header, { ...header, type: 101, flags: 0 });
  assert.deepEqual(reply.source, { pid: 0, groups: 0 });
  const sent = await conn.sendMessages([message(7), message(8)]);
  assert.deepEqual(seen[1].map(({ header }) => header), sent.map(({ header }) => header));
  assert.deepEqual(await conn.receive().then(types), [8]);
  assert.deepEqual(await conn.receive().then(types), [9]);
});

test("dial() leaves the requests to the function for good", async () => {
  const kept: Message[] = [];
  using conn = dial((requests) => {
    kept.push(...requests);
    return requests;
  });
  for (let i = 1; i <= 3; i++) await conn.execute(message(100, Request, Uint8Array.of(i, i, i, i)));
  assert.deepEqual(kept.map(({ data }) => data[3]), [1, 2, 3]);
});

test("dial() asks the function for notifications when a call waits", async () => {
  let asked = 0;
  using conn = dial((requests) => {
    if (requests.length > 0) return [message(7)];
    return ++asked < 3 ? [message(8), message(9)] : [];
  });
  for (let i = 0; i < 2; i++) {
    assert.deepEqual((await conn.receive()).map(({ header }) => header.type), [8, 9]);
  }
  conn.setReadDeadline(Date.now() + 20);
  await assert.rejects(conn.receive(), isFailure("ETIMEDOUT", "receive"));
  assert.equal(asked, 3);
  conn.setReadDeadline(null);
  assert.equal((await conn.execute(message(1))).length, 1);
  assert.equal(asked, 3);
});

test("dial() with a function that cannot do without requests gets no notification", async () => {
  using conn = dial(([request]) => [{ header: { type: request.header.type + 1 } }]);
  const waiting = conn.receive();
  const [reply] = await conn.execute(message(50));
  assert.equal(reply.header.type, 51);
  conn.close();
  await assert.rejects(waiting, ClosedError);
});

test("dial() tells of a function that gives no messages or wrong ones as a notification", async () => {
  for (
    const [wrong, words] of [
      [undefined, /script returned undefined, not an array/],
      [[{ header: { length: 99 } }], /Header length is 99/],
    ] as const
  ) {
    using conn = dial(() => wrong as unknown as MessageInit[]);
    await assert.rejects(conn.receive(), words);
  }
});

test("dial() takes a function that answers later", async () => {
  using conn = dial(async (requests) => {
    await delay(5);
    return plusOne(requests);
  });
  const replies = await Promise.all([10, 20, 30].map((type) => conn.execute(message(type))));
  assert.deepEqual(replies.map(types), [[11], [21], [31]]);
});

test("dial() answers thousands of requests", async () => {
  using conn = dial(({ 0: request }) => [{ header: { type: 50 }, data: request.data }]);
  const call = async (i: number) => {
    const [{ data }] = await conn.execute(message(40, Request, int32Bytes(i)));
    assert.deepEqual(data, int32Bytes(i));
  };
  for (let i = 0; i < 2000; i++) await call(i);
  await Promise.all(Array.from({ length: 2000 }, (_, i) => call(i)));
});

test("dial() lets execute() and send() fail with what the function throws", async () => {
  const failure = new Error("not as expected");
  let fails = true;
  using conn = dial((requests) => {
    if (fails) throw failure;
    return plusOne(requests);
  });
  await assert.rejects(conn.execute(message(100)), (error) => error === failure);
  await assert.rejects(conn.send(message(100)), (error) => error === failure);
  fails = false;
  assert.deepEqual(await conn.execute(message(100)).then(types), [101]);
  await assertNothingWaits(conn);
});

test("dial() lets all calls that wait fail with what the function rejects with", async () => {
  const failure = new Error("not as expected");
  let fails = true;
  using conn = dial(async (requests) => {
    if (fails) throw failure;
    return await plusOne(requests);
  });
  const isFailure = (error: unknown) => error === failure;
  const calls = [conn.receive(), conn.execute(message(100)), conn.receive()];
  for (const call of calls) await assert.rejects(call, isFailure);
  // The next one waits in the line first.
  const [receive, first, second] = [
    conn.receive(),
    ...[1, 2].map(() => conn.execute(message(100))),
  ];
  for (const call of [first, receive, second]) await assert.rejects(call, isFailure);
  await conn.send(message(100));
  await assert.rejects(conn.receive(), isFailure);
  fails = false;
  assert.deepEqual(await conn.execute(message(100)).then(types), [101]);
});

test("dial() tells of a function that returns no messages or wrong ones", async () => {
  using wrong = dial(() => undefined as unknown as MessageInit[]);
  await assert.rejects(wrong.execute(message(1)), /script returned undefined, not an array/);
  using late = dial(() => Promise.resolve({} as MessageInit[]));
  await assert.rejects(late.execute(message(1)), /script returned \[object Object\], not an array/);
  using long = dial(() => [{ header: { type: 1, length: 99 } }]);
  await assert.rejects(long.execute(message(1)), { name: "MessageError" });
});

test("multipart() makes the last message the end of the others", async () => {
  const none: MessageInit[] = [];
  assert.equal(multipart(none), none);
  const one = [message(7)];
  assert.equal(multipart(one), one);
  const messages = [message(7, DumpInterrupted), {}, message(9)];
  assert.deepEqual(multipart(messages), [
    message(7, DumpInterrupted | Multi),
    { header: { flags: Multi } },
    message(HeaderType.Done, Multi),
  ]);
  assert.deepEqual(messages, [message(7, DumpInterrupted), {}, message(9)]);
  using conn = dial(() => multipart([message(7), message(8), {}]));
  assert.deepEqual(await conn.execute(message(1, Request | Dump)).then(types), [7, 8]);
  await conn.send(message(1, Request | Dump));
  assert.deepEqual(await conn.receive().then(types), [7, 8]);
});

test("multipart() of more than fits into a datagram or a buffer comes whole", async () => {
  const links = Array.from(
    { length: 3000 },
    (_, i) => message(16, 0, new Uint8Array(4 * (i % 300))),
  );
  using conn = dial(() => multipart([...links, {}]));
  conn.setReadBuffer(0);
  const replies = await conn.execute(message(18, Request | Dump));
  assert.deepEqual(replies.map(({ data }) => data), links.map(({ data }) => data));
  assert.equal(conn.drops(), 0);
  using small = new Kernel(() => multipart([...links, {}])).dial(0, { messageBufferSize: 4096 });
  assert.equal((await small.execute(message(18, Request | Dump))).length, 3000);
});

test("an answer and its acknowledgement come one after the other", async () => {
  using conn = dial((requests) => [message(7), message(8), ...error(0, requests)]);
  await conn.send(message(1, Request | Acknowledge));
  assert.deepEqual(await conn.receive().then(types), [7, 8]);
  assert.deepEqual(await conn.receive().then(types), [HeaderType.Error]);
  assert.deepEqual(await conn.execute(message(1, Request | Acknowledge)).then(types), [7, 8, 2]);
});

test("error() refuses a request", async () => {
  using conn = dial((requests) => error(ENOENT, requests));
  const { sequence } = (await conn.send(message(100))).header;
  await assert.rejects(conn.receive(), isFailure("ENOENT", "receive"));
  await assert.rejects(conn.execute(message(100, Request | Acknowledge)), (error) => {
    assert.ok(error instanceof OpError);
    assert.equal(error.errno, ENOENT);
    assert.equal(error.sequence, sequence + 1);
    return true;
  });
});

test("error() holds the request, and its header alone for success", () => {
  const header = { length: 22, type: 16, flags: Request | Acknowledge, sequence: 5, pid: PID };
  const request = { header, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  const bytes = marshalMessage(request);
  assert.deepEqual(error(EPERM, [request, { header, data: new Uint8Array() }]), [{
    header: { ...header, length: 42, type: HeaderType.Error, flags: 0 },
    data: Uint8Array.of(255, 255, 255, 255, ...bytes.subarray(0, 22)),
  }]);
  assert.deepEqual(error(0, [request]), [{
    header: { ...header, length: 36, type: HeaderType.Error, flags: Capped },
    data: Uint8Array.of(0, 0, 0, 0, ...bytes.subarray(0, 16)),
  }]);
});

test("error() refuses what makes no sense", () => {
  const request = {
    header: { length: 16, type: 1, flags: 0, sequence: 1, pid: 1 },
    data: new Uint8Array(),
  };
  for (const errno of [-2, 4096, 1.5, NaN]) {
    assert.throws(
      () => error(errno, [request]),
      new RegExp(`RangeError: ${errno} is no error number`),
    );
  }
  assert.throws(() => error(2, []), RangeError);
});

test("checkRequest() lets the expected through and throws at anything else", async () => {
  const script = checkRequest([0, 20], [Request, 0], plusOne);
  using conn = dial(script);
  await conn.sendMessages([message(10, Request), message(20, Acknowledge)]);
  assert.deepEqual(await conn.receive().then(types), [11]);
  const refused = async (messages: MessageInit[], words: RegExp) => {
    await assert.rejects(conn.sendMessages(messages), words);
  };
  await refused([message(10, Request), message(21)], /Request 1 has type 21 instead of 20/);
  await refused(
    [message(10, Request | Dump), message(20)],
    /Request 0 has flags request\|0x300 instead of request/,
  );
  await refused([message(10, Request)], /1 requests were sent instead of 2/);
  assert.throws(() => checkRequest([1], [], plusOne), /1 types and 0 flags/);
});

test("mustMarshalAttributes() marshals, or throws", () => {
  const attributes = [{ type: 3, data: Uint8Array.of(0x6c, 0x6f, 0) }];
  assert.deepEqual(mustMarshalAttributes(attributes), marshalAttributes(attributes));
  assert.throws(() => mustMarshalAttributes([{ type: -1, data: new Uint8Array() }]), /-1/);
});

test("a script answers each request of a batch, with and without sequence numbers", async () => {
  for (const explicit of [false, true]) {
    const kernel = new Kernel((requests) =>
      requests.flatMap((request) => {
        const { type, sequence } = request.header;
        const header = { type: type + 1, sequence: explicit ? sequence : 0 };
        return type === 30 ? error(ENOENT, [request]) : [{ header }, ...error(0, [request])];
      })
    );
    using conn = kernel.dial(Family.Route);
    const flags = Request | Acknowledge;
    const results = await conn.executeBatch([10, 30, 50].map((type) => message(type, flags)));
    assert.deepEqual(
      results.map((result) => result instanceof OpError ? result.code : types(result)),
      [[11, HeaderType.Error], "ENOENT", [51, HeaderType.Error]],
    );
  }
});

test("a script's interrupted dump and failed dump surface", async () => {
  const extended = mustMarshalAttributes([{
    type: 1,
    data: new TextEncoder().encode("no such table\0"),
  }]);
  using conn = dial(([{ header: { type } }]) => {
    if (type === 1) return multipart([message(16, DumpInterrupted), {}]);
    const data = Uint8Array.of(...int32Bytes(-ENOENT), ...extended);
    return [message(16, Multi), message(HeaderType.Done, Multi | AcknowledgeTLVs, data)];
  });
  await assert.rejects(conn.execute(message(1, Request | Dump)), DumpInterruptedError);
  await assert.rejects(conn.execute(message(2, Request | Dump)), (error) => {
    assert.equal((error as OpError).extendedMessage, "no such table");
    return isFailure("ENOENT")(error);
  });
  await conn.send(message(1, Request | Dump));
  await assert.rejects(conn.receive(), DumpInterruptedError);
});

test("Kernel keeps what was set on a connection", () => {
  const kernel = new Kernel();
  assert.equal(kernel.sockets.length, 0);
  using conn = kernel.dial(Family.Generic, { groups: 1 | 1 << 31, strict: true });
  const [socket] = kernel.sockets;
  assert.equal(socket.family, Family.Generic);
  assert.equal(socket.pid, conn.pid);
  assert.equal(socket.netNS, "");
  assert.deepEqual([...socket.groups], [1, 32]);
  conn.joinGroup(40);
  conn.leaveGroup(1);
  assert.deepEqual([...socket.groups], [32, 40]);
  const { ExtendedAcknowledge, GetStrictCheck, PacketInfo } = ConnOption;
  assert.deepEqual([...socket.options], [ExtendedAcknowledge, GetStrictCheck, PacketInfo]);
  for (const option of Object.values(ConnOption)) conn.setOption(option, true);
  assert.deepEqual(new Set(socket.options), new Set(Object.values(ConnOption)));
  for (const option of Object.values(ConnOption)) conn.setOption(option, false);
  assert.equal(socket.options.size, 0);
  conn.setReadBuffer(10_000);
  conn.setWriteBuffer(20_000);
  assert.deepEqual([socket.readBuffer, conn.readBuffer()], [20_000, 20_000]);
  assert.deepEqual([socket.writeBuffer, conn.writeBuffer()], [40_000, 40_000]);
  const program = [{ op: 0x28, jt: 1, jf: 2, k: 4 }, { op: 6, jt: 0, jf: 0, k: 0xffff_ffff }];
  conn.setBPF(program);
  assert.deepEqual(socket.program, program);
  conn.removeBPF();
  assert.equal(socket.program, undefined);
  conn.close();
  assert.equal(kernel.sockets.length, 0);
});

test("Kernel gives connections ports of their own and tells in which namespace they are", () => {
  const kernel = new Kernel();
  const netNS = (config: { netNS?: string | { pid: number } }) => {
    const conn = kernel.dial(Family.Route, config);
    return [conn.pid, kernel.sockets.at(-1)!.netNS];
  };
  assert.deepEqual(netNS({ netNS: "blue" }), [PID, "/run/netns/blue"]);
  assert.deepEqual(netNS({ netNS: { pid: 77 } }), [PID + 1, "/proc/77/ns/net"]);
  assert.deepEqual(netNS({}), [PID + 2, ""]);
  assert.equal(kernel.descriptors, 3);
  assert.throws(() => kernel.dial(Family.Route, { pid: PID }), isFailure("EADDRINUSE", "dial"));
  assert.throws(() => kernel.dial(Family.Route, { netNS: 9 }), isFailure("EBADF", "dial"));
  assert.throws(() => kernel.dial(32), isFailure("EPROTONOSUPPORT", "dial"));
  assert.equal(kernel.descriptors, 3);
  assert.equal(kernel.dial(Family.Route, { pid: 4711 }).pid, 4711);
});

test("multicast() reaches who has joined the group", async () => {
  const kernel = new Kernel();
  using one = kernel.dial(Family.Route, { groups: 1 });
  using two = kernel.dial(Family.Route, { groups: 3 });
  const waiting = [one.receive(), two.receive()];
  kernel.multicast(1, [message(16), message(17)]);
  kernel.multicast(2, [message(20)]);
  for (const received of waiting) assert.deepEqual(await received.then(types), [16, 17]);
  const [notification] = await two.receive();
  assert.deepEqual(notification.source, { pid: 0, groups: 2 });
  await assertNothingWaits(one);
  one.joinGroup(40);
  kernel.multicast(40, [message(30)]);
  assert.deepEqual((await one.receive())[0].source, { pid: 0, groups: 0, group: 40 });
  for (const group of [0, -1, 1.5, 2 ** 32]) {
    assert.throws(
      () => kernel.multicast(group, []),
      new RegExp(`RangeError: ${group} is no group`),
    );
  }
});

test("multicast() from another namespace reaches who listens to all", async () => {
  const kernel = new Kernel();
  using all = kernel.dial(Family.Route, { groups: 1 });
  using own = kernel.dial(Family.Route, { groups: 1 });
  all.setOption(ConnOption.ListenAllNSID, true);
  all.setOption(ConnOption.PacketInfo, true);
  kernel.multicast(1, [message(16)], { nsid: 5 });
  kernel.multicast(1, [message(17)]);
  assert.deepEqual((await all.receive())[0].source, { pid: 0, groups: 1, group: 1, nsid: 5 });
  assert.deepEqual((await all.receive())[0].source, { pid: 0, groups: 1, group: 1 });
  kernel.multicast(1, [message(16)], { nsid: 6 });
  all.setOption(ConnOption.ListenAllNSID, false);
  assert.deepEqual((await all.receive())[0].source, { pid: 0, groups: 1, group: 1 });
  assert.deepEqual(await own.receive().then(types), [17]);
});

test("multicast() within a script comes before the answer", async () => {
  const kernel = new Kernel((requests) => {
    kernel.multicast(1, [message(16)]);
    return error(0, requests);
  });
  using conn = kernel.dial(Family.Route, { groups: 1 });
  await conn.send(message(16, Request | Acknowledge));
  assert.deepEqual(await conn.receive().then(types), [16]);
  assert.deepEqual(await conn.receive().then(types), [HeaderType.Error]);
});

test("unicast() reaches one connection", async () => {
  const kernel = new Kernel();
  using one = kernel.dial(Family.Route);
  using two = kernel.dial(Family.Route);
  kernel.unicast(two.pid, [message(7), message(8)]);
  assert.deepEqual(await two.receive().then(types), [7, 8]);
  await assertNothingWaits(one);
  assert.throws(() => kernel.unicast(99, []), /No connection has port id 99/);
});

test("messages that nobody receives do not disturb another connection", async () => {
  const kernel = new Kernel();
  using one = kernel.dial(Family.Route);
  using two = kernel.dial(Family.Route);
  const received = [one.receive(), two.receive()];
  for (let i = 0; i < 3; i++) kernel.unicast(one.pid, [message(7)]);
  await received[0];
  await delay(5);
  kernel.unicast(two.pid, [message(8)]);
  assert.deepEqual(await received[1].then(types), [8]);
});

test("what other processes send is rejected and counted", async () => {
  const kernel = new Kernel();
  using conn = kernel.dial(Family.Route, { groups: 1 });
  using any = kernel.dial(Family.Route, { groups: 1, acceptFrom: "any" });
  kernel.multicast(1, [message(16)], { pid: 4711 });
  kernel.unicast(conn.pid, [message(17)], { pid: 4711 });
  kernel.multicast(1, [message(18)]);
  assert.deepEqual(await conn.receive().then(types), [18]);
  assert.equal(conn.rejected, 2);
  assert.deepEqual((await any.receive())[0].source, { pid: 4711, groups: 1 });
});

test("a malformed datagram is an error in its place", async () => {
  const kernel = new Kernel();
  using conn = kernel.dial(Family.Route);
  for (const bytes of [Uint8Array.of(1, 2, 3), marshalMessage(message(7)).subarray(0, 17)]) {
    kernel.unicast(conn.pid, bytes);
    await assert.rejects(conn.receive(), isFailure("EBADMSG", "receive"));
  }
  const bytes = marshalMessage(message(7));
  kernel.unicast(conn.pid, bytes);
  bytes.fill(0);
  assert.deepEqual(await conn.receive().then(types), [7]);
});

test("a full receive buffer loses what comes, until it is empty", async () => {
  const kernel = new Kernel(plusOne);
  using conn = kernel.dial(Family.Route, { groups: 1 });
  conn.setReadBuffer(100_000);
  for (let i = 0; i < 1000; i++) kernel.multicast(1, [message(i + 16)]);
  const { drops } = kernel.sockets[0];
  assert.ok(drops > 500 && drops < 900, `${drops}`);
  assert.equal(conn.drops(), drops);
  await assert.rejects(conn.execute(message(10)), OverrunError, "the reply was lost as well");
  for (let i = 0; i < 1000 - drops; i++) {
    assert.deepEqual(await conn.receive().then(types), [i + 16]);
  }
  const isOverrun = (error: unknown) => error instanceof OverrunError && error.drops === drops + 1;
  await assert.rejects(conn.receive(), isOverrun);
  kernel.multicast(1, [message(16)]);
  assert.deepEqual(await conn.receive().then(types), [16]);
  assert.deepEqual(await conn.execute(message(10)).then(types), [11]);
});

test("NoENOBUFS makes losses silent", async () => {
  const kernel = new Kernel();
  using conn = kernel.dial(Family.Route, { groups: 1 });
  conn.setReadBuffer(100_000);
  conn.setOption(ConnOption.NoENOBUFS, true);
  for (let i = 0; i < 1000; i++) kernel.multicast(1, [message(16)]);
  for (let i = kernel.sockets[0].drops; i < 1000; i++) await conn.receive();
  await assertNothingWaits(conn);
  assert.ok(conn.drops() > 500);
});

test("a datagram longer than the message buffer is cut", async () => {
  const kernel = new Kernel(() => [message(16, 0, new Uint8Array(100))]);
  using conn = kernel.dial(Family.Route, { messageBufferSize: 64 });
  const isCut = (error: unknown) => error instanceof TruncatedError && error.needed === 116;
  await assert.rejects(conn.execute(message(1)), isCut);
  kernel.unicast(conn.pid, [message(16, 0, new Uint8Array(100))]);
  await assert.rejects(conn.receive(), isCut);
  // A dump's messages share their datagrams, whatever there is room for.
  const dump = multipart([...Array.from({ length: 5 }, () => message(16)), {}]);
  using other = new Kernel(() => dump).dial(Family.Route, { messageBufferSize: 64 });
  await assert.rejects(other.execute(message(18, Request | Dump)), isCut);
});

test("refuse() makes dial() fail, and nothing is left open", () => {
  const kernel = new Kernel();
  const refused = [
    [kernel.refuse("socket", EPERM), {}],
    [kernel.refuse("bind", EPERM), { groups: 1 }],
    [kernel.refuse("getsockname", EPERM), {}],
    [kernel.refuse("open", ENOENT), { netNS: "blue" }],
    [kernel.refuse("setns", EPERM), { netNS: "blue" }],
    [kernel.refuse("setsockopt", ENOPROTOOPT), { strict: true }],
  ] as const;
  for (const [refusal, config] of refused) {
    assert.throws(() => kernel.dial(Family.Route, config), OpError);
    refusal[Symbol.dispose]();
    assert.equal(kernel.descriptors, 0);
  }
  using conn = kernel.dial(Family.Route, { strict: true, netNS: "blue" });
  assert.equal(conn.pid, PID);
});

test("refuse() looks at the arguments", () => {
  const kernel = new Kernel();
  const [SOL_NETLINK, NETLINK_ADD_MEMBERSHIP] = [270, 1];
  using _strict = kernel.refuse("setsockopt", ENOPROTOOPT, (_fd, level, option) => {
    return level === SOL_NETLINK && option === ConnOption.GetStrictCheck;
  });
  using _group = kernel.refuse("setsockopt", EPERM, (_fd, _level, option, value) => {
    return option === NETLINK_ADD_MEMBERSHIP && value === 7;
  });
  using conn = kernel.dial(Family.Route);
  assert.throws(
    () => kernel.dial(Family.Route, { strict: true }),
    isFailure("ENOPROTOOPT", "set-option"),
  );
  assert.throws(() => conn.joinGroup(7), isFailure("EPERM", "join-group"));
  conn.joinGroup(8);
  conn.setOption(ConnOption.ExtendedAcknowledge, true);
  assert.equal(kernel.descriptors, 1);
  for (const errno of [0, -1, 1.5]) assert.throws(() => kernel.refuse("bind", errno), RangeError);
});

test("a call waits while there is no room to send, until its deadline", async () => {
  const kernel = new Kernel(plusOne);
  using conn = kernel.dial(Family.Route);
  const full = kernel.refuse("sendto", EAGAIN);
  conn.setWriteDeadline(Date.now() + 30);
  await assert.rejects(conn.execute(message(10)), isFailure("ETIMEDOUT", "send"));
  conn.setWriteDeadline(null);
  const replies = conn.execute(message(20));
  await delay(5);
  full[Symbol.dispose]();
  assert.deepEqual(await replies.then(types), [21]);
});

test("a call that gets no answer ends at its deadline or when it is aborted", async () => {
  using conn = dial(([{ header }]) =>
    header.type === 10 ? [] : plusOne([{ header, data: new Uint8Array() }])
  );
  conn.setReadDeadline(Date.now() + 20);
  await assert.rejects(conn.execute(message(10)), isFailure("ETIMEDOUT"));
  conn.setReadDeadline(null);
  const controller = new AbortController();
  const aborted = conn.execute(message(10), { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assert.rejects(aborted, /enough/);
  assert.deepEqual(await conn.execute(message(20)).then(types), [21]);
});

test("close() settles what waits and gives everything back", async () => {
  const kernel = new Kernel(() => new Promise(() => {}));
  const conns = [1, 2, 3].map(() => kernel.dial(Family.Route));
  const calls = conns.flatMap((conn) => [conn.receive(), conn.execute(message(1))]);
  assert.ok(kernel.descriptors > 3);
  for (const conn of conns) conn.close();
  for (const call of calls) await assert.rejects(call, ClosedError);
  await delay(0);
  assert.equal(kernel.descriptors, 0);
});

test("a script may close the connection that asks it", async () => {
  const kernel: Kernel = new Kernel((requests) => {
    conn.close();
    return plusOne(requests);
  });
  const conn: Conn = kernel.dial(Family.Route);
  await assert.rejects(conn.execute(message(1)), ClosedError);
  assert.equal(kernel.sockets.length, 0);
});

test("1,000 connections to one kernel come and go", async () => {
  const kernel = new Kernel(async (requests) => await plusOne(requests));
  for (let i = 0; i < 1000; i++) {
    using conn = kernel.dial(Family.Route);
    assert.equal(conn.pid, PID);
    assert.deepEqual(await conn.execute(message(i + 100)).then(types), [i + 101]);
  }
  await delay(0);
  assert.equal(kernel.descriptors, 0);
});

test("no permission is needed", async () => {
  const file = fileURLToPath(new URL("children/nltest.ts", import.meta.url));
  const child = start(process.execPath, onDeno ? ["run", "--no-check", file] : [file]);
  assert.equal(await child.exit, 0, child.stderr);
  assert.equal(child.stdout, "2\n");
});

test("what nobody hears of is uncaught", async () => {
  const file = fileURLToPath(new URL("children/nltest.ts", import.meta.url));
  const child = start(
    process.execPath,
    onDeno ? ["run", "--no-check", file, "reject"] : [file, "reject"],
  );
  assert.equal(await child.exit, 1, child.stdout);
  assert.match(child.stderr, /nobody listens/);
});

test("RouteConn runs on a scripted kernel", async () => {
  const link = { header: { type: 16 }, data: encodeObject(linkKind, { index: 7, name: "wg0" }) };
  const kernel = new Kernel((requests) =>
    requests[0].header.flags & Dump ? multipart([link, {}]) : error(EPERM, requests)
  );
  using rt = new RouteConn({}, (family, config) => kernel.dial(family, config));
  assert.deepEqual((await rt.links.list()).map(({ index, name }) => [index, name]), [[7, "wg0"]]);
  await assert.rejects(rt.links.delete("wg0"), isFailure("EPERM", "delete-link"));
  using events = rt.subscribe({ kinds: ["link"] });
  kernel.multicast(1, [{ ...link, header: { type: 17 } }]);
  const { value } = await events.next();
  assert.ok(value.kind === "link" && value.action === "delete" && value.object.name === "wg0");
});
