import assert from "node:assert/strict";
import { filter, matches } from "../lib/bpf/mod.ts";
import { dial, parsePredicate, type RouteConn } from "../lib/rtnetlink/mod.ts";
import type { Conn } from "../mod.ts";
import {
  delay,
  has,
  makeNamespace,
  noNamespaces,
  type Running,
  start,
  startScript,
} from "./harness.ts";
import { connect, linkIndex, test } from "./netlink.ts";

const skip = noNamespaces || (has("strace") ? false : "strace is not installed");

/** How long in milliseconds it must be quiet for sure until nothing is read again, which begins after 40. */
const settled = 400;

/** How long it takes at most until a call shows in the trace. */
const visible = 150;

/** Bit of the group that tells of links, RTNLGRP_LINK. */
const linkGroup = 1;

/** The index of the first of the links that {@link addPairs} makes. */
const firstIndex = 1000;

/** Makes pairs of links: v0 with the first index and w0, v1 and w1 and so on. */
async function addPairs(rt: RouteConn, count: number): Promise<void> {
  const results = await rt.batch(({ links }) => {
    for (let i = 0; i < count; i++) {
      const index = firstIndex + 2 * i;
      const peer = { name: `w${i}`, index: index + 1 };
      links.add({ name: `v${i}`, index, linkInfo: { kind: "veth", data: { peer } } });
    }
  });
  assert.deepEqual(results.filter((error) => error !== undefined), []);
}

/** Changes links, one after the other, none of them the first. */
async function changeOthers(rt: RouteConn, links: number, count: number): Promise<void> {
  const results = await rt.batch((batch) => {
    for (let i = 0; i < count; i++) {
      const mtu = 1300 + Math.floor(i / links);
      batch.links.set(firstIndex + 1 + i % (links - 1), { mtu });
    }
  });
  assert.deepEqual(results.filter((error) => error !== undefined), []);
}

/** The command line with a filter, and how often it receives. */
interface Traced extends AsyncDisposable {
  readonly running: Running;
  /** Waits until it has received nothing for so many milliseconds, and counts the system calls by which it did before. */
  calls(quiet: number): Promise<number>;
}

/** Starts a monitor with a filter in the namespace of a process, and traces it once it has begun. */
async function traceMonitor(pid: number, expression: string): Promise<Traced> {
  const args = ["monitor", "--json", "--snapshot", "--filter", expression, "--netns", `${pid}`];
  const running = startScript("cli.ts", ...args);
  await running.until((text) => text.includes('"synced"'));
  const calls = ["-e", "trace=recvfrom,recvmsg", "-e", "raw=recvfrom,recvmsg"];
  const trace = start("strace", ["-f", ...calls, "-p", `${running.child.pid}`]);
  while (!trace.stderr.includes("attached")) await delay(10);
  return {
    running,
    async calls(quiet) {
      for (let before = "";; before = trace.stderr) {
        await delay(quiet);
        if (before !== "" && trace.stderr === before) return before.split(/recv\w+\(/).length - 1;
      }
    },
    async [Symbol.asyncDispose]() {
      trace.child.kill("SIGINT");
      await trace.exit;
      running.child.kill("SIGINT");
      await running.exit;
    },
  };
}

/** Receives messages until the first link has an MTU; gives the indexes of the links that they are about. */
async function receiveUntil(conn: Conn, mtu: number): Promise<number[]> {
  const last = parsePredicate(`link.index == ${firstIndex} and link.mtu == ${mtu}`);
  const indexes: number[] = [];
  for await (const message of conn.receiveIter()) {
    indexes.push(linkIndex(message));
    if (matches(last, message)) break;
  }
  return indexes;
}

test(
  "of 20000 changes of 1000 links, who filters one of them is woken only for its own",
  { skip },
  async () => {
    await using ns = await makeNamespace();
    using rt = dial({ netNS: { pid: ns.pid } });
    await addPairs(rt, 500);
    const expression = "link.name == v0";
    await using traced = await traceMonitor(ns.pid, expression);
    using conn = connect(ns, { groups: linkGroup });
    conn.setBPF(filter(parsePredicate(expression)));
    using all = connect(ns, { groups: linkGroup });
    using events = rt.subscribe({ filter: expression });

    const first = await traced.calls(visible); // a thread of the runtime's own may be in one
    await rt.links.set("v0", { mtu: 1400 });
    await traced.running.until((text) => text.includes('"mtu":1400'));
    const calls = await traced.calls(settled);
    assert.ok(calls > first, "strace sees nothing");
    await changeOthers(rt, 1000, 20_000);
    assert.equal(await traced.calls(visible), calls);
    await rt.links.set("v0", { mtu: 1401 });
    await traced.running.until((text) => text.includes('"mtu":1401'));
    assert.ok(await traced.calls(visible) > calls);

    const received = await receiveUntil(conn, 1401);
    assert.deepEqual([...new Set(received)], [firstIndex]);
    assert.ok(received.length < 10, `${received.length} messages`);
    assert.equal(conn.drops(), 0);
    const mtus: unknown[] = [];
    for await (const event of events) {
      assert.equal(event.kind, "link");
      mtus.push((event.object as { mtu: number }).mtu);
      if (mtus.at(-1) === 1401) break;
    }
    assert.deepEqual([...new Set(mtus)], [1400, 1401]);
    assert.ok(all.drops() > 10_000, `${all.drops()} drops of who does not filter`);
    const told = traced.running.stdout.split("\n").filter((line) => line.includes('"new"'));
    assert.equal(told.length, 2, traced.running.stdout);
  },
);

test("who asks for one family is not woken for the addresses of another", { skip }, async () => {
  await using ns = await makeNamespace();
  await using traced = await traceMonitor(ns.pid, "address and family == inet6");
  ns.ip("addr add 2001:db8::1/64 dev lo nodad");
  await traced.running.until((text) => text.includes("2001:db8::1"));
  const calls = await traced.calls(settled);
  ns.batch(Array.from({ length: 200 }, (_, i) => `addr add 10.0.${i}.1/24 dev lo`));
  assert.equal(await traced.calls(visible), calls);
  ns.ip("addr add 2001:db8::2/64 dev lo nodad");
  await traced.running.until((text) => text.includes("2001:db8::2"));
  assert.ok(await traced.calls(visible) > calls);
});
