import { AddressFamily } from "../constants.ts";
import {
  dsfieldName,
  familyName,
  linkName,
  protocolName,
  realmName,
  routeTypeName,
  scopeName,
  tableName,
} from "../names.ts";
import type { IpJson, LinkLookup } from "../object_kind.ts";
import type { Realms } from "./address.ts";
import { NexthopFlags, RouteFlags, RoutePreference, RouteType } from "./constants.ts";
import { encapToJson } from "./encap.ts";
import { metricsToJson } from "./metrics.ts";
import type { RouteNexthop, RouteNexthopAttributes } from "./multipath.ts";
import { isCloned, type Route, type RouteCacheInfo, routeTable } from "./object.ts";

/** `USER_HZ`: the kernel's unit of time for users is a hundredth of a second on every architecture but two dead ones. */
const ticksPerSecond = 100;

const preferenceNames: Readonly<Record<number, string>> = {
  [RoutePreference.Medium]: "medium",
  [RoutePreference.High]: "high",
  [RoutePreference.Low]: "low",
};

const flagNames: ReadonlyArray<readonly [flag: number, name: string]> = [
  [NexthopFlags.Dead, "dead"],
  [NexthopFlags.Onlink, "onlink"],
  [NexthopFlags.Pervasive, "pervasive"],
  [NexthopFlags.Offload, "offload"],
  [NexthopFlags.Trap, "trap"],
  [RouteFlags.Notify, "notify"],
  [NexthopFlags.Linkdown, "linkdown"],
  [NexthopFlags.Unresolved, "unresolved"],
  [RouteFlags.Offload, "rt_offload"],
  [RouteFlags.Trap, "rt_trap"],
  [RouteFlags.OffloadFailed, "rt_offload_failed"],
];

/** What the upper half of the flags says about a cloned IPv4 route, `RTCF_*` in linux/in_route.h. */
const cacheFlagNames: ReadonlyArray<readonly [flag: number, name: string]> = [
  [0x8000_0000, "local"],
  [0x4000_0000, "reject"],
  [0x2000_0000, "mc"],
  [0x1000_0000, "brd"],
  [0x0800_0000, "dst-nat"],
  [0x0080_0000, "src-nat"],
  [0x0040_0000, "masq"],
  [0x0002_0000, "dst-direct"],
  [0x0400_0000, "src-direct"],
  [0x0004_0000, "redirected"],
  [0x0100_0000, "redirect"],
  [0x0020_0000, "fastroute"],
  [0x0001_0000, "notify"],
  [0x0008_0000, "proxy"],
];

/**
 * Gives the names that `ip -j` prints for the flags of a route or a nexthop.
 *
 * @param flags `NexthopFlags` and `RouteFlags`.
 * @returns Their names; those without one are left out.
 */
export function flagsToJson(flags: number): string[] {
  return flagNames.filter(([flag]) => flags & flag).map(([, name]) => name);
}

/**
 * Gives the object that `ip -j -d route show table all` prints, with the name of its family before
 * it. The live state of a nexthop object, "nh_info", which `ip` asks the kernel for, is not in it.
 *
 * @param route The route.
 * @param links Looks up links.
 * @returns The keys in the order in which `ip` prints them.
 */
