import assert from "node:assert/strict";
import { load } from "../ffi/load.ts";
import { NetNSGoneError, OpError } from "../mod.ts";
import {
  watchInterface,
  type WatchInterfaceOptions,
  type WatchInterfaceResult,
} from "../lib/monitor/mod.ts";
import { delay, makeNamespace, type Namespace, noNamespaces, start } from "./harness.ts";
import { assertGivenBack, netlinkSockets, resources, test, timeInLine } from "./netlink.ts";

const skip = noNamespaces;

function indexOf(ns: Namespace, name: string): number {
  return ns.ipJson(`link show dev ${name}`)[0].ifindex;
}

function watch(
  ns: Namespace,
  name: string,
  options: Partial<WatchInterfaceOptions> = {},
): Promise<WatchInterfaceResult> {
  const expectedIndex = options.expectedIndex ?? indexOf(ns, name);
  return watchInterface(name, { netNS: { pid: ns.pid }, ...options, expectedIndex });
}

/** Begins a watch, and gives it the time to subscribe and to look. */
async function begin(ns: Namespace, name: string, options?: Partial<WatchInterfaceOptions>) {
  const ending = watch(ns, name, options);
  await delay(20);
  return { ending };
}

/** Makes w0, with the index 70, and its peer w1. */
const make = "link add w0 index 70 type veth peer name w1";

/** What happens in one burst to the interface w0, and what must be told of it. */
const bursts: Array<[what: string, lines: string[], expected: Partial<WatchInterfaceResult>]> = [
  ["deletion", ["link del w0"], { reason: "deleted" }],
  ["the peer's deletion", ["link del w1"], { reason: "deleted" }],
  ["renaming", ["link set w0 name w9"], { reason: "renamed", name: "w9" }],
  [
    "recreation with another index",
    ["link del w0", "link add w0 index 71 type ifb"],
    { reason: "recreated", index: 71 },
  ],
  ["recreation with its own index", ["link del w0", make], { reason: "recreated", index: 70 }],
  [
    "deletion, and another link that gets its index",
    ["link del w0", "link add w5 index 70 type ifb"],
    { reason: "deleted" },
  ],
  [
    "recreation under another name that then gets the name",
    ["link del w0", "link add w5 index 72 type ifb", "link set w5 name w0"],
    { reason: "recreated", index: 72 },
  ],
  [
    "another link that gets the name",
    ["link set w0 name w9", "link add w0 index 73 type ifb"],
    { reason: "renamed", name: "w9", index: 73 },
  ],
  [
    "renaming there and back, and once more",
    ["link set w0 name w8", "link set w8 name w0", "link set w0 name w9"],
    { reason: "renamed", name: "w9" },
  ],
  [
    "renaming and deletion",
    ["link set w0 name w9", "link del w9"],
    { reason: "deleted" },
  ],
];

for (const [what, lines, expected] of bursts) {
  test(`watchInterface tells of ${what}`, { skip }, async () => {
    await using ns = await makeNamespace();
    ns.ip(make);
    const { ending } = await begin(ns, "w0");
    assert.equal(ns.batch(lines), 0);
    assert.deepEqual(await ending, { restart: true, ...expected });
  });
}

test("watchInterface waits out what means nothing", { skip }, async () => {
  await using ns = await makeNamespace();
  assert.equal(ns.batch([make, "link add br0 type bridge"]), 0);
  const { ending } = await begin(ns, "w0");
  let ended = false;
  ending.then(() => ended = true);
  const nothing = [
    ["link set w0 mtu 1400", "link set w0 up", "link set w0 down"],
    ["link set w0 master br0", "link set w0 up"],
    ["link set w0 nomaster"], // its RTM_DELLINK is of AF_BRIDGE
    ["link set w0 name w8", "link set w8 name w0"],
    ["link set w1 name w7", "link add w1 type ifb", "link del w1"],
    [
      "link property add dev w0 altname w6",
      "link set w0 up",
      "link property del dev w0 altname w6",
    ],
  ];
  for (const lines of nothing) {
    assert.equal(ns.batch(lines), 0);
    await delay(100); // longer than it takes to tell
    assert.equal(ended, false, lines.join(", "));
  }
  ns.ip("link set w0 name w9");
  assert.deepEqual(await ending, { restart: true, reason: "renamed", name: "w9" });
});

