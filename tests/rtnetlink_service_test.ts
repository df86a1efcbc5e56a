import assert from "node:assert/strict";
import {
  AddressFamily,
  AddrGenMode,
  dial,
  LinkFlags,
  type Listing,
  NeighbourFlags,
  NeighbourState,
  NetconfIndex,
  type RouteConn,
  RouteFlags,
  RouteProtocol,
  RouteTable,
  RouteType,
} from "../lib/rtnetlink/mod.ts";
import { ClosedError, OpError } from "../mod.ts";
import { makeNamespace, type Namespace, noNamespaces, whyNoPrivilege } from "./harness.ts";
import { descriptorCount, isFailure, test } from "./netlink.ts";

const skip = noNamespaces;
const { Inet, Inet6, Bridge } = AddressFamily;

function open(ns: Namespace, strict = true): RouteConn {
  return dial({ netNS: { pid: ns.pid }, strict });
}

const v0 = 10;
const v1 = 11;
const br0 = 20;

/** Makes a bit of everything. */
async function furnish(rt: RouteConn): Promise<void> {
  const results = await rt.batch(
    ({ links, addresses, routes, neighbours, nexthops, rules }) => {
      const peer = { name: "v1", index: v1 };
      links.add({ name: "v0", index: v0, linkInfo: { kind: "veth", data: { peer } } });
      links.add({ name: "br0", index: br0, linkInfo: { kind: "bridge" } });
      // No link-local addresses, which come when it pleases them, and nothing that is sent for them.
      const afSpec = { inet6: { addrGenMode: AddrGenMode.None } };
      for (const index of [v0, v1, br0]) links.set(index, { afSpec });
      links.set(v0, { up: true });
      links.set(v1, { up: true, master: br0 });
      links.addAltNames(v0, ["another-name-of-the-link", "w0"]);
      addresses.add({ index: v0, address: "10.0.0.1/24" });
      addresses.add({ index: 1, address: "10.9.9.9" });
      addresses.add({ index: 1, address: "2001:db8::1" });
      for (let i = 0; i < 30; i++) routes.add({ dst: `10.${100 + i}.0.0/16`, oif: v0 });
      routes.add({ dst: "10.1.0.0/16", gateway: "10.0.0.2", oif: v0 });
      routes.add({ dst: "10.1.0.0/16", gateway: "10.0.0.3", table: 1000 });
      routes.add({ dst: "2001:db8:1::/48", oif: 1, table: 1000 });
      routes.add({ dst: "10.2.0.0/16", type: RouteType.Prohibit, protocol: RouteProtocol.Static });
      neighbours.add({ index: v0, dst: "10.0.0.2", lladdr: "02:00:00:00:00:02" });
      neighbours.add({ index: br0, dst: "10.0.0.2", lladdr: "02:00:00:00:00:03" });
      const state = NeighbourState.Stale;
      neighbours.add({ index: v0, dst: "10.0.0.8", lladdr: "02:00:00:00:00:08", state });
      neighbours.add({ index: v0, dst: "10.0.0.7", flags: NeighbourFlags.Proxy });
      const family = Bridge;
      const flags = NeighbourFlags.Master;
      neighbours.add({ family, index: v1, lladdr: "02:00:00:00:00:77", flags });
      neighbours.add({ family, index: v0, lladdr: "02:00:00:00:00:78" });
      nexthops.add({ id: 1, gateway: "10.0.0.2", oif: v0 });
      nexthops.add({ id: 2, group: [{ id: 1 }] });
      rules.add({ src: "10.0.0.0/8", table: 1000, priority: 5 });
      rules.add({ src: "2001:db8::/32", table: 1000, priority: 5 });
    },
  );
  results.forEach((error) => assert.ifError(error));
}

