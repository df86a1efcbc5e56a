import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import {
  ClosedError,
  type Conn,
  ConnOption,
  dial,
  Family,
  HeaderFlags,
  HeaderType,
  type Message,
  OpError,
  unmarshalMessage,
} from "../mod.ts";
import { delay, makeNamespace, noNamespaces, whyNoPrivilege } from "./harness.ts";
import {
  addAddress,
  addManyAddresses,
  addressGroup,
  addressNumber,
  assertNothingWaits,
  connect,
  deleteAddress,
  getAddresses,
  getLink,
  getLinks,
  isFailure,
  linkIndex,
  RTM,
  silent,
  test,
} from "./netlink.ts";

const skip = noNamespaces;
const noPrivilege = whyNoPrivilege();
const { Acknowledge, Echo, Request } = HeaderFlags;

if (!skip) dial(Family.Route).close();

function types(messages: Message[]): number[] {
  return messages.map(({ header }) => header.type);
}

test("send() and receive() exchange messages", { skip }, async () => {
  using conn = dial(Family.Route);
  const sent = await conn.send(getLink(1));
  assert.equal(sent.header.pid, conn.pid);
  assert.equal(sent.header.length, 32);
  const [reply, ...more] = await conn.receive();
  assert.deepEqual(more, []);
  assert.equal(reply.header.type, RTM.NEWLINK);
  assert.equal(reply.header.sequence, sent.header.sequence);
  assert.equal(linkIndex(reply), 1);
  assert.deepEqual(reply.source, { pid: 0, groups: 0 });
});

test("send() keeps a sequence that was given", { skip }, async () => {
  using conn = dial(Family.Route);
  const message = getLink(1);
  message.header!.sequence = 0xffff_fffe;
  assert.equal((await conn.send(message)).header.sequence, 0xffff_fffe);
  assert.equal((await conn.receive())[0].header.sequence, 0xffff_fffe);
});

test("sendMessages() sends several in one datagram", { skip }, async () => {
  using conn = dial(Family.Route);
  const sent = await conn.sendMessages([getLink(1), getLink(1)]);
  assert.equal(new Set(sent.map(({ header }) => header.sequence)).size, 2);
  for (const { header } of sent) {
    assert.equal((await conn.receive())[0].header.sequence, header.sequence);
  }
});

test("send() refuses what is longer than the write buffer", { skip }, async () => {
  using conn = dial(Family.Route);
  const long = { ...silent, data: new Uint8Array(2 * conn.writeBuffer()) };
  await assert.rejects(conn.send(long), isFailure("EMSGSIZE", "send"));
  await assert.rejects(conn.execute(long), isFailure("EMSGSIZE", "send"));
  assert.equal((await conn.execute(getLink(1))).length, 1);
});

test("receive() fails with the error that a sent message got", { skip }, async () => {
  using conn = dial(Family.Route);
  const { header } = await conn.send(getLink(99_999));
  await assert.rejects(conn.receive(), (error) => {
    isFailure("ENODEV", "receive")(error);
    assert.equal((error as OpError).sequence, header.sequence);
    return true;
  });
});

test("receive() gives a multi-part reply whole", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  await addManyAddresses(conn);
  await conn.send(getAddresses());
  assert.deepEqual(types(await conn.receive()), Array(1501).fill(RTM.NEWADDR));
  await assertNothingWaits(conn);
});

test("executePortions() gives the replies that execute() gives, in memory that it uses again", {
  skip,
}, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  await addManyAddresses(conn);
  const found: Message[] = [];
  const memories = new Set<Uint8Array>();
  for await (const { memory, starts, ends, source } of conn.executePortions(getAddresses())) {
    memories.add(memory);
    for (const [i, start] of starts.entries()) {
      found.push({ ...unmarshalMessage(memory.slice(start, ends[i])), source });
    }
  }
  const expected = await conn.execute({
    header: { ...getAddresses().header, sequence: found[0].header.sequence },
    data: getAddresses().data,
  });
  assert.deepEqual(found, expected);
  assert.ok(new Set(expected.map(({ source }) => source)).size > 2, "it came in several datagrams");
  assert.ok(memories.size <= 2, `${memories.size}`); // the first datagram may be the shorter one
});

