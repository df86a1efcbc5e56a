import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { type Change, ChangeMonitor, type ChangeMonitorOptions } from "../lib/monitor/mod.ts";
import { Group } from "../lib/rtnetlink/mod.ts";
import { churn } from "./churn.ts";
import { delay, makeNamespace, type Namespace, noNamespaces } from "./harness.ts";
import { assertHolds, soak } from "./mirrors.ts";
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

function isUp(ns: Namespace, name: string): boolean {
  return ns.ipJson(`link show ${name}`)[0].operstate === "UP";
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
  const seconds = Math.min(10, soak);
  using watch = await watched(ns, { debounceMs: 100, maxWaitMs: 300 });
  {
    await using _storm = churn(ns, ["link set lo mtu 1500", "link set lo mtu 1501"]);
    await delay(1000 * seconds);
  }
  const { length } = watch.changes;
  assert.ok(length >= 2 * seconds && length <= 5 * seconds, `${length} times`);
  assert.ok(watch.changes.every(({ reasons }) => reasons.join() === "event"));
});

test("ChangeMonitor tells flaps at most twice, and then all is as it stays", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.batch(["link add v0 type veth peer name v1", "link set v0 addrgenmode none"]);
  const flags = () => ns.ipJson("link show v0")[0].flags as string[];
  const seen: boolean[] = [];
  using _monitor = new ChangeMonitor(() => seen.push(flags().includes("UP")), {
    netNS: { pid: ns.pid },
  });
  await delay(150);
  const flaps = Array.from({ length: 50 }, () => ["link set v0 up", "link set v0 down"]).flat();
  ns.batch([...flaps, "link set v0 up"]);
  await delay(600);
  assert.ok(seen.length >= 1 && seen.length <= 2, `${seen.length} times`);
  assert.equal(seen.at(-1), true);
});

test("ChangeMonitor ignores what means nothing", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.ip("link add v0 type veth peer name v1");
  ns.ip("link set v0 addrgenmode none");
  ns.ip("link set v1 addrgenmode none");
  ns.ip("link set v1 up");
  ns.ip("link set v0 up");
  ns.ip("address add 2001:db8::1/64 dev v0 nodad valid_lft 1000 preferred_lft 1000");
  ns.ip("address add 10.0.0.1/24 dev v0 valid_lft 1000 preferred_lft 1000");
  await assertHolds(() => ["v0", "v1"].every((name) => isUp(ns, name))); // nothing is to come of that
  using watch = await watched(ns);
  using addresses = await watched(ns, { groups: [Group.Ipv6Ifaddr] });
  ns.batch(
    Array.from({ length: 100 }, (_, i) => [
      `address change 2001:db8::1/64 dev v0 nodad valid_lft ${2000 + i} preferred_lft 1000`,
      `address change 10.0.0.1/24 dev v0 valid_lft ${2000 + i} preferred_lft 1000`,
    ]).flat(),
  );
  await delay(300);
  assert.equal(watch.changes.length, 0);
  ns.ip("address add 2001:db8::2/64 dev v0 valid_lft 3000 preferred_lft 3000"); // tentative first
  await delay(200);
  assert.deepEqual([watch.changes, addresses.changes], [[], []]);
  for (let i = 0; i < 200 && addresses.changes.length === 0; i++) await delay(20);
  await delay(150);
  assert.deepEqual(addresses.changes.map(({ kinds }) => kinds), [["address"]]);
  assert.deepEqual(watch.changes.map(({ kinds }) => kinds.toSorted()), [["address", "route"]]);
});

test("ChangeMonitor ignores what goes with a link that it ignores", { skip }, async () => {
  await using ns = await makeNamespace();
  using watch = await watched(ns, { ignore: ["wg0"] });
  ns.batch([
    "link add wg0 type ifb",
    "link set wg0 up",
    "address add 10.0.0.1/24 dev wg0",
    "route add 10.5.0.0/16 via 10.0.0.9",
  ]);
  await delay(300);
  ns.ip("link del wg0"); // the routes go without a word
  await delay(300);
  assert.deepEqual(watch.changes, []);
});

