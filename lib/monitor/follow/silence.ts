import type { Address } from "../../rtnetlink/address.ts";
import { AddressFamily } from "../../rtnetlink/constants.ts";
import type { Link } from "../../rtnetlink/link/attributes.ts";
import type { KindName } from "../../rtnetlink/object_kind.ts";
import { RouteProtocol } from "../../rtnetlink/route/constants.ts";
import type { Route } from "../../rtnetlink/route/object.ts";
import type { RoutesOf } from "./doubt.ts";

/** A kind of objects and, of routes, which. */
type Affected = readonly [kind: KindName, routes?: RoutesOf];

/**
 * Tells which objects the kernel may change without a word along with what an event tells: known from
 * its sources, such as net/ipv4/fib_frontend.c, and from trying it out. An event that shows nothing
 * new counts, too: what it is about may have been read before its consequences were there, as a
 * carrier is that another event has shown already, but that routes heed only now.
 *
 * @param kind The kind of object that the event is about.
 * @param object The object.
 * @param deleted Whether it is gone.
 * @returns Their kinds and, of routes, which are meant.
 */
export function silentlyChanged(
  kind: KindName,
  object: object,
  deleted: boolean,
): readonly Affected[] {
  switch (kind) {
    case "link": {
      // Events leave out some fields, and other links may refer to this one. Rules go by its name.
      const { index: link } = object as Link;
      const affected: Affected[] = [["link"], ["address"], ["nexthop"], ["route", { link }]];
      affected.push(["rule"], ["netconf"]);
      return deleted ? [...affected, ["neighbour"]] : affected;
    }
    case "address": {
      // Routes go that have it as their source, and with the last one of IPv4 all that go over the link; nexthops come
      // back to life with the first one; the route to its subnet ends when it does.
      const { index: link, address, local = address } = object as Address;
      return [["route", deleted ? { link, source: local } : { link }]];
    }
    case "nexthop":
      return [["nexthop"], ["route"]];
    case "rule":
      return [["rule"]]; // that which it leads to, or that leads to it; another one that is just the same
    case "route": {
      // The kernel makes it along with an address, which it tells of only once nobody else has that.
      const { family, protocol } = object as Route;
      const isOfAddress = family === AddressFamily.Inet6 && protocol === RouteProtocol.Kernel;
      return isOfAddress && !deleted ? [["address"]] : [];
    }
    default:
      return [];
  }
}
