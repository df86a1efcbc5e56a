import { AddressFamily } from "../../rtnetlink/constants.ts";
import type { Route } from "../../rtnetlink/route/object.ts";

/**
 * Gives a route as dumps have it. The kernel keeps the nexthops of a route of IPv6 in a ring: a dump
 * begins with the oldest one, an event with that which it is about.
 *
 * @param route The route as an event tells of it.
 * @param known The route as it was, if it was there.
 * @returns The same route, with its nexthops from the oldest on as far as that is known.
 */
export function multipathOf(route: Route, known: Route | undefined): Route {
  const { family, multipath } = route;
  if (family !== AddressFamily.Inet6 || multipath === undefined || known === undefined) {
    return route;
  }
  const nexthops = known.multipath ?? [{ gateway: known.gateway, ifindex: known.oif }];
  for (const { gateway, ifindex } of nexthops) {
    const first = multipath.findIndex((one) => one.gateway === gateway && one.ifindex === ifindex);
    if (first < 0) continue; // it is gone
    return { ...route, multipath: [...multipath.slice(first), ...multipath.slice(0, first)] };
  }
  return route;
}
