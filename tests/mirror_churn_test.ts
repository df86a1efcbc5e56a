import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { monitor, type MonitorRecord, type NetworkMirror } from "../lib/monitor/mod.ts";
import { churn } from "./churn.ts";
import {
  command,
  delay,
  makeNamespace,
  type Namespace,
  noNamespaces,
  onDeno,
  start,
} from "./harness.ts";
import {
  assertEqualsKernel,
  assertHolds,
  assertNoDifferences,
  collect,
  heldByRecords,
  ipDifferences,
  open,
  soak,
  toIpJson,
} from "./mirrors.ts";
import { test } from "./netlink.ts";

const skip = noNamespaces;

/** How many datagrams the kernel says it has dropped for the socket in a namespace that has joined groups. */
function kernelDrops(ns: Namespace): number {
  const [, ...lines] = readFileSync(`/proc/${ns.pid}/net/netlink`, "utf8").trim().split("\n");
  const members = lines.map((line) => line.trim().split(/\s+/)).filter(([, , , groups]) =>
    Number.parseInt(groups, 16) !== 0
  );
  assert.equal(members.length, 1);
  return Number(members[0][8]);
}

test("NetworkMirror survives every overrun, and tells the kernel's count", { skip }, async () => {
  await using ns = await makeNamespace();
  using mirror = await open(ns, { readBuffer: 4096 });
  const changes = collect(mirror);
  const come = [
    ...Array.from({ length: 500 }, (_, i) => `link add c${i} group 7 type ifb`),
    ...Array.from({ length: 5000 }, (_, i) => `route add 10.${i >> 8}.${i & 255}.0/24 dev lo`),
  ];
  const go = ["link del group 7", "route flush table main"];
  for (let round = 1; round <= 2 * soak; round++) {
    const held = performance.now() + Math.min(1000, 100 * soak);
    // Nobody reads meanwhile: it is synchronous.
    ns.batch(round % 2 === 0 ? [...come, ...go] : [...come, ...go, ...come.slice(0, 1000)]);
    while (performance.now() < held);
    await assertEqualsKernel(mirror, ns);
    assert.ok(mirror.stats.overruns >= round);
    assert.equal(mirror.stats.drops, kernelDrops(ns));
    // What was lost last may have changed nothing, so that it is told later.
    await assertNoDifferences(() => {
      const told = changes.reduce(
        (sum, change) => sum + (change.action === "resynced" ? change.drops : 0),
        0,
      );
      return told === mirror.stats.drops ? [] : [`${told} of ${mirror.stats.drops} told`];
    });
  }
  ns.ip("link set lo alias still-here");
  await assertEqualsKernel(mirror, ns);
  assert.equal(mirror.links.get(1)?.alias, "still-here");
  assert.equal(mirror.closed, false);
});

test("NetworkMirror tells nothing of routes that dumps pass over", { skip }, async () => {
  await using ns = await makeNamespace();
  const fixed = (route: string) => /^inet6 254 2001:db8:[0-9a-f]+::\/48 /.test(route);
  const count = 2000;
  ns.batch(Array.from({ length: count }, (_, i) => `route add 2001:db8:${i + 1}::/48 dev lo`));
  const passing = Array.from({ length: 100 }, (_, i) => `2001:db8:${20 * i + 1}:1::/64 dev lo`);
  using mirror = await open(ns);
  await assertEqualsKernel(mirror, ns);
  const changes = collect(mirror);
  const before = mirror.stats.rereads;
  {
    await using _churn = churn(
      ns,
      ["add", "del"].flatMap((verb) => passing.map((route) => `route ${verb} ${route}`)),
      0.02,
    );
    for (let i = 0; mirror.stats.rereads < before + 4 * soak; i++) {
      ns.ip(`link set lo mtu ${1500 + i % 2}`); // lets routes be read again
      await delay(20);
    }
  }
  await assertEqualsKernel(mirror, ns);
  assert.ok(changes.length > 200, `only ${changes.length} changes`);
  assert.deepEqual(changes.filter((change) => "key" in change && fixed(`${change.key}`)), []);
  assert.equal([...mirror.routes.keys()].filter(fixed).length, count);
});