test("watchInterface tells where an interface moved", { skip }, async () => {
  await using ns = await makeNamespace();
  await using other = await makeNamespace();
  ns.ip(make);
  const { ending } = await begin(ns, "w0");
  other.ip("link add u0 index 70 type ifb"); // so that it gets another index there
  ns.ip(`link set w0 netns ${other.pid}`);
  const [{ link_netnsid: newNetnsid }] = ns.ipJson("link show dev w1");
  assert.deepEqual(await ending, {
    restart: true,
    reason: "deleted",
    newNetnsid,
    newIfindex: indexOf(other, "w0"),
  });
});

test("watchInterface tells what happened before it was called", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.ip(make);
  ns.ip("link set w0 name w9");
  const expectedIndex = 70;
  const told = () => watch(ns, "w0", { expectedIndex });
  assert.deepEqual(await told(), { restart: true, reason: "renamed", name: "w9" });
  ns.ip("link del w9");
  assert.deepEqual(await told(), { restart: true, reason: "deleted" });
  ns.ip("link add w0 index 71 type ifb");
  assert.deepEqual(await told(), { restart: true, reason: "recreated", index: 71 });
});

test("watchInterface misses no deletion while it begins", { skip }, async () => {
  await using ns = await makeNamespace();
  const enter = ["-t", `${ns.pid}`, "-n"];
  for (let i = 0; i < 8; i++) {
    ns.ip(make);
    const deleting = start("nsenter", [...enter, "ip", "link", "del", "w0"]);
    await delay(i); // the command takes some milliseconds to start
    assert.deepEqual(await watch(ns, "w0", { expectedIndex: 70 }), {
      restart: true,
      reason: "deleted",
    });
    assert.equal(await deleting.exit, 0);
  }
});

test("watchInterface lets it settle before it tells of a deletion", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.ip("link add w0 index 70 type ifb");
  const reasons: string[] = [];
  // On a busy machine the pause between the two may be too long.
  for (let index = 70; index < 76 && !reasons.includes("recreated"); index++) {
    const { ending } = await begin(ns, "w0", { expectedIndex: index });
    ns.ip("link del w0");
    await delay(10); // so that it has read of the deletion
    ns.ip(`link add w0 index ${index + 1} type ifb`);
    reasons.push((await ending).reason);
  }
  assert.equal(reasons.at(-1), "recreated", `${reasons}`);
});

test("watchInterface goes by the name, not by alternative ones", { skip }, async () => {
  await using ns = await makeNamespace();
  assert.equal(ns.batch([make, "link property add dev w0 altname w8"]), 0);
  const expectedIndex = 70;
  assert.deepEqual(await watch(ns, "w8", { expectedIndex }), {
    restart: true,
    reason: "renamed",
    name: "w0",
  });
  const { ending } = await begin(ns, "w0");
  const lines = ["link set w0 name w9", "link property add dev w9 altname w0"];
  assert.equal(ns.batch(lines), 0);
  assert.deepEqual(await ending, { restart: true, reason: "renamed", name: "w9" });
});

test("watchInterface stops at once, and leaves nothing open", { skip }, async () => {
  await using ns = await makeNamespace();
  const stopped = { restart: false, reason: "stopped" };
  const before = resources();
  const aborted = watch(ns, "lo", { expectedIndex: 1, signal: AbortSignal.abort() });
  assert.equal(netlinkSockets(ns).length, 0);
  assert.deepEqual(await aborted, stopped);

  const controller = new AbortController();
  const { signal } = controller;
  const endings = Array.from({ length: 20 }, () => watch(ns, "lo", { expectedIndex: 1, signal }));
  const settling = watch(ns, "w0", { expectedIndex: 99, signal }); // it would tell "deleted" in a moment
  await delay(20);
  assert.equal(netlinkSockets(ns).length, 42);
  endings.push(settling, watch(ns, "lo", { expectedIndex: 1, signal })); // that one has not looked yet
  const begun = performance.now() - timeInLine();
  controller.abort(new Error("mine"));
  assert.deepEqual(await Promise.all(endings), endings.map(() => stopped));
  assert.ok(performance.now() - timeInLine() - begun < 40);
  assert.equal(netlinkSockets(ns).length, 0);
  await assertGivenBack(before);
});