test("executeIter() gives its replies in order to calls that do not wait for each other", {
  skip,
}, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  await addManyAddresses(conn, 1000);
  const replies = conn.executeIter(getAddresses());
  const calls = await Promise.all(Array.from({ length: 1003 }, () => replies.next()));
  const numbers = calls.filter(({ done }) => !done).map(({ value }) => addressNumber(value));
  assert.deepEqual(numbers.slice(1), Array.from({ length: 1000 }, (_, i) => i));
  assert.deepEqual(calls.slice(1001).map(({ done }) => done), [true, true]);
  const another = conn.executeIter(getAddresses());
  const [first, end, after] = await Promise.all([
    another.next(),
    another.return!(),
    another.next(),
  ]);
  assert.deepEqual([first.done, end.done, after.done], [false, true, true]);
  assert.equal((await conn.execute(getAddresses())).length, 1001);
});

test("receiveIter() gives notifications one by one", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns, { groups: addressGroup });
  await conn.sendMessages([addAddress(1), addAddress(2), deleteAddress(1)]);
  const found: number[] = [];
  for await (const message of conn.receiveIter()) {
    if (found.push(message.header.type) === 3) break;
  }
  assert.deepEqual(found, [RTM.NEWADDR, RTM.NEWADDR, RTM.DELADDR]);
});

test("execute() gives an acknowledgement", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  const [acknowledgement, ...more] = await conn.execute(addAddress(1, Acknowledge));
  assert.deepEqual(more, []);
  assert.equal(acknowledgement.header.type, HeaderType.Error);
  assert.equal(new DataView(acknowledgement.data.slice().buffer).getInt32(0, true), 0);
});

test("execute() gives a reply and its acknowledgement", { skip }, async () => {
  using conn = dial(Family.Route);
  for (let i = 0; i < 3; i++) {
    const replies = await conn.execute(getLink(1, Acknowledge));
    assert.deepEqual(types(replies), [RTM.NEWLINK, HeaderType.Error]);
  }
  await assertNothingWaits(conn);
});

test("execute() gives a dump without its end, with and without Acknowledge", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  await addManyAddresses(conn);
  for (const flags of [0, Acknowledge]) {
    assert.deepEqual(types(await conn.execute(getAddresses(flags))), Array(1501).fill(RTM.NEWADDR));
  }
  assert.deepEqual(await conn.execute(getLinks()).then((links) => links.map(linkIndex)), [1]);
  await assertNothingWaits(conn);
});

test("execute() takes a reply whose request names another port", { skip }, async () => {
  using conn = dial(Family.Route);
  const message = getLink(1);
  message.header!.pid = conn.pid + 1;
  assert.deepEqual(types(await conn.execute(message)), [RTM.NEWLINK]);
});

test("execute() fails with the kernel's error", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  await conn.execute(addAddress(1, Acknowledge));
  await assert.rejects(conn.execute(addAddress(1, Acknowledge)), isFailure("EEXIST"));
  await assert.rejects(conn.execute(addAddress(1)), isFailure("EEXIST"));
  await assert.rejects(conn.execute(getLink(99_999)), (error) => {
    isFailure("ENODEV")(error);
    assert.ok((error as OpError).sequence);
    assert.equal((error as OpError).extendedMessage, undefined);
    return true;
  });
});

test("execute() gives the kernel's own words when strict", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = dial(Family.Route, { netNS: { pid: ns.pid }, strict: true });
  const unclean = getLinks();
  unclean.data![8] = 1; // the flags, which a dump must leave alone
  await assert.rejects(conn.execute(unclean), (error) => {
    isFailure("EINVAL")(error);
    assert.match((error as OpError).extendedMessage!, /header/);
    return true;
  });
  // IFLA_MTU of three bytes after the header: where it stands is told.
  const wrong = {
    header: { type: RTM.NEWLINK, flags: Request | Acknowledge },
    data: new Uint8Array(24),
  };
  wrong.data.set([1], 4);
  wrong.data.set([7, 0, 4, 0, 1, 1, 1], 16);
  await assert.rejects(conn.execute(wrong), (error) => {
    assert.ok(error instanceof OpError);
    assert.equal(error.offset, 32);
    assert.ok(error.extendedMessage);
    return true;
  });
});

