import assert from "node:assert/strict";
import {
  dial,
  ExpressionError,
  type KindName,
  NeighbourFlags,
  type RouteConn,
  type RouteEvent,
  RouteType,
  type Subscription,
} from "../lib/rtnetlink/mod.ts";
import { ClosedError } from "../mod.ts";
import { makeNamespace, type Namespace, noNamespaces } from "./harness.ts";
import { addManyRoutes } from "./many_routes.ts";
import { socketCount, test } from "./netlink.ts";

const skip = noNamespaces;

function open(ns: Namespace): RouteConn {
  return dial({ netNS: { pid: ns.pid } });
}

/** An event in words: what happened to which kind of object, and its name or address. */
function word(event: RouteEvent): string {
  if (event.kind === "overrun") return "overrun";
  const { name, dst, address, priority, id, ifindex, nsid } = event.object as object as Record<
    string,
    unknown
  >;
  const which = name ?? dst ?? address ?? id ?? priority ?? ifindex ?? nsid;
  return `${event.action} ${event.kind} ${which}`;
}

/** Reads events until one has come. */
async function until(subscription: Subscription, wanted: string): Promise<RouteEvent> {
  const seen: string[] = [];
  const timer = setTimeout(() => subscription.close(), 10_000);
  try {
    for (;;) {
      const { value } = await subscription.next();
      if (word(value) === wanted) return value;
      seen.push(word(value));
    }
  } catch (error) {
    throw new Error(`${wanted} did not come, but ${seen.join(", ")}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

test("subscribe() tells of every kind of object", { skip }, async () => {
  await using ns = await makeNamespace();
  await using other = await makeNamespace();
  using rt = open(ns);
  using events = rt.subscribe();
  const index = 10;
  const name = "v0";
  const peer = { name: "v1", index: 11 };
  await rt.links.add({ name, index, linkInfo: { kind: "veth", data: { peer } } });
  await until(events, "new link v0");
  for (const end of ["v0", "v1"]) await rt.links.set(end, { up: true });
  await rt.addresses.add({ index, address: "10.0.0.1/24" });
  const { object } = await until(events, "new address 10.0.0.1") as { object: { label: string } };
  assert.equal(object.label, "v0");
  await rt.routes.add({ dst: "10.1.0.0/16", gateway: "10.0.0.2" });
  await until(events, "new route 10.1.0.0");
  const neighbour = { index, dst: "10.0.0.2", lladdr: "02:00:00:00:00:02" };
  await rt.neighbours.add(neighbour);
  await until(events, "new neighbour 10.0.0.2");
  await rt.rules.add({ src: "10.0.0.0/8", priority: 7 });
  await until(events, "new rule 7");
  await rt.nexthops.add({ id: 3, gateway: "10.0.0.2", oif: index });
  await until(events, "new nexthop 3");
  await rt.nsids.add({ pid: other.pid, nsid: 5 });
  await until(events, "new nsid 5");
  ns.run("sysctl", "-qw", "net.ipv4.conf.v0.forwarding=1");
  await until(events, "new netconf 10");

  await rt.nexthops.delete(3);
  await until(events, "delete nexthop 3");
  await rt.rules.delete({ priority: 7 });
  await until(events, "delete rule 7");
  await rt.neighbours.delete(neighbour);
  await until(events, "delete neighbour 10.0.0.2");
  await rt.routes.delete({ dst: "10.1.0.0/16" });
  await until(events, "delete route 10.1.0.0");
  await rt.addresses.delete({ index, address: "10.0.0.1/24" });
  await until(events, "delete address 10.0.0.1");
  await rt.links.delete(index);
  await until(events, "delete link v0");
});

test("subscribe() tells of the kinds that were asked for alone", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  using events = rt.subscribe({ kinds: ["rule", "route"] });
  await rt.links.add({ name: "b0", linkInfo: { kind: "bridge" } });
  await rt.addresses.add({ index: 1, address: "10.9.9.9" });
  await rt.neighbours.add({ index: 1, dst: "10.0.0.7", flags: NeighbourFlags.Proxy });
  await rt.rules.add({ src: "10.0.0.0/8", priority: 7 });
  const kinds: KindName[] = [];
  for await (const { kind } of events) {
    if (kind !== "overrun") kinds.push(kind);
    if (kind === "rule") break;
  }
  assert.deepEqual(kinds, ["route", "rule"]); // the address brought a route
});

test("subscribe() tells of what a filter holds for alone", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  for (const name of ["v0", "v2"]) {
    const peer = { name: `${name}p` };
    await rt.links.add({ name, up: true, linkInfo: { kind: "veth", data: { peer } } });
    await rt.links.set(`${name}p`, { up: true });
  }
  const { index } = await rt.links.get("v0");
  const other = (await rt.links.get("v2")).index;
  using text = rt.subscribe({ filter: "link.name == v0 or (address and family == inet6)" });
  using predicate = rt.subscribe({ filter: { ifindex: index }, kinds: ["route"] });
  await rt.links.set("v2", { mtu: 1400 });
  await rt.addresses.add({ index, address: "10.0.0.1/24" });
  await rt.addresses.add({ index: other, address: "10.1.0.1/24" });
  // A program cannot tell whether one of several nexthops is over the link: it lets both pass.
  const multipath = (...indexes: number[]) => indexes.map((ifindex) => ({ ifindex }));
  await rt.routes.add({ dst: "10.2.0.0/16", multipath: multipath(other, other) });
  await rt.routes.add({ dst: "10.3.0.0/16", multipath: multipath(other, index) });
  await rt.addresses.add({ index: other, address: "2001:db8::1/64" });
  await rt.links.set("v0", { mtu: 1400 });

  const seen: string[] = [];
  for await (const event of text) {
    if (event.kind === "link" && event.object.mtu === 1400) break;
    // Those that a link makes for itself come some time later.
    if (event.kind !== "address" || !event.object.address?.startsWith("fe80")) {
      seen.push(word(event));
    }
  }
  assert.deepEqual([...new Set(seen)].filter((word) => word !== "new link v0"), [
    "new address 2001:db8::1",
  ]);
  const routes: string[] = [];
  for await (const event of predicate) {
    if (event.kind === "route" && event.object.family === 2) routes.push(word(event));
    if (routes.at(-1) === "new route 10.3.0.0") break;
  }
  assert.deepEqual(routes.filter((route) => /10\.[1-9]/.test(route)), ["new route 10.3.0.0"]);
  assert.ok(routes.includes("new route 10.0.0.0"));
});

test("subscribe() refuses a bad filter before it opens anything", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  const before = socketCount();
  assert.throws(() => rt.subscribe({ filter: "link.mut == 1" }), ExpressionError);
  assert.throws(() => rt.subscribe({ filter: { type: 1e6 } }), { name: "PredicateError" });
  assert.equal(socketCount(), before);
});

test("subscribe() tells of other namespaces only with allNSID", { skip }, async () => {
  await using ns = await makeNamespace();
  await using other = await makeNamespace();
  using rt = open(ns);
  using there = open(other);
  await rt.nsids.add({ pid: other.pid, nsid: 5 });
  using all = rt.subscribe({ allNSID: true, kinds: ["link"] });
  using own = rt.subscribe({ kinds: ["link"] });
  await there.links.add({ name: "b0", linkInfo: { kind: "bridge" } });
  await rt.links.add({ name: "b1", linkInfo: { kind: "bridge" } });
  const theirs = await until(all, "new link b0") as { nsid?: number };
  assert.equal(theirs.nsid, 5);
  const ours = await until(all, "new link b1") as { nsid?: number };
  assert.equal("nsid" in ours, false);
  assert.equal(word((await own.next()).value), "new link b1");
});

test("subscribe() tells of a loss and goes on", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  using events = rt.subscribe({ kinds: ["route", "rule"] });
  const count = 20_000;
  await addManyRoutes(rt, 1000, count);
  let told = 0;
  let drops = 0;
  for await (const event of events) {
    if (event.kind === "overrun") {
      drops = event.drops;
      break;
    }
    told++;
  }
  assert.ok(told > 1000, `${told} events before the loss`);
  assert.ok(drops > 0);
  assert.equal(told + drops, count);

  using again = rt.subscribe({ kinds: ["route", "rule"] });
  await addManyRoutes(rt, 1001, count);
  await until(again, "overrun");
  await rt.rules.add({ src: "10.0.0.0/8", priority: 7 });
  await until(again, "new rule 7");
  assert.equal((await rt.routes.list({ table: 1001, type: RouteType.Blackhole })).length, count);
});

test("a subscription ends with the loop that reads it", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  const before = socketCount();
  const change = () => rt.links.set("lo", { mtu: 1500 + Math.floor(Math.random() * 1000) });
  const left = rt.subscribe();
  await change();
  for await (const _ of left) break;
  assert.equal(socketCount(), before);
  await assert.rejects(left.next(), ClosedError);
  const mistake = new Error("of the caller's own");
  const thrown = rt.subscribe();
  await change();
  await assert.rejects(async () => {
    for await (const _ of thrown) throw mistake;
  }, mistake);
  assert.equal(socketCount(), before);
});

test("a subscription ends when it is aborted", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  const before = socketCount();
  const reason = new Error("enough");
  const waiting = new AbortController();
  const loop = (async () => {
    for await (const _ of rt.subscribe({ signal: waiting.signal })) assert.fail();
  })();
  setTimeout(() => waiting.abort(reason), 20);
  await assert.rejects(loop, reason);
  assert.equal(socketCount(), before);

  const busy = new AbortController();
  let count = 0;
  await assert.rejects(async () => {
    const events = rt.subscribe({ signal: busy.signal });
    for (let mtu = 1500; mtu < 1600; mtu++) await rt.links.set("lo", { mtu });
    for await (const _ of events) {
      if (++count === 3) busy.abort(reason);
    }
  }, reason);
  assert.ok(count < 100, `${count} events`);
  assert.equal(socketCount(), before);
});

test("a subscription ends when it is closed, and not with its connection", { skip }, async () => {
  await using ns = await makeNamespace();
  const rt = open(ns);
  const before = socketCount();
  const events = rt.subscribe({ kinds: ["link"] });
  await rt.links.set("lo", { mtu: 1500 });
  await rt.links.set("lo", { mtu: 1501 });
  rt.close();
  assert.equal(word((await events.next()).value), "new link lo");
  const rest = Promise.all([events.next(), events.next()]);
  setTimeout(() => events.close(), 20);
  await assert.rejects(rest, ClosedError);
  events.close();
  assert.equal(socketCount(), before - 1); // the connection's is closed, too
  assert.throws(() => rt.subscribe({ kinds: ["nosuch" as KindName] }), /nosuch/);
});

test("next() may be called several times at once", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  using events = rt.subscribe({ kinds: ["rule"] });
  const count = 200;
  const taken = Array.from({ length: count }, () => events.next());
  const results = await rt.batch(({ rules }) => {
    for (let i = 0; i < count; i++) rules.add({ priority: 1000 + i, table: 100 });
  });
  assert.ok(results.every((error) => error === undefined));
  const priorities = (await Promise.all(taken)).map(({ value }) => value.object.priority);
  assert.deepEqual(
    priorities.sort((a, b) => a - b),
    Array.from({ length: count }, (_, i) => 1000 + i),
  );
});

test(
  "what is listed after subscribing and the events together miss nothing",
  { skip },
  async () => {
    await using ns = await makeNamespace();
    using rt = open(ns);
    using writer = open(ns);
    const changes = (async () => {
      for (let i = 0; i < 300; i++) {
        await writer.rules.add({ priority: 100 + i, table: 100 });
        if (i % 3 === 0) await writer.rules.delete({ priority: 100 + i });
        if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve));
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 5));
    using events = rt.subscribe({ kinds: ["rule"] });
    const known = new Set((await rt.rules.list({ table: 100 })).map(({ priority }) => priority));
    await changes;
    await writer.rules.add({ priority: 4711 });
    for await (const event of events) {
      if (event.kind !== "rule") continue;
      const { priority } = event.object;
      if (priority === 4711) break;
      if (event.action === "new") known.add(priority);
      else known.delete(priority);
    }
    const there = (await rt.rules.list({ table: 100 })).map(({ priority }) => priority);
    assert.equal(there.length, 200);
    assert.deepEqual([...known].sort(), there.sort());
  },
);