/** What a filter must do: the objects are those of the whole list that pass a check, and there are some. */
type Case = readonly [
  name: string,
  whole: (rt: RouteConn) => Promise<Listing<object>>,
  filtered: (rt: RouteConn) => Promise<Listing<object>>,
  // deno-lint-ignore no-explicit-any
  check: (object: any) => boolean,
];

const filters: readonly Case[] = [
  [
    "links by flags",
    ({ links }) => links.list(),
    ({ links }) => links.list({ flags: LinkFlags.Up }),
    ({ flags }) => (flags & LinkFlags.Up) !== 0,
  ],
  [
    "links by master",
    ({ links }) => links.list(),
    ({ links }) => links.list({ master: br0 }),
    ({ name }) => name === "v1",
  ],
  [
    "links by kind",
    ({ links }) => links.list(),
    ({ links }) => links.list({ linkInfo: { kind: "veth" } }),
    ({ name }) => name === "v0" || name === "v1",
  ],
  [
    "links by name",
    ({ links }) => links.list(),
    ({ links }) => links.list({ name: "br0" }),
    ({ name }) => name === "br0",
  ],
  [
    "addresses by link",
    ({ addresses }) => addresses.list(),
    ({ addresses }) => addresses.list({ index: v0 }),
    ({ index }) => index === v0,
  ],
  [
    "addresses by family and link",
    ({ addresses }) => addresses.list(),
    ({ addresses }) => addresses.list({ family: Inet6, index: 1 }),
    ({ family, index }) => family === Inet6 && index === 1,
  ],
  [
    "addresses by another spelling",
    ({ addresses }) => addresses.list(),
    ({ addresses }) => addresses.list({ address: "2001:0DB8:0::1" }),
    ({ address }) => address === "2001:db8::1",
  ],
  [
    "routes by table",
    ({ routes }) => routes.list(),
    ({ routes }) => routes.list({ table: 1000 }),
    ({ table }) => table === 1000,
  ],
  [
    "routes by table and family",
    ({ routes }) => routes.list(),
    ({ routes }) => routes.list({ table: 1000, family: Inet6 }),
    ({ table, family }) => table === 1000 && family === Inet6,
  ],
  [
    "routes by protocol, type and destination",
    ({ routes }) => routes.list(),
    ({ routes }) =>
      routes.list({ protocol: RouteProtocol.Static, type: RouteType.Prohibit, dst: "10.2.0.0" }),
    ({ dst }) => dst === "10.2.0.0",
  ],
  [
    "routes by prefix",
    ({ routes }) => routes.list(),
    ({ routes }) => routes.list({ dst: "10.2.0.0/16" }),
    ({ dst, dstLength }) => dst === "10.2.0.0" && dstLength === 16,
  ],
  [
    "addresses with their prefix",
    ({ addresses }) => addresses.list(),
    ({ addresses }) => addresses.list({ address: "10.0.0.1/24" }),
    ({ address, prefixLength }) => address === "10.0.0.1" && prefixLength === 24,
  ],
  [
    "routes by link",
    ({ routes }) => routes.list(),
    ({ routes }) => routes.list({ oif: v0, table: RouteTable.Main }),
    ({ oif, table }) => oif === v0 && table === RouteTable.Main,
  ],
  [
    "neighbours by link",
    ({ neighbours }) => neighbours.list(),
    ({ neighbours }) => neighbours.list({ index: v0 }),
    ({ index }) => index === v0,
  ],
  [
    "neighbours by state",
    ({ neighbours }) => neighbours.list(),
    ({ neighbours }) => neighbours.list({ family: Inet, state: NeighbourState.Permanent }),
    ({ family, state }) => family === Inet && state === NeighbourState.Permanent,
  ],
  [
    "forwarding entries by port",
    ({ neighbours }) => neighbours.list({ family: Bridge }),
    ({ neighbours }) => neighbours.list({ family: Bridge, index: v1 }),
    ({ index }) => index === v1,
  ],
  [
    "forwarding entries by bridge",
    ({ neighbours }) => neighbours.list({ family: Bridge }),
    ({ neighbours }) => neighbours.list({ family: Bridge, master: br0 }),
    ({ master }) => master === br0,
  ],
  [
    "forwarding entries by port and bridge",
    ({ neighbours }) => neighbours.list({ family: Bridge }),
    ({ neighbours }) => neighbours.list({ family: Bridge, index: v1, master: br0 }),
    ({ index, master }) => index === v1 && master === br0,
  ],
  [
    "rules by family and source",
    ({ rules }) => rules.list(),
    ({ rules }) => rules.list({ family: Inet6, src: "2001:db8::" }),
    ({ src }) => src === "2001:db8::",
  ],
  [
    "rules by priority",
    ({ rules }) => rules.list(),
    ({ rules }) => rules.list({ priority: 5 }),
    ({ priority }) => priority === 5,
  ],
  [
    "nexthops by link",
    ({ nexthops }) => nexthops.list(),
    ({ nexthops }) => nexthops.list({ oif: v0 }),
    ({ oif }) => oif === v0,
  ],
  [
    "groups of nexthops",
    ({ nexthops }) => nexthops.list(),
    ({ nexthops }) => nexthops.list({ groups: true }),
    ({ group }) => group !== undefined,
  ],
  [
    "settings by family",
    ({ netconfs }) => netconfs.list(),
    ({ netconfs }) => netconfs.list({ family: Inet }),
    ({ family }) => family === Inet,
  ],
  [
    "settings by link",
    ({ netconfs }) => netconfs.list(),
    ({ netconfs }) => netconfs.list({ ifindex: NetconfIndex.Default }),
    ({ ifindex }) => ifindex === NetconfIndex.Default,
  ],
];

