import assert from "node:assert/strict";
import { AddressFamily, dial, type RouteConn, RouteTable } from "../lib/rtnetlink/mod.ts";
import { DumpInterruptedError } from "../mod.ts";
import { churn } from "./churn.ts";
import { command, makeNamespace, noNamespaces, onDeno, start } from "./harness.ts";
import { addManyRoutes } from "./many_routes.ts";
import { test } from "./netlink.ts";

const skip = noNamespaces;
const { Inet } = AddressFamily;

/** Adds and removes addresses of the loopback, 10.200.0.0 to 10.200.0.199, without end. */
const lines = Array.from({ length: 200 }, (_, i) => [
  `addr add 10.200.0.${i}/32 dev lo`,
  `addr del 10.200.0.${i}/32 dev lo`,
]).flat();

/** Gives the loopback so many addresses, and its own makes one more. */
async function addAddresses(rt: RouteConn, count: number): Promise<string[]> {
  const fixed = Array.from({ length: count }, (_, i) => `10.${i >> 8}.${i & 255}.1`);
  await rt.batch(({ addresses }) => {
    for (const address of fixed) addresses.add({ index: 1, address });
  });
  return [...fixed, "127.0.0.1"];
}

test("200 lists of addresses during churn are whole or marked, and none hangs", {
  skip,
}, async () => {
  await using ns = await makeNamespace();
  using rt = dial({ netNS: { pid: ns.pid } });
  const fixed = await addAddresses(rt, 700);
  await using _churn = churn(ns, lines);
  let changing = 0;
  for (let i = 0; i < 200; i++) {
    rt.conn.setDeadline(Date.now() + 5000);
    const list = await rt.addresses.list({ family: Inet });
    const addresses = list.map(({ address }) => address!);
    const own = addresses.filter((address) => address.startsWith("10.200."));
    if (own.length > 0) changing++;
    if (!list.consistent) continue;
    assert.equal(new Set(addresses).size, addresses.length, "one is there twice");
    const others = new Set(addresses.filter((address) => !own.includes(address)));
    assert.ok(fixed.every((address) => others.has(address)), "one is missing");
    assert.equal(others.size, fixed.length);
  }
  assert.ok(changing > 0, "nothing has changed meanwhile");
});

test("a list that never comes out whole is marked, and a stream ends with an error", {
  skip,
}, async () => {
  await using ns = await makeNamespace();
  using rt = dial({ netNS: { pid: ns.pid } });
  await addAddresses(rt, 6000);
  await using _churn = churn(ns, lines);
  rt.conn.setDeadline(Date.now() + 30_000);
  let list = await rt.addresses.list({ family: Inet });
  while (list.consistent) list = await rt.addresses.list({ family: Inet });
  assert.equal(list.consistent, false);
  assert.ok(list.length > 5000);
  await assert.rejects(async () => {
    for (;;) for await (const _ of rt.addresses.stream({ family: Inet }));
  }, DumpInterruptedError);
});

test("100,000 routes are streamed in little memory, and others get their turn", {
  skip,
}, async () => {
  await using ns = await makeNamespace();
  using rt = dial({ netNS: { pid: ns.pid } });
  const count = 100_000;
  await addManyRoutes(rt, 1000, count);
  await addManyRoutes(rt, 1001, 1000);
  const [program, args] = command("tests/children/stream_routes.ts");
  if (onDeno) args[args.indexOf("--allow-ffi")] = "--allow-all"; // it looks at itself in /proc
  const running = start("nsenter", ["-t", `${ns.pid}`, "-n", program, ...args]);
  assert.equal(await running.exit, 0, running.stderr);
  const { growth, hold, ...found } = JSON.parse(running.stdout);
  assert.deepEqual(found, { count, strange: 0 });
  assert.ok(growth < 20e6, `memory grew by ${growth} bytes`);
  assert.ok(hold < 20, `others had to wait for ${hold} milliseconds`);
  assert.equal((await rt.routes.list({ table: RouteTable.Main })).length, 0);
});