test("execute() leaves a request's own notification to receive()", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns, { groups: addressGroup });
  for (let i = 1; i <= 3; i++) {
    assert.deepEqual(types(await conn.execute(addAddress(i, Acknowledge))), [HeaderType.Error]);
  }
  for (let i = 1; i <= 3; i++) {
    const [notification] = await conn.receive();
    assert.equal(notification.header.type, RTM.NEWADDR);
    assert.equal(notification.header.pid, conn.pid);
    assert.equal(notification.source?.groups, addressGroup);
  }
  await assertNothingWaits(conn);
});

test("execute() gives the notification that Echo asks for", { skip }, async () => {
  await using ns = await makeNamespace();
  using member = connect(ns, { groups: addressGroup });
  using other = connect(ns);
  assert.deepEqual(types(await other.execute(addAddress(1, Echo))), [RTM.NEWADDR]);
  assert.deepEqual(types(await other.execute(addAddress(2, Echo | Acknowledge))), [
    RTM.NEWADDR,
    HeaderType.Error,
  ]);
  // A member gets its echo instead of the notification.
  assert.deepEqual(types(await member.execute(addAddress(3, Echo | Acknowledge))), [
    RTM.NEWADDR,
    HeaderType.Error,
  ]);
  assert.deepEqual(types(await member.receive()), [RTM.NEWADDR]);
  assert.deepEqual(types(await member.receive()), [RTM.NEWADDR]);
  await assertNothingWaits(member);
  await assertNothingWaits(other);
});

test(
  "execute() with Echo leaves the notifications of an aborted request to receive()",
  { skip },
  async () => {
    await using ns = await makeNamespace();
    using conn = connect(ns, { groups: addressGroup });
    const first = addAddress(1);
    const controller = new AbortController();
    const aborted = conn.execute(first, { signal: controller.signal }); // never answered
    controller.abort(new Error("enough"));
    await assert.rejects(aborted, /enough/);
    assert.deepEqual(types(await conn.execute(addAddress(2, Echo | Acknowledge))), [
      RTM.NEWADDR,
      HeaderType.Error,
    ]);
    assert.deepEqual(types(await conn.receive()), [RTM.NEWADDR]);
    await assertNothingWaits(conn);
  },
);

test("executeIter() streams a dump", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  await addManyAddresses(conn);
  let count = 0;
  for await (const { header } of conn.executeIter(getAddresses())) {
    assert.equal(header.type, RTM.NEWADDR);
    count++;
  }
  assert.equal(count, 1501);
  await assert.rejects(async () => {
    for await (const _ of conn.executeIter(getLink(99_999)));
  }, isFailure("ENODEV"));
});

test("executeIter() left early is in the way of nothing", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  await addManyAddresses(conn);
  for (let round = 0; round < 10; round++) {
    for await (const _ of conn.executeIter(getAddresses())) break;
    assert.equal((await conn.execute(getAddresses())).length, 1501);
    for await (const _ of conn.executeIter(getAddresses())) break;
    for (let i = 0; i < 100; i++) {
      assert.deepEqual((await conn.execute(getLink(1))).map(linkIndex), [1]);
    }
  }
  await assertNothingWaits(conn);
});

test("executeIter() lets its caller make requests between the replies", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  await addManyAddresses(conn);
  let count = 0;
  for await (const { header } of conn.executeIter(getAddresses())) {
    assert.equal(header.type, RTM.NEWADDR);
    if (count++ % 300 === 0) {
      assert.deepEqual((await conn.execute(getLink(1))).map(linkIndex), [1]);
      assert.equal((await conn.execute(getAddresses())).length, 1501);
    }
  }
  assert.equal(count, 1501);
});

test("executeIter() twice at the same time gives each its own", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  await addManyAddresses(conn);
  const streams = [conn.executeIter(getAddresses()), conn.executeIter(getAddresses())];
  const counts = [0, 0];
  for (let ended = 0; ended < 2;) {
    const results = await Promise.all(streams.map((stream) => stream.next()));
    results.forEach(({ done }, i) => done ? ended++ : counts[i]++);
  }
  assert.deepEqual(counts, [1501, 1501]);
});