/** The same objects without what runs on or happens later; of links only who they are. */
function still(objects: object[]): object[] {
  // deno-lint-ignore no-explicit-any
  return objects.map(({ cacheInfo: _, flags: _flags, ...rest }: any) =>
    rest.name === undefined ? rest : { index: rest.index, name: rest.name }
  );
}

test("list() heeds its filter with strict checking and without", { skip }, async () => {
  await using ns = await makeNamespace();
  using strict = open(ns);
  using lenient = open(ns, false);
  await furnish(strict);
  for (const [name, whole, filtered, check] of filters) {
    const wanted = still((await whole(strict)).filter(check));
    assert.ok(wanted.length > 0, name);
    assert.ok(wanted.length < (await whole(strict)).length, name);
    assert.deepEqual(still(await filtered(strict)), wanted, `${name}, strict`);
    assert.deepEqual(still(await filtered(lenient)), wanted, `${name}, not strict`);
  }
});

test("list() leaves to the kernel what the kernel heeds", { skip }, async () => {
  await using ns = await makeNamespace();
  let received = 0;
  using rt = dial({
    netNS: { pid: ns.pid },
    debug: (line) => received += line.startsWith("nl: recv") ? 1 : 0,
  });
  await furnish(rt);
  const byKernel = filters.map(([name]) => name).filter((name) =>
    /by (master|link|table|kind|family|port)|groups/.test(name) && !/settings by link/.test(name)
  );
  assert.ok(byKernel.length >= 10);
  for (const [name, , filtered] of filters.filter(([name]) => byKernel.includes(name))) {
    received = 0;
    const count = (await filtered(rt)).length;
    // One more is the end of the dump; a family has one rule and a bridge's port some entries besides.
    assert.ok(received <= count + 6, `${name}: ${received} messages for ${count} objects`);
  }
});

