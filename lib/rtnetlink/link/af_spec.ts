import type { AttributeSet, Codec, RawAttributes } from "../codec/attribute_set.ts";
import { indexedArray, multi, nest, packedArray, selected } from "../codec/compound.ts";
import { ipv6 } from "../codec/network.ts";
import { bytes, s32, u16, u32, u64, u8 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";
import { struct } from "../codec/struct.ts";
import { AddressFamily } from "../constants.ts";

/** How the host part of a link's IPv6 addresses is made, `IN6_ADDR_GEN_MODE_*` in linux/if_link.h. */
export const AddrGenMode = {
  /** From the hardware address, `IN6_ADDR_GEN_MODE_EUI64`. */
  Eui64: 0,
  /** Not at all: there is no link-local address, `IN6_ADDR_GEN_MODE_NONE`. */
  None: 1,
  /** From a secret that was set, RFC 7217, `IN6_ADDR_GEN_MODE_STABLE_PRIVACY`. */
  StablePrivacy: 2,
  /** From a secret that the kernel makes up, `IN6_ADDR_GEN_MODE_RANDOM`. */
  Random: 3,
} as const;

/** IPv4 on a link, `IFLA_INET_*` in linux/if_link.h. */
export interface LinkInet {
  /** Its settings; {@link Ipv4Conf} has their places. */
  conf?: number[];
}

/** Times of IPv6 on a link, `struct ifla_cacheinfo` in linux/if_link.h. */
export interface LinkCacheInfo {
  /** The longest packet that can be reassembled, in bytes. */
  maxReasmLen: number;
  /** When it was last changed, in hundredths of a second since the machine started. */
  tstamp: number;
  /** How long a neighbour counts as reachable, in milliseconds. */
  reachableTime: number;
  /** How long to wait before a neighbour is asked for again, in milliseconds. */
  retransTime: number;
}

/** IPv6 on a link, `IFLA_INET6_*` in linux/if_link.h. */
export interface LinkInet6 {
  /** Its state and what router advertisements said, `IF_READY` and such in the kernel's net/if_inet6.h. */
  flags?: number;
  /** Its settings; {@link Ipv6Conf} has their places. */
  conf?: number[];
  /** Its counters; {@link Ipv6Stat} has their places. */
  stats?: bigint[];
  /** Not in use. */
  mcast?: Uint8Array;
  /** Its times. */
  cacheInfo?: LinkCacheInfo;
  /** Its counters of ICMPv6; {@link Icmp6Stat} has their places. */
  icmp6Stats?: bigint[];
  /** The host part of its addresses where it was set by hand, "::" where not. */
  token?: string;
  /** How the host part of its addresses is made, see {@link AddrGenMode}. */
  addrGenMode?: number;
  /** The largest packet in bytes that a router advertised. */
  raMtu?: number;
}

/** MCTP on a link, `IFLA_MCTP_*` in linux/if_link.h. */
export interface LinkMctp {
  /** The network that it belongs to. */
  net?: number;
  /** Its medium, from DSP0239. */
  physBinding?: number;
}

/** Flags of a VLAN of a bridge or its port, `BRIDGE_VLAN_INFO_*` in linux/if_bridge.h. */
export const BridgeVlanFlags = {
  /** It is meant for the bridge itself, `BRIDGE_VLAN_INFO_MASTER`. */
  Master: 1 << 0,
  /** Frames without a tag are in it, `BRIDGE_VLAN_INFO_PVID`. */
  Pvid: 1 << 1,
  /** Its frames are sent without a tag, `BRIDGE_VLAN_INFO_UNTAGGED`. */
  Untagged: 1 << 2,
  /** It is the first of a range, `BRIDGE_VLAN_INFO_RANGE_BEGIN`. */
  RangeBegin: 1 << 3,
  /** It is the last of a range, `BRIDGE_VLAN_INFO_RANGE_END`. */
  RangeEnd: 1 << 4,
  /** It is there for the bridge itself, `BRIDGE_VLAN_INFO_BRENTRY`. */
  BridgeEntry: 1 << 5,
  /** Only its options are changed, `BRIDGE_VLAN_INFO_ONLY_OPTS`. */
  OnlyOptions: 1 << 6,
} as const;

/** A VLAN of a bridge or its port, `struct bridge_vlan_info` in linux/if_bridge.h. */
export interface BridgeVlanInfo {
  /** See {@link BridgeVlanFlags}. */
  flags: number;
  /** Its id. */
  vid: number;
}

/** Which id of a tunnel stands for a VLAN, `IFLA_BRIDGE_VLAN_TUNNEL_*` in linux/if_bridge.h. */
export interface BridgeVlanTunnel {
  /** The tunnel's id. */
  id?: number;
  /** The VLAN's id. */
  vid?: number;
  /** Whether a range begins or ends here, see {@link BridgeVlanFlags}. */
  flags?: number;
}

/** State of a bridge's port in one of several spanning trees, `IFLA_BRIDGE_MST_ENTRY_*` in linux/if_bridge.h. */
export interface BridgeMstEntry {
  /** The spanning tree's id, 0 for the common one. */
  msti?: number;
  /** The port's state in it, see {@link BridgePortState}. */
  state?: number;
}

/** What the address families know of a link, `IFLA_AF_SPEC`. */
export interface LinkAfSpec {
  /** IPv4. In messages of no family, as is IPv6. */
  inet?: LinkInet & RawAttributes;
  /** IPv6. */
  inet6?: LinkInet6 & RawAttributes;
  /** MCTP. */
  mctp?: LinkMctp & RawAttributes;
  /** Whom a request is for: `BRIDGE_FLAGS_MASTER`, 1, or `BRIDGE_FLAGS_SELF`, 2. In messages of the bridge family, as are all that follow. */
  flags?: number;
  /** How the hardware bridges: `BRIDGE_MODE_VEB`, 0, or `BRIDGE_MODE_VEPA`, 1. */
  mode?: number;
  /** The VLANs. */
  vlanInfo?: BridgeVlanInfo[];
  /** The ids of tunnels that stand for VLANs. */
  vlanTunnelInfo?: Array<BridgeVlanTunnel & RawAttributes>;
  /** Its states in several spanning trees. */
  mst?: Array<BridgeMstEntry & RawAttributes>;
}

/** {@link LinkInet}. */
export const linkInetAttributes: AttributeSet<LinkInet> = {
  conf: [1, "IFLA_INET_CONF", packedArray(u32)],
};

/** {@link LinkInet6}. */
export const linkInet6Attributes: AttributeSet<LinkInet6> = {
  flags: [1, "IFLA_INET6_FLAGS", u32],
  conf: [2, "IFLA_INET6_CONF", packedArray(s32)],
  stats: [3, "IFLA_INET6_STATS", packedArray(u64)],
  mcast: [4, "IFLA_INET6_MCAST", bytes],
  cacheInfo: [
    5,
    "IFLA_INET6_CACHEINFO",
    struct<LinkCacheInfo>({
      maxReasmLen: u32,
      tstamp: u32,
      reachableTime: u32,
      retransTime: u32,
    }),
  ],
  icmp6Stats: [6, "IFLA_INET6_ICMP6STATS", packedArray(u64)],
  token: [7, "IFLA_INET6_TOKEN", ipv6],
  addrGenMode: [8, "IFLA_INET6_ADDR_GEN_MODE", withWords(u8, AddrGenMode)],
  raMtu: [9, "IFLA_INET6_RA_MTU", u32],
};

/** {@link LinkMctp}. */
export const linkMctpAttributes: AttributeSet<LinkMctp> = {
  net: [1, "IFLA_MCTP_NET", u32],
  physBinding: [2, "IFLA_MCTP_PHYS_BINDING", u8],
};

/** {@link LinkAfSpec} in messages of no family. */
export const linkAfSpecAttributes: AttributeSet<Pick<LinkAfSpec, "inet" | "inet6" | "mctp">> = {
  inet: [AddressFamily.Inet, "AF_INET", nest(() => linkInetAttributes)],
  inet6: [AddressFamily.Inet6, "AF_INET6", nest(() => linkInet6Attributes)],
  mctp: [45, "AF_MCTP", nest(() => linkMctpAttributes)],
};

/** {@link BridgeVlanTunnel}. */
export const bridgeVlanTunnelAttributes: AttributeSet<BridgeVlanTunnel> = {
  id: [1, "IFLA_BRIDGE_VLAN_TUNNEL_ID", u32],
  vid: [2, "IFLA_BRIDGE_VLAN_TUNNEL_VID", u16],
  flags: [3, "IFLA_BRIDGE_VLAN_TUNNEL_FLAGS", u16],
};

/** {@link BridgeMstEntry}. */
export const bridgeMstEntryAttributes: AttributeSet<BridgeMstEntry> = {
  msti: [1, "IFLA_BRIDGE_MST_ENTRY_MSTI", u16],
  state: [2, "IFLA_BRIDGE_MST_ENTRY_STATE", u8],
};

/** {@link LinkAfSpec} in messages of the bridge family. */
export const bridgeAfSpecAttributes: AttributeSet<
  Pick<LinkAfSpec, "flags" | "mode" | "vlanInfo" | "vlanTunnelInfo" | "mst">
> = {
  flags: [0, "IFLA_BRIDGE_FLAGS", u16],
  mode: [1, "IFLA_BRIDGE_MODE", u16],
  vlanInfo: [
    2,
    "IFLA_BRIDGE_VLAN_INFO",
    multi(struct<BridgeVlanInfo>({ flags: u16, vid: u16 })),
  ],
  vlanTunnelInfo: [
    3,
    "IFLA_BRIDGE_VLAN_TUNNEL_INFO",
    multi(nest(() => bridgeVlanTunnelAttributes)),
  ],
  mst: [
    6,
    "IFLA_BRIDGE_MST",
    indexedArray(nest(() => bridgeMstEntryAttributes), {
      type: 1,
      name: "IFLA_BRIDGE_MST_ENTRY",
      flagged: true,
    }),
  ],
};

/**
 * An attribute of a link whose format the family in the message's header selects. The header is known
 * before any attribute is, so that it need not wait for its siblings.
 *
 * @param formats The formats by family.
 * @returns How to read and write it.
 */
export function byFamily<T>(formats: () => Readonly<Record<number, Codec<T>>>): Codec<T> {
  return { ...selected("family", formats), late: false };
}

const afSpecFormats: Readonly<Record<number, Codec<LinkAfSpec & RawAttributes>>> = {
  [AddressFamily.Unspec]: nest(() => linkAfSpecAttributes),
  [AddressFamily.Bridge]: nest(() => bridgeAfSpecAttributes),
};

/** {@link LinkAfSpec}. */
export const linkAfSpec: Codec<LinkAfSpec & RawAttributes> = byFamily(() => afSpecFormats);

const addrGenModeNames = ["eui64", "none", "stable_secret", "random"];

/** Names how the host part of a link's IPv6 addresses is made, such as 0 "eui64". */
export function addrGenModeName(mode: number): string {
  return addrGenModeNames[mode] ?? `0x${mode.toString(16).padStart(2, "0")}`;
}
