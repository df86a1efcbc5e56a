import assert from "node:assert/strict";
import { closeSync, openSync } from "node:fs";
import { inspect } from "node:util";
import {
  AddressFamily,
  AddressFlags,
  addressFlags,
  dial,
  type Neighbour,
  NeighbourFlags,
  neighbourKind,
  type Route,
  type RouteConn,
  RouteProtocol,
  routeSlot,
} from "../lib/rtnetlink/mod.ts";
import { delay, makeNamespace, type Namespace, noNamespaces } from "./harness.ts";
import {
  comparable,
  type IpList,
  ipLists,
  ipObjects,
  type Json,
  listedObjects,
} from "./ip_objects.ts";
import { test } from "./netlink.ts";
import { addresses as addressPart } from "./scenario/addresses.ts";
import { endings } from "./scenario/endings.ts";
import { links } from "./scenario/links.ts";
import { scenario } from "./rtnetlink_scenario.ts";
import { ifindex, type Part } from "./scenario/step.ts";

/** How long in milliseconds the kernel may take for what it does later, such as links' states. */
const settlingLimit = 8000;

/** Settings under which nothing happens by itself that depends on the time or on chance. */
const settings = [
  "net.ipv6.conf.default.accept_dad=0",
  "net.ipv6.conf.default.addr_gen_mode=1",
];

/** A namespace and the one that its links move to. */
interface Pair extends AsyncDisposable {
  readonly here: Namespace;
  readonly there: Namespace;
}

type Objects = Record<IpList, Json[]>;
type Counts = Record<IpList, number>;

async function makePair(): Promise<Pair> {
  const [here, there] = await Promise.all([makeNamespace(), makeNamespace()]);
  for (const ns of [here, there]) ns.run("sysctl", "-qw", ...settings);
  return {
    here,
    there,
    async [Symbol.asyncDispose]() {
      await here[Symbol.asyncDispose]();
      await there[Symbol.asyncDispose]();
    },
  };
}

function open(ns: Namespace): RouteConn {
  return dial({ netNS: { pid: ns.pid } });
}

function prepare({ sysctl }: Part, { here }: Pair): void {
  if (sysctl !== undefined) here.run("sysctl", "-qw", ...sysctl);
}

/** Makes the steps of a part with `ip`. */
function runCommands(part: Part, { here, there }: Pair): void {
  const [ns, other] = part.elsewhere ? [there, here] : [here, there];
  const script = part.steps.map(([command]) => command).join("\n");
  ns.run("sh", "-exc", script.replaceAll("PID", `${other.pid}`));
}

/** Makes the steps of a part with the library. */
async function makeCalls(part: Part, { here, there }: Pair): Promise<void> {
  const [ns, other] = part.elsewhere ? [there, here] : [here, there];
  using rt = open(ns);
  const place = { pid: other.pid, fd: openSync(`/proc/${other.pid}/ns/net`, "r") };
  try {
    if (part.batch) {
      const results = await rt.batch((batch) =>
        part.steps.forEach(([, make]) => make(batch, place))
      );
      assert.equal(results.length, part.steps.length);
      results.forEach((error, i) =>
        assert.ifError(error && `${part.steps[i][0]}: ${error.message}`)
      );
    } else {
      for (const [command, make] of part.steps) {
        await (make(rt, place) as Promise<void>).catch((error) => {
          throw new Error(`${command}: ${error.message}`, { cause: error });
        });
      }
    }
  } finally {
    closeSync(place.fd);
  }
}

/** What differs between two tellings of the objects of a namespace. */
function differences(side: string, left: Objects, right: Objects): string[] {
  return ipLists.flatMap((list) => {
    const [a, b] = [comparable(left[list]), comparable(right[list])];
    return [
      ...a.filter((json) => !b.includes(json)).map((json) =>
        `${side}, ${list}, only left:  ${json}`
      ),
      ...b.filter((json) => !a.includes(json)).map((json) =>
        `${side}, ${list}, only right: ${json}`
      ),
      ...a.length === b.length ? [] : [`${side}, ${list}: ${a.length} and ${b.length}`],
    ];
  });
}

/**
 * Waits until `ip` prints the same of both pairs, and the library lists of one of them what `ip` prints.
 * Gives how many objects there were to compare.
 */
async function agree(ours: Pair, theirs: Pair): Promise<Counts> {
  for (const end = Date.now() + settlingLimit;; await delay(100)) {
    const found: string[] = [];
    const counts = {} as Counts;
    for (const side of ["here", "there"] as const) {
      const printed = ipObjects(theirs[side], ipLists);
      for (const list of ipLists) counts[list] = (counts[list] ?? 0) + printed[list].length;
      found.push(...differences(`library and ip ${side}`, ipObjects(ours[side], ipLists), printed));
      using rt = open(theirs[side]);
      found.push(
        ...differences(`listed and printed ${side}`, await listedObjects(rt, ipLists), printed),
      );
    }
    if (found.length === 0) return counts;
    if (Date.now() > end) assert.fail(found.join("\n"));
  }
}

/** How many objects of each list the scenario must have made at some time, that the comparison is worth it. */
const enough: Counts = {
  link: 30,
  address: 25,
  route: 120,
  neighbour: 12,
  proxy: 3,
  fdb: 40,
  rule: 30,
  nexthop: 15,
  netconf: 60,
  nsid: 2,
};