test("list() gives what is there and says that it is consistent", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  const [lo, ...rest] = await rt.links.list();
  assert.deepEqual(rest, []);
  assert.equal(lo.name, "lo");
  assert.ok(lo.flags & LinkFlags.Up);
  const addresses = await rt.addresses.list();
  assert.deepEqual(addresses.map(({ address }) => address), ["127.0.0.1", "::1"]);
  assert.equal(addresses.consistent, true);
  assert.ok(!Object.keys(addresses).includes("consistent"));
  assert.deepEqual((await rt.rules.list()).map(({ priority = 0 }) => priority), [
    0,
    32766,
    32767,
    0,
    32766,
  ]);
  for (const list of [rt.neighbours, rt.nexthops, rt.nsids]) {
    assert.deepEqual([...await list.list()], []);
  }
});

test("list() of what is not there is empty, or says what is missing", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  assert.equal((await rt.routes.list({ table: 4711 })).length, 0);
  assert.equal((await rt.routes.list({ table: 4711, family: Inet })).length, 0);
  assert.equal((await rt.links.list({ name: "nosuch" })).length, 0);
  assert.equal((await rt.routes.list({ flags: RouteFlags.Cloned })).length, 0);
  await assert.rejects(rt.addresses.list({ index: 99 }), isFailure("ENODEV", "list-address"));
  await assert.rejects(rt.routes.list({ oif: 99 }), isFailure("ENODEV", "list-route"));
});

test("list() of links has those of a family, too", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  await furnish(rt);
  const ports = await rt.links.list({ family: Bridge });
  assert.deepEqual(ports.map(({ name }) => name), ["v1"]);
  const links = await rt.links.list({ family: Inet6 });
  assert.deepEqual(links.map(({ name }) => name), ["lo", "v0", "v1", "br0"]);
  assert.ok(links[0].protInfo?.conf);
});

test("list() looks into another namespace by its id", { skip }, async () => {
  await using here = await makeNamespace();
  await using there = await makeNamespace();
  using rt = open(here);
  using other = open(there);
  await rt.nsids.add({ pid: there.pid, nsid: 9 });
  await furnish(other);
  const names = (await rt.links.list({ targetNetnsid: 9 })).map(({ name }) => name);
  assert.deepEqual(names, ["lo", "v0", "v1", "br0"]);
  const addresses = await rt.addresses.list({ targetNetnsid: 9, index: v0, family: Inet });
  assert.deepEqual(addresses.map(({ address }) => address), ["10.0.0.1"]);
  // Without strict checking the kernel would tell about this namespace.
  using lenient = open(here, false);
  assert.deepEqual([...await lenient.addresses.list({ targetNetnsid: 9 })], []);

  assert.deepEqual((await rt.nsids.list()).map(({ nsid }) => nsid), [9]);
  assert.equal((await rt.nsids.get({ pid: there.pid })).nsid, 9);
  assert.equal((await rt.nsids.get({ pid: here.pid })).nsid, -1);
  await other.nsids.add({ pid: here.pid, nsid: 4 });
  const inTheirs = await rt.nsids.list({ targetNsid: 9 });
  assert.deepEqual(inTheirs.map(({ nsid }) => nsid), [4]);
  assert.deepEqual([...await lenient.nsids.list({ targetNsid: 9 })], []);
});

test("get() finds one object", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  await furnish(rt);
  for (const key of [v0, "v0", "w0", "another-name-of-the-link"]) {
    const link = await rt.links.get(key);
    assert.equal(link.index, v0);
    assert.deepEqual(link.propList?.altName, ["another-name-of-the-link", "w0"]);
  }
  const [neighbour] = await rt.neighbours.list({ index: v0, dst: "10.0.0.2" });
  const found = await rt.neighbours.get({ index: v0, dst: "10.0.0.2" });
  assert.deepEqual(still([found]), still([neighbour]));
  assert.deepEqual(still([await rt.neighbours.get(neighbour)]), still([neighbour]));
  const proxy = await rt.neighbours.get({
    index: v0,
    dst: "10.0.0.7",
    flags: NeighbourFlags.Proxy,
  });
  assert.equal(proxy.dst, "10.0.0.7");
  const [entry] = await rt.neighbours.list({ family: Bridge, lladdr: "02:00:00:00:00:77" });
  assert.deepEqual(still([await rt.neighbours.get(entry)]), still([entry]));
  assert.deepEqual((await rt.nexthops.get(2)).group, [{ id: 1, weight: 0, weightHigh: 0 }]);
  const all = await rt.netconfs.get({ family: Inet, ifindex: NetconfIndex.All });
  assert.equal(all.forwarding, 0);
});