test("a signal ends an execute() that waits", { skip }, async () => {
  using conn = dial(Family.Route);
  const controller = new AbortController();
  const reason = { any: "thing" };
  const waiting = conn.execute(silent, { signal: controller.signal });
  await delay(5);
  controller.abort(reason);
  assert.equal(await waiting.catch((error) => error), reason);
  assert.equal(await conn.execute(silent, { signal: controller.signal }).catch((e) => e), reason);
  assert.equal(await conn.send(silent, { signal: controller.signal }).catch((e) => e), reason);
  assert.equal(await conn.receive({ signal: controller.signal }).catch((e) => e), reason);
  assert.deepEqual((await conn.execute(getLink(1))).map(linkIndex), [1]);
});

test("a signal ends one receive() of several", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns, { groups: addressGroup });
  const controller = new AbortController();
  const first = conn.receive({ signal: controller.signal });
  const second = conn.receive();
  await delay(5);
  controller.abort(new Error("enough"));
  await assert.rejects(first, /enough/);
  await conn.send(addAddress(1));
  assert.deepEqual(types(await second), [RTM.NEWADDR]);
});

test("a signal ends a long dump that is always ready", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = dial(Family.Route, { netNS: { pid: ns.pid }, messageBufferSize: 4096 });
  await addManyAddresses(conn, 4000);
  const controller = new AbortController();
  let ended = false;
  setImmediate(() => {
    assert.equal(ended, false, "the dump is longer than one burst of reads");
    controller.abort(new Error("enough"));
  });
  await assert.rejects(
    conn.execute(getAddresses(), { signal: controller.signal }).finally(() => ended = true),
    /enough/,
  );
  assert.equal((await conn.execute(getAddresses())).length, 4001);
});

test("a signal ends an execute() in the waiting line", { skip }, async () => {
  using conn = dial(Family.Route);
  const controllers = Array.from({ length: 4 }, () => new AbortController());
  const calls = controllers.map(({ signal }) => conn.execute(silent, { signal }));
  const last = conn.execute(getLink(1));
  await delay(5);
  for (const i of [2, 0, 3, 1]) { // the line's middle, who is at it, the line's end, its head
    controllers[i].abort(new Error(`enough of ${i}`));
    await assert.rejects(calls[i], new RegExp(`enough of ${i}`));
  }
  assert.deepEqual((await last).map(linkIndex), [1]);
});

test("a signal keeps none of the listeners it got", { skip }, async () => {
  using conn = dial(Family.Route);
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener, remove = signal.removeEventListener;
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove.apply(signal, args);
  };
  const received = conn.receive({ signal }); // waits
  await Promise.all(Array.from({ length: 10 }, () => conn.execute(getLink(1), { signal })));
  await conn.send(getLink(1), { signal });
  await received;
  assert.equal(listeners, 0);
  const waiting = [
    conn.receive({ signal }),
    conn.execute(silent, { signal }),
    conn.execute(silent, { signal }),
  ];
  conn.close();
  for (const call of waiting) await assert.rejects(call, ClosedError);
  assert.equal(listeners, 0);
});

test("16 tasks with 500 requests each get exactly their own replies", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  await addManyAddresses(conn);
  const expected = new Set<number>();
  const task = async (number: number) => {
    for (let i = 0; i < 500; i++) {
      const kind = (number * 7 + i) % 5;
      if (kind === 0) {
        assert.deepEqual((await conn.execute(getLink(1, Acknowledge))).length, 2);
      } else if (kind === 1) {
        await assert.rejects(conn.execute(getLink(10_000 + i)), isFailure("ENODEV"));
      } else if (kind === 2) {
        expected.add((await conn.send(getLink(1))).header.sequence);
      } else if (i % 100 === 3) {
        assert.equal((await conn.execute(getAddresses())).length, 1501);
      } else {
        assert.deepEqual((await conn.execute(getLink(1))).map(linkIndex), [1]);
      }
    }
  };
  let received = 0;
  const receiver = async () => {
    for await (const { header } of conn.receiveIter()) {
      assert.ok(expected.delete(header.sequence) || header.type === HeaderType.Noop);
      if (++received === 1600) return;
    }
  };
  await Promise.all([receiver(), ...Array.from({ length: 16 }, (_, i) => task(i))]);
  assert.equal(expected.size, 0);
  await assertNothingWaits(conn);
});

