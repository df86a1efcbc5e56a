/**
 * What rtnetlink's messages mean: links, addresses, routes, neighbours, rules, nexthops, settings,
 * namespace ids and prefixes, decoded from and encoded to the bytes of messages by one table each.
 *
 * @example
 * ```ts
 * import { dial, Family } from "@netlink/netlink";
 * import { dump, linkKind } from "@netlink/netlink/rtnetlink";
 *
 * using conn = dial(Family.Route, { strict: true });
 * const { objects } = await dump(conn, linkKind, {});
 * for (const { index, name, mtu } of objects) console.log(index, name, mtu);
 * ```
 *
 * @module
 */
export {
  type Address,
  type AddressAttributes,
  type AddressCacheInfo,
  AddressFlags,
  addressFlags,
  type AddressHeader,
  addressKind,
} from "./address.ts";
export type {
  AttributeEntry,
  AttributeRun,
  AttributeSet,
  Codec,
  RawAttributes,
  Scope,
} from "./codec/attribute_set.ts";
export type { Bitfield32, Scalar } from "./codec/scalar.ts";
export type { Pad, Struct, StructFields, StructSize } from "./codec/struct.ts";
export { AddressFamily, Group, MessageType } from "./constants.ts";
export { type Dump, dump } from "./dump.ts";
export { kindOf, objectKinds } from "./kinds.ts";
export {
  AddrGenMode,
  BridgeVlanFlags,
  type BridgeVlanInfo,
  type BridgeVlanTunnel,
  type LinkAfSpec,
  type LinkCacheInfo,
  type LinkInet,
  type LinkInet6,
  type LinkMctp,
} from "./link/af_spec.ts";
export { Icmp6Stat, Ipv4Conf, Ipv6Conf, Ipv6Stat } from "./link/af_spec_constants.ts";
export type { Link, LinkAttributes, LinkHeader } from "./link/attributes.ts";
export type { BridgeId } from "./link/bridge_id.ts";
export {
  LinkEvent,
  LinkFilter,
  LinkFlags,
  LinkMode,
  LinkType,
  OperState,
} from "./link/constants.ts";
export type {
  LinkInfo,
  LinkInfoData,
  LinkInfoSlaveData,
  OfKind,
  OfSlaveKind,
  VethInfo,
} from "./link/info.ts";
export {
  type BridgeInfo,
  BridgeOption,
  type BridgeOptions,
  type BridgeQuerierState,
} from "./link/info_bridge.ts";
export { type BridgePortInfo, BridgePortState } from "./link/info_bridge_port.ts";
export {
  MacvlanAddressMode,
  MacvlanFlags,
  type MacvlanInfo,
  MacvlanMode,
} from "./link/info_macvlan.ts";
export { type TunInfo, TunType } from "./link/info_tun.ts";
export {
  VxlanDf,
  type VxlanInfo,
  VxlanLabelPolicy,
  type VxlanPortRange,
  type VxlanReservedBits,
} from "./link/info_vxlan.ts";
export { linkKind } from "./link/link.ts";
export type { LinkDevlinkPort, LinkDpllPin, LinkPropList, ProtoDownReason } from "./link/nests.ts";
export type { LinkCounters, LinkMap, LinkStats, LinkStats64 } from "./link/stats.ts";
export {
  type LinkPort,
  type VfGuid,
  type VfInfo,
  VfLinkState,
  type VfLinkStateSetting,
  type VfMac,
  type VfNumber,
  type VfRate,
  type VfSetting,
  type VfStats,
  type VfTxRate,
  type VfVlan,
  type VfVlanInfo,
} from "./link/vf.ts";
export { type LinkXdp, XdpAttached, XdpFlags } from "./link/xdp.ts";
export {
  type FdbExtendedAttributes,
  isListed,
  type Neighbour,
  type NeighbourAttributes,
  type NeighbourCacheInfo,
  type NeighbourHeader,
  neighbourKind,
} from "./neighbour.ts";
export { NeighbourExtendedFlags, NeighbourFlags, NeighbourState } from "./neighbour_constants.ts";
export {
  type Netconf,
  type NetconfAttributes,
  type NetconfHeader,
  NetconfIndex,
  netconfKind,
} from "./netconf.ts";
export {
  type Nexthop,
  type NexthopAttributes,
  type NexthopGroupEntry,
  type NexthopGroupStats,
  NexthopGroupType,
  type NexthopHeader,
  nexthopKind,
  NexthopOpFlags,
  type ResilientBucket,
  type ResilientGroup,
} from "./nexthop.ts";
export { type Nsid, type NsidAttributes, type NsidHeader, nsidKind } from "./nsid.ts";
export {
  decodeObject,
  encodeObject,
  type IpJson,
  type KindName,
  type LinkLookup,
  type LinkReference,
  type ObjectKind,
} from "./object_kind.ts";
export {
  type Prefix,
  type PrefixAttributes,
  type PrefixCacheInfo,
  PrefixFlags,
  type PrefixHeader,
  prefixKind,
} from "./prefix.ts";
export type { Realms, Via } from "./route/address.ts";
export {
  NexthopFlags,
  RouteFlags,
  RoutePreference,
  RouteProtocol,
  RouteScope,
  RouteTable,
  RouteType,
} from "./route/constants.ts";
export type {
  Encap,
  EncapOptions,
  ErspanOption,
  GeneveOption,
  Ip6Encap,
  IpEncap,
  MplsEncap,
  VxlanOption,
} from "./route/encap.ts";
export { EncapFlags, EncapType, Seg6LocalAction, Seg6Mode } from "./route/encap_constants.ts";
export type {
  Seg6Encap,
  Seg6LocalCounters,
  Seg6LocalEncap,
  Seg6LocalFlavors,
  Seg6LocalProgram,
  Seg6Tunnel,
  SegmentRoutingHeader,
} from "./route/encap_seg6.ts";
export { routeSlot } from "./route/key.ts";
export { RouteFeatures, type RouteMetrics } from "./route/metrics.ts";
export type {
  RouteNexthop,
  RouteNexthopAttributes,
  RouteNexthopHeader,
} from "./route/multipath.ts";
export {
  isCloned,
  type MulticastStats,
  type Route,
  type RouteAttributes,
  type RouteCacheInfo,
  type RouteHeader,
  routeTable,
} from "./route/object.ts";
export { routeKind } from "./route/route.ts";
export {
  type PortRange,
  type Rule,
  type RuleAttributes,
  type RuleHeader,
  ruleKind,
  type UidRange,
} from "./rule.ts";
export { RuleAction, RuleFlags } from "./rule_constants.ts";
