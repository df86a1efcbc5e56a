import type { AttributeSet, RawAttributes } from "../codec/attribute_set.ts";
import { nest } from "../codec/compound.ts";
import { ipv4, ipv6 } from "../codec/network.ts";
import { be16, be32, bool8, flag, u32, u8 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";
import { type Struct, struct } from "../codec/struct.ts";
import { hexadecimal, type LinkInfoFormat } from "./info_format.ts";
import { linkName } from "../names.ts";
import type { IpJson, LinkLookup } from "../object_kind.ts";

/** Whether a VXLAN tunnel's packets may be fragmented, `VXLAN_DF_*` in linux/if_link.h. */
export const VxlanDf = {
  /** They may, `VXLAN_DF_UNSET`. */
  Unset: 0,
  /** They may not, `VXLAN_DF_SET`. */
  Set: 1,
  /** As the packet within, `VXLAN_DF_INHERIT`. */
  Inherit: 2,
} as const;

/** Where a VXLAN tunnel's flow labels come from, `VXLAN_LABEL_*` in linux/if_link.h. */
export const VxlanLabelPolicy = {
  /** From its own setting, `VXLAN_LABEL_FIXED`. */
  Fixed: 0,
  /** From the packet within, `VXLAN_LABEL_INHERIT`. */
  Inherit: 1,
} as const;

/** A range of UDP ports, `struct ifla_vxlan_port_range` in linux/if_link.h. */
export interface VxlanPortRange {
  /** The first. */
  low: number;
  /** The last. */
  high: number;
}

/** A VXLAN header as a mask of its bits, `struct vxlanhdr` in the kernel's net/vxlan.h. */
export interface VxlanReservedBits {
  /** Those of the flags. */
  flags: number;
  /** Those of the network's id and the byte after it. */
  vni: number;
}

/** A VXLAN tunnel, `IFLA_VXLAN_*` in linux/if_link.h. */
export interface VxlanInfo {
  /** The network's id. */
  id?: number;
  /** IPv4 address of the other end, or of the group of all other ends. */
  group?: string;
  /** Index of the link that the tunnel goes through. */
  link?: number;
  /** IPv4 address of this end. */
  local?: string;
  /** Time to live of its packets, 0 for the kernel's choice. */
  ttl?: number;
  /** Type of service of its packets; 1 for that of the packet within. */
  tos?: number;
  /** Whether it learns which other end an address is behind. */
  learning?: boolean;
  /** How long such an address is kept, in seconds, 0 for ever. */
  ageing?: number;
  /** How many of them it keeps at most, 0 for no limit. */
  limit?: number;
  /** The UDP ports that it sends from; zeros for the kernel's choice. */
  portRange?: VxlanPortRange;
  /** Whether it answers ARP. */
  proxy?: boolean;
  /** Whether it takes the short way around routers. */
  rsc?: boolean;
  /** Whether it tells of hardware addresses that it does not know. */
  l2Miss?: boolean;
  /** Whether it tells of IP addresses that it does not know. */
  l3Miss?: boolean;
  /** The UDP port of the other ends. */
  port?: number;
  /** IPv6 address of the other end, or of the group of all other ends. */
  group6?: string;
  /** IPv6 address of this end. */
  local6?: string;
  /** Whether there are UDP checksums over IPv4. */
  udpCsum?: boolean;
  /** Whether there are none over IPv6 on the way out. */
  udpZeroCsum6Tx?: boolean;
  /** Whether there need be none over IPv6 on the way in. */
  udpZeroCsum6Rx?: boolean;
  /** Whether checksums within are left to the other end. */
  remCsumTx?: boolean;
  /** Whether checksums within are made up here. */
  remCsumRx?: boolean;
  /** Whether it carries group policies. */
  gbp?: boolean;
  /** Whether checksums left to this end need not be whole. */
  remCsumNoPartial?: boolean;
  /** Whether routes and programs tell where a packet goes: an external tunnel. */
  collectMetadata?: boolean;
  /** Flow label of its IPv6 packets. */
  label?: number;
  /** Whether it carries other protocols than Ethernet. */
  gpe?: boolean;
  /** Whether the time to live is that of the packet within. */
  ttlInherit?: boolean;
  /** Whether its packets may be fragmented, see {@link VxlanDf}. */
  df?: number;
  /** Whether an external tunnel receives the networks only that were named to it. */
  vniFilter?: boolean;
  /** Whether packets for this machine take the short way. */
  localBypass?: boolean;
  /** Where flow labels come from, see {@link VxlanLabelPolicy}. */
  labelPolicy?: number;
  /** Bits of the header that must be zero. */
  reservedBits?: VxlanReservedBits;
  /** Whether multicast routing sends its multicasts on. */
  mcRoute?: boolean;
}

const portRange: Struct<VxlanPortRange> = struct<VxlanPortRange>({ low: be16, high: be16 });

/** {@link VxlanInfo}. */
export const vxlanInfoAttributes: AttributeSet<VxlanInfo> = {
  id: [1, "IFLA_VXLAN_ID", u32],
  group: [2, "IFLA_VXLAN_GROUP", ipv4],
  link: [3, "IFLA_VXLAN_LINK", u32],
  local: [4, "IFLA_VXLAN_LOCAL", ipv4],
  ttl: [5, "IFLA_VXLAN_TTL", u8],
  tos: [6, "IFLA_VXLAN_TOS", u8],
  learning: [7, "IFLA_VXLAN_LEARNING", bool8],
  ageing: [8, "IFLA_VXLAN_AGEING", u32],
  limit: [9, "IFLA_VXLAN_LIMIT", u32],
  portRange: [10, "IFLA_VXLAN_PORT_RANGE", portRange],
  proxy: [11, "IFLA_VXLAN_PROXY", bool8],
  rsc: [12, "IFLA_VXLAN_RSC", bool8],
  l2Miss: [13, "IFLA_VXLAN_L2MISS", bool8],
  l3Miss: [14, "IFLA_VXLAN_L3MISS", bool8],
  port: [15, "IFLA_VXLAN_PORT", be16],
  group6: [16, "IFLA_VXLAN_GROUP6", ipv6],
  local6: [17, "IFLA_VXLAN_LOCAL6", ipv6],
  udpCsum: [18, "IFLA_VXLAN_UDP_CSUM", bool8],
  udpZeroCsum6Tx: [19, "IFLA_VXLAN_UDP_ZERO_CSUM6_TX", bool8],
  udpZeroCsum6Rx: [20, "IFLA_VXLAN_UDP_ZERO_CSUM6_RX", bool8],
  remCsumTx: [21, "IFLA_VXLAN_REMCSUM_TX", bool8],
  remCsumRx: [22, "IFLA_VXLAN_REMCSUM_RX", bool8],
  gbp: [23, "IFLA_VXLAN_GBP", flag],
  remCsumNoPartial: [24, "IFLA_VXLAN_REMCSUM_NOPARTIAL", flag],
  collectMetadata: [25, "IFLA_VXLAN_COLLECT_METADATA", bool8],
  label: [26, "IFLA_VXLAN_LABEL", be32],
  gpe: [27, "IFLA_VXLAN_GPE", flag],
  ttlInherit: [28, "IFLA_VXLAN_TTL_INHERIT", bool8],
  df: [29, "IFLA_VXLAN_DF", withWords(u8, VxlanDf)],
  vniFilter: [30, "IFLA_VXLAN_VNIFILTER", bool8],
  localBypass: [31, "IFLA_VXLAN_LOCALBYPASS", bool8],
  labelPolicy: [32, "IFLA_VXLAN_LABEL_POLICY", withWords(u32, VxlanLabelPolicy)],
  reservedBits: [
    33,
    "IFLA_VXLAN_RESERVED_BITS",
    struct<VxlanReservedBits>({ flags: be32, vni: be32 }),
  ],
  mcRoute: [34, "IFLA_VXLAN_MC_ROUTE", bool8],
};

/** One end of the tunnel, or the group of them: which key an address is printed under. */
function endpoints(info: VxlanInfo): IpJson {
  const json: IpJson = {};
  const { group, group6, local, local6 } = info;
  if (group !== undefined) {
    const multicast = (Number.parseInt(group) & 0xf0) === 0xe0;
    if (group !== "0.0.0.0") json[multicast ? "group" : "remote"] = group;
  } else if (group6 !== undefined && group6 !== "::") {
    json[group6.startsWith("ff") && group6.indexOf(":") === 4 ? "group6" : "remote6"] = group6;
  }
  if (local !== undefined) {
    if (local !== "0.0.0.0") json.local = local;
  } else if (local6 !== undefined && local6 !== "::") {
    json.local6 = local6;
  }
  return json;
}

const dfNames = ["unset", "set", "inherit"];

function vxlanInfoToIpJson(info: VxlanInfo, links?: LinkLookup): IpJson {
  const json: IpJson = {};
  /** Sets a key where it is not false, 0 or absent. */
  const put = (key: string, value: unknown): void => {
    if (value) json[key] = value;
  };
  put("external", info.collectMetadata);
  put("vnifilter", info.vniFilter);
  if (info.id !== undefined) json.id = info.id;
  Object.assign(json, endpoints(info));
  put("link", info.link && linkName(info.link, links));
  put("port_range", info.portRange && { low: info.portRange.low, high: info.portRange.high });
  if (info.port !== undefined) json.port = info.port;
  if (info.learning !== undefined) json.learning = info.learning;
  put("proxy", info.proxy);
  put("rsc", info.rsc);
  put("l2miss", info.l2Miss);
  put("l3miss", info.l3Miss);
  put("tos", info.tos && hexadecimal(info.tos));
  if (!info.ttlInherit && info.ttl !== undefined) json.ttl = info.ttl;
  put("df", info.df !== undefined && dfNames[info.df]);
  put("label", info.label && hexadecimal(info.label));
  if (info.ageing !== undefined) json.ageing = info.ageing;
  put("limit", info.limit);
  if (info.udpCsum !== undefined) json.udp_csum = info.udpCsum;
  if (info.udpZeroCsum6Tx !== undefined) json.udp_zero_csum6_tx = info.udpZeroCsum6Tx;
  if (info.udpZeroCsum6Rx !== undefined) json.udp_zero_csum6_rx = info.udpZeroCsum6Rx;
  put("remcsum_tx", info.remCsumTx);
  put("remcsum_rx", info.remCsumRx);
  put("gbp", info.gbp);
  put("gpe", info.gpe);
  return json;
}

/** The data of a VXLAN tunnel. */
export const vxlanInfo: LinkInfoFormat<VxlanInfo & RawAttributes> = {
  ...nest(() => vxlanInfoAttributes),
  toIpJson: vxlanInfoToIpJson,
};