test("send() is not held up by calls that wait", { skip }, async () => {
  using conn = dial(Family.Route);
  const received = conn.receive();
  const controller = new AbortController();
  const executed = conn.execute(silent, { signal: controller.signal });
  await delay(5);
  await conn.send(getLink(1));
  assert.deepEqual((await received).map(linkIndex), [1]);
  controller.abort(new Error("enough"));
  await assert.rejects(executed, /enough/);
});

test("what was received is the caller's own", { skip }, async () => {
  using conn = dial(Family.Route);
  const [first] = await conn.execute(getLink(1));
  const copy = first.data.slice();
  for (let i = 0; i < 10; i++) await conn.execute(getLinks());
  assert.deepEqual(first.data, copy);
  first.data.fill(0xff);
  const [second] = await conn.execute(getLink(1));
  assert.equal(linkIndex(second), 1);
  assert.ok(first.data.every((byte) => byte === 0xff));
});

test("what is sent may be changed as soon as the call was made", { skip }, async () => {
  using conn = dial(Family.Route);
  const message = getLink(1);
  const waiting = conn.execute(message);
  message.data!.fill(0xff);
  assert.deepEqual((await waiting).map(linkIndex), [1]);
  // Also while it waits, in line or for the end of a dump.
  await using ns = await makeNamespace();
  using other = connect(ns);
  await addManyAddresses(other);
  const calls: Promise<Message[]>[] = [];
  const request = getAddresses();
  for (const family of [2, 10, 2]) { // AF_INET, AF_INET6
    request.data![0] = family;
    calls.push(other.execute(request));
  }
  assert.deepEqual((await Promise.all(calls)).map((replies) => replies.length), [1501, 1, 1501]);
  request.data![0] = 2;
  await other.send(request);
  const sent = other.send(request);
  request.data![0] = 10;
  await sent;
  for (let i = 0; i < 2; i++) assert.equal((await other.receive()).length, 1501);
});

test("joinGroup() and leaveGroup() turn notifications on and off", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  await conn.execute(addAddress(1, Acknowledge));
  conn.joinGroup(5);
  await conn.execute(addAddress(2, Acknowledge));
  conn.leaveGroup(5);
  await conn.execute(addAddress(3, Acknowledge));
  const [notification] = await conn.receive();
  assert.equal(
    new DataView(notification.data.buffer, notification.data.byteOffset).getUint32(12),
    0x0a000002,
  );
  await assertNothingWaits(conn);
  for (const group of [0, -1, 5000]) {
    assert.throws(() => conn.joinGroup(group), isFailure("EINVAL", "join-group"));
    assert.throws(() => conn.leaveGroup(group), isFailure("EINVAL", "leave-group"));
  }
  for (const group of [1.5, NaN, 2 ** 32 + 5]) {
    assert.throws(() => conn.joinGroup(group), isFailure("EINVAL", "join-group"));
  }
});

test("joinGroup() of a group above 32 tells it from a reply", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.ip("link add vx0 type vxlan dstport 4789 external vnifilter");
  using conn = connect(ns);
  conn.joinGroup(35); // RTNLGRP_TUNNEL
  ns.run("bridge", "vni", "add", "vni", "7", "dev", "vx0");
  const [notification] = await conn.receive();
  assert.equal(notification.header.type, 120); // RTM_NEWTUNNEL
  assert.deepEqual(notification.source, { pid: 0, groups: 0, group: 35 });
  conn.joinGroup(5);
  await conn.execute(addAddress(1, Acknowledge));
  assert.equal((await conn.receive())[0].source?.group, 5);
});

