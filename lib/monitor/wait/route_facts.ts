import { routeTypeName } from "../../rtnetlink/names.ts";
import { NexthopFlags, RouteTable, RouteType } from "../../rtnetlink/route/constants.ts";
import { type Route, routeTable } from "../../rtnetlink/route/object.ts";
import { type Finding, linkNamed } from "./link_facts.ts";
import type { MirrorState } from "../mirror.ts";

/** How many ways are told of. */
const maxTold = 4;

/** A route to look for. */
export interface RoutePattern {
  /** The family, where it matters. */
  readonly family?: number;
  /** The network as the kernel's is written; absent when it is everything. */
  readonly address?: string;
  /** The length of its prefix. */
  readonly length: number;
  /** The gateway as the kernel's is written, where it matters. */
  readonly gateway?: string;
  /** The name of the link, where it matters. */
  readonly link?: string;
}

/** One way that packets may go by a route. */
interface Way {
  gateway?: string;
  oif?: number;
  flags: number;
}

/** Types of routes that only refuse packets. */
const refusing: readonly number[] = [
  RouteType.Blackhole,
  RouteType.Unreachable,
  RouteType.Prohibit,
  RouteType.Throw,
];

/**
 * Finds out whether packets can go by a route.
 *
 * @param state What is there.
 * @param pattern The route.
 * @returns Whether there is such a route, and which ways there are to its destination.
 */
export function findRoute(state: MirrorState, pattern: RoutePattern): Finding {
  const { address, length, gateway, link } = pattern;
  const destination = length === 0 ? "default" : `${address}/${length}`;
  const routes = [...state.routes.values()].filter((route) => leadsTo(route, pattern))
    .sort((one, other) => one.family - other.family);
  const oif = link === undefined ? undefined : linkNamed(state, link)?.index ?? NaN;
  let met = false;
  const told: string[] = [];
  for (const route of routes) {
    const refuses = refusing.includes(route.type);
    for (const way of waysOf(route, state)) {
      met ||= !refuses && (way.flags & (NexthopFlags.Dead | NexthopFlags.Linkdown)) === 0 &&
        (gateway === undefined || way.gateway === gateway) &&
        (oif === undefined || way.oif === oif);
      told.push(refuses ? routeTypeName(route.type) : describe(way, state));
    }
  }
  if (told.length === 0) return { met, fact: `there is no route ${destination}` };
  const more = told.length > maxTold ? `, and ${told.length - maxTold} more` : "";
  return { met, fact: `route ${destination} is ${told.slice(0, maxTold).join(", ")}${more}` };
}

function leadsTo(route: Route, { family, address, length }: RoutePattern): boolean {
  return route.dstLength === length && routeTable(route) === RouteTable.Main &&
    (length === 0 || route.dst === address) && (family === undefined || route.family === family);
}

/** The ways of a route: its own, those of several, or those of the nexthop that it goes by. */
function waysOf(route: Route, { nexthops }: MirrorState): Way[] {
  if (route.multipath !== undefined) {
    return route.multipath.map(({ gateway, via, ifindex, flags }) => ({
      gateway: gateway ?? via?.address,
      oif: ifindex,
      flags,
    }));
  }
  const { nhId, oif, gateway, via, flags } = route;
  const nexthop = nhId === undefined || oif !== undefined ? undefined : nexthops.get(nhId);
  if (nexthop === undefined) return [{ gateway: gateway ?? via?.address, oif, flags }];
  return (nexthop.group ?? [{ id: nhId! }]).flatMap(({ id }) => nexthops.get(id) ?? []);
}

function describe({ gateway, oif, flags }: Way, { links }: MirrorState): string {
  const words: string[] = [];
  if (gateway !== undefined) words.push(`via ${gateway}`);
  if (oif !== undefined) words.push(`dev ${links.get(oif)?.name ?? `if${oif}`}`);
  if (flags & NexthopFlags.Dead) words.push("(dead)");
  else if (flags & NexthopFlags.Linkdown) words.push("(without a carrier)");
  return words.join(" ");
}
