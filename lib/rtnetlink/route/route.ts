import { Group, MessageType } from "../constants.ts";
import type { ObjectKind } from "../object_kind.ts";
import { routeToJson } from "./json.ts";
import { routeKey } from "./key.ts";
import { type Route, routeAttributes, routeHeader } from "./object.ts";

export * from "./constants.ts";
export type { Realms, Via } from "./address.ts";
export * from "./encap_constants.ts";
export type {
  Encap,
  EncapOptions,
  ErspanOption,
  GeneveOption,
  Ip6Encap,
  IpEncap,
  MplsEncap,
  VxlanOption,
} from "./encap.ts";
export type {
  Seg6Encap,
  Seg6LocalCounters,
  Seg6LocalEncap,
  Seg6LocalFlavors,
  Seg6LocalProgram,
  Seg6Tunnel,
  SegmentRoutingHeader,
} from "./encap_seg6.ts";
export { routeSlot } from "./key.ts";
export { RouteFeatures } from "./metrics.ts";
export type { RouteMetrics } from "./metrics.ts";
export type {
  RouteNexthop,
  RouteNexthopAttributes,
  RouteNexthopHeader,
} from "./multipath.ts";
export { isCloned, routeTable } from "./object.ts";
export type {
  MulticastStats,
  Route,
  RouteAttributes,
  RouteCacheInfo,
  RouteHeader,
} from "./object.ts";

/** Routes of IPv4, IPv6 and MPLS, and multicast routes. */
export const routeKind: ObjectKind<Route> = {
  name: "route",
  newType: MessageType.NewRoute,
  deleteType: MessageType.DelRoute,
  getType: MessageType.GetRoute,
  groups: [
    Group.Ipv4Route,
    Group.Ipv6Route,
    Group.MplsRoute,
    Group.Ipv4Mroute,
    Group.Ipv6Mroute,
  ],
  header: routeHeader,
  attributes: routeAttributes,
  key: routeKey,
  toIpJson: routeToJson,
};
