import assert from "node:assert/strict";
import { monitor, type MonitorOptions, type MonitorRecord } from "../lib/monitor/mod.ts";
import { ExpressionError } from "../lib/rtnetlink/mod.ts";
import { delay, makeNamespace, type Namespace, noNamespaces } from "./harness.ts";
import { comparable, ipObjects, type Json } from "./ip_objects.ts";
import { socketCount, test } from "./netlink.ts";
import { replay } from "./mirrors.ts";
import { change, prepare } from "./random_changes.ts";

const skip = noNamespaces;

/** A monitor that runs beside the test, with what it has told so far. */
class Watcher implements AsyncDisposable {
  readonly records: MonitorRecord[] = [];
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #look = () => {};

  constructor(ns: Namespace, options: MonitorOptions) {
    const all = { snapshot: true, netNS: { pid: ns.pid }, signal: this.#stop.signal, ...options };
    this.#done = this.#run(all);
  }

  async #run(options: MonitorOptions): Promise<void> {
    for await (const record of monitor(options)) {
      this.records.push(record);
      this.#look();
    }
  }

  /** Waits until a record passes a check. */
  async until(check: (record: MonitorRecord) => boolean): Promise<void> {
    const timer = setTimeout(() => this.#stop.abort(), 10_000);
    const found = new Promise<void>((resolve) => {
      this.#look = () => this.records.some(check) && resolve();
      this.#look();
    });
    await Promise.race([found, this.#done.then(() => assert.fail(this.words().join("\n")))]);
    clearTimeout(timer);
  }

  synced(): Promise<void> {
    return this.until(({ action }) => action === "synced");
  }

  /** The records in words, such as "new link v0 1500". */
  words(): string[] {
    return this.records.map(({ action, kind, object }) =>
      [action, kind, object?.ifname ?? object?.local ?? object?.dst, object?.mtu]
        .filter((word) => word !== undefined).join(" ")
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }
}

function isNew(name: string, mtu?: number): (record: MonitorRecord) => boolean {
  return ({ action, object }) =>
    action === "new" && object?.ifname === name && (mtu === undefined || object.mtu === mtu);
}

test(
  "monitor() tells of what a filter holds for, and follows it until it is gone",
  { skip },
  async () => {
    await using ns = await makeNamespace();
    ns.batch(["link add v0 mtu 1300 type veth peer name v1", "link add v2 type veth peer name v3"]);
    await using watcher = new Watcher(ns, { filter: "link.mtu < 1400" });
    await watcher.synced();
    ns.ip("link set v2 mtu 1600");
    ns.ip("link set v0 mtu 1600"); // it was told
    await watcher.until(isNew("v0", 1600));
    ns.ip("link set v2 mtu 1350");
    await watcher.until(isNew("v2", 1350));
    ns.ip("link set v2 mtu 1700"); // at once, before its events come for sure
    await watcher.until(isNew("v2", 1700));
    ns.ip("link set v2 name w2");
    await watcher.until(isNew("w2"));
    ns.ip("link del v0");
    ns.ip("link del w2");
    await watcher.until(({ action, object }) => action === "delete" && object?.ifname === "w2");
    assert.deepEqual(watcher.words(), [
      "snapshot link v0 1300",
      "synced",
      "new link v0 1600",
      "new link v2 1350",
      "new link v2 1700",
      "new link w2 1700",
      "delete link v0 1600",
      "delete link w2 1700",
    ]);
    // What was not followed was not told of before.
    const previous = watcher.records.map(({ previous }) => previous?.mtu);
    assert.deepEqual(previous.slice(2), [1300, undefined, 1350, 1700, undefined, undefined]);
  },
);

test("monitor() follows what belonged to a device once, as with a filter", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.ip("link add v0 type veth peer name v1");
  await using device = new Watcher(ns, { device: "v0", kinds: ["link"] });
  await device.synced();
  ns.ip("link set v0 name w0");
  ns.ip("link set w0 mtu 1300");
  ns.ip("link set v1 mtu 1300");
  ns.ip("link del w0");
  await device.until(({ action }) => action === "delete");
  assert.deepEqual(device.words(), [
    "snapshot link v0 1500",
    "synced",
    "new link w0 1500",
    "new link w0 1300",
    "delete link w0 1300",
  ]);
});

test(
  "a link that a filter wants is shown by the names that other links have now",
  { skip },
  async () => {
    await using ns = await makeNamespace();
    ns.batch(["link add br0 type bridge", "link add v0 type veth peer name v1"]);
    await using watcher = new Watcher(ns, { filter: { ifname: "v0" } });
    await watcher.synced();
    ns.ip("link set br0 name br1");
    ns.ip("link set v0 master br1");
    await watcher.until(({ object }) => object?.master === "br1");
    ns.ip("link set br1 name br2");
    await watcher.until(({ object }) => object?.master === "br2");
    ns.ip("link set v1 name w1");
    await watcher.until(({ object }) => object?.link === "w1");
    assert.ok(
      watcher.records.every(({ object }) => object === undefined || object.ifname === "v0"),
    );
  },
);

test("what is told of a bridge's ports by themselves reaches a filter", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.batch([
    "link add br0 type bridge",
    "link add v0 master br0 type veth peer name v1",
    "link add v2 master br0 type veth peer name v3",
  ]);
  await using ports = new Watcher(ns, { filter: "link.linkInfo.slaveData.learning == false" });
  await using port = new Watcher(ns, { filter: "link.name == v2" });
  await using bridge = new Watcher(ns, { filter: "link.name == br0" });
  await Promise.all([ports, port, bridge].map((watcher) => watcher.synced()));
  ns.run("bridge", "link", "set", "dev", "v2", "learning", "off");
  await ports.until(isNew("v2"));
  await port.until(isNew("v2"));
  // A silent change, which is found with the next event about the bridge or one of its ports.
  ns.run("sysctl", "-qw", "net.ipv6.conf.br0.addr_gen_mode=1");
  ns.run("bridge", "link", "set", "dev", "v0", "learning", "off");
  await bridge.until(isNew("br0"));
});

test(
  "what a filter asks for may change of nexthops and routes that are followed",
  { skip },
  async () => {
    await using ns = await makeNamespace();
    ns.run("sysctl", "-qw", "net.ipv6.conf.default.addr_gen_mode=1"); // no addresses that come later
    ns.batch([
      ...["v0", "v2"].map((name) => `link add ${name} type veth peer name ${name}p`),
      ...["v0", "v2", "v0p", "v2p"].map((name) => `link set ${name} up`),
      "nexthop add id 7 via 10.0.0.9 dev v0 onlink",
    ]);
    while (ns.ipJson("link show up").some(({ operstate }) => operstate === "DOWN")) await delay(20);
    const [{ ifindex }] = ns.ipJson("link show v0");
    await using nexthops = new Watcher(ns, { filter: "nexthop and family == inet" });
    await using routes = new Watcher(ns, {
      filter: `route and ifindex == ${ifindex} and table == 77`,
    });
    await Promise.all([nexthops.synced(), routes.synced()]);
    ns.ip("-6 route add 2001:db8::/64 via fe80::9 dev v0 table 77");
    await routes.until(({ object }) => object?.dev === "v0");
    ns.ip("-6 route replace 2001:db8::/64 via fe80::9 dev v2 table 77");
    await routes.until(({ object }) => object?.dev === "v2");
    ns.ip("nexthop replace id 7 via fe80::9 dev v0");
    await nexthops.until(({ object }) => object?.gateway === "fe80::9");
  },
);

test("a filter may ask for what is gone", { skip }, async () => {
  await using ns = await makeNamespace();
  await using watcher = new Watcher(ns, { filter: "address and action == delete" });
  await watcher.synced();
  ns.ip("addr add 10.0.0.1/24 dev lo");
  ns.ip("addr del 10.0.0.1/24 dev lo");
  await watcher.until(({ action }) => action === "delete");
  assert.deepEqual(watcher.words().slice(1), ["delete address lo"]);
});

test("monitor() refuses a bad filter before it opens anything", {}, async () => {
  const before = socketCount();
  const bad = [
    [{ filter: "link.mut == 1" }, ExpressionError],
    [{ filter: { typ: 1 } as object }, { name: "PredicateError" }],
  ] as const;
  for (const [options, error] of bad) {
    await assert.rejects(monitor(options).next(), error);
    assert.equal(socketCount(), before);
  }
});

/** Filters, and for which objects of `ip` they hold. */
const filters: [text: string, holds: (kind: string, json: Json) => boolean][] = [
  ["link.mtu < 1400", (kind, { mtu }) => kind === "link" && mtu as number < 1400],
  ["link.name == a0", (kind, { ifname }) => kind === "link" && ifname === "a0"],
  ["link.operState == up", (kind, { operstate }) => kind === "link" && operstate === "UP"],
  [
    "link.linkInfo.slaveData.state == forwarding",
    (kind, { linkinfo }) => {
      const data = (linkinfo as Json | undefined)?.info_slave_data as Json | undefined;
      return kind === "link" && data?.state === "forwarding";
    },
  ],
  ["link and not link.master", (kind, { master }) => kind === "link" && master === undefined],
  ["address and family == inet6", (kind, { family }) => kind === "address" && family === "inet6"],
  [
    "route.table == 100 or rule.table == 100",
    (kind, { table }) => ["route", "rule"].includes(kind) && table === "100",
  ],
  [
    "route.gateway in 10.0.0.0/16 or neighbour.state has [permanent]",
    (kind, { gateway, state }) =>
      kind === "route" && /^10\.0\./.test(`${gateway}`) ||
      kind === "neighbour" && (state as string[] | undefined)?.includes("PERMANENT") === true,
  ],
];

const compared = ["link", "address", "route", "neighbour", "rule", "nexthop"] as const;

/** In what the objects that a filter has told of differ from those that are there. */
function differences(
  printed: Record<typeof compared[number], Json[]>,
  index: number,
  records: readonly MonitorRecord[],
): string[] {
  const [text, holds] = filters[index];
  const told = [...replay(records.filter(({ kind }) => kind !== undefined)).values()];
  return compared.flatMap((kind) => {
    const there = new Set(comparable(printed[kind]));
    const wanted = comparable(printed[kind].filter((json) => holds(kind, json)));
    const known = new Set(
      comparable(told.filter((record) => record.kind === kind).map(({ object }) => object as Json)),
    );
    return [
      ...[...known].filter((json) => !there.has(json)).map((json) => `${text}: stale ${json}`),
      ...wanted.filter((json) => !known.has(json)).map((json) => `${text}: missing ${json}`),
    ];
  });
}

test("filtered monitors know what is there after 200 random changes", { skip }, async () => {
  await using ns = await makeNamespace();
  prepare(ns);
  await using stack = new AsyncDisposableStack();
  const kinds = [...compared];
  const watchers = filters.map(([filter]) => stack.use(new Watcher(ns, { filter, kinds })));
  for (const watcher of watchers) await watcher.synced();
  const seed = Math.floor(Math.random() * 0x1_0000_0000);
  change(ns, 200, seed);
  let left: string[] = [];
  for (let attempt = 0; attempt < 20; attempt++) {
    await delay(250);
    const printed = ipObjects(ns, compared);
    left = watchers.flatMap(({ records }, index) => differences(printed, index, records));
    if (left.length === 0) break;
  }
  assert.deepEqual(left, [], `seed ${seed}`);
  const told = watchers.map(({ records }) => records.length - 1);
  assert.ok(told.reduce((sum, count) => sum + count) > 30, `${told} records`);
});
