import type { AttributeSet, RawAttributes } from "./codec/attribute_set.ts";
import { indexedArray, nest, packedArray } from "./codec/compound.ts";
import { ipAddress } from "./codec/network.ts";
import { flag, u16, u32, u64, u8, uint } from "./codec/scalar.ts";
import { withWords } from "./codec/shape.ts";
import { pad, type Struct, struct } from "./codec/struct.ts";
import { AddressFamily, Group, MessageType } from "./constants.ts";
import { linkName, protocolName, scopeName } from "./names.ts";
import type { IpJson, LinkLookup, ObjectKind } from "./object_kind.ts";
import { type Encap, encap, encapToJson } from "./route/encap.ts";
import { flagsToJson } from "./route/json.ts";
import { NexthopFlags, RouteProtocol, RouteScope } from "./route/constants.ts";
import { EncapType } from "./route/encap_constants.ts";

/** How a group of nexthops spreads packets, `NEXTHOP_GRP_TYPE_*` in linux/nexthop.h. */
export const NexthopGroupType = {
  /** By a hash of each flow; a change moves flows, `NEXTHOP_GRP_TYPE_MPATH`. */
  Multipath: 0,
  /** By buckets, which keep busy flows where they are, `NEXTHOP_GRP_TYPE_RES`. */
  Resilient: 1,
} as const;

/** What a request asks for, or an answer promises, about nexthops, `NHA_OP_FLAG_*` in linux/nexthop.h. */
export const NexthopOpFlags = {
  /** Dump the statistics of groups, `NHA_OP_FLAG_DUMP_STATS`. */
  DumpStats: 0x1,
  /** Dump the hardware's statistics of groups, `NHA_OP_FLAG_DUMP_HW_STATS`. */
  DumpHardwareStats: 0x2,
  /** The reserved fields of the groups' entries are zero, `NHA_OP_FLAG_RESP_GRP_RESVD_0`. */
  ReservedAreZero: 0x8000_0000,
} as const;

/** The fixed part of a nexthop's messages, `struct nhmsg` in linux/nexthop.h. */
export interface NexthopHeader {
  /** Its address family, `AddressFamily`; 0 for a group. */
  family: number;
  /** How far away the gateway is, `RouteScope`; from the kernel only. */
  scope: number;
  /** Who made it, `RouteProtocol`. */
  protocol: number;
  /** Always 0. */
  reserved: number;
  /** `NexthopFlags` */
  flags: number;
}

/** A member of a group of nexthops, `struct nexthop_grp` in linux/nexthop.h. */
export interface NexthopGroupEntry {
  /** Id of the nexthop. */
  id: number;
  /** Its weight less one, the low eight bits. */
  weight: number;
  /** The high eight bits of its weight less one. */
  weightHigh: number;
}

/** How a resilient group is set up and does, `NHA_RES_GROUP_*`. Times are in hundredths of a second. */
export interface ResilientGroup {
  /** How many buckets it has. */
  buckets?: number;
  /** How long a bucket must be without packets to be moved. */
  idleTimer?: number;
  /** How long the buckets may stay out of balance until busy ones are moved, too; 0 is for ever. */
  unbalancedTimer?: number;
  /** How long they have been out of balance. */
  unbalancedTime?: bigint;
}

/** What a member of a group forwarded, `NHA_GROUP_STATS_ENTRY_*`. */
export interface NexthopGroupStats {
  /** Id of the nexthop. */
  id?: number;
  /** Packets, hardware's included. */
  packets?: bigint;
  /** Packets that hardware forwarded. */
  packetsHardware?: bigint;
}

/** A bucket of a resilient group, `NHA_RES_BUCKET_*`. */
export interface ResilientBucket {
  /** Its index. */
  index?: number;
  /** For how long it has been without packets, in hundredths of a second. */
  idleTime?: bigint;
  /** Id of the nexthop that it leads to. */
  nhId?: number;
}

/** The attributes of a nexthop, `NHA_*` in linux/nexthop.h. */
export interface NexthopAttributes {
  /** Its id; in a request 0 lets the kernel choose. */
  id?: number;
  /** Its members, of a group. */
  group?: Array<NexthopGroupEntry>;
  /** How it spreads packets, of a group, {@link NexthopGroupType}. */
  groupType?: number;
  /** Whether it drops packets. */
  blackhole?: boolean;
  /** Index of the link that packets go out of. */
  oif?: number;
  /** The gateway to send to. */
  gateway?: string;
  /** What `encap` is, `EncapType`. */
  encapType?: number;
  /** What packets are wrapped in. */
  encap?: Encap;
  /** In a request: whether only groups are wanted. */
  groups?: boolean;
  /** In a request: index of the master whose links' nexthops are wanted. */
  master?: number;
  /** Whether it is for a bridge's forwarding database. */
  fdb?: boolean;
  /** How it is set up, of a resilient group. */
  resGroup?: ResilientGroup & RawAttributes;
  /** In a request and an answer about buckets: the bucket. */
  resBucket?: ResilientBucket & RawAttributes;
  /** {@link NexthopOpFlags} */
  opFlags?: number;
  /** What its members forwarded, of a group. */
  groupStats?: Array<NexthopGroupStats & RawAttributes>;
  /** Whether hardware should count, of a group. */
  hwStatsEnable?: number;
  /** Whether hardware does count, of a group. */
  hwStatsUsed?: number;
}

