import assert from "node:assert/strict";
import process from "node:process";
import { type Conn, HeaderFlags } from "../mod.ts";
import { makeNamespace, type Namespace, noNamespaces, startScript } from "./harness.ts";
import {
  addAddress,
  addManyAddresses,
  addManyLinks,
  addressGroup,
  addressNumber,
  connect,
  deleteAddress,
  getAddresses,
  getLink,
  getLinks,
  linkIndex,
  RTM,
  test,
} from "./netlink.ts";

const skip = noNamespaces;
const { Acknowledge } = HeaderFlags;

/** What a dump of the 1,500 addresses and the loopback's own has. */
const all = 1501;

/** How many links there are, the loopback included. */
const linkCount = 600;

/** A connection in a namespace with so many addresses that a dump takes several datagrams. */
async function withAddresses(ns: Namespace): Promise<Conn> {
  const conn = connect(ns);
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

test("execute() of a dump works although notifications fill the socket", { skip }, async () => {
  await using ns = await makeNamespace();
  using other = connect(ns);
  const subscribe = () => {
    const conn = connect(ns, { groups: addressGroup });
    conn.setReadBuffer(50_000);
    return conn;
  };
  using probe = subscribe();
  let count = 0;
  for (; probe.drops() === 0; count++) await other.execute(addAddress(count, Acknowledge));
  using conn = subscribe();
  for (let i = 0; i < count - 1; i++) await other.execute(deleteAddress(i, Acknowledge));
  assert.equal((await conn.execute(getLinks())).length, 1);
  assert.equal(conn.drops(), 0);
  for (let i = 0; i < count - 1; i++) assert.equal(addressNumber((await conn.receive())[0]), i);
});

/** Leaves a dump of all links early, in one of several ways; gives how many links it saw. */
async function leave(conn: Conn, way: number, chance: number): Promise<number> {
  const controller = new AbortController();
  const { signal } = controller;
  const reason = new Error("enough");
  let seen = 0;
  const read = async (limit: number, end: () => void) => {
    for await (const _ of conn.executeIter(getLinks(), { signal })) {
      if (++seen === limit) end();
    }
  };
  switch (way % 4) {
    case 0: // after its first datagram
      for await (const _ of conn.executeIter(getLinks())) break;
      return 1;
    case 1: {
      const limit = 1 + Math.floor(chance * linkCount);
      for await (const _ of conn.executeIter(getLinks())) if (++seen === limit) break;
      return seen;
    }
    case 2: // the rest of a datagram that was read is given
      await assert.rejects(
        read(1 + Math.floor(chance * 400), () => controller.abort(reason)),
        reason,
      );
      return seen;
    default: {
      const call = conn.execute(getLinks(), { signal });
      for (let i = 0; i < chance * 5; i++) await new Promise((resolve) => setImmediate(resolve));
      controller.abort(reason);
      return await call.then((links) => links.length, (error) => {
        assert.equal(error, reason);
        return 0;
      });
    }
  }
}

/** Receives notifications of addresses, "+" and "-" with their numbers, up to one of a number. */
async function receiveChanges(conn: Conn, last: number): Promise<string[]> {
  const changes: string[] = [];
  for await (const message of conn.receiveIter()) {
    const number = addressNumber(message);
    if (number === last) break;
    changes.push((message.header.type === RTM.NEWADDR ? "+" : "-") + number);
  }
  return changes;
}

for (const messageBufferSize of [4096, 65536]) {
  test(
    `100 dumps of 600 links left early harm neither requests nor notifications: ${messageBufferSize}`,
    { skip },
    async () => {
      await using ns = await makeNamespace();
      addManyLinks(ns, linkCount - 1);
      using conn = connect(ns, { groups: addressGroup, messageBufferSize });
      conn.setReadBuffer(1 << 26);
      const last = 1 << 23;
      const received = receiveChanges(conn, last);
      received.catch(() => {}); // what fails first is told
      const flood = startScript("tests/children/address_flood.ts", `${ns.pid}`);
      await flood.until((text) => text.includes("started"));
      let early = 0;
      for (let i = 0; i < 100; i++) {
        if (await leave(conn, i, Math.random()) < linkCount) early++;
        if (i % 5 === 0) assert.equal((await conn.execute(getLinks())).length, linkCount);
        for (let j = 0; j < 100; j++) {
          const index = 1 + (i + j) % linkCount;
          assert.deepEqual((await conn.execute(getLink(index))).map(linkIndex), [index]);
        }
      }
      process.kill(flood.child.pid!, "SIGTERM"); // child.kill() makes Deno forget the exit code
      assert.equal(await flood.exit, 0, flood.stderr);
      await conn.execute(addAddress(last, Acknowledge));
      const changed = Number(flood.stdout.match(/(\d+) changed/)![1]);
      assert.deepEqual(
        await received,
        Array.from({ length: changed }, (_, i) => [`+${i}`, `-${i}`]).flat(),
      );
      assert.ok(changed > 200, `only ${changed} addresses came and went`);
      assert.ok(early > 50, `only ${early} of 100 dumps were left early`);
    },
  );
}
