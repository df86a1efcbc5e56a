import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { monitor, type MonitorRecord, type NetworkMirror } from "../lib/monitor/mod.ts";
import { churn } from "./churn.ts";
import { delay, makeNamespace, type Namespace, noNamespaces } from "./harness.ts";
import {
  assertEqualsKernel,
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
