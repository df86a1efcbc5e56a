import type { AttributeSet, RawAttributes } from "./codec/attribute_set.ts";
import { nest } from "./codec/compound.ts";
import { hardwareAddress, ipAddress } from "./codec/network.ts";
import { be16, flag, s32, u16, u32, u8 } from "./codec/scalar.ts";
import { withWords } from "./codec/shape.ts";
import { pad, type Struct, struct } from "./codec/struct.ts";
import { AddressFamily, Group, MessageType } from "./constants.ts";
import { linkName, protocolName } from "./names.ts";
import { NeighbourExtendedFlags, NeighbourFlags, NeighbourState } from "./neighbour_constants.ts";
import type { IpJson, LinkLookup, ObjectKind } from "./object_kind.ts";
import { RouteProtocol, RouteType } from "./route/constants.ts";

/** The fixed part of a neighbour's messages, `struct ndmsg` in linux/neighbour.h. */
export interface NeighbourHeader {
  /** `AddressFamily.Inet`, `Inet6`, or `Bridge` for an entry of a forwarding database. */
  family: number;
  /** Index of the link over which the neighbour is reached; 0 for a proxy on all links. */
  index: number;
  /** What is known of the neighbour, {@link NeighbourState}. */
  state: number;
  /** What kind of entry it is, {@link NeighbourFlags}. */
  flags: number;
  /** Kind of the neighbour's address, `RTN_*`: 1 unicast, 2 local, 3 broadcast, 5 multicast. */
  type: number;
}

/** Times of a neighbour, `struct nda_cacheinfo` in linux/neighbour.h, in hundredths of seconds. */
export interface NeighbourCacheInfo {
  /** How long ago it was known to be reachable. */
  confirmed: number;
  /** How long ago it was last used. */
  used: number;
  /** How long ago it last changed. */
  updated: number;
  /** How many users the entry has. */
  refCount: number;
}

/** Settings of an entry of a bridge's forwarding database, `NFEA_*` in linux/neighbour.h. */
export interface FdbExtendedAttributes {
  /** Whether activity is notified: 1 for activity and its end, 3 when it is marked as inactive. */
  activityNotify?: number;
  /** In a request: leaves the time of the last change as it is. */
  dontRefresh?: boolean;
}

/** The attributes of a neighbour, `NDA_*` in linux/neighbour.h. */
export interface NeighbourAttributes {
  /** The neighbour's address; of an entry of a forwarding database, where packets for it are tunnelled to. */
  dst?: string;
  /** The neighbour's hardware address; absent while it is not known. */
  lladdr?: string;
  /** Its times. */
  cacheInfo?: NeighbourCacheInfo;
  /** How many probes went unanswered. */
  probes?: number;
  /** VLAN of an entry of a forwarding database. */
  vlan?: number;
  /** UDP port that packets for it are tunnelled to, where it is not the link's. */
  port?: number;
  /** Network identifier that packets for it are tunnelled with, where it is not the link's. */
  vni?: number;
  /** Index of the link over which packets for it are tunnelled. */
  ifindex?: number;
  /** Index of the bridge that the entry is of. */
  master?: number;
  /** Id of the namespace of the link of {@link NeighbourAttributes.ifindex}. */
  linkNetnsid?: number;
  /** Network identifier of the packets that the entry is for. */
  srcVni?: number;
  /** Who made the entry, `RTPROT_*`. */
  protocol?: number;
  /** Id of the nexthop object that packets for it are sent to. */
  nhId?: number;
  /** Settings of an entry of a bridge's forwarding database. */
  fdbExtAttrs?: FdbExtendedAttributes & RawAttributes;
  /** More flags, {@link NeighbourExtendedFlags}. */
  flagsExt?: number;
  /** In a request: the bits of `state` that are meant. */
  ndmStateMask?: number;
  /** In a request: the bits of `flags` that are meant. */
  ndmFlagsMask?: number;
}

/** A neighbour: the hardware address of a host on a link, or an entry of a forwarding database. */
export type Neighbour = NeighbourHeader & NeighbourAttributes & RawAttributes;

const neighbourHeader: Struct<NeighbourHeader> = struct<NeighbourHeader>({
  family: withWords(u8, AddressFamily),
  _1: pad(3),
  index: s32,
  state: withWords(u16, NeighbourState),
  flags: withWords(u8, NeighbourFlags),
  type: withWords(u8, RouteType),
});

