/**
 * rtnetlink: links, addresses, routes, neighbours, rules, nexthops, settings, namespace ids and
 * prefixes, to read, to change and to follow. One table for each kind says what its messages mean.
 *
 * @example
 * ```ts
 * import { dial } from "@netlink/netlink/rtnetlink";
 *
 * using rt = dial();
 * for (const { index, name, mtu } of await rt.links.list()) console.log(index, name, mtu);
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
  isUsable,
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
export type { Shape, Shaped, ShapedSet, Words } from "./codec/shape.ts";
export type { Pad, Struct, StructFields, StructSize } from "./codec/struct.ts";
export { AddressFamily, Group, MessageType } from "./constants.ts";
export { ExpressionError } from "./expression/error.ts";
export { parsePredicate } from "./expression/parser.ts";
export { kindOf, objectKinds } from "./kinds.ts";
export {
  AddrGenMode,
  type BridgeMstEntry,
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
export type { BondAdInfo, BondInfo } from "./link/info_bond.ts";
export {
  BondAdSelect,
  BondArpValidate,
  BondFailOverMac,
  BondMode,
  BondPortLink,
  BondPortState,
  BondPrimaryReselect,
  BondXmitHashPolicy,
  LacpState,
} from "./link/info_bond_constants.ts";
export type { BondPortInfo } from "./link/info_bond_port.ts";
export {
  type BridgeInfo,
  BridgeOption,
  type BridgeOptions,
  type BridgeQuerierState,
} from "./link/info_bridge.ts";
export { type BridgePortInfo, BridgePortState } from "./link/info_bridge_port.ts";
export { GeneveDf, type GeneveInfo, type GenevePortRange } from "./link/info_geneve.ts";
export { GreFlags, type GreInfo, type GreTunnel, type Ip6greInfo } from "./link/info_gre.ts";
export { type HsrInfo, HsrProtocol } from "./link/info_hsr.ts";
export { type Ip6tnlInfo, type IpTunnelInfo, SitFlags } from "./link/info_iptunnel.ts";
export { IpvlanFlags, type IpvlanInfo, IpvlanMode } from "./link/info_ipvlan.ts";
export {
  MacsecCipher,
  type MacsecInfo,
  MacsecOffload,
  MacsecValidation,
} from "./link/info_macsec.ts";
export {
  MacvlanAddressMode,
  MacvlanFlags,
  type MacvlanInfo,
  MacvlanMode,
} from "./link/info_macvlan.ts";
export {
  type NetkitInfo,
  NetkitMode,
  NetkitPairing,
  NetkitPolicy,
  NetkitScrub,
} from "./link/info_netkit.ts";
export { type OvpnInfo, OvpnMode } from "./link/info_ovpn.ts";
export { type TunInfo, TunType } from "./link/info_tun.ts";
export { VlanFlag, type VlanFlags, type VlanInfo, type VlanQosMapping } from "./link/info_vlan.ts";
export type { VrfInfo, VrfPortInfo } from "./link/info_vrf.ts";
export type { VtiInfo } from "./link/info_vti.ts";
export {
  VxlanDf,
  type VxlanInfo,
  VxlanLabelPolicy,
  type VxlanPortRange,
  type VxlanReservedBits,
} from "./link/info_vxlan.ts";
export type { XfrmInfo } from "./link/info_xfrm.ts";
export { linkKind } from "./link/link.ts";
export type { LinkDevlinkPort, LinkDpllPin, LinkPropList, ProtoDownReason } from "./link/nests.ts";
export type { LinkCounters, LinkMap, LinkStats, LinkStats64 } from "./link/stats.ts";
export {
  type Ip6Tunnel,
  Ip6TunnelFlags,
  type Tunnel,
  type TunnelEncap,
  TunnelEncapFlags,
  TunnelEncapType,
} from "./link/tunnel.ts";
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
export { type AddressInit, AddressService } from "./service/addresses.ts";
export { type LinkInit, type LinkKey, LinkService } from "./service/links.ts";
export { type NeighbourInit, type NeighbourKey, NeighbourService } from "./service/neighbours.ts";
export { NetconfService } from "./service/netconfs.ts";
export { type NexthopInit, NexthopService } from "./service/nexthops.ts";
export { type NsidKey, NsidService } from "./service/nsids.ts";
export type { Objects } from "./service/objects.ts";
export { dial, type RouteBatch, RouteConn } from "./service/route_conn.ts";
export {
  type RouteInit,
  type RouteLookup,
  type RouteNexthopInit,
  RouteService,
} from "./service/routes.ts";
export { type RuleInit, RuleService } from "./service/rules.ts";
export { type Listing, type ListRules, Service, type ServiceBase } from "./service/service.ts";
export type { Ask, Request, Submit } from "./service/submit.ts";
export { type RouteEvent, type SubscribeOptions, Subscription } from "./service/subscription.ts";