test("watchInterface tells that its namespace is gone", { skip }, async () => {
  const ns = await makeNamespace();
  const { ending } = await begin(ns, "lo");
  await ns[Symbol.asyncDispose]();
  const { error, ...result } = await ending;
  assert.deepEqual(result, { restart: true, reason: "subscription-lost" });
  assert.ok(error instanceof NetNSGoneError);
});

/** Replaces the functions that read from sockets for the time of a call; the replacement gets the real one. */
async function withReads(
  replacement: (real: () => number) => number,
  fn: () => Promise<void>,
): Promise<void> {
  const libc = load().libc as unknown as Record<string, (...args: unknown[]) => number>;
  const { recvfrom, recvmsg } = libc;
  libc.recvfrom = (...args) => replacement(() => recvfrom(...args));
  libc.recvmsg = (...args) => replacement(() => recvmsg(...args));
  try {
    await fn();
  } finally {
    Object.assign(libc, { recvfrom, recvmsg });
  }
}

test("watchInterface tells that it cannot begin, or go on", { skip }, async () => {
  await using ns = await makeNamespace();
  const lost = { restart: true, reason: "subscription-lost" };
  const { error: missing, ...absent } = await watchInterface("lo", {
    expectedIndex: 1,
    netNS: "no-such-name",
  });
  assert.deepEqual(absent, lost);
  assert.ok(missing instanceof OpError && missing.code === "ENOENT", `${missing}`);
  const { ending } = await begin(ns, "lo");
  await withReads(() => -12, async () => {
    ns.ip("link set lo mtu 9000");
    const { error, ...result } = await ending;
    assert.deepEqual(result, lost);
    assert.ok(error instanceof OpError && error.code === "ENOMEM", `${error}`);
  });
  assert.equal(netlinkSockets(ns).length, 0);
});

test("watchInterface looks for itself after a loss", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.ip(make);
  const { ending } = await begin(ns, "w0");
  const lines = Array.from({ length: 6000 }, (_, i) => `link set w0 mtu ${1000 + i}`);
  assert.equal(ns.batch([...lines, "link set w0 name w9"]), 0); // nobody reads meanwhile: it is synchronous
  assert.ok(netlinkSockets(ns).some(({ drops }) => drops > 100), "nothing was lost");
  assert.deepEqual(await ending, { restart: true, reason: "renamed", name: "w9" });
});

test("watchInterface is not woken by 10,000 events of others", { skip }, async () => {
  await using ns = await makeNamespace();
  assert.equal(ns.batch([make, "link add br0 type bridge", "link set w1 master br0"]), 0);
  let reads = 0;
  const count = (read: () => number) => (reads++, read());
  await withReads(count, async () => {
    const { ending } = await begin(ns, "w0");
    await delay(50);
    reads = 0;
    const lines = Array.from({ length: 5000 }, (_, i) => [
      `link set lo mtu ${1500 + i % 2}`,
      `link set w1 mtu ${1400 + i % 2}`,
    ]);
    assert.equal(ns.batch(lines.flat()), 0);
    await delay(50);
    assert.equal(reads, 0);
    ns.ip("link del w0");
    assert.equal((await ending).reason, "deleted");
    assert.ok(reads > 0, "the reads are not counted");
  });
});

test("watchInterface refuses what makes no sense", {}, async () => {
  const wrong: Array<[name: unknown, options: object, message: RegExp]> = [
    ["", { expectedIndex: 1 }, /^watch-interface: name is "": /],
    ["x".repeat(16), { expectedIndex: 1 }, /^watch-interface: name is "xx/],
    ["a\0b", { expectedIndex: 1 }, /^watch-interface: name is "a\\u0000b": /],
    [7, { expectedIndex: 1 }, /^watch-interface: name is 7: /],
    ["lo", { expectedIndex: 0 }, /^watch-interface: expectedIndex is 0: /],
    ["lo", { expectedIndex: 1.5 }, /^watch-interface: expectedIndex is 1.5: /],
    ["lo", {}, /^watch-interface: expectedIndex is undefined: /],
    ["lo", { expectedIndex: 1, netNS: "" }, /^dial: netNS is "", /],
  ];
  for (const [name, options, message] of wrong) {
    await assert.rejects(
      watchInterface(name as string, options as WatchInterfaceOptions),
      (error) => error instanceof OpError && error.code === "EINVAL" && message.test(error.message),
      JSON.stringify(name),
    );
  }
});
