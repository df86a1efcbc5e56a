import { Group, MessageType } from "../constants.ts";
import type { ObjectKind } from "../object_kind.ts";
import { routeToJson } from "./json.ts";
import { routeKey } from "./key.ts";
import { type Route, routeAttributes, routeHeader } from "./object.ts";

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