test("ChangeMonitor tells of a loss once all has been read again", { skip }, async () => {
  await using ns = await makeNamespace();
  using watch = await watched(ns);
  const lines = Array.from({ length: 20_000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24 dev lo`);
  ns.batch(lines.map((line) => `route add ${line}`)); // nobody reads meanwhile: it is synchronous
  for (let i = 0; i < 100 && !watch.changes.at(-1)?.reasons.includes("overrun"); i++) {
    await delay(50);
  }
  const { kinds, reasons } = watch.changes.at(-1)!;
  assert.deepEqual(kinds, ["route"]);
  assert.ok(reasons.includes("overrun"), `${reasons}`);
});

test("ChangeMonitor goes on by itself after an error, and tells", { skip }, async () => {
  await using first = await makeNamespace();
  await using second = await makeNamespace();
  const folder = mkdtempSync(`${tmpdir()}/netns-`);
  const name = `${folder}/name`;
  symlinkSync(`/proc/${first.pid}/ns/net`, name);
  const log: string[] = [];
  using watch = await watched(first, { netNS: name, logger: (message) => log.push(message) });
  rmSync(name); // its namespace is gone, as far as it can know
  while (log.length < 2) await delay(10);
  assert.match(log[0], /^monitoring failed: .*is gone; tries again in 100 ms$/);
  assert.match(log[1], /^monitoring failed: .*ENOENT.*; tries again in 200 ms$/);
  assert.deepEqual(watch.changes, []);
  symlinkSync(`/proc/${second.pid}/ns/net`, name);
  while (watch.changes.length < 1) await delay(10);
  assert.deepEqual(watch.changes, [{ kinds: ["link", "address", "route"], reasons: ["retry"] }]);
  second.ip("link set lo mtu 1400");
  while (watch.changes.length < 2) await delay(10);
  assert.deepEqual(watch.changes[1], { kinds: ["link"], reasons: ["event"] });
  watch.monitor.close();
  rmSync(folder, { recursive: true });
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

test("ChangeMonitor tells of what changes as soon as it is made", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.ip("link add wg0 type ifb");
  ns.ip("address add 10.0.0.1/24 dev lo valid_lft 1000 preferred_lft 1000");
  ns.ip("address add 10.0.1.1/24 dev lo");
  await delay(20); // the kernel's times have hundredths of seconds
  const made = (options: ChangeMonitorOptions) => {
    const kinds: string[] = [];
    const monitor = new ChangeMonitor((change) => void kinds.push(...change.kinds), {
      netNS: { pid: ns.pid },
      ...options,
    });
    return { kinds, [Symbol.dispose]: () => monitor.close() };
  };
  using deleted = made({ groups: [Group.Ipv4Ifaddr] });
  ns.ip("address del 10.0.1.1/24 dev lo"); // before it has read anything: it is synchronous
  using linked = made({ ignore: ["wg0"] });
  ns.batch(["link set wg0 mtu 1400", "link set lo mtu 1400"]);
  using nothing = made({ ignore: ["wg0"] });
  ns.batch([
    "link set wg0 mtu 1300",
    "address change 10.0.0.1/24 dev lo valid_lft 2000 preferred_lft 1000",
  ]);
  await assertHolds(() => deleted.kinds.join() === "address" && linked.kinds.join() === "link");
  assert.deepEqual(nothing.kinds, []);
});

test("ChangeMonitor takes groups as a mask, and no times that are none", { skip }, async () => {
  await using ns = await makeNamespace();
  const mask = 1 << (Group.Ipv4Ifaddr - 1) | 1 << (Group.Ipv4Route - 1);
  using watch = await watched(ns, { groups: mask });
  ns.batch(["link set lo mtu 1400", "route add 10.5.0.0/16 dev lo"]);
  await assertHolds(() => watch.changes.length > 0);
  assert.deepEqual(watch.changes, [{ kinds: ["route"], reasons: ["event"] }]);
  const wrong = [
    { debounceMs: -1 },
    { debounceMs: NaN },
    { debounceMs: 2 ** 31 },
    {
      debounceMs: Infinity,
    },
    { maxWaitMs: -1 },
    { maxWaitMs: NaN },
  ];
  for (const options of wrong) {
    const [name] = Object.keys(options);
    assert.throws(
      () => new ChangeMonitor(() => {}, options),
      { name: "OpError", code: "EINVAL", message: new RegExp(`${name} is .*: expected a number`) },
    );
  }
});

test(
  "ChangeMonitor's iterators begin when they are made, and end when they are left",
  { skip },
  async () => {
    await using ns = await makeNamespace();
    using watch = await watched(ns);
    const changes = watch.monitor[Symbol.asyncIterator]();
    for (const [i, line] of ["link set lo mtu 1400", "route add 10.5.0.0/16 dev lo"].entries()) {
      ns.ip(line);
      await assertHolds(() => watch.changes.length === i + 1);
    }
    assert.deepEqual(await changes.next(), {
      done: false,
      value: { kinds: ["link", "route"], reasons: ["event"] },
    });
    const waiting = changes.next();
    await changes.return!();
    assert.equal((await waiting).done, true);
    watch.monitor.close();
    assert.equal((await watch.monitor[Symbol.asyncIterator]().next()).done, true);
  },
);

test("ChangeMonitor goes on after a callback that throws", { skip }, async () => {
  await using ns = await makeNamespace();
  const log: string[] = [];
  let calls = 0;
  using _monitor = new ChangeMonitor(() => {
    if (++calls === 2) return Promise.reject("mine, too");
    throw new Error("mine");
  }, { netNS: { pid: ns.pid }, logger: (message) => log.push(message) });
  await delay(100);
  for (const mtu of [1500, 1600]) {
    ns.ip(`link set lo mtu ${mtu}`);
    await delay(300);
  }
  assert.equal(calls, 2);
  assert.deepEqual(log, ["the callback failed: mine", "the callback failed: mine, too"]);
});
