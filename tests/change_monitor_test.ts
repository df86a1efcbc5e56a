import assert from "node:assert/strict";
import { type Change, ChangeMonitor, type ChangeMonitorOptions } from "../lib/monitor/mod.ts";
import { Group } from "../lib/rtnetlink/mod.ts";
import { delay, makeNamespace, type Namespace, noNamespaces } from "./harness.ts";
import { descriptorCount, test } from "./netlink.ts";

const skip = noNamespaces;

/** A monitor that has read what is there, and what it calls back with. */
async function watched(ns: Namespace, options: ChangeMonitorOptions = {}) {
  const changes: Change[] = [];
  const monitor = new ChangeMonitor((change) => changes.push(change), {
    netNS: { pid: ns.pid },
    ...options,
  });
  await delay(150);
  return { changes, monitor, [Symbol.dispose]: () => monitor.close() };
}

test("ChangeMonitor calls back once for a burst, with the kinds", { skip }, async () => {
  await using ns = await makeNamespace();
  using watch = await watched(ns);
  assert.equal(watch.changes.length, 0);
  ns.batch([
    "link add v0 type veth peer name v1",
    "link set v0 up",
    "link set v1 up",
    "address add 10.0.0.1/24 dev v0",
  ]);
  await delay(400);
  assert.equal(watch.changes.length, 1);
  assert.deepEqual(watch.changes[0].reasons, ["event"]);
  assert.deepEqual(watch.changes[0].kinds.toSorted(), ["address", "link", "route"]);
});

test("ChangeMonitor does not let a storm starve it", { skip }, async () => {
  await using ns = await makeNamespace();
  using watch = await watched(ns, { debounceMs: 100, maxWaitMs: 300 });
  const end = performance.now() + 1000;
  for (let i = 0; performance.now() < end; i++) {
    ns.ip(`link set lo mtu ${1500 + i % 2}`);
    await delay(10);
  }
  await delay(400);
  assert.ok(
    watch.changes.length >= 4 && watch.changes.length <= 9,
    `${watch.changes.length} times`,
  );
});

test("ChangeMonitor tells flaps at most twice", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.ip("link add v0 type veth peer name v1");
  using watch = await watched(ns);
  ns.batch(Array.from({ length: 50 }, () => ["link set v0 up", "link set v0 down"]).flat());
  await delay(1500);
  assert.ok(
    watch.changes.length >= 1 && watch.changes.length <= 2,
    `${watch.changes.length} times`,
  );
});

test("ChangeMonitor ignores what means nothing", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.ip("link add v0 type veth peer name v1");
  ns.ip("link set v0 addrgenmode none");
  ns.ip("link set v1 addrgenmode none");
  ns.ip("link set v1 up");
  ns.ip("link set v0 up");
  ns.ip("address add 2001:db8::1/64 dev v0 nodad valid_lft 1000 preferred_lft 1000");
  using watch = await watched(ns, { groups: [Group.Ipv6Ifaddr] });
  ns.batch(Array.from(
    { length: 100 },
    (_, i) => `address change 2001:db8::1/64 dev v0 nodad valid_lft ${2000 + i} preferred_lft 1000`,
  ));
  await delay(200);
  assert.equal(watch.changes.length, 0);
  ns.ip("address add 2001:db8::2/64 dev v0"); // tentative first
  await delay(200);
  assert.equal(watch.changes.length, 0);
  for (let i = 0; i < 200 && watch.changes.length === 0; i++) await delay(20);
  assert.deepEqual(watch.changes.map(({ kinds }) => kinds), [["address"]]);
});

test("ChangeMonitor ignores a link that it is told to", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.ip("link add wg0 type veth peer name v1");
  using watch = await watched(ns, { ignore: ["wg0"], groups: [Group.Link, Group.Ipv4Ifaddr] });
  ns.ip("address add 10.0.0.1/24 dev wg0");
  ns.ip("link set wg0 mtu 1300");
  await delay(300);
  assert.equal(watch.changes.length, 0);
  ns.ip("link set v1 mtu 1300");
  await delay(300);
  assert.deepEqual(watch.changes, [{ kinds: ["link"], reasons: ["event"] }]);
});

test("ChangeMonitor can be iterated and closed", { skip }, async () => {
  await using ns = await makeNamespace();
  const before = descriptorCount();
  const { monitor } = await watched(ns);
  const read: Change[] = [];
  const reading = (async () => {
    for await (const change of monitor) read.push(change);
  })();
  await delay(20);
  ns.ip("link set lo mtu 1500");
  await delay(300);
  assert.deepEqual(read.map(({ kinds }) => kinds), [["link"]]);
  monitor.close();
  monitor.close();
  await reading;
  ns.ip("link set lo mtu 1600");
  await delay(200);
  assert.equal(read.length, 1);
  assert.equal(descriptorCount(), before);
});

test("ChangeMonitor goes on after a callback that throws", { skip }, async () => {
  await using ns = await makeNamespace();
  const log: string[] = [];
  let calls = 0;
  using _monitor = new ChangeMonitor(() => {
    calls++;
    throw new Error("mine");
  }, { netNS: { pid: ns.pid }, logger: (message) => log.push(message) });
  await delay(100);
  for (const mtu of [1500, 1600]) {
    ns.ip(`link set lo mtu ${mtu}`);
    await delay(300);
  }
  assert.equal(calls, 2);
  assert.deepEqual(log, ["the callback failed: mine", "the callback failed: mine"]);
});
