import type { RawAttributes } from "../codec/attribute_set.ts";
import { AddressFamily } from "../constants.ts";
import { familyName } from "../names.ts";
import { NexthopFlags, RouteProtocol, RouteType } from "./constants.ts";
import type { RouteNexthopAttributes } from "./multipath.ts";
import { isCloned, type Route, routeTable } from "./object.ts";

/** The flags of a nexthop that do not change by themselves. */
const lastingFlags = NexthopFlags.Onlink | NexthopFlags.Pervasive;

/**
 * Tells the place of a route: what all routes have in common that can replace each other.
 *
 * @param route The route.
 * @returns Its family, table, destination and, where they are not the usual ones, source, type of
 * service and metric, such as "inet 254 10.0.0.0/8 metric 100".
 */
export function routeSlot(route: Route): string {
  let slot = `${familyName(route.family)} ${routeTable(route)} `;
  slot += route.dst === undefined && route.dstLength === 0
    ? "default"
    : `${route.dst ?? 0}/${route.dstLength}`;
  if (route.src !== undefined || route.srcLength) {
    slot += ` from ${route.src ?? 0}/${route.srcLength}`;
  }
  if (route.tos) slot += ` tos ${route.tos}`;
  if (route.priority) slot += ` metric ${route.priority}`;
  return slot;
}

/**
 * Tells what makes a route the one it is. Two routes in the tables of one namespace never have the
 * same key, and a route keeps its key while only its state changes: flags that come and go with a
 * link, times, counters, the nexthops of a nexthop object.
 *
 * IPv4 has room for several routes at one place, which differ in anything but state. IPv6 merges the
 * routes at one place that have a gateway into one with several nexthops, so that all of these have
 * one key however many nexthops there are just now: an event about the loss of one nexthop has the
 * key of the route that goes on with the others. Only routes without a gateway, those that router
 * advertisements make, and those with a nexthop object stand side by side.
 *
 * @param route The route.
 * @returns Its place, as {@link routeSlot} tells it, and what tells it from others there.
 */
export function routeKey(route: Route): string {
  const slot = routeSlot(route);
  const parts = isCloned(route) ? [slot, "cloned"] : [slot];
  switch (route.family) {
    case AddressFamily.Inet6:
      parts.push(...identityV6(route));
      break;
    case AddressFamily.Mpls:
      break; // a label has one route
    case AddressFamily.Ipmr:
    case AddressFamily.Ip6mr:
      // A route from any source has as many entries as links that packets come from. Other routes
      // learn of their link only when they are resolved.
      if (route.iif && /^[0.:]+$/.test(route.src ?? "0")) parts.push(`iif ${route.iif}`);
      break;
    default:
      parts.push(...identityV4(route));
  }
  return parts.join(" ");
}

function identityV4(route: Route): string[] {
  const parts: string[] = [];
  const { type, scope, protocol, prefSrc, nhId, metrics, flow } = route;
  // What a nexthop object is now says nothing about the route that uses it.
  const lasting = nhId !== undefined && type === RouteType.Blackhole ? RouteType.Unicast : type;
  if (lasting !== RouteType.Unicast) parts.push(`type ${lasting}`);
  parts.push(`protocol ${protocol}`);
  if (scope) parts.push(`scope ${scope}`);
  if (prefSrc !== undefined) parts.push(`src ${prefSrc}`);
  if (metrics !== undefined) parts.push(`metrics ${text(metrics)}`);
  if (nhId !== undefined) return [...parts, `nhid ${nhId}`];
  if (flow !== undefined) parts.push(`realms ${flow.from}/${flow.to}`);
  if (route.multipath === undefined) {
    return [...parts, ...nexthopParts(route, route.oif, route.flags)];
  }
  for (const hop of route.multipath) {
    parts.push("nexthop", ...nexthopParts(hop, hop.ifindex, hop.flags), `weight ${hop.hops + 1}`);
    if (hop.flow !== undefined) parts.push(`realms ${hop.flow.from}/${hop.flow.to}`);
  }
  return parts;
}

function identityV6(route: Route): string[] {
  const { type, protocol, nhId, gateway } = route;
  if (nhId !== undefined) return [`nhid ${nhId}`];
  if (route.multipath || gateway !== undefined && protocol !== RouteProtocol.Ra) return ["via"];
  const parts = type === RouteType.Unicast ? [] : [`type ${type}`];
  return [...parts, ...nexthopParts(route, route.oif, 0)];
}

function nexthopParts(
  hop: RouteNexthopAttributes & RawAttributes,
  index: number | undefined,
  flags: number,
): string[] {
  const parts: string[] = [];
  const gateway = hop.gateway ?? hop.via?.address;
  if (gateway !== undefined) parts.push(`via ${gateway}`);
  if (index !== undefined) parts.push(`dev ${index}`);
  if (hop.encapType !== undefined) {
    const encap = hop.encap ?? hop.attribute22; // raw, when the type is not known
    parts.push(`encap ${hop.encapType} ${text(encap)}`);
  }
  if (flags & lastingFlags) parts.push(`flags ${flags & lastingFlags}`);
  return parts;
}

/** A text that is the same for equal values. What is counted does not count, nor does padding, which depends on the place in the message. */
function text(value: unknown): string {
  return JSON.stringify(value, (name, part) => {
    if (name === "counters" || part instanceof Uint8Array && part.length === 0) return undefined;
    if (typeof part === "bigint") return `${part}`;
    return part instanceof Uint8Array ? Array.from(part) : part;
  }) ?? "";
}
