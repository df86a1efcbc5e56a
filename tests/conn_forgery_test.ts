import assert from "node:assert/strict";
import process from "node:process";
import {
  type Conn,
  dial,
  Family,
  HeaderFlags,
  HeaderType,
  type MessageInit,
  OpError,
} from "../mod.ts";
import { makeNamespace, type Namespace, noNamespaces, startScript } from "./harness.ts";
import {
  addAddress,
  addManyLinks,
  addressGroup,
  addressNumber,
  connect,
  forge,
  forgeries,
  getAddresses,
  getLink,
  getLinks,
  linkIndex,
  silent,
  test,
} from "./netlink.ts";

const skip = noNamespaces;
const { Acknowledge, Dump, Request } = HeaderFlags;

function request(type: number, flags: number, ...data: number[]): MessageInit {
  return { header: { type, flags: Request | flags }, data: Uint8Array.of(...data) };
}

/** Requests to parts of the kernel: what they answer is always the same. */
const families: Record<string, { family: number; requests: MessageInit[] }> = {
  Route: {
    family: Family.Route,
    requests: [getLink(1), getLink(1, Acknowledge), getLinks(), getAddresses(), getLink(99_999)],
  },
  Generic: {
    family: Family.Generic,
    requests: [
      request(16, 0, 3, 1, 0, 0, 6, 0, 1, 0, 16, 0, 0, 0), // CTRL_CMD_GETFAMILY of nlctrl itself
      request(16, Dump, 3, 1, 0, 0), // of all
      request(16, Acknowledge, 99, 1, 0, 0), // no such command
    ],
  },
  Netfilter: {
    family: Family.Netfilter,
    requests: [
      request(10 << 8 | 16, 0, 0, 0, 0, 0), // NFT_MSG_GETGEN
      request(10 << 8 | 1, Dump, 0, 0, 0, 0), // NFT_MSG_GETTABLE
      request(10 << 8 | 99, Acknowledge, 0, 0, 0, 0), // no such message
    ],
  },
};

/** What a request gives, without the numbers that differ each time. */
async function answer(conn: Conn, message: MessageInit): Promise<string> {
  try {
    const replies = await conn.execute(message);
    return replies.map(({ header, data }) =>
      header.type === HeaderType.Error ? "ok" : `${header.type} ${data}`
    ).join("\n");
  } catch (error) {
    // An overrun; or the kernel itself says that there was no room for its reply.
    if (!(error instanceof OpError) || error.code === "ENOBUFS") throw error;
    return `${error.code}`;
  }
}

/** The sequence number of the last request of a connection. */
async function lastSequence(conn: Conn): Promise<number> {
  return (await conn.send(silent)).header.sequence;
}

/** Forges everything with a range of sequence numbers; gives how many datagrams that were. */
function forgeAll(from: Conn, to: Conn, first: number, last: number, groups = 0): number {
  let count = 0;
  for (let sequence = first; sequence <= last; sequence++) {
    for (const datagram of forgeries(to.pid, sequence >>> 0)) {
      assert.ok(forge(from, to.pid, datagram, groups));
      count++;
    }
  }
  return count;
}

for (const [name, { family, requests }] of Object.entries(families)) {
  test(`replies that another process forges reach no request: ${name}`, { skip }, async () => {
    await using ns = await makeNamespace();
    using conn = dial(family, { netNS: { pid: ns.pid } });
    using attacker = dial(family, { netNS: { pid: ns.pid } });
    const answers: string[] = [];
    for (const message of requests) answers.push(await answer(conn, message));
    let forged = 0;
    for (let round = 0; round < 20; round++) {
      for (const [i, message] of requests.entries()) {
        const last = await lastSequence(conn);
        forged += forgeAll(attacker, conn, last - 1, last + 2);
        assert.equal(await answer(conn, message), answers[i]);
        assert.equal(conn.rejected, forged);
      }
    }
  });
}

test(
  "what another process forges reaches neither a dump's stream nor a subscriber",
  { skip },
  async () => {
    await using ns = await makeNamespace();
    addManyLinks(ns, 300);
    using conn = connect(ns, { groups: addressGroup });
    using attacker = connect(ns);
    using other = connect(ns);
    let forged = 0;
    let changed = 0;
    const attack = async (sequence: number) => {
      // To the port; to the port as one of the group; to the group alone.
      forged += forgeAll(attacker, conn, sequence, sequence);
      forged += forgeAll(attacker, conn, sequence, sequence, addressGroup);
      for (const datagram of forgeries(0, sequence)) {
        if (datagram.length >= 16) forge(attacker, 0, datagram, addressGroup), forged++;
      }
      await other.execute(addAddress(changed++, Acknowledge));
    };
    for (let i = 0; i < 10; i++) {
      await attack(await lastSequence(conn) + 1);
      const indexes: number[] = [];
      for await (const message of conn.executeIter(getLinks())) {
        indexes.push(linkIndex(message));
        if (indexes.length % 100 === 1) await attack(message.header.sequence);
      }
      assert.deepEqual(indexes, Array.from({ length: 301 }, (_, i) => i + 1));
      for (let number = changed - 5; number < changed; number++) {
        const [message, ...more] = await conn.receive();
        assert.deepEqual(more, []);
        assert.equal(addressNumber(message), number);
        assert.deepEqual(message.source, { pid: 0, groups: addressGroup });
      }
      assert.equal(conn.rejected, forged);
    }
  },
);

/** How many requests are made during a flood; all of their replies are forged meanwhile. */
const requestCount = 1000;

/** Starts a process that forges replies to a connection's requests, those to come included; ends by stopping it. */
async function attackFrom(
  ns: Namespace,
  conn: Conn,
  family: number,
): Promise<{ stop(): Promise<number> }> {
  const first = await lastSequence(conn);
  const args = [family, ns.pid, conn.pid, first, requestCount].map(String);
  const forger = startScript("tests/children/forger.ts", ...args);
  await forger.until((text) => text.includes("started"));
  return {
    async stop() {
      process.kill(forger.child.pid!, "SIGTERM"); // child.kill() makes Deno forget the exit code
      assert.equal(await forger.exit, 0, forger.stderr);
      return Number(forger.stdout.match(/(\d+) sent/)![1]);
    },
  };
}

for (const [name, { family, requests }] of Object.entries(families)) {
  test(`a flood of forged replies costs an overrun at most: ${name}`, { skip }, async () => {
    await using ns = await makeNamespace();
    using conn = dial(family, { netNS: { pid: ns.pid } });
    const answers: string[] = [];
    for (const message of requests) answers.push(await answer(conn, message));
    const attack = await attackFrom(ns, conn, family);
    let [right, overruns] = [0, 0];
    while (right + overruns < requestCount || conn.rejected < requestCount) {
      const i = (right + overruns) % requests.length;
      try {
        assert.equal(await answer(conn, requests[i]), answers[i]);
        right++;
      } catch (error) {
        if (!(error instanceof OpError)) throw error;
        overruns++;
      }
    }
    const sent = await attack.stop();
    for (const [i, message] of requests.entries()) {
      assert.equal(await answer(conn, message).catch(() => answer(conn, message)), answers[i]);
    }
    assert.equal(conn.rejected, sent);
    assert.ok(right > 100, `only ${right} requests were answered`);
  });
}
