import type { AttributeSet, Codec, RawAttributes } from "../codec/attribute_set.ts";
import { nest } from "../codec/compound.ts";
import { ipAddress } from "../codec/network.ts";
import { be16, be32, bool8, s32, u16, u32, u64, u8 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";
import { type Struct, struct } from "../codec/struct.ts";
import { type Realms, realms, routeAddress, type Via, via } from "./address.ts";
import {
  NexthopFlags,
  RouteFlags,
  RoutePreference,
  RouteProtocol,
  RouteScope,
  RouteTable,
  RouteType,
} from "./constants.ts";
import { type Encap, encap } from "./encap.ts";
import { type RouteMetrics, routeMetrics } from "./metrics.ts";
import { multipath, type RouteNexthop } from "./multipath.ts";
import { AddressFamily } from "../constants.ts";
import { EncapType } from "./encap_constants.ts";

/** The fixed part of a route's messages, `struct rtmsg` in linux/rtnetlink.h. */
export interface RouteHeader {
  /** Its address family, `AddressFamily`. */
  family: number;
  /** Length in bits of the destination's prefix. */
  dstLength: number;
  /** Length in bits of the source's prefix. */
  srcLength: number;
  /** Type of service that it is for, of IPv4; 0 is any. */
  tos: number;
  /**
   * Its table where the number fits into a byte, otherwise 252, `RouteTable.Compat`. The `table`
   * beside it counts; to read it, see `routeTable()`, to write it, leave this 0.
   */
  headerTable: number;
  /** Who made it, `RouteProtocol`. */
  protocol: number;
  /** How far away its destination is, `RouteScope`. */
  scope: number;
  /** What becomes of packets, `RouteType`. */
  type: number;
  /** `RouteFlags` and, when it has one nexthop, that one's `NexthopFlags`. */
  flags: number;
}

/** How a route is used, `struct rta_cacheinfo` in linux/rtnetlink.h. */
export interface RouteCacheInfo {
  /** How many refer to it. */
  clntref: number;
  /** How long ago it was used, in hundredths of a second. */
  lastUse: number;
  /** When it ends, in hundredths of a second from now; 0 is never, less than 0 was. */
  expires: number;
  /** The error number that packets get, or 0. */
  error: number;
  /** How often it was used. */
  used: number;
  /** Not used any more. */
  id: number;
  /** Not used any more. */
  ts: number;
  /** Not used any more. */
  tsAge: number;
}

/** What a multicast route forwarded, `struct rta_mfc_stats` in linux/rtnetlink.h. */
export interface MulticastStats {
  /** Packets. */
  packets: bigint;
  /** Bytes of these packets. */
  bytes: bigint;
  /** Packets that came in on another link than they should. */
  wrongInterface: bigint;
}

/** The attributes of a route, `RTA_*` in linux/rtnetlink.h. */
export interface RouteAttributes {
  /** Destination; absent when it is everything. Of an MPLS route, its label. */
  dst?: string;
  /** Source that it is for, of IPv6 and multicast; absent when it is any. */
  src?: string;
  /** Index of the link that packets come from, of a search and of multicast. */
  iif?: number;
  /** Index of the link that packets go out of. */
  oif?: number;
  /** The gateway to send to. */
  gateway?: string;
  /** Its metric: of several routes to one destination the lowest counts. */
  priority?: number;
  /** Source address for packets of this host. */
  prefSrc?: string;
  /** What it says about the way. */
  metrics?: RouteMetrics & RawAttributes;
  /** Its nexthops, where it has several. */
  multipath?: RouteNexthop[];
  /** Its realms, of IPv4. */
  flow?: Realms;
  /** How it is used. */
  cacheInfo?: RouteCacheInfo;
  /** Its table, `RouteTable` or any other number. */
  table?: number;
  /** Mark of the packet, in a search. */
  mark?: number;
  /** What it forwarded, of multicast. */
  mfcStats?: MulticastStats;
  /** The gateway, of another family. */
  via?: Via;
  /** The labels to swap for the packet's, of an MPLS route. */
  newDst?: string;
  /** Its rank among equals, of IPv6, `RoutePreference`. */
  pref?: number;
  /** What `encap` is, `EncapType`. */
  encapType?: number;
  /** What packets are wrapped in. */
  encap?: Encap;
  /** In a request: in how many seconds it ends, of IPv6. From the kernel, of multicast: hundredths of a second since its last use, a bigint. */
  expires?: number | bigint;
  /** User that the packet belongs to, in a search. */
  uid?: number;
  /** Whether labels carry the packet's time to live, of an MPLS route. */
  ttlPropagate?: boolean;
  /** Protocol of the packet, in a search. */
  ipProto?: number;
  /** Source port of the packet, in a search. */
  sport?: number;
  /** Destination port of the packet, in a search. */
  dport?: number;
  /** Id of the nexthop object that it uses. */
  nhId?: number;
  /** Flow label of the packet, in a search. */
  flowLabel?: number;
}

/** A route. */
export type Route = RouteHeader & RouteAttributes & RawAttributes;

/** How the fixed part of a route's messages is laid out. */
export const routeHeader: Struct<RouteHeader> = struct<RouteHeader>({
  family: withWords(u8, AddressFamily),
  dstLength: u8,
  srcLength: u8,
  tos: u8,
  headerTable: withWords(u8, RouteTable),
  protocol: withWords(u8, RouteProtocol),
  scope: withWords(u8, RouteScope),
  type: withWords(u8, RouteType),
  flags: withWords(u32, { ...NexthopFlags, ...RouteFlags }),
});

const cacheInfo: Struct<RouteCacheInfo> = struct<RouteCacheInfo>({
  clntref: u32,
  lastUse: u32,
  expires: s32,
  error: s32,
  used: u32,
  id: u32,
  ts: u32,
  tsAge: u32,
});

const mfcStats: Struct<MulticastStats> = struct<MulticastStats>({
  packets: u64,
  bytes: u64,
  wrongInterface: u64,
});

/** Seconds of four bytes, or a time of eight: a number or a bigint. */
const expires: Codec<number | bigint> = {
  decode: (ad) => ad.length === 8 ? ad.uint32() : ad.uint64(),
  encode: (ae, type, value) =>
    typeof value === "bigint" ? ae.uint64(type, value) : ae.uint32(type, value),
};

/** The attributes of a route. */
export const routeAttributes: AttributeSet<RouteAttributes> = {
  dst: [1, "RTA_DST", routeAddress],
  src: [2, "RTA_SRC", ipAddress],
  iif: [3, "RTA_IIF", u32],
  oif: [4, "RTA_OIF", u32],
  gateway: [5, "RTA_GATEWAY", ipAddress],
  priority: [6, "RTA_PRIORITY", u32],
  prefSrc: [7, "RTA_PREFSRC", ipAddress],
  metrics: [8, "RTA_METRICS", nest(() => routeMetrics)],
  multipath: [9, "RTA_MULTIPATH", multipath],
  flow: [11, "RTA_FLOW", realms],
  cacheInfo: [12, "RTA_CACHEINFO", cacheInfo],
  table: [15, "RTA_TABLE", withWords(u32, RouteTable)],
  mark: [16, "RTA_MARK", u32],
  mfcStats: [17, "RTA_MFC_STATS", mfcStats],
  via: [18, "RTA_VIA", via],
  newDst: [19, "RTA_NEWDST", routeAddress],
  pref: [20, "RTA_PREF", withWords(u8, RoutePreference)],
  encapType: [21, "RTA_ENCAP_TYPE", withWords(u16, EncapType)],
  encap: [22, "RTA_ENCAP", encap],
  expires: [23, "RTA_EXPIRES", expires],
  uid: [25, "RTA_UID", u32],
  ttlPropagate: [26, "RTA_TTL_PROPAGATE", bool8],
  ipProto: [27, "RTA_IP_PROTO", u8],
  sport: [28, "RTA_SPORT", be16],
  dport: [29, "RTA_DPORT", be16],
  nhId: [30, "RTA_NH_ID", u32],
  flowLabel: [31, "RTA_FLOWLABEL", be32],
};

/**
 * Tells the table of a route.
 *
 * @param route The route.
 * @returns Its number, as the attribute says or, where there is none, the header.
 */
export function routeTable(route: Pick<Route, "table" | "headerTable">): number {
  return route.table ?? route.headerTable;
}

/**
 * Tells whether a route is no entry of a table, but what a search or the route cache made of one.
 * `ip route show` does not show such routes.
 *
 * @param route The route.
 * @returns Whether it has the flag `RTM_F_CLONED`.
 */
export function isCloned(route: Pick<Route, "flags">): boolean {
  return (route.flags & RouteFlags.Cloned) !== 0;
}