test("a scenario of changes by this library and the same by ip give the same", {
  skip: noNamespaces,
}, async () => {
  assert.ok(scenario.flatMap(({ steps }) => steps).length >= 250);
  await using ours = await makePair();
  await using theirs = await makePair();
  const most = {} as Counts;
  for (const part of scenario) {
    for (const pair of [ours, theirs]) prepare(part, pair);
    runCommands(part, theirs);
    await makeCalls(part, ours);
    const counts = await agree(ours, theirs);
    for (const list of ipLists) most[list] = Math.max(most[list] ?? 0, counts[list]);
  }
  for (const list of ipLists) assert.ok(most[list] >= enough[list], `${most[list]} of ${list}`);
});

/** Waits until IPv6 knows that a link is up, and its addresses can be used. */
async function waitForIPv6(rt: RouteConn, index: number): Promise<void> {
  for (;; await delay(50)) {
    const addresses = await rt.addresses.list({ family: AddressFamily.Inet6, index });
    const flags = addresses.map(addressFlags);
    if (flags.length > 0 && !flags.some((bits) => bits & AddressFlags.Tentative)) return;
  }
}

/**
 * The states of neighbours that the kernel forgets at any time when there are many, of all namespaces
 * together: one test with a thousand links suffices.
 */
const forgettable = ["STALE", "FAILED", "NOARP"];

/**
 * What can be replaced, without what the kernel adds or changes when it comes to know the state of
 * links, and without what it may forget. A neighbour to be probed after a delay may be probed by now.
 */
async function replaceable(rt: RouteConn): Promise<string[]> {
  const { route, neighbour, ...rest } = await listedObjects(rt, [
    "address",
    "route",
    "neighbour",
    "proxy",
    "nexthop",
  ]);
  const routes = route.filter(({ dst }) => !/^f[ef]/.test(`${dst}`))
    .map((json) => ({ ...json, flags: [] }));
  const lasting = neighbour.filter(({ state }) => !forgettable.includes(`${state}`))
    .map((json) => `${json.state}` === "DELAY" ? { ...json, state: ["PROBE"] } : json);
  return comparable([...Object.values(rest).flat(), ...routes, ...lasting]);
}

/** Whether the scenario made a neighbour or an entry of a forwarding database, and one that stands alone. */
function isMade({ dst, lladdr, family }: Neighbour): boolean {
  if (family === AddressFamily.Bridge) return /^02:00:00:00:0[59]:/.test(`${lladdr}`);
  return /^(10|2001):?/.test(`${dst}`);
}

/** Deletes a neighbour, if the kernel has not forgotten it. */
async function deleteNeighbour(rt: RouteConn, neighbour: Neighbour): Promise<void> {
  await rt.neighbours.delete(neighbour).catch((error) => {
    const { state } = neighbourKind.toIpJson(neighbour);
    if (error.code !== "ENOENT" || !forgettable.includes(`${state}`)) throw error;
  });
}

/** The routes that stand alone at their place: of several there, `replace` would mean the first. */
function alone(routes: Route[]): Route[] {
  const slots = routes.map(routeSlot);
  return routes.filter((_, i) => slots.indexOf(slots[i]) === slots.lastIndexOf(slots[i]));
}

/** Makes each change; gives what went wrong. */
async function attempts<T>(objects: T[], change: (object: T) => Promise<void>): Promise<string[]> {
  const errors: string[] = [];
  for (const object of objects) {
    await change(object).catch((error) => errors.push(`${error.message}: ${inspect(object)}`));
  }
  return errors;
}

test("what was listed is taken back by replace() and delete() as it is", {
  skip: noNamespaces,
}, async () => {
  await using pair = await makePair();
  using rt = open(pair.here);
  for (const part of scenario.filter((part) => part !== endings)) {
    prepare(part, pair);
    await makeCalls(part, pair);
    if (part === links || part === addressPart) await waitForIPv6(rt, ifindex.v0);
    if (part === addressPart) await waitForIPv6(rt, ifindex.v2);
  }
  const { addresses, routes, neighbours, nexthops, rules } = rt;
  const before = await replaceable(rt);
  const made = async () =>
    (await routes.list()).filter(({ protocol }) => protocol !== RouteProtocol.Kernel);
  const everyNeighbour = async () =>
    [
      ...await neighbours.list(),
      ...await neighbours.list({ flags: NeighbourFlags.Proxy }),
      ...await neighbours.list({ family: AddressFamily.Bridge }),
    ].filter(isMade);

  const kept = [
    // The kernel gives ::1 a route to its prefix when it is replaced.
    ...await attempts(
      (await addresses.list()).filter(({ index }) => index !== ifindex.lo),
      (address) => addresses.replace(address),
    ),
    ...await attempts(await nexthops.list(), (nexthop) => nexthops.replace(nexthop)),
    ...await attempts(alone(await made()), (route) => routes.replace(route)),
    ...await attempts(await everyNeighbour(), (neighbour) => neighbours.replace(neighbour)),
  ];
  assert.deepEqual(kept, []);
  assert.deepEqual(await replaceable(rt), before);
  const gone = [
    ...await attempts(await rules.list(), (rule) => rules.delete(rule)),
    ...await attempts(await made(), (route) => routes.delete(route)),
    ...await attempts(await everyNeighbour(), (neighbour) => deleteNeighbour(rt, neighbour)),
    // A group goes with its last member, a secondary address with the first of its subnet.
    ...await attempts((await nexthops.list()).toReversed(), ({ id }) => nexthops.delete(id!)),
    ...await attempts(
      (await addresses.list()).toReversed(),
      (address) => addresses.delete(address),
    ),
  ];
  assert.deepEqual(gone, []);
  assert.deepEqual(await made(), []);
  for (const service of [rules, nexthops, addresses]) {
    assert.deepEqual([...await service.list()], []);
  }
  assert.deepEqual(await everyNeighbour(), []);
});
