import { Group, MessageType } from "./constants.ts";
import type { ObjectKind } from "./object_kind.ts";
import { routeToJson } from "./route_json.ts";
import { routeKey } from "./route_key.ts";
import { type Route, routeAttributes, routeHeader } from "./route_object.ts";

export * from "./route_constants.ts";
export type { Realms, Via } from "./route_address.ts";
export * from "./route_encap_constants.ts";
export type {
  Encap,
  EncapOptions,
  ErspanOption,
  GeneveOption,
  Ip6Encap,
  IpEncap,
  MplsEncap,
  VxlanOption,
} from "./route_encap.ts";
export type {
  Seg6Encap,
  Seg6LocalCounters,
  Seg6LocalEncap,
  Seg6LocalFlavors,
  Seg6LocalProgram,
  Seg6Tunnel,
  SegmentRoutingHeader,
} from "./route_encap_seg6.ts";
export { routeSlot } from "./route_key.ts";
export { RouteFeatures } from "./route_metrics.ts";
export type { RouteMetrics } from "./route_metrics.ts";
export type {
  RouteNexthop,
  RouteNexthopAttributes,
  RouteNexthopHeader,
} from "./route_multipath.ts";
export { isCloned, routeTable } from "./route_object.ts";
export type {
  MulticastStats,
  Route,
  RouteAttributes,
  RouteCacheInfo,
  RouteHeader,
} from "./route_object.ts";

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