test("get() searches the route of a packet", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  await furnish(rt);
  const route = await rt.routes.get("10.1.2.3");
  assert.equal(route.gateway, "10.0.0.2");
  assert.equal(route.table, RouteTable.Main);
  assert.ok(route.flags & RouteFlags.Cloned);
  const entry = await rt.routes.get({ dst: "10.1.2.3", flags: RouteFlags.FibMatch });
  assert.equal(`${entry.dst}/${entry.dstLength}`, "10.1.0.0/16");
  const marked = await rt.routes.get({
    dst: "10.1.2.3",
    mark: 7,
    uid: 1000,
    ipProto: 6,
    dport: 80,
  });
  assert.equal(marked.mark, 7);
  assert.equal((await rt.routes.get({ src: "10.9.9.9", dst: "10.1.2.3" })).prefSrc, undefined);
  const sixth = await rt.routes.get("::1");
  assert.equal(sixth.type, RouteType.Local);
  assert.equal(sixth.oif, 1);
  assert.equal((await rt.routes.get("default")).dst, "0.0.0.0");
});

test("get() says what is not there", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  await furnish(rt);
  const { links, neighbours, nexthops, routes, netconfs, nsids } = rt;
  await assert.rejects(links.get("nosuch"), isFailure("ENODEV", "get-link"));
  await assert.rejects(links.get("nosuch-nosuch-nosuch"), isFailure("ENODEV", "get-link"));
  await assert.rejects(links.get(99), isFailure("ENODEV", "get-link"));
  const neighbour = neighbours.get({ index: v0, dst: "10.0.0.9" });
  await assert.rejects(neighbour, isFailure("ENOENT", "get-neighbour"));
  await assert.rejects(nexthops.get(99), isFailure("ENOENT", "get-nexthop"));
  await assert.rejects(routes.get("192.0.2.1"), isFailure("ENETUNREACH", "get-route"));
  await assert.rejects(routes.get("10.2.2.3"), isFailure("EACCES", "get-route"));
  const netconf = netconfs.get({ family: Inet, ifindex: 99 });
  await assert.rejects(netconf, isFailure("ENODEV", "get-netconf"));
  await assert.rejects(nsids.get({ nsid: 99 }), isFailure("ENOENT", "get-nsid"));
});

test("stream() gives what list() gives, and may be left or aborted", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  await furnish(rt);
  const streamed: object[] = [];
  const filter = { table: RouteTable.Main, family: Inet };
  for await (const route of rt.routes.stream(filter)) streamed.push(route);
  assert.ok(streamed.length > 30);
  assert.deepEqual(still(streamed), still(await rt.routes.list(filter)));
  for await (const _ of rt.routes.stream()) break;
  const controller = new AbortController();
  await assert.rejects(async () => {
    for await (const _ of rt.routes.stream({}, controller)) controller.abort(new Error("enough"));
  }, /enough/);
  assert.equal((await rt.links.list()).length, 4);
  assert.equal((await rt.routes.list({ table: 1000 })).length, 2);
});

