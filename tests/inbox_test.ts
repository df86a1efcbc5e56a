import assert from "node:assert/strict";
import { OpError, OverrunError } from "../lib/errors.ts";
import { Inbox } from "../lib/inbox.ts";
import { HeaderFlags, HeaderType, type Message } from "../lib/message.ts";
import { test } from "./harness.ts";

function message(type: number, length: number): Message {
  return { header: { length, type, flags: 0, sequence: 0, pid: 0 }, data: new Uint8Array() };
}

test("Inbox gives back in order what it got", { skip: false }, () => {
  const inbox = new Inbox();
  assert.equal(inbox.take(), undefined);
  let taken = 100;
  for (let type = 100; type < 1000; type++) {
    inbox.add([message(type, 16)]);
    if (type % 3 === 0) assert.equal(inbox.take()![0].header.type, taken++);
  }
  while (taken < 1000) assert.equal(inbox.take()![0].header.type, taken++);
  assert.equal(inbox.take(), undefined);
});

test("Inbox drops what is too much and tells of it once the rest is taken", { skip: false }, () => {
  const inbox = new Inbox();
  const megabyte = 1 << 20;
  for (let i = 0; i < 20; i++) inbox.add([message(100 + i, megabyte)]);
  inbox.fail(new OverrunError("receive", 7));
  inbox.fail(new OpError("receive", { code: "EPERM" }));
  assert.equal(inbox.take()![0].header.type, 100);
  inbox.add([message(200, 16)]); // there is room again, but not before the loss is told
  for (let i = 1; i < 16; i++) assert.equal(inbox.take()![0].header.type, 100 + i);
  assert.throws(() => inbox.take(), (error) => {
    assert.ok(error instanceof OverrunError);
    assert.equal(error.drops, 4 + 7 + 1 + 1);
    return true;
  });
  assert.equal(inbox.take(), undefined);
  inbox.add([message(300, megabyte)]);
  assert.equal(inbox.take()![0].header.type, 300);
});

test("Inbox drops beginnings of replies that never end, but not those of the kernel", {
  skip: false,
}, () => {
  const part = (sequence: number, flags: number = HeaderFlags.Multi): Message => ({
    header: { length: 1000, type: 100, flags, sequence, pid: 0 },
    data: new Uint8Array(),
  });
  const done = (sequence: number): Message => {
    const message = part(sequence);
    return { ...message, header: { ...message.header, type: HeaderType.Done } };
  };
  const count = 20_000; // 20 MB
  for (const trusted of [true, false]) {
    const inbox = new Inbox(trusted);
    for (let i = 0; i < count; i++) inbox.add([part(i % 10)]);
    inbox.add([done(9)]);
    assert.equal(inbox.take()!.length, count / 10);
    inbox.add([done(0)]);
    if (trusted) {
      assert.equal(inbox.take()!.length, count / 10);
    } else {
      assert.ok(inbox.take()!.length < count / 10);
      assert.throws(() => inbox.take(), OverrunError);
    }
  }
});

test("Inbox counts errors against its limit", { skip: false }, () => {
  const inbox = new Inbox();
  const error = new OpError("receive", { code: "EPERM" });
  for (let i = 0; i < 20_000; i++) inbox.fail(error);
  for (let i = 0; i < 16_384; i++) assert.throws(() => inbox.take(), error);
  assert.throws(() => inbox.take(), OverrunError);
});

test("Inbox takes no longer for each of very many messages", { skip: false }, () => {
  const inbox = new Inbox();
  const one = [message(100, 16)];
  for (let i = 0; i < 300_000; i++) inbox.add(one);
  const start = performance.now();
  for (let i = 0; i < 300_000; i++) inbox.take();
  assert.equal(inbox.take(), undefined);
  assert.ok(performance.now() - start < 10_000);
});
