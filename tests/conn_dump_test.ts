import assert from "node:assert/strict";
import { type Conn, dial, Family } from "../mod.ts";
import { makeNamespace, type Namespace, noNamespaces } from "./harness.ts";
import { addManyAddresses, getAddresses, getLink, test } from "./netlink.ts";

const skip = noNamespaces;

/** What a dump of the 1,500 addresses and the loopback's own has. */
const all = 1501;

/** A connection in a namespace with so many addresses that a dump takes several datagrams. */
async function withAddresses(ns: Namespace): Promise<Conn> {
  const conn = dial(Family.Route, { netNS: { pid: ns.pid } });
  await addManyAddresses(conn, all - 1);
  return conn;
}

test("send() of a dump works at once after one that was left early", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = await withAddresses(ns);
  for (let i = 0; i < 10; i++) {
    for await (const _ of conn.executeIter(getAddresses())) break;
    await conn.send(getAddresses());
    assert.equal((await conn.receive()).length, all);
  }
});

test("execute() of a dump works while one that was sent is not received", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = await withAddresses(ns);
  for (let i = 0; i < 10; i++) {
    await conn.send(getAddresses());
    assert.equal((await conn.execute(getAddresses())).length, all);
    assert.equal((await conn.receive()).length, all);
  }
});

test("send() of several dumps brings each of them whole", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = await withAddresses(ns);
  const sent = Array.from({ length: 10 }, () => conn.send(getAddresses()));
  const received = Array.from({ length: 10 }, () => conn.receive());
  const sequences = new Set((await Promise.all(sent)).map(({ header }) => header.sequence));
  for (const messages of await Promise.all(received)) {
    assert.equal(messages.length, all);
    const [sequence, ...others] = new Set(messages.map(({ header }) => header.sequence));
    assert.deepEqual(others, []);
    assert.ok(sequences.delete(sequence));
  }
});

test("send() of a dump leaves a stream of another one whole", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = await withAddresses(ns);
  let count = 0;
  for await (const _ of conn.executeIter(getAddresses())) {
    if (count++ % 500 !== 0) continue;
    await conn.send(getAddresses());
    assert.equal((await conn.execute(getLink(1))).length, 1);
  }
  assert.equal(count, all);
  for (let i = 0; i < 4; i++) assert.equal((await conn.receive()).length, all);
});
