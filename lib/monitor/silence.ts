import type { Address } from "../rtnetlink/address.ts";
import { AddressFamily } from "../rtnetlink/constants.ts";
import type { Link } from "../rtnetlink/link/attributes.ts";
import { LinkFlags } from "../rtnetlink/link/constants.ts";
import type { KindName } from "../rtnetlink/object_kind.ts";
import { RouteProtocol } from "../rtnetlink/route/constants.ts";
import type { Route } from "../rtnetlink/route/object.ts";
import type { Difference } from "./difference.ts";
import type { RoutesOf } from "./doubt.ts";

/** Fields of a link with which nothing but the link itself changes; one that is not known here may matter. */
const ownFields: ReadonlySet<string> = new Set([
  "alias",
  "allMulti",
  "carrierChanges",
  "carrierDownCount",
  "carrierUpCount",
  "group",
  "groIpv4MaxSize",
  "groMaxSize",
  "gsoIpv4MaxSize",
  "gsoMaxSegs",
  "gsoMaxSize",
  "linkInfo",
  "numVf",
  "promiscuity",
  "propList",
  "protoDown",
  "protoDownReason",
  "qdisc",
  "tsoMaxSegs",
  "tsoMaxSize",
  "txQueueLength",
  "vfPorts",
  "vfinfoList",
  "xdp",
]);

/** Flags of a link of which the same is true. */
const ownFlags = LinkFlags.Promiscuous | LinkFlags.AllMulticast | LinkFlags.Debug;

/** A kind of objects and, of routes, which. */
type Affected = readonly [kind: KindName, routes?: RoutesOf];

/**
 * Tells which objects the kernel may change without a word when an object changes: known from its
 * sources, such as net/ipv4/fib_frontend.c, and from trying it out.
 *
 * @param difference What happened to the object.
 * @returns Their kinds and, of routes, which are meant.
 */
export function silentlyChanged(difference: Difference): readonly Affected[] {
  const { kind, object, changed } = difference;
  if (kind === "link") return silentWithLink(difference);
  if (changed?.length === 0) return [];
  switch (kind) {
    case "address":
      return silentWithAddress(difference);
    case "nexthop":
      return [["nexthop"], ["route"]];
    case "rule":
      return [["rule"]]; // that which it leads to, or that leads to it; another one that is just the same
    case "route":
      // The kernel makes it along with an address, which it tells of only once nobody else has that.
      return isOfAddress(object as Route) ? [["address"]] : [];
    default:
      return [];
  }
}

function isOfAddress({ family, protocol }: Route): boolean {
  return family === AddressFamily.Inet6 && protocol === RouteProtocol.Kernel;
}

function silentWithAddress({ action, object, previous, changed = [] }: Difference): Affected[] {
  const { family, index: link, address, local = address } = object as Address;
  // Routes go that have it as their source, and with the last one of IPv4 all routes over the link.
  if (action === "delete") return [["route", { link, source: local }]];
  // With the first one of IPv4 nexthops come back to life; a subnet's route ends when the address of IPv6 does.
  const affects = family === AddressFamily.Inet
    ? previous === undefined
    : changed.includes("cacheInfo");
  return affects ? [["route", { link }]] : [];
}

function silentWithLink({ action, object, previous, changed = [] }: Difference): Affected[] {
  const [before, after] = [previous ?? object, object] as [Link, Link];
  const routes: Affected = ["route", { link: after.index }];
  if (action === "delete") {
    return [["link"], ["address"], ["nexthop"], routes, ["neighbour"], ["rule"], ["netconf"]];
  }
  // Events leave out some fields, and other links may refer to this one.
  const affected: Affected[] = [["link"]];
  // Rules go by its name.
  if (previous === undefined || changed.includes("name")) affected.push(["rule"], ["netconf"]);
  // An event that shows nothing new may be that of a carrier which another one has shown already: only now all heed it.
  const isLate = previous !== undefined && changed.length === 0;
  const matters = changed.some((field) =>
    field === "flags" ? (before.flags ^ after.flags) & ~ownFlags : !ownFields.has(field)
  );
  if (matters || isLate) affected.push(["address"], ["nexthop"], routes);
  return affected;
}