test("ListenAllNSID brings notifications of other namespaces", { skip }, async () => {
  await using ns = await makeNamespace();
  await using other = await makeNamespace();
  using conn = connect(ns, { groups: addressGroup });
  conn.setOption(ConnOption.ListenAllNSID, true);
  const data = new Uint8Array(20); // struct rtgenmsg, NETNSA_NSID, NETNSA_PID
  const view = new DataView(data.buffer);
  view.setUint32(4, 1 << 16 | 8, true);
  view.setUint32(8, 42, true);
  view.setUint32(12, 2 << 16 | 8, true);
  view.setUint32(16, other.pid, true);
  await conn.execute({ header: { type: 88, flags: Request | Acknowledge }, data }); // RTM_NEWNSID
  other.ip("address add 10.0.0.1/32 dev lo");
  ns.ip("address add 10.0.0.1/32 dev lo");
  assert.equal((await conn.receive())[0].source?.nsid, 42);
  assert.equal((await conn.receive())[0].source?.nsid, undefined);
});

test("setBPF() and removeBPF() decide what comes", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns, { groups: addressGroup });
  using other = connect(ns);
  const refuse = [{ op: 6, jt: 0, jf: 0, k: 0 }]; // ret #0
  const accept = [{ op: 6, jt: 0, jf: 0, k: 0xffff_ffff }]; // ret #-1
  conn.setBPF(refuse);
  await other.execute(addAddress(1, Acknowledge));
  conn.setBPF(accept);
  await other.execute(addAddress(2, Acknowledge));
  conn.setBPF(refuse);
  await other.execute(addAddress(3, Acknowledge));
  conn.removeBPF();
  await other.execute(addAddress(4, Acknowledge));
  for (const number of [2, 4]) {
    const [{ data }] = await conn.receive();
    assert.equal(new DataView(data.buffer, data.byteOffset).getUint32(12), 0x0a00_0000 + number);
  }
  await assertNothingWaits(conn);
  assert.throws(() => conn.removeBPF(), isFailure("ENOENT", "remove-bpf"));
  for (const length of [0, 4097, 65537]) {
    assert.throws(() => conn.setBPF(Array(length).fill(accept[0])), isFailure("EINVAL", "set-bpf"));
  }
  for (const number of [{ op: 0x1_0006 }, { jt: 256 }, { jf: -1 }, { k: 2 ** 32 }, { k: "1" }]) {
    const [[field, value]] = Object.entries(number);
    assert.throws(
      () => conn.setBPF([...accept, { ...accept[0], ...number } as (typeof accept)[0]]),
      { code: "EINVAL", message: RegExp(`${field} of instruction 1 is ${value}, no number from `) },
    );
  }
  assert.throws(() => conn.setBPF("ret #1" as never), isFailure("EINVAL", "set-bpf"));
});

test(
  "setReadBuffer() and setWriteBuffer() set limits, with privilege above the system's",
  { skip: skip || noPrivilege },
  () => {
    using conn = dial(Family.Route);
    conn.setReadBuffer(8 << 20);
    assert.equal(conn.readBuffer(), 16 << 20);
    conn.setWriteBuffer(4 << 20);
    assert.equal(conn.writeBuffer(), 8 << 20);
  },
);

test(
  "setReadBuffer() and setWriteBuffer() set limits, without privilege up to the system's",
  { skip: false },
  () => {
    using conn = dial(Family.Route);
    conn.setReadBuffer(10_000);
    assert.equal(conn.readBuffer(), 20_000);
    conn.setWriteBuffer(10_000);
    assert.equal(conn.writeBuffer(), 20_000);
    if (noPrivilege) {
      conn.setReadBuffer(1 << 30);
      assert.ok(conn.readBuffer() < 2 << 29);
    }
    for (const bytes of [NaN, 1.5, -1, 2 ** 31, 2 ** 33]) {
      assert.throws(() => conn.setReadBuffer(bytes), isFailure("EINVAL", "set-read-buffer"));
      assert.throws(() => conn.setWriteBuffer(bytes), isFailure("EINVAL", "set-write-buffer"));
    }
    assert.equal(conn.writeBuffer(), 20_000);
    assert.equal(conn.drops(), 0);
  },
);