const cacheInfo: Struct<NeighbourCacheInfo> = struct<NeighbourCacheInfo>({
  confirmed: u32,
  used: u32,
  updated: u32,
  refCount: u32,
});

/** Settings of an entry of a bridge's forwarding database. */
export const fdbExtendedAttributes: AttributeSet<FdbExtendedAttributes> = {
  activityNotify: [1, "NFEA_ACTIVITY_NOTIFY", u8],
  dontRefresh: [2, "NFEA_DONT_REFRESH", flag],
};

/** The attributes of a neighbour. */
export const neighbourAttributes: AttributeSet<NeighbourAttributes> = {
  dst: [1, "NDA_DST", ipAddress],
  lladdr: [2, "NDA_LLADDR", hardwareAddress],
  cacheInfo: [3, "NDA_CACHEINFO", cacheInfo],
  probes: [4, "NDA_PROBES", u32],
  vlan: [5, "NDA_VLAN", u16],
  port: [6, "NDA_PORT", be16],
  vni: [7, "NDA_VNI", u32],
  ifindex: [8, "NDA_IFINDEX", u32],
  master: [9, "NDA_MASTER", u32],
  linkNetnsid: [10, "NDA_LINK_NETNSID", s32],
  srcVni: [11, "NDA_SRC_VNI", u32],
  protocol: [12, "NDA_PROTOCOL", withWords(u8, RouteProtocol)],
  nhId: [13, "NDA_NH_ID", u32],
  fdbExtAttrs: [14, "NDA_FDB_EXT_ATTRS", nest(() => fdbExtendedAttributes, true)],
  flagsExt: [15, "NDA_FLAGS_EXT", withWords(u32, NeighbourExtendedFlags)],
  ndmStateMask: [16, "NDA_NDM_STATE_MASK", u16],
  ndmFlagsMask: [17, "NDA_NDM_FLAGS_MASK", u8],
};

/** The names of states in the order in which `ip` prints them. */
const stateNames: ReadonlyArray<readonly [state: number, name: string]> = [
  [NeighbourState.Incomplete, "INCOMPLETE"],
  [NeighbourState.Reachable, "REACHABLE"],
  [NeighbourState.Stale, "STALE"],
  [NeighbourState.Delay, "DELAY"],
  [NeighbourState.Probe, "PROBE"],
  [NeighbourState.Failed, "FAILED"],
  [NeighbourState.NoArp, "NOARP"],
  [NeighbourState.Permanent, "PERMANENT"],
];

/**
 * Tells whether `ip neigh show` lists a neighbour: not a proxy, not one that needs no resolution
 * or has no state (unless it was learned elsewhere), not an entry of a forwarding database.
 *
 * @param neighbour The neighbour.
 * @returns Whether it is listed.
 */
export function isListed(neighbour: Pick<Neighbour, "family" | "state" | "flags">): boolean {
  const { family, state, flags } = neighbour;
  if (family !== AddressFamily.Inet && family !== AddressFamily.Inet6) return false;
  if (flags & NeighbourFlags.Proxy) return false;
  return (state & 0xff & ~NeighbourState.NoArp) !== 0 || (flags & NeighbourFlags.ExtLearned) !== 0;
}

/** A flag appears in `ip -j` as a key without a value. */
function mark(key: string, set: number): IpJson {
  return set ? { [key]: null } : {};
}

/** The names of flags in the order in which `bridge` prints them. */
const fdbFlagNames: ReadonlyArray<readonly [flag: number, name: string]> = [
  [NeighbourFlags.Self, "self"],
  [NeighbourFlags.Router, "router"],
  [NeighbourFlags.ExtLearned, "extern_learn"],
  [NeighbourFlags.Offloaded, "offload"],
  [NeighbourFlags.Master, "master"],
  [NeighbourFlags.Sticky, "sticky"],
];

/** How long an entry stays; one that ages has no name. */
function fdbStateName(state: number): string {
  if (state & NeighbourState.Permanent) return "permanent";
  if (state & NeighbourState.NoArp) return "static";
  if (state & NeighbourState.Stale) return "stale";
  if (state & NeighbourState.Reachable) return "";
  return state === 0 ? "state=0" : `state=0x${state.toString(16)}`;
}

