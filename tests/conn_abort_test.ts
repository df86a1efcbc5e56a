import assert from "node:assert/strict";
import fc from "fast-check";
import { type Conn, HeaderFlags } from "../mod.ts";
import { makeNamespace, type Namespace, noNamespaces } from "./harness.ts";
import {
  addAddress,
  addManyAddresses,
  addressNumber,
  connect,
  getAddresses,
  getLink,
  getLinks,
  silent,
  test,
  turn,
} from "./netlink.ts";
import { addLinks, Answers, linkCount, question } from "./questions.ts";

const skip = noNamespaces;
const reason = new Error("enough");

/** How many addresses a dump has; it takes more datagrams than are read in one turn of the event loop. */
const addressCount = 4001;

/** A connection to a namespace with links and addresses, whose dumps come in small pieces. */
async function connectSmall(ns: Namespace): Promise<Conn> {
  addLinks(ns);
  const conn = connect(ns, { messageBufferSize: 4096 });
  await addManyAddresses(conn, addressCount - 1);
  return conn;
}

async function assertSound(conn: Conn, count = 1000): Promise<void> {
  const answers = new Answers();
  for (let i = 0; i < count; i++) {
    const { request, answer } = question(i);
    assert.equal(await answers.read(conn, conn.execute(request)), answer);
  }
}

/** Checks that a call is not done when it is aborted, and ends with the reason. */
async function assertAborted(controller: AbortController, call: Promise<unknown>): Promise<void> {
  let ended = false;
  const checked = assert.rejects(call.finally(() => ended = true), reason);
  assert.equal(ended, false);
  controller.abort(reason);
  await checked;
}

const situations: Record<string, (conn: Conn, controller: AbortController) => Promise<void>> = {
  async "before it was sent"(conn, controller) {
    const other = new AbortController();
    const first = conn.execute(silent, other);
    const second = conn.execute(getLink(2), controller);
    await turn();
    await assertAborted(controller, second);
    await assertAborted(other, first);
  },
  async "after it was sent"(conn, controller) {
    const call = conn.execute(silent, controller);
    await turn();
    await assertAborted(controller, call);
  },
  async "in the midst of a dump"(conn, controller) {
    const call = conn.execute(getAddresses(), controller);
    await assertAborted(controller, call);
  },
  async "in the midst of a dump's stream"(conn, controller) {
    const stream = conn.executeIter(getAddresses(), controller);
    await stream.next();
    controller.abort(reason);
    await assert.rejects(async () => {
      for await (const _ of stream);
    }, reason);
  },
  async "while it waits for the rest of another dump"(conn, controller) {
    await conn.send(getAddresses());
    const call = conn.execute(getAddresses(), controller);
    await assertAborted(controller, call);
    assert.equal((await conn.receive()).length, addressCount);
  },
  async "while a stream stands still"(conn, controller) {
    const stream = conn.executeIter(getAddresses());
    await stream.next();
    const call = conn.execute(getLink(2), controller);
    await assertAborted(controller, call);
    let count = 1;
    for await (const _ of stream) count++;
    assert.equal(count, addressCount);
  },
  async "with a hundred others"(conn, controller) {
    const calls = Array.from(
      { length: 100 },
      (_, i) =>
        assert.rejects(conn.execute(i % 10 === 0 ? getAddresses() : silent, controller), reason),
    );
    controller.abort(reason);
    await Promise.all(calls);
  },
};

for (const [when, situation] of Object.entries(situations)) {
  test(`1,000 requests succeed after one was aborted ${when}`, { skip }, async () => {
    await using ns = await makeNamespace();
    using conn = await connectSmall(ns);
    await situation(conn, new AbortController());
    await assertSound(conn);
    assert.equal((await conn.execute(getAddresses())).length, addressCount);
  });
}

const command = fc.record({
  kind: fc.constantFrom("execute", "dump", "stream", "silent", "receive", "change"),
  /** How many turns of the event loop pass before the next one. */
  pause: fc.nat(2),
  /** After how many turns it is aborted, if it is. */
  abort: fc.option(fc.nat(5)),
});

test("calls that are aborted at any time take nothing from the others", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = await connectSmall(ns);
  using other = connect(ns);
  conn.joinGroup(5); // RTNLGRP_IPV4_IFADDR
  let [changes, received, number] = [0, 0, 0];
  const receive = async (signal?: AbortSignal) => {
    for (const message of await conn.receive({ signal })) {
      assert.equal(addressNumber(message), addressCount + received++);
    }
  };
  const calls: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
    async execute(signal) {
      const { request, answer } = question(number++);
      assert.equal(await new Answers().read(conn, conn.execute(request, { signal })), answer);
    },
    async dump(signal) {
      assert.equal((await conn.execute(getLinks(), { signal })).length, linkCount);
    },
    async stream(signal) {
      const limit = number++ % addressCount;
      let count = 0;
      for await (const _ of conn.executeIter(getAddresses(), { signal })) {
        if (count++ === limit) break;
      }
      assert.ok(count >= limit);
    },
    silent: (signal) => conn.execute(silent, { signal }),
    receive,
    change: () => other.execute(addAddress(addressCount + changes++, HeaderFlags.Acknowledge)),
  };
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 15 }), async (commands) => {
      const pending: [AbortController, Promise<unknown>][] = [];
      for (const { kind, pause, abort } of commands) {
        const controller = new AbortController();
        const call = calls[kind](controller.signal).catch((error) => {
          if (error !== reason) throw error;
        });
        pending.push([controller, call]);
        const abortLater = async (turns: number) => {
          for (; turns > 0; turns--) await turn();
          controller.abort(reason);
        };
        if (abort !== null) void abortLater(abort);
        for (let i = 0; i < pause; i++) await turn();
      }
      for (let i = 0; i < 5; i++) await turn();
      for (const [i, [controller]] of pending.entries()) {
        if (/silent|receive/.test(commands[i].kind)) controller.abort(reason);
      }
      await Promise.all(pending.map(([, call]) => call));
      await assertSound(conn, 30);
      while (received < changes) await receive();
    }),
    { numRuns: 100 },
  );
});