test("changes that overlap with streams and lists get their own answers", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  await furnish(rt);
  const tasks = Array.from({ length: 200 }, async (_, i) => {
    const address = `10.${50 + (i >> 7)}.${i & 127}.1/32`;
    await rt.addresses.add({ index: v0, address });
    await assert.rejects(
      rt.addresses.add({ index: v0, address }),
      isFailure("EEXIST", "add-address"),
    );
    const found = await rt.addresses.list({ index: v0, address: address.split("/")[0] });
    assert.equal(found.length, 1);
    let routes = 0;
    for await (const { dst } of rt.routes.stream({ table: 1000 })) routes += dst ? 1 : 0;
    assert.equal(routes, 2);
    await assert.rejects(rt.links.get(5000 + i), isFailure("ENODEV", "get-link"));
    const results = await rt.batch(({ addresses }) => {
      addresses.delete({ index: v0, address });
      addresses.delete({ index: v0, address });
    });
    assert.deepEqual(results.map((error) => error?.code), [undefined, "EADDRNOTAVAIL"]);
  });
  await Promise.all(tasks);
  assert.equal((await rt.addresses.list({ index: v0, family: Inet })).length, 1);
});

test("batch() tells for each change in order how it went", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  const results = await rt.batch(({ links, addresses, routes, rules }) => {
    links.add({ name: "a0", index: 5, linkInfo: { kind: "bridge" } });
    links.add({ name: "a0", linkInfo: { kind: "bridge" } });
    addresses.add({ index: 5, address: "10.0.0.1/24" });
    addresses.add({ index: 77, address: "10.0.0.1/24" });
    routes.add({ dst: "192.0.2.0/24", gateway: "10.9.9.9" });
    rules.delete({ priority: 4711 });
    links.set("a0", { up: true });
  });
  assert.deepEqual(results.map((error) => error && [error.op, error.code]), [
    undefined,
    ["add-link", "EEXIST"],
    undefined,
    ["add-address", "ENODEV"],
    ["add-route", "ENETUNREACH"],
    ["delete-rule", "ENOENT"],
    undefined,
  ]);
  assert.match(
    results[1]!.message,
    /^add-link: cannot add link a0 of kind bridge: File exists \(EEXIST\)$/,
  );
  assert.ok((await rt.links.get("a0")).flags & LinkFlags.Up);
  assert.deepEqual(await rt.batch(() => {}), []);
});

test("batch() sends nothing when a field of one change is wrong", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  const before = descriptorCount();
  await assert.rejects(
    rt.batch(({ links, addresses }) => {
      links.add({ name: "a0", linkInfo: { kind: "bridge" }, netNS: `/proc/${ns.pid}/ns/net` });
      addresses.add({ index: 1, address: "10.0.0.1/24" });
      addresses.add({ index: 1, address: "10.0.0.256" });
    }),
    isFailure("EINVAL", "add-address"),
  );
  assert.equal(descriptorCount(), before);
  const mistake = new Error("of the caller's own");
  await assert.rejects(
    rt.batch(({ links }) => {
      links.add({ name: "a0", linkInfo: { kind: "bridge" }, netNS: `/proc/${ns.pid}/ns/net` });
      throw mistake;
    }),
    mistake,
  );
  assert.equal(descriptorCount(), before);
  assert.equal((await rt.links.list()).length, 1);
  assert.equal((await rt.addresses.list({ family: Inet })).length, 1);
});

test("batch() takes more changes than a datagram holds", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  const count = 3000;
  const results = await rt.batch(({ routes }) => {
    for (let i = 0; i < count; i++) {
      routes.add({ type: RouteType.Blackhole, dst: `10.${i >> 8}.${i & 255}.0/24` });
    }
  });
  assert.equal(results.length, count);
  assert.ok(results.every((error) => error === undefined));
  assert.equal((await rt.routes.list({ type: RouteType.Blackhole })).length, count);
});

test("batch() refuses changes that come after it was sent", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  let late!: () => void;
  await rt.batch(({ links }) => {
    late = () => links.set("lo", { up: false });
  });
  assert.throws(
    late,
    (error) => error instanceof OpError && /batch has been sent/.test(error.message),
  );
  assert.ok((await rt.links.get("lo")).flags & LinkFlags.Up);
});