/** Where packets for an address are tunnelled to. */
function targetToJson(entry: Neighbour, links?: LinkLookup): IpJson {
  const { port, vni, srcVni, ifindex, nhId, linkNetnsid } = entry;
  const json: IpJson = {};
  if (port !== undefined) json.port = port;
  if (vni !== undefined) json.vni = vni;
  if (srcVni !== undefined) json.src_vni = srcVni;
  if (ifindex) {
    if (linkNetnsid === undefined) json.viaIf = linkName(ifindex, links);
    else json.viaIfIndex = ifindex;
  }
  if (nhId !== undefined) json.nhid = nhId;
  if (linkNetnsid !== undefined) json.linkNetNsId = linkNetnsid;
  return json;
}

/** The object that `bridge -j -d fdb show` prints for an entry of a forwarding database. */
function fdbToIpJson(entry: Neighbour, links?: LinkLookup): IpJson {
  const { lladdr, index, dst, vlan, flags, flagsExt = 0, master, state } = entry;
  const names = fdbFlagNames.filter(([flag]) => flags & flag).map(([, name]) => name);
  // ip 6.1 does not know it; later ones print it last.
  if (flagsExt & NeighbourExtendedFlags.Locked) names.push("locked");
  return {
    ...(lladdr !== undefined && { mac: lladdr }),
    ...(index !== 0 && { ifname: linkName(index, links) }),
    ...(dst !== undefined && { dst }),
    ...(vlan && { vlan }),
    ...targetToJson(entry, links),
    flags: names,
    ...(master !== undefined && { master: linkName(master, links) }),
    state: fdbStateName(state),
  };
}

/** The object that `ip -j -d neigh show` prints, or `bridge -j -d fdb show` for an entry of a forwarding database. */
function toIpJson(neighbour: Neighbour, links?: LinkLookup): IpJson {
  if (neighbour.family === AddressFamily.Bridge) return fdbToIpJson(neighbour, links);
  const { index, dst, lladdr, flags, flagsExt = 0, state, protocol } = neighbour;
  return {
    ...(dst !== undefined && { dst }),
    ...(index !== 0 && { dev: linkName(index, links) }),
    ...(lladdr !== undefined && { lladdr }),
    ...mark("router", flags & NeighbourFlags.Router),
    ...mark("proxy", flags & NeighbourFlags.Proxy),
    ...mark("managed", flagsExt & NeighbourExtendedFlags.Managed),
    ...mark("extern_learn", flags & NeighbourFlags.ExtLearned),
    ...mark("offload", flags & NeighbourFlags.Offloaded),
    ...(state !== NeighbourState.None && {
      state: stateNames.filter(([bit]) => state & bit).map(([, name]) => name),
    }),
    ...(protocol && { protocol: protocolName(protocol) }),
  };
}

/**
 * Tells neighbours apart as the kernel does: by link and address; on a bridge by hardware address
 * and VLAN, whatever port they are behind; on other links with a forwarding database by all that
 * says where packets go, as one hardware address can have several such entries.
 */
function key(neighbour: Neighbour): string {
  const { family, index, flags, dst, lladdr, vlan, master } = neighbour;
  if (family !== AddressFamily.Bridge) {
    return `${index} ${dst}${flags & NeighbourFlags.Proxy ? " proxy" : ""}`;
  }
  const place = vlan === undefined ? `${lladdr}` : `${lladdr} vlan ${vlan}`;
  if (master !== undefined) return `master ${master} ${place}`;
  const { port, vni, ifindex, srcVni, nhId } = neighbour;
  const target = { dst, port, vni, via: ifindex, "src-vni": srcVni, nhid: nhId };
  const words = Object.entries(target).filter(([, value]) => value !== undefined);
  return [`self ${index} ${place}`, ...words.flat()].join(" ");
}

/** Neighbours. */
export const neighbourKind: ObjectKind<Neighbour> = {
  name: "neighbour",
  newType: MessageType.NewNeigh,
  deleteType: MessageType.DelNeigh,
  getType: MessageType.GetNeigh,
  groups: [Group.Neigh],
  header: neighbourHeader,
  attributes: neighbourAttributes,
  key,
  toIpJson,
};
