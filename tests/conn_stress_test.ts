import assert from "node:assert/strict";
import { HeaderFlags, type Message } from "../mod.ts";
import { makeNamespace, noNamespaces } from "./harness.ts";
import {
  addAddress,
  addManyLinks,
  addressGroup,
  addressNumber,
  connect,
  deleteAddress,
  getLinks,
  linkIndex,
  RTM,
  silent,
  test,
} from "./netlink.ts";
import { addLinks, Answers, linkCount, question } from "./questions.ts";

const skip = noNamespaces;
const { Acknowledge } = HeaderFlags;

async function all(messages: AsyncIterable<Message>): Promise<Message[]> {
  const found: Message[] = [];
  for await (const message of messages) found.push(message);
  return found;
}

test(
  "16 connections with 10,000 requests each at once get exactly their answers",
  { skip },
  async () => {
    await using ns = await makeNamespace();
    addLinks(ns);
    await Promise.all(Array.from({ length: 16 }, async (_, i) => {
      using conn = connect(ns);
      const answers = new Answers();
      await Promise.all(Array.from({ length: 10_000 }, async (_, j) => {
        const { request, answer } = question(i + j);
        assert.equal(await answers.read(conn, conn.execute(request)), answer);
      }));
      assert.equal(answers.size, 10_000);
      assert.deepEqual([conn.rejected, conn.drops()], [0, 0]);
    }));
  },
);

test(
  "16 tasks with 10,000 mixed calls each on one connection see no mismatch",
  { skip },
  async () => {
    await using ns = await makeNamespace();
    addLinks(ns);
    using conn = connect(ns);
    const executed = new Answers();
    const [sent, received] = [new Answers(), new Answers()];
    const task = async (start: number) => {
      for (let number = start; number < start + 10_000; number++) {
        const { request, answer } = question(number);
        if (number % 8 === 0 && !answer.endsWith(",ok")) {
          // Whoever receives next gets the answer: a task sends one and receives one.
          sent.set((await conn.send(request)).header.sequence, answer);
          await received.read(conn, conn.receive());
        } else if (number % 8 === 1) {
          assert.equal(await executed.read(conn, all(conn.executeIter(request))), answer);
        } else if (number % 50 === 2) {
          for await (const message of conn.executeIter(getLinks())) {
            if (linkIndex(message) > number % linkCount) break;
          }
        } else {
          assert.equal(await executed.read(conn, conn.execute(request)), answer);
        }
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, i) => task(i * 10_001)));
    assert.ok(sent.size > 10_000);
    assert.equal(received.size, sent.size);
    for (const [sequence, answer] of sent) assert.equal(received.get(sequence), answer);
    assert.equal(conn.rejected, 0);
  },
);

test("calls of receive() that wait hold up neither send() nor execute()", { skip }, async () => {
  await using ns = await makeNamespace();
  addLinks(ns);
  using conn = connect(ns, { groups: addressGroup });
  let settled = 0;
  const waiting = Array.from({ length: 8 }, () => conn.receive().finally(() => settled++));
  const task = async (start: number) => {
    for (let number = start; number < start + 500; number++) {
      const { request, answer } = question(number);
      await conn.send(silent);
      assert.equal(await new Answers().read(conn, conn.execute(request)), answer);
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, i) => task(i * 500)));
  assert.equal(settled, 0);
  // Each of them waits still, and gets what comes then.
  await conn.sendMessages(Array.from(waiting, (_, i) => addAddress(i)));
  const numbers = (await Promise.all(waiting)).flat().map(addressNumber);
  assert.deepEqual(numbers.sort(), Array.from(waiting, (_, i) => i));
});

test("two receivers never share a dump, in the midst of notifications", { skip }, async () => {
  await using ns = await makeNamespace();
  addManyLinks(ns, 300);
  using conn = connect(ns, { groups: addressGroup, messageBufferSize: 4096 });
  conn.setReadBuffer(1 << 22);
  using other = connect(ns);
  const dumps = new Set<number>();
  const notifications: string[] = [];
  const sender = async (start: number) => {
    for (let number = start; number < start + 20; number++) {
      await conn.send(getLinks());
      await other.execute(addAddress(number, Acknowledge));
      await other.execute(deleteAddress(number, Acknowledge));
    }
  };
  let left = 2 * 20 * 3;
  const receiver = async () => {
    while (left-- > 0) {
      const messages = await conn.receive();
      const { type, sequence } = messages[0].header;
      if (type === RTM.NEWLINK) {
        assert.deepEqual(messages.map(linkIndex), Array.from({ length: 301 }, (_, i) => i + 1));
        assert.ok(messages.every(({ header }) => header.sequence === sequence));
        dumps.add(sequence);
      } else {
        assert.equal(messages.length, 1);
        notifications.push(`${type === RTM.NEWADDR ? "+" : "-"}${addressNumber(messages[0])}`);
      }
    }
  };
  await Promise.all([sender(0), sender(100), receiver(), receiver()]);
  assert.equal(dumps.size, 40);
  for (const start of [0, 100]) {
    assert.deepEqual(
      notifications.filter((text) => Math.abs(Number(text)) >= 100 === start >= 100),
      Array.from({ length: 20 }, (_, i) => [`+${start + i}`, `-${start + i}`]).flat(),
    );
  }
});