/** A nexthop object. */
export type Nexthop = NexthopHeader & NexthopAttributes & RawAttributes;

const nexthopHeader: Struct<NexthopHeader> = struct<NexthopHeader>({
  family: withWords(u8, AddressFamily),
  scope: withWords(u8, RouteScope),
  protocol: withWords(u8, RouteProtocol),
  reserved: u8,
  flags: withWords(u32, NexthopFlags),
});

const groupEntry: Struct<NexthopGroupEntry> = struct<NexthopGroupEntry>({
  id: u32,
  weight: u8,
  weightHigh: u8,
  _6: pad(2),
});

const resilientGroup: AttributeSet<ResilientGroup> = {
  buckets: [1, "NHA_RES_GROUP_BUCKETS", u16],
  idleTimer: [2, "NHA_RES_GROUP_IDLE_TIMER", u32],
  unbalancedTimer: [3, "NHA_RES_GROUP_UNBALANCED_TIMER", u32],
  unbalancedTime: [4, "NHA_RES_GROUP_UNBALANCED_TIME", u64],
};

const resilientBucket: AttributeSet<ResilientBucket> = {
  index: [1, "NHA_RES_BUCKET_INDEX", u16],
  idleTime: [2, "NHA_RES_BUCKET_IDLE_TIME", u64],
  nhId: [3, "NHA_RES_BUCKET_NH_ID", u32],
};

const groupStats: AttributeSet<NexthopGroupStats> = {
  id: [1, "NHA_GROUP_STATS_ENTRY_ID", u32],
  packets: [2, "NHA_GROUP_STATS_ENTRY_PACKETS", uint],
  packetsHardware: [3, "NHA_GROUP_STATS_ENTRY_PACKETS_HW", uint],
};

/** The attributes of a nexthop. */
export const nexthopAttributes: AttributeSet<NexthopAttributes> = {
  id: [1, "NHA_ID", u32],
  group: [2, "NHA_GROUP", packedArray(groupEntry)],
  groupType: [3, "NHA_GROUP_TYPE", withWords(u16, NexthopGroupType)],
  blackhole: [4, "NHA_BLACKHOLE", flag],
  oif: [5, "NHA_OIF", u32],
  gateway: [6, "NHA_GATEWAY", ipAddress],
  encapType: [7, "NHA_ENCAP_TYPE", withWords(u16, EncapType)],
  encap: [8, "NHA_ENCAP", encap],
  groups: [9, "NHA_GROUPS", flag],
  master: [10, "NHA_MASTER", u32],
  fdb: [11, "NHA_FDB", flag],
  resGroup: [12, "NHA_RES_GROUP", nest(() => resilientGroup, true)],
  resBucket: [13, "NHA_RES_BUCKET", nest(() => resilientBucket, true)],
  opFlags: [14, "NHA_OP_FLAGS", withWords(u32, NexthopOpFlags)],
  groupStats: [
    15,
    "NHA_GROUP_STATS",
    indexedArray(nest(() => groupStats, true), {
      type: 1,
      name: "NHA_GROUP_STATS_ENTRY",
      flagged: true,
    }),
  ],
  hwStatsEnable: [16, "NHA_HW_STATS_ENABLE", u32],
  hwStatsUsed: [17, "NHA_HW_STATS_USED", u32],
};

/** Hundredths of a second as seconds, with the six digits that `ip -j` prints. */
function seconds(ticks: number | bigint): number {
  return Number((Number(ticks) / 100).toPrecision(6));
}

function toIpJson(nexthop: Nexthop, links?: LinkLookup): IpJson {
  const { id, group, resGroup, encapType, gateway, oif } = nexthop;
  const json: IpJson = {};
  if (id !== undefined) json.id = id;
  if (group !== undefined) json.group = group.map(memberToJson);
  if (nexthop.groupType === NexthopGroupType.Resilient) json.type = "resilient";
  if (resGroup !== undefined) {
    json.resilient_args = {
      buckets: resGroup.buckets ?? 0,
      idle_timer: seconds(resGroup.idleTimer ?? 0),
      unbalanced_timer: seconds(resGroup.unbalancedTimer ?? 0),
      unbalanced_time: seconds(resGroup.unbalancedTime ?? 0),
    };
  }
  if (encapType !== undefined) json.encap = encapToJson(encapType, nexthop.encap, links);
  if (gateway !== undefined) json.gateway = gateway;
  if (oif !== undefined) json.dev = linkName(oif, links);
  json.scope = scopeName(nexthop.scope);
  if (nexthop.blackhole) json.blackhole = null;
  json.protocol = protocolName(nexthop.protocol);
  json.flags = flagsToJson(nexthop.flags);
  if (nexthop.fdb) json.fdb = null;
  return json;
}

function memberToJson({ id, weight, weightHigh }: NexthopGroupEntry): IpJson {
  const whole = (weightHigh << 8 | weight) + 1;
  return whole === 1 ? { id } : { id, weight: whole };
}

/** Nexthop objects, which routes refer to by id. */
export const nexthopKind: ObjectKind<Nexthop> = {
  name: "nexthop",
  newType: MessageType.NewNexthop,
  deleteType: MessageType.DelNexthop,
  getType: MessageType.GetNexthop,
  groups: [Group.Nexthop],
  header: nexthopHeader,
  attributes: nexthopAttributes,
  key: (nexthop) => `${nexthop.id}`,
  toIpJson,
};
