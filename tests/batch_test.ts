import assert from "node:assert/strict";
import {
  ClosedError,
  dial,
  Family,
  HeaderFlags,
  HeaderType,
  type Message,
  MessageError,
  OpError,
} from "../mod.ts";
import { makeNamespace, noNamespaces } from "./harness.ts";
import {
  addAddress,
  addManyAddresses,
  assertNothingWaits,
  connect,
  deleteAddress,
  getAddresses,
  getLink,
  getLinks,
  isFailure,
  RTM,
  silent,
  test,
} from "./netlink.ts";

const skip = noNamespaces;
const { Acknowledge } = HeaderFlags;

/** A result in one word: its error's code, or the types of its replies. */
function word(result: Message[] | OpError): string {
  if (result instanceof OpError) return result.code!;
  return result.map(({ header }) => header.type).join(" ");
}

test("executeBatch() gives each request its own result, in order", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  const results = await conn.executeBatch([
    addAddress(1, Acknowledge),
    addAddress(1, Acknowledge), // again
    getLink(1),
    getLink(999),
    getLink(1, Acknowledge),
    getLinks(),
    deleteAddress(7, Acknowledge), // not there
    deleteAddress(1, Acknowledge),
  ]);
  assert.deepEqual(results.map(word), [
    `${HeaderType.Error}`,
    "EEXIST",
    `${RTM.NEWLINK}`,
    "ENODEV",
    `${RTM.NEWLINK} ${HeaderType.Error}`,
    `${RTM.NEWLINK}`,
    "EADDRNOTAVAIL",
    `${HeaderType.Error}`,
  ]);
  for (const result of results) {
    if (result instanceof OpError) assert.equal(result.op, "execute");
  }
  await assertNothingWaits(conn);
});

test("executeBatch() of nothing sends nothing", { skip: false }, async () => {
  using conn = dial(Family.Route);
  assert.deepEqual(await conn.executeBatch([]), []);
  await assertNothingWaits(conn);
});

test("executeBatch() takes more than the kernel's buffers hold", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  conn.setReadBuffer(30_000);
  conn.setWriteBuffer(30_000);
  const add = Array.from({ length: 5000 }, (_, i) => addAddress(i, Acknowledge));
  for (const result of await conn.executeBatch(add)) assert.equal(word(result), "2");
  assert.equal((await conn.execute(getAddresses())).length, 5001);
  const links = await conn.executeBatch(Array.from({ length: 300 }, () => getLink(1)));
  assert.deepEqual([...new Set(links.map(word))], [`${RTM.NEWLINK}`]);
  const remove = Array.from({ length: 5000 }, (_, i) => deleteAddress(2 * i, Acknowledge));
  const removed = (await conn.executeBatch(remove)).map(word);
  assert.deepEqual(removed, remove.map((_, i) => i < 2500 ? "2" : "EADDRNOTAVAIL"));
  assert.equal(conn.drops(), 0);
});

test("executeBatch() takes turns with other requests", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  await addManyAddresses(conn);
  const stream = (async () => {
    let count = 0;
    for await (const _ of conn.executeIter(getAddresses())) count++;
    return count;
  })();
  const batches = Array.from(
    { length: 20 },
    (_, i) => conn.executeBatch([getLink(1), addAddress(2000 + i, Acknowledge), getLink(999)]),
  );
  const dumps = Array.from({ length: 5 }, () => conn.execute(getLinks()));
  for (const batch of batches) {
    assert.deepEqual((await batch).map(word), [`${RTM.NEWLINK}`, "2", "ENODEV"]);
  }
  for (const dump of dumps) assert.equal((await dump).length, 1);
  assert.equal(await stream, 1501);
  await assertNothingWaits(conn);
});

test("a dump that a batch begins twice is refused once", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  await addManyAddresses(conn);
  const [first, second] = await conn.executeBatch([getAddresses(), getAddresses()]);
  assert.ok(Array.isArray(first) && first.length === 1501);
  assert.equal(word(second), "EBUSY");
});

test("executeBatch() that is aborted poisons nothing", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  const controller = new AbortController();
  const batch = conn.executeBatch([getLink(1), silent, getLinks()], controller);
  const reason = new Error("enough");
  setTimeout(() => controller.abort(reason), 10);
  await assert.rejects(batch, reason);
  for (let i = 0; i < 1000; i++) assert.equal((await conn.execute(getLinks())).length, 1);
  await assertNothingWaits(conn);
});

test("executeBatch() refuses what cannot be told apart or sent", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  const twin = { header: { ...addAddress(1).header, sequence: 5 }, data: addAddress(1).data };
  await assert.rejects(conn.executeBatch([twin, twin]), MessageError);
  const long = { header: { length: 17 }, data: new Uint8Array(0) };
  await assert.rejects(conn.executeBatch([addAddress(1), long]), MessageError);
  conn.setWriteBuffer(4096);
  const big = { header: { type: RTM.GETLINK, flags: 1 }, data: new Uint8Array(100_000) };
  await assert.rejects(conn.executeBatch([big]), isFailure("EMSGSIZE", "send"));
  assert.equal((await conn.execute(getAddresses())).length, 1); // none was sent
  conn.close();
  await assert.rejects(conn.executeBatch([getLink(1)]), ClosedError);
  await assert.rejects(conn.executeBatch([]), ClosedError);
});

test("executeBatch() tells which results an overrun took", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  conn.setReadBuffer(1);
  await addManyAddresses(conn, 500);
  // The receive buffer is full before the library reads the first reply.
  using watcher = dial(Family.Route, { netNS: { pid: ns.pid }, groups: 1 << 4 });
  watcher.setReadBuffer(1);
  const results = await watcher.executeBatch(
    Array.from({ length: 2 }, (_, i) => addAddress(1000 + i, Acknowledge)),
  );
  assert.equal(results.length, 2);
  for (const result of results) {
    assert.ok(word(result) === "2" || word(result) === "ENOBUFS", word(result));
  }
  assert.equal((await conn.execute(getAddresses())).length, 503);
});
