import type { AttributeSet, RawAttributes } from "../codec/attribute_set.ts";
import { nest } from "../codec/compound.ts";
import { ipv4, ipv6 } from "../codec/network.ts";
import { be16, be32, bool8, flag, u16, u32, u8 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";
import { hexadecimal, type LinkInfoFormat } from "./info_format.ts";
import type { IpJson, LinkLookup } from "../object_kind.ts";
import {
  encapToIpJson,
  endsToIpJson,
  externalToIpJson,
  fwmarkToIpJson,
  ip6RoutingToIpJson,
  type Ip6Tunnel,
  Ip6TunnelFlags,
  ip6TunnelToIpJson,
  keyText,
  type Tunnel,
  TunnelEncapFlags,
  TunnelEncapType,
} from "./tunnel.ts";

/** What a GRE header has, `GRE_*` in linux/if_tunnel.h. */
export const GreFlags = {
  /** A checksum, `GRE_CSUM`. */
  Csum: 0x8000,
  /** A key, `GRE_KEY`. */
  Key: 0x2000,
  /** A sequence number, `GRE_SEQ`. */
  Seq: 0x1000,
} as const;

/** What GRE tunnels have in common, over IPv4 and over IPv6. */
export interface GreTunnel extends Tunnel {
  /** What the headers have that it receives, see {@link GreFlags}. */
  iflags?: number;
  /** What the headers have that it sends. */
  oflags?: number;
  /** The key of what it receives. */
  ikey?: number;
  /** The key of what it sends. */
  okey?: number;
  /** ERSPAN, as is all that follows: the index of the port that is mirrored, in version 1. */
  erspanIndex?: number;
  /** Its version: 0, 1 or 2. */
  erspanVer?: number;
  /** Which traffic is mirrored, in version 2: 0 for what comes in, 1 for what goes out. */
  erspanDir?: number;
  /** The id of the hardware, in version 2. */
  erspanHwid?: number;
}

/** A gre, gretap or erspan link: GRE over IPv4, `IFLA_GRE_*` in linux/if_tunnel.h. */
export interface GreInfo extends GreTunnel {
  /** Type of service of its packets; 1 for that of the packet within. */
  tos?: number;
  /** Whether its packets may not be fragmented, so that it finds out how large they may be. */
  pmtudisc?: boolean;
  /** Whether it cares not that the packet within may not be fragmented. */
  ignoreDf?: boolean;
}

/** An ip6gre, ip6gretap or ip6erspan link: GRE over IPv6, `IFLA_GRE_*` in linux/if_tunnel.h. */
export interface Ip6greInfo extends GreTunnel, Ip6Tunnel {}

const common: Omit<AttributeSet<GreTunnel>, "local" | "remote"> = {
  link: [1, "IFLA_GRE_LINK", u32],
  iflags: [2, "IFLA_GRE_IFLAGS", withWords(be16, GreFlags)],
  oflags: [3, "IFLA_GRE_OFLAGS", withWords(be16, GreFlags)],
  ikey: [4, "IFLA_GRE_IKEY", be32],
  okey: [5, "IFLA_GRE_OKEY", be32],
  ttl: [8, "IFLA_GRE_TTL", u8],
  encapType: [14, "IFLA_GRE_ENCAP_TYPE", withWords(u16, TunnelEncapType)],
  encapFlags: [15, "IFLA_GRE_ENCAP_FLAGS", withWords(u16, TunnelEncapFlags)],
  encapSport: [16, "IFLA_GRE_ENCAP_SPORT", be16],
  encapDport: [17, "IFLA_GRE_ENCAP_DPORT", be16],
  collectMetadata: [18, "IFLA_GRE_COLLECT_METADATA", flag],
  fwmark: [20, "IFLA_GRE_FWMARK", u32],
  erspanIndex: [21, "IFLA_GRE_ERSPAN_INDEX", u32],
  erspanVer: [22, "IFLA_GRE_ERSPAN_VER", u8],
  erspanDir: [23, "IFLA_GRE_ERSPAN_DIR", u8],
  erspanHwid: [24, "IFLA_GRE_ERSPAN_HWID", u16],
};

/** {@link GreInfo}. */
export const greInfoAttributes: AttributeSet<GreInfo> = {
  ...common,
  local: [6, "IFLA_GRE_LOCAL", ipv4],
  remote: [7, "IFLA_GRE_REMOTE", ipv4],
  tos: [9, "IFLA_GRE_TOS", u8],
  pmtudisc: [10, "IFLA_GRE_PMTUDISC", bool8],
  ignoreDf: [19, "IFLA_GRE_IGNORE_DF", bool8],
};

/** {@link Ip6greInfo}. */
export const ip6greInfoAttributes: AttributeSet<Ip6greInfo> = {
  ...common,
  local: [6, "IFLA_GRE_LOCAL", ipv6],
  remote: [7, "IFLA_GRE_REMOTE", ipv6],
  encapLimit: [11, "IFLA_GRE_ENCAP_LIMIT", u8],
  flowinfo: [12, "IFLA_GRE_FLOWINFO", be32],
  flags: [13, "IFLA_GRE_FLAGS", withWords(u32, Ip6TunnelFlags)],
};

function headersToIpJson({ iflags = 0, oflags = 0, ikey, okey }: GreTunnel): IpJson {
  const json: IpJson = {};
  if (iflags & GreFlags.Key && ikey !== undefined) json.ikey = keyText(ikey);
  if (oflags & GreFlags.Key && okey !== undefined) json.okey = keyText(okey);
  if (iflags & GreFlags.Seq) json.iseq = true;
  if (oflags & GreFlags.Seq) json.oseq = true;
  if (iflags & GreFlags.Csum) json.icsum = true;
  if (oflags & GreFlags.Csum) json.ocsum = true;
  return json;
}

function erspanToIpJson(info: GreTunnel): IpJson {
  const json: IpJson = {};
  if (info.erspanIndex !== undefined) json.erspan_index = info.erspanIndex;
  if (info.erspanVer !== undefined) json.erspan_ver = info.erspanVer;
  if (info.erspanDir !== undefined) json.erspan_dir = info.erspanDir === 0 ? "ingress" : "egress";
  if (info.erspanHwid !== undefined) json.erspan_hwid = hexadecimal(info.erspanHwid);
  return json;
}

function greInfoToIpJson(info: GreInfo, links?: LinkLookup): IpJson {
  return {
    ...externalToIpJson(info),
    ...endsToIpJson(info, links),
    ttl: info.ttl ?? 0,
    ...info.tos ? { tos: hexadecimal(info.tos) } : {},
    ...info.pmtudisc === undefined ? {} : { pmtudisc: info.pmtudisc },
    ...info.ignoreDf ? { ignore_df: true } : {},
    ...headersToIpJson(info),
    ...fwmarkToIpJson(info),
    ...erspanToIpJson(info),
    ...encapToIpJson(info),
  };
}

function ip6greInfoToIpJson(info: Ip6greInfo, links?: LinkLookup): IpJson {
  return {
    ...externalToIpJson(info),
    ...ip6TunnelToIpJson(info, links),
    ...headersToIpJson(info),
    ...ip6RoutingToIpJson(info),
    ...erspanToIpJson(info),
    ...encapToIpJson(info),
  };
}

/** The data of GRE over IPv4. */
export const greInfo: LinkInfoFormat<GreInfo & RawAttributes> = {
  ...nest(() => greInfoAttributes),
  toIpJson: greInfoToIpJson,
};

/** The data of GRE over IPv6. */
export const ip6greInfo: LinkInfoFormat<Ip6greInfo & RawAttributes> = {
  ...nest(() => ip6greInfoAttributes),
  toIpJson: ip6greInfoToIpJson,
};