export function routeToJson(route: Route, links?: LinkLookup): IpJson {
  const json: IpJson = {
    family: familyName(route.family),
    type: routeTypeName(route.type),
    dst: prefix(route.family, route.dst, route.dstLength) ?? "default",
  };
  const source = prefix(route.family, route.src, route.srcLength);
  if (source !== undefined) json[route.src === undefined ? "src" : "from"] = source;
  if (route.nhId !== undefined) json.nhid = route.nhId;
  Object.assign(json, wrappingToJson(route, links));
  if (route.tos) json.tos = dsfieldName(route.tos);
  Object.assign(json, gatewayToJson(route));
  if (route.oif !== undefined) json.dev = linkName(route.oif, links);
  if (routeTable(route)) json.table = tableName(routeTable(route));
  if (!isCloned(route)) {
    json.protocol = protocolName(route.protocol);
    json.scope = scopeName(route.scope);
  }
  if (route.prefSrc !== undefined) json.prefsrc = route.prefSrc;
  if (route.priority !== undefined) json.metric = route.priority;
  json.flags = flagsToJson(route.flags);
  if (route.mark) json.mark = route.mark;
  if (route.flow !== undefined) json.flow = realmsToJson(route.flow);
  if (route.uid !== undefined) json.uid = route.uid;
  Object.assign(json, cacheToJson(route));
  if (route.metrics !== undefined) json.metrics = [metricsToJson(route.metrics)];
  if (route.iif !== undefined) json.iif = linkName(route.iif, links);
  if (route.pref !== undefined) json.pref = preferenceNames[route.pref] ?? route.pref;
  if (route.ttlPropagate !== undefined) json["ttl-propogate"] = route.ttlPropagate;
  if (route.multipath !== undefined) {
    json.nexthops = route.multipath.map((nexthop) => nexthopToJson(nexthop, route, links));
  }
  return json;
}

/** How long a prefix is that `ip` prints without its length; those of multicast routes have it always. */
const hostLengths: Readonly<Record<number, number>> = {
  [AddressFamily.Inet]: 32,
  [AddressFamily.Inet6]: 128,
  [AddressFamily.Mpls]: 20,
};

function prefix(family: number, address: string | undefined, length: number): string | undefined {
  if (address === undefined) return length === 0 ? undefined : `0/${length}`;
  return length === (hostLengths[family] ?? 0) ? address : `${address}/${length}`;
}

function wrappingToJson(hop: RouteNexthopAttributes, links?: LinkLookup): IpJson {
  const json: IpJson = {};
  if (hop.newDst !== undefined) json.to = hop.newDst;
  if (hop.encapType !== undefined) json.encap = encapToJson(hop.encapType, hop.encap, links);
  return json;
}

function gatewayToJson({ gateway, via }: RouteNexthopAttributes): IpJson {
  const json: IpJson = {};
  if (gateway !== undefined) json.gateway = gateway;
  if (via !== undefined) json.via = { family: viaFamilyName(via.family), host: via.address };
  return json;
}

function viaFamilyName(family: number): string {
  return family === 17 ? "link" : familyName(family);
}

function realmsToJson({ from, to }: Realms): IpJson {
  return from ? { from: realmName(from), to: realmName(to) } : { to: realmName(to) };
}

function cacheToJson({ family, flags, cacheInfo, ...route }: Route): IpJson {
  const json: IpJson = {};
  if (family !== AddressFamily.Inet && family !== AddressFamily.Inet6) return json;
  if (family === AddressFamily.Inet && isCloned({ ...route, flags })) {
    json.cache = cacheFlagNames.filter(([flag]) => flags & flag).map(([, name]) => name);
  }
  return { ...json, ...(cacheInfo && timesToJson(cacheInfo)) };
}

function timesToJson({ expires, error }: RouteCacheInfo): IpJson {
  const json: IpJson = {};
  if (expires) json.expires = (expires - expires % ticksPerSecond) / ticksPerSecond;
  if (error) json.error = error >>> 0;
  return json;
}

function nexthopToJson(hop: RouteNexthop, route: Route, links?: LinkLookup): IpJson {
  const json = { ...wrappingToJson(hop, links), ...gatewayToJson(hop) };
  if (hop.flow !== undefined) json.flow = realmsToJson(hop.flow);
  json.dev = linkName(hop.ifindex, links);
  if (isCloned(route) && route.type === RouteType.Multicast) {
    if (hop.hops !== 1) json.ttl = hop.hops;
  } else if (route.family !== AddressFamily.Mpls) {
    json.weight = hop.hops + 1;
  }
  json.flags = flagsToJson(hop.flags);
  return json;
}