test("changes close the descriptors that they open", { skip }, async () => {
  await using here = await makeNamespace();
  await using there = await makeNamespace();
  using rt = open(here);
  const path = `/proc/${there.pid}/ns/net`;
  const before = descriptorCount();
  const peer = { name: "b1", netNS: path };
  await rt.links.add({ name: "b0", linkInfo: { kind: "veth", data: { peer } } });
  await rt.links.set("b0", { netNS: path });
  await assert.rejects(rt.links.set("b0", { netNS: path }), isFailure("ENODEV", "set-link"));
  await assert.rejects(
    rt.links.set("lo", { netNS: path, master: -1 }),
    isFailure("EINVAL", "set-link"),
  );
  const results = await rt.batch(({ links }) => {
    for (let i = 0; i < 20; i++) links.set("nosuch", { netNS: path });
  });
  assert.ok(results.every((error) => error?.code === "ENODEV"));
  assert.equal(descriptorCount(), before);
  using other = open(there);
  assert.deepEqual((await other.links.list()).map(({ name }) => name), ["lo", "b1", "b0"]);
});

test("a link goes to a namespace that has a name", { skip: skip || whyNoPrivilege() }, async () => {
  await using here = await makeNamespace();
  await using there = await makeNamespace();
  const name = `netlink-test-${there.pid}`;
  here.run("ip", "netns", "attach", name, `${there.pid}`);
  try {
    using rt = open(here);
    await rt.links.add({ name: "b0", netNS: name, linkInfo: { kind: "bridge" } });
    assert.deepEqual((await rt.links.list()).map(({ name }) => name), ["lo"]);
    assert.equal(there.ipJson("link show b0").length, 1);
  } finally {
    here.run("ip", "netns", "delete", name);
  }
});

test("a closed connection says so", { skip }, async () => {
  await using ns = await makeNamespace();
  const rt = open(ns);
  rt.close();
  rt.close();
  assert.equal(rt.conn.closed, true);
  await assert.rejects(rt.links.list(), ClosedError);
  await assert.rejects(rt.links.get("lo"), ClosedError);
  await assert.rejects(rt.links.set("lo", { up: false }), ClosedError);
  await assert.rejects(rt.batch(() => {}), ClosedError);
});

test("a deadline ends a change and a list", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  rt.conn.setDeadline(Date.now() - 1);
  for (const call of [rt.links.list(), rt.links.get("lo"), rt.links.set("lo", { mtu: 9000 })]) {
    await assert.rejects(call, (error) => error instanceof OpError && error.timeout);
  }
  rt.conn.setDeadline(null);
  assert.equal((await rt.links.get("lo")).mtu, 65536);
});

test("attributes that ip 6.1 does not know are set and listed", { skip }, async () => {
  await using ns = await makeNamespace();
  using rt = open(ns);
  await rt.addresses.add({ index: 1, address: "10.0.0.1/24", protocol: 77 });
  assert.equal((await rt.addresses.list({ address: "10.0.0.1" }))[0].protocol, 77);
  await rt.rules.add({ dscp: 8, dscpMask: 0x3f, table: 100, priority: 7 });
  await rt.rules.add({
    family: Inet6,
    flowLabel: 0x12345,
    flowLabelMask: 0xfffff,
    table: 100,
    priority: 7,
  });
  await rt.rules.add({ sportRange: { start: 8, end: 8 }, sportMask: 0xfff8, priority: 8 });
  const rules = await rt.rules.list({ priority: 7 });
  assert.deepEqual(rules.map(({ dscp, flowLabel }) => [dscp, flowLabel]), [
    [8, undefined],
    [undefined, 0x12345],
  ]);
  assert.equal((await rt.rules.list({ priority: 8 }))[0].sportMask, 0xfff8);
  for (const rule of [...rules, ...await rt.rules.list({ priority: 8 })]) {
    await rt.rules.delete(rule);
  }
  assert.equal((await rt.rules.list()).length, 5);
});
