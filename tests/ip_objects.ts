/** What the tests of rtnetlink compare: the objects of a namespace as `ip` prints them and as the library does. */
import {
  AddressFamily,
  addressKind,
  isListed,
  linkKind,
  NeighbourFlags,
  neighbourKind,
  netconfKind,
  nexthopKind,
  nsidKind,
  type ObjectKind,
  type RouteConn,
  routeKind,
  ruleKind,
} from "../lib/rtnetlink/mod.ts";
import type { Namespace } from "./harness.ts";
import { withFlatEncap } from "./route_arbitraries.ts";

/** An object as `ip -j` prints it. */
export type Json = Record<string, unknown>;

/** The lists that are compared: the kinds of objects, and those lists of neighbours that `ip neigh` does not show. */
export const ipLists = [
  "link",
  "address",
  "route",
  "neighbour",
  "proxy",
  "fdb",
  "rule",
  "nexthop",
  "netconf",
  "nsid",
] as const;

/** One of {@link ipLists}. */
export type IpList = typeof ipLists[number];

/** The commands that print a list: one, or one for each family. */
const commands: Readonly<Record<IpList, readonly string[]>> = {
  link: ["ip -j -d link show"],
  address: ["ip -j -d addr show"],
  route: ["ip -j -d -4 route show table all", "ip -j -d -6 route show table all"],
  neighbour: ["ip -j -d neigh show"],
  proxy: ["ip -j -d neigh show proxy"],
  fdb: ["bridge -j -d fdb show"],
  rule: ["ip -j -d -4 rule show", "ip -j -d -6 rule show"],
  nexthop: ["ip -j -d nexthop show"],
  netconf: ["ip -j -d netconf show"],
  nsid: ["ip -j -d netns list-id"],
};

/** What `ip -j -d` prints, with the names of families and links that the command line's records have, too. */
export function ipObjects<L extends IpList>(ns: Namespace, lists: readonly L[]): Record<L, Json[]> {
  const script = lists.flatMap((list) => commands[list]).map((command) => `${command}; echo /`);
  const outputs = ns.run("sh", "-ec", script.join("\n")).split("/\n");
  const parse = () => JSON.parse(outputs.shift()!.trim() || "[]") as Json[];
  const entries = lists.map((list) => {
    const objects = commands[list].length === 1 ? parse() : ["inet", "inet6"].flatMap((family) =>
      // Quirk of ip: it asks the kernel about the nexthop object of a route, and prints that as nh_info.
      parse().map(({ nh_info: _, ...json }) => ({ family, ...json }))
    );
    return [list, list === "address" ? objects.flatMap(addressesOf) : objects];
  });
  return Object.fromEntries(entries);
}

function addressesOf({ ifindex, ifname, addr_info }: Json): Json[] {
  return (addr_info as Json[]).map((info) => ({ ifindex, ifname, ...info }));
}

/** The same as the library lists it; encapsulations as `ip` 6.1 prints them. */
export async function listedObjects<L extends IpList>(
  rt: RouteConn,
  lists: readonly L[],
): Promise<Record<L, Json[]>> {
  const links = new Map((await rt.links.list()).map((link) => [link.index, link]));
  const lookup = (index: number) => {
    const link = links.get(index);
    return link && { name: link.name!, flags: link.flags };
  };
  const entries: Array<[L, Json[]]> = [];
  for (const list of lists) {
    const [kind, objects] = await read(rt, list);
    entries.push([
      list,
      objects.map((object) => withFlatEncap(kind.toIpJson(object, lookup)) as Json),
    ]);
  }
  return Object.fromEntries(entries) as Record<L, Json[]>;
}

/** The objects of a list, and their kind. */
async function read(rt: RouteConn, list: IpList): Promise<[kind: ObjectKind<object>, object[]]> {
  const { neighbours } = rt;
  switch (list) {
    case "link":
      return [linkKind, await rt.links.list()];
    case "address":
      return [addressKind, await rt.addresses.list()];
    case "route":
      return [routeKind, await rt.routes.list()];
    case "neighbour":
      return [neighbourKind, (await neighbours.list()).filter(isListed)];
    case "proxy":
      return [neighbourKind, await neighbours.list({ flags: NeighbourFlags.Proxy })];
    case "fdb":
      return [neighbourKind, await neighbours.list({ family: AddressFamily.Bridge })];
    case "rule":
      return [ruleKind, await rt.rules.list()];
    case "nexthop":
      return [nexthopKind, await rt.nexthops.list()];
    case "netconf":
      return [netconfKind, await rt.netconfs.list()];
    case "nsid":
      return [nsidKind, await rt.nsids.list()];
  }
}

/**
 * Makes objects comparable that were not printed at the same moment: without timers, with lifetimes in
 * hundreds of seconds, which the tests' are multiples of; in one order. The order of keys counts, but
 * for the data of kinds of links.
 */
export function comparable(list: Json[]): string[] {
  return list.map((json) =>
    JSON.stringify(json, (key, value) => {
      if (key.endsWith("_timer")) return undefined;
      if (/_life_time$|^expires$/.test(key)) return Math.ceil(value / 100);
      if (!/^info_(slave_)?data$/.test(key)) return value;
      return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
    })
  ).sort();
}