test("who joins a group gets room for its notifications, unless the room was set", {
  skip: skip || noPrivilege,
}, () => {
  using joined = dial(Family.Route);
  const before = joined.readBuffer();
  joined.joinGroup(1);
  using dialed = dial(Family.Route, { groups: 1 });
  using set = dial(Family.Route);
  set.setReadBuffer(10_000);
  set.joinGroup(1);
  assert.ok(before < 8 << 20);
  assert.deepEqual([joined, dialed, set].map((conn) => conn.readBuffer()), [
    8 << 20,
    8 << 20,
    20_000,
  ]);
});

test("setOption() refuses an option that the kernel does not know", { skip }, () => {
  using conn = dial(Family.Route);
  for (const option of Object.values(ConnOption)) conn.setOption(option, true);
  assert.throws(
    () => conn.setOption(99 as ConnOption, true),
    isFailure("ENOPROTOOPT", "set-option"),
  );
});

test("syscallConn() gives the descriptor while it is open", { skip }, () => {
  const conn = dial(Family.Route);
  const raw = conn.syscallConn();
  assert.ok(raw.fd > 2);
  assert.equal(raw.control((fd) => fd), raw.fd);
  conn.close();
  assert.equal(raw.fd, -1);
  assert.throws(() => raw.control(() => {}), ClosedError);
});

test("a closed connection refuses every call", { skip }, async () => {
  const conn = dial(Family.Route);
  const raw = conn.syscallConn();
  assert.equal(conn.closed, false);
  conn.close();
  conn.close();
  conn[Symbol.dispose]();
  assert.equal(conn.closed, true);
  conn.ref();
  conn.unref();
  await assert.rejects(conn.send(getLink(1)), ClosedError);
  await assert.rejects(conn.sendMessages([getLink(1)]), ClosedError);
  await assert.rejects(conn.receive(), ClosedError);
  await assert.rejects(conn.receiveIter().next(), ClosedError);
  await assert.rejects(conn.execute(getLink(1)), isFailure("ECLOSED"));
  await assert.rejects(conn.executeIter(getLink(1)).next(), ClosedError);
  const calls: (() => unknown)[] = [
    () => conn.joinGroup(1),
    () => conn.leaveGroup(1),
    () => conn.setBPF([]),
    () => conn.removeBPF(),
    () => conn.setOption(ConnOption.PacketInfo, true),
    () => conn.setReadBuffer(1),
    () => conn.setWriteBuffer(1),
    () => conn.readBuffer(),
    () => conn.writeBuffer(),
    () => conn.drops(),
    () => raw.control(() => {}),
  ];
  for (const call of calls) assert.throws(call, ClosedError);
});

test("close() settles every call that waits", { skip }, async () => {
  const conn = dial(Family.Route);
  const stream = conn.executeIter(silent);
  const calls = [
    conn.receive(),
    conn.receiveIter().next(),
    stream.next(),
    conn.execute(silent),
    conn.executeIter(silent).next(),
    conn.execute(silent, { signal: new AbortController().signal }),
  ];
  await delay(5);
  conn.close();
  for (const call of calls) await assert.rejects(call, ClosedError);
  assert.deepEqual(await stream.next(), { done: true, value: undefined });
});

test(
  "close() in the moment of a turn sends nothing on the descriptor's next owner",
  { skip },
  async () => {
    for (let ticks = 0; ticks < 24; ticks++) {
      const conn = dial(Family.Route);
      const controller = new AbortController();
      const first = conn.execute(silent, { signal: controller.signal });
      const second = conn.execute(getLink(1));
      await delay(1);
      controller.abort(new Error("enough"));
      for (let i = 0; i < ticks; i++) await undefined;
      conn.close();
      using next = dial(Family.Route); // takes the descriptor
      await assert.rejects(first);
      await second.catch((error) => assert.ok(error instanceof ClosedError, `${error}`));
      await assertNothingWaits(next);
    }
  },
);

test("using closes a connection", { skip }, () => {
  let outside: Conn;
  {
    using conn = dial(Family.Route);
    outside = conn;
  }
  assert.equal(outside.closed, true);
});
