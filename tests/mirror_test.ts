import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { type MirrorState, NetworkMirror } from "../lib/monitor/mod.ts";
import { dial } from "../lib/rtnetlink/mod.ts";
import { delay, makeNamespace, noNamespaces } from "./harness.ts";
import { assertEqualsKernel, assertHolds, collect, maps, open } from "./mirrors.ts";
import { test } from "./netlink.ts";

const skip = noNamespaces;

test("NetworkMirror follows what the kernel does and does not say", { skip }, async () => {
  await using ns = await makeNamespace();
  await using other = await makeNamespace();
  using mirror = await open(ns);
  const changes = collect(mirror);
  await assertEqualsKernel(mirror, ns);
  const steps = [
    "link add v0 address 02:00:00:00:00:01 type veth peer name v1",
    "link add br0 type bridge",
    "link set v1 master br0",
    "link set v0 up",
    "link set v1 up",
    "link set br0 up",
    "address add 10.0.0.1/24 dev v0",
    "address add 10.0.1.1/24 dev v0",
    "address add 2001:db8::1/64 dev v0 nodad",
    "route add 10.5.0.0/16 via 10.0.0.9",
    "route add 10.6.0.0/16 via 10.0.1.9 src 10.0.1.1",
    "-6 route add 2001:db8:5::/48 via 2001:db8::9",
    "nexthop add id 7 via 10.0.0.77 dev v0",
    "route add 10.7.0.0/16 nhid 7",
    "rule add from 10.0.0.0/8 table 100 priority 50",
    "neighbour add 10.0.0.9 lladdr 02:00:00:00:00:09 dev v0",
    "address del 10.0.1.1/24 dev v0",
    "nexthop del id 7",
    "link set v0 down",
    "link set v0 name w0",
    "link set w0 up",
    "link set v1 nomaster",
    `link set v1 netns ${other.pid}`,
    "rule del priority 50",
    "link del w0",
    "link del br0",
  ];
  for (const step of steps) {
    ns.ip(step);
    await assertEqualsKernel(mirror, ns);
  }
  const told = changes.map((change) =>
    change.action === "resynced"
      ? "resynced"
      : `${change.action} ${change.kind} ${change.changed ?? ""}`.trim()
  );
  assert.ok(told.includes("new link name"), `${told}`);
  assert.ok(
    told.includes("new link master") || told.some((text) => /^new link .*master/.test(text)),
  );
  assert.ok(told.includes("delete route"));
  assert.ok(told.includes("delete nexthop"));
  assert.equal(told.filter((text) => text === "delete link").length, 3);
  assert.equal(mirror.stats.overruns, 0);
});

test("NetworkMirror's changes, applied to a snapshot, give what it holds", { skip }, async () => {
  await using ns = await makeNamespace();
  using mirror = await open(ns);
  const before = mirror.snapshot();
  const replayed = new Map<string, object>();
  for (const [kind, map] of Object.entries(maps)) {
    for (const [key, object] of before[map as "links"]) replayed.set(`${kind} ${key}`, object);
  }
  const size = replayed.size;
  const changes = collect(mirror);
  ns.batch([
    "link add v0 type veth peer name v1",
    "link set v0 up",
    "link set v1 up",
    "address add 10.0.0.1/24 dev v0",
    "route add 10.9.0.0/16 via 10.0.0.2",
    "link set v0 mtu 1400",
    "address del 10.0.0.1/24 dev v0",
  ]);
  await delay(300);
  await assertEqualsKernel(mirror, ns);
  for (const change of changes) {
    assert.ok(change.action !== "resynced");
    const key = `${change.kind} ${change.key}`;
    if (change.action === "delete") assert.ok(replayed.delete(key), `${key} was not there`);
    else {
      assert.equal(change.previous !== undefined, replayed.has(key), key);
      replayed.set(key, change.object);
    }
  }
  const held = Object.entries(maps).flatMap(([kind, map]) =>
    [...mirror[map as "links"].keys()].map((key) => `${kind} ${key}`)
  );
  assert.deepEqual([...replayed.keys()].sort(), held.sort());
  const after = mirror.snapshot();
  assert.equal([...Object.values(maps)].reduce((sum, map) => sum + before[map].size, 0), size);
  assert.ok(after.links.size === before.links.size + 2);
});

test("NetworkMirror finds soon after an event what no event tells", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.ip("link add v0 type veth peer name v1");
  using mirror = await open(ns);
  ns.ip("link set v0 mtu 1400");
  await assertEqualsKernel(mirror, ns);
  await delay(200); // what the event made doubtful has been read
  ns.ip("link set v0 alias silent");
  await assertHolds(() => [...mirror.links.values()].some(({ alias }) => alias === "silent"));
});