/** Changes of all sorts, in pairs that undo each other. */
const allSorts = ["add", "del"].flatMap((verb) => [
  ...verb === "add"
    ? [
      "link add c0 type veth peer name c1",
      "link set c0 addrgenmode none",
      "link set c1 addrgenmode none",
      "link set c1 up",
      "link set c0 up",
    ]
    : [],
  `address ${verb} 10.1.0.1/24 dev c0`,
  `address ${verb} 2001:db8:1::1/64 dev c0 nodad`,
  ...Array.from({ length: 50 }, (_, i) => `route ${verb} 2001:db8:2:${i}::/64 dev lo`),
  `route ${verb} 10.2.0.0/16 via 10.1.0.2`,
  `route ${verb} 10.3.0.0/16 dev lo`,
  `nexthop ${verb} id 5 via 10.1.0.5 dev c0`,
  `route ${verb} 10.4.0.0/16 nhid 5`,
  `neighbour ${verb} 10.1.0.9 lladdr 02:00:00:00:00:09 dev c0`,
  `rule ${verb} priority 77 iif c0 table 9`,
  "link set c0 down",
  ...verb === "del"
    ? ["link del c0"]
    : ["link set c0 name c2", "link set c2 up", "link set c2 name c0"],
]);

test("A mirror and a monitor opened amid churn hold what ip prints after quiet", {
  skip,
}, async () => {
  await using ns = await makeNamespace();
  const pick = (below: number) => Math.floor(Math.random() * below);
  let changes = 0;
  for (let round = 0; round < 4 * soak; round++) {
    const controller = new AbortController();
    const records: MonitorRecord[] = [];
    let mirror: NetworkMirror;
    {
      await using _churn = churn(ns, allSorts);
      await delay(pick(100));
      mirror = await open(ns);
      (async () => {
        const options = { netNS: { pid: ns.pid }, snapshot: true, signal: controller.signal };
        for await (const record of monitor(options)) records.push(record);
      })();
      await delay(pick(100));
    }
    await assertNoDifferences(() => ipDifferences(ns, toIpJson(mirror)));
    await assertNoDifferences(() => ipDifferences(ns, heldByRecords(records)));
    await assertEqualsKernel(mirror, ns);
    controller.abort();
    mirror.close();
    changes += mirror.stats.changes;
  }
  assert.ok(changes > 100 * soak, `only ${changes} changes`);
});

test("Mirrors of several namespaces follow each its own", { skip }, async () => {
  await using one = await makeNamespace();
  await using two = await makeNamespace();
  const mirrors = [await open(one), await open(two), await open(one, { kinds: ["address"] })];
  {
    await using _churn = churn(one, allSorts);
    await using _other = churn(two, allSorts.map((line) => line.replaceAll("c0", "d0")));
    await delay(300);
  }
  await assertEqualsKernel(mirrors[0], one);
  await assertEqualsKernel(mirrors[1], two);
  await assertHolds(() =>
    [...mirrors[2].addresses.keys()].join() === [...mirrors[0].addresses.keys()].join()
  );
  for (const mirror of mirrors) {
    assert.ok(mirror.stats.changes > 10, JSON.stringify(mirror.stats));
    assert.equal(mirror.closed, false);
    mirror.close();
  }
});

test("Monitors take no more and more while things change all the time", { skip }, async () => {
  await using ns = await makeNamespace();
  const [program, args] = command("tests/children/monitors.ts");
  if (onDeno) args.splice(1, 2, "--allow-all", "--no-check", "--v8-flags=--expose-gc");
  const running = start("nsenter", ["-t", `${ns.pid}`, "-n", program, ...args]);
  const warmUp = 2 * Math.min(20, soak);
  const samples = () => running.stdout.split("\n").filter((line) => line !== "");
  {
    await using _churn = churn(ns, allSorts);
    const enough = warmUp + 2 * soak;
    await running.until((text) => text.split("\n").length > enough, 20_000 * soak);
  }
  running.child.kill("SIGKILL");
  await running.exit;
  const [before, ...rest] = samples().slice(warmUp - 1).map((line) => JSON.parse(line));
  const after = rest.at(-1);
  if (soak > 1) console.log(before, after);
  assert.ok(after.told > before.told + 500 * soak, `${after.told - before.told} told`);
  assert.ok(after.heap < before.heap + 3e6, `heap: ${before.heap} became ${after.heap}`);
  assert.ok(after.rss < before.rss + 60e6, `memory: ${before.rss} became ${after.rss}`);
  // The runtimes open some for themselves.
  const { descriptors } = after;
  assert.ok(descriptors <= before.descriptors + 4, `${before.descriptors} became ${descriptors}`);
  assert.ok(after.threads <= before.threads + 1, `threads: ${before.threads}, ${after.threads}`);
});
