import type { AttributeSet, RawAttributes } from "../codec/attribute_set.ts";
import { nest } from "../codec/compound.ts";
import { ipv4, ipv6 } from "../codec/network.ts";
import { be16, be32, bool8, flag, u32, u8 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";
import { type Struct, struct } from "../codec/struct.ts";
import { hexadecimal, type LinkInfoFormat } from "./info_format.ts";
import type { IpJson } from "../object_kind.ts";

/** Whether a GENEVE tunnel's packets may be fragmented, `GENEVE_DF_*` in linux/if_link.h. */
export const GeneveDf = {
  /** They may, `GENEVE_DF_UNSET`. */
  Unset: 0,
  /** They may not, `GENEVE_DF_SET`. */
  Set: 1,
  /** As the packet within, `GENEVE_DF_INHERIT`. */
  Inherit: 2,
} as const;

/** A range of UDP ports, `struct ifla_geneve_port_range` in linux/if_link.h. */
export interface GenevePortRange {
  /** The first. */
  low: number;
  /** The last. */
  high: number;
}

/** A GENEVE tunnel, `IFLA_GENEVE_*` in linux/if_link.h. */
export interface GeneveInfo {
  /** The network's id. */
  id?: number;
  /** IPv4 address of the other end. */
  remote?: string;
  /** Time to live of its packets, 0 for the kernel's choice. */
  ttl?: number;
  /** Type of service of its packets; 1 for that of the packet within. */
  tos?: number;
  /** The UDP port of the other end, 6081 by default. */
  port?: number;
  /** Whether routes and programs tell where a packet goes: an external tunnel. */
  collectMetadata?: boolean;
  /** IPv6 address of the other end. */
  remote6?: string;
  /** Whether there are UDP checksums over IPv4. */
  udpCsum?: boolean;
  /** Whether there are none over IPv6 on the way out. */
  udpZeroCsum6Tx?: boolean;
  /** Whether there need be none over IPv6 on the way in. */
  udpZeroCsum6Rx?: boolean;
  /** Flow label of its IPv6 packets. */
  label?: number;
  /** Whether the time to live is that of the packet within. */
  ttlInherit?: boolean;
  /** Whether its packets may be fragmented, see {@link GeneveDf}. */
  df?: number;
  /** Whether it carries IP without Ethernet. */
  innerProtoInherit?: boolean;
  /** The UDP ports that it sends from; 1 to 65535 for the kernel's choice. */
  portRange?: GenevePortRange;
  /** Whether its packets tell where the headers of a tunnel within are, so that the other end can join packets. */
  groHint?: boolean;
  /** IPv4 address of this end. */
  local?: string;
  /** IPv6 address of this end. */
  local6?: string;
}

const portRange: Struct<GenevePortRange> = struct<GenevePortRange>({ low: be16, high: be16 });

/** {@link GeneveInfo}. */
export const geneveInfoAttributes: AttributeSet<GeneveInfo> = {
  id: [1, "IFLA_GENEVE_ID", u32],
  remote: [2, "IFLA_GENEVE_REMOTE", ipv4],
  ttl: [3, "IFLA_GENEVE_TTL", u8],
  tos: [4, "IFLA_GENEVE_TOS", u8],
  port: [5, "IFLA_GENEVE_PORT", be16],
  collectMetadata: [6, "IFLA_GENEVE_COLLECT_METADATA", flag],
  remote6: [7, "IFLA_GENEVE_REMOTE6", ipv6],
  udpCsum: [8, "IFLA_GENEVE_UDP_CSUM", bool8],
  udpZeroCsum6Tx: [9, "IFLA_GENEVE_UDP_ZERO_CSUM6_TX", bool8],
  udpZeroCsum6Rx: [10, "IFLA_GENEVE_UDP_ZERO_CSUM6_RX", bool8],
  label: [11, "IFLA_GENEVE_LABEL", be32],
  ttlInherit: [12, "IFLA_GENEVE_TTL_INHERIT", bool8],
  df: [13, "IFLA_GENEVE_DF", withWords(u8, GeneveDf)],
  innerProtoInherit: [14, "IFLA_GENEVE_INNER_PROTO_INHERIT", flag],
  portRange: [15, "IFLA_GENEVE_PORT_RANGE", portRange],
  groHint: [16, "IFLA_GENEVE_GRO_HINT", flag],
  local: [17, "IFLA_GENEVE_LOCAL", ipv4],
  local6: [18, "IFLA_GENEVE_LOCAL6", ipv6],
};

/** The other end: which key its address is printed under. `ip` 6.1 tells no IPv6 group. */
function remoteToIpJson({ remote, remote6 }: GeneveInfo): IpJson {
  if (remote !== undefined) return remote === "0.0.0.0" ? {} : { remote };
  if (remote6 === undefined || remote6 === "::") return {};
  return /^ff..:/.test(remote6) ? {} : { remote6 };
}

const dfNames = ["unset", "set", "inherit"];

function geneveInfoToIpJson(info: GeneveInfo): IpJson {
  const json: IpJson = {};
  if (info.collectMetadata) json.external = true;
  if (info.id !== undefined) json.id = info.id;
  Object.assign(json, remoteToIpJson(info));
  if (!info.ttlInherit && info.ttl !== undefined) json.ttl = info.ttl;
  if (info.tos) json.tos = hexadecimal(info.tos);
  if (info.df !== undefined && info.df in dfNames) json.df = dfNames[info.df];
  if (info.label) json.label = hexadecimal(info.label);
  if (info.port !== undefined) json.port = info.port;
  if (info.udpCsum !== undefined) json.udp_csum = info.udpCsum;
  if (info.udpZeroCsum6Tx !== undefined) json.udp_zero_csum6_tx = info.udpZeroCsum6Tx;
  if (info.udpZeroCsum6Rx !== undefined) json.udp_zero_csum6_rx = info.udpZeroCsum6Rx;
  if (info.innerProtoInherit) json.inner_proto_inherit = true;
  return json;
}

/** The data of a GENEVE tunnel. */
export const geneveInfo: LinkInfoFormat<GeneveInfo & RawAttributes> = {
  ...nest(() => geneveInfoAttributes),
  toIpJson: geneveInfoToIpJson,
};