test("NetworkMirror reads again what an overrun took", { skip }, async () => {
  await using ns = await makeNamespace();
  using mirror = await open(ns, { readBuffer: 4096 });
  const changes = collect(mirror);
  const lines = Array.from(
    { length: 2000 },
    (_, i) => `route add 10.${i >> 8}.${i & 255}.0/24 dev lo`,
  );
  for (let round = 0; round < 3; round++) {
    const verb = round % 2 === 0 ? "add" : "del";
    ns.batch(lines.map((line) => line.replace("add", verb))); // nobody reads meanwhile: it is synchronous
    await assertEqualsKernel(mirror, ns);
  }
  assert.ok(mirror.stats.overruns >= 3, JSON.stringify(mirror.stats));
  await delay(100);
  assert.equal(changes.filter(({ action }) => action === "resynced").length, mirror.stats.overruns);
  const drops = changes.reduce(
    (sum, change) => sum + (change.action === "resynced" ? change.drops : 0),
    0,
  );
  assert.equal(drops, mirror.stats.drops);
});

test("NetworkMirror opened amid churn equals the kernel after quiet", { skip }, async () => {
  await using ns = await makeNamespace();
  const churn = ["add", "del"].flatMap((verb) => [
    `link ${verb} c0 type veth peer name c1`,
    `address ${verb} 10.1.0.1/24 dev lo`,
    `route ${verb} 10.200.0.0/16 dev lo`,
    `rule ${verb} priority 77 table 9`,
  ]);
  for (let round = 0; round < 10; round++) {
    let more = true;
    const churning = (async () => {
      for (let i = 0; more || i % 2 === 1; i++) {
        ns.batch(i % 2 === 0 ? churn.slice(0, 4) : churn.slice(4));
        await delay(0);
      }
    })();
    using mirror = await open(ns);
    await delay(10);
    more = false;
    await churning;
    await assertEqualsKernel(mirror, ns);
  }
});

test("NetworkMirror tells links with one index apart", { skip }, async () => {
  await using ns = await makeNamespace();
  using mirror = await open(ns);
  for (let i = 1; i <= 3; i++) {
    ns.ip("link add index 77 type ifb");
    await assertEqualsKernel(mirror, ns);
    assert.equal(mirror.generation(77), i);
    ns.ip("link del dev ifb0");
    await assertEqualsKernel(mirror, ns);
  }
  assert.equal(mirror.generation(1), 1);
  assert.equal(mirror.generation(99), 0);
});

test("NetworkMirror's readers end with it, and by themselves", { skip }, async () => {
  await using ns = await makeNamespace();
  const mirror = await open(ns);
  const first = mirror.changes();
  const waiting = first.next();
  const second = mirror.changes();
  await second.return!();
  assert.equal((await second.next()).done, true);
  mirror.close();
  mirror.close();
  assert.equal(mirror.closed, true);
  assert.equal((await waiting).done, true);
  assert.equal((await mirror.changes().next()).done, true);
  assert.equal(mirror.links.size, 1);
});

test("NetworkMirror's maps go on when a snapshot has been taken", { skip }, async () => {
  await using ns = await makeNamespace();
  using mirror = await open(ns, { kinds: ["address"] });
  const { links, addresses } = mirror;
  const before = mirror.snapshot();
  assert.equal(mirror.snapshot().links, before.links);
  ns.batch(["link add b0 type bridge", "address add 10.0.0.1/24 dev b0"]);
  await assertHolds(() => addresses.size === 3);
  assert.equal(mirror.links, links);
  const after = mirror.snapshot();
  ns.ip("link del b0");
  await assertHolds(() => links.size === 1);
  const names = ({ links }: MirrorState) => Array.from(links.values(), ({ name }) => name);
  assert.deepEqual([before, after, mirror].map(names), [["lo"], ["lo", "b0"], ["lo"]]);
  assert.deepEqual([before.addresses.size, after.addresses.size], [2, 3]);
});

test("NetworkMirror takes messages of any length", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = dial({ netNS: { pid: ns.pid } });
  await rt.links.add({ name: "b0", up: true, linkInfo: { kind: "bridge" } });
  const { index } = await rt.links.get("b0");
  using early = await open(ns);
  const names = Array.from({ length: 490 }, (_, i) => `${i}`.padEnd(127, "x"));
  for (let i = 0; i < names.length; i += 10) {
    await rt.links.addAltNames("b0", names.slice(i, i + 10)); // in the end a message of more than 64 KiB
  }
  using late = await open(ns);
  for (const mirror of [early, late]) {
    await assertHolds(() => mirror.links.get(index)?.propList?.altName?.length === 490);
    assert.equal(mirror.stats.overruns, 0);
  }
});

test("NetworkMirror ends when what names its namespace is deleted", { skip }, async () => {
  await using ns = await makeNamespace();
  const folder = mkdtempSync(`${tmpdir()}/netns-`);
  const netNS = `${folder}/name`;
  symlinkSync(`/proc/${ns.pid}/ns/net`, netNS);
  using mirror = await NetworkMirror.open({ netNS });
  const change = mirror.changes().next();
  rmSync(folder, { recursive: true });
  await assert.rejects(change, { name: "NetNSGoneError", code: "ENETNSGONE" });
  assert.equal(mirror.closed, true);
  assert.equal(mirror.links.size, 1);
  await assert.rejects(mirror.changes().next(), { code: "ENETNSGONE" });
});
