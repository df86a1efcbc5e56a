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
  type Tunnel,
  TunnelEncapFlags,
  TunnelEncapType,
} from "./tunnel.ts";

/** Flags of a sit link, `SIT_*` in linux/if_tunnel.h. */
export const SitFlags = {
  /** It finds the other ends by the intra-site automatic tunnel addressing protocol, `SIT_ISATAP`. */
  Isatap: 1 << 0,
} as const;

/** An ipip or sit link: IP, IPv6 or MPLS in IPv4, `IFLA_IPTUN_*` in linux/if_tunnel.h. */
export interface IpTunnelInfo extends Tunnel {
  /** Type of service of its packets; 1 for that of the packet within. */
  tos?: number;
  /** Of a sit link, see {@link SitFlags}. */
  flags?: number;
  /** What it carries as an IP protocol: 4 for IPv4, 41 for IPv6, 137 for MPLS, 0 for any of them. */
  proto?: number;
  /** Whether its packets may not be fragmented, so that it finds out how large they may be. */
  pmtudisc?: boolean;
  /** Of a sit link, as is all that follows: the IPv6 network of 6rd. */
  sixRdPrefix?: string;
  /** The part of IPv4 that this network leaves out. */
  sixRdRelayPrefix?: string;
  /** Length of the IPv6 network in bits. */
  sixRdPrefixlen?: number;
  /** Length of that part in bits. */
  sixRdRelayPrefixlen?: number;
}

/** An ip6tnl link: IP or IPv6 in IPv6, `IFLA_IPTUN_*` in linux/if_tunnel.h. */
export interface Ip6tnlInfo extends Ip6Tunnel {
  /** What it carries as an IP protocol: 4 for IPv4, 41 for IPv6, 0 for both. */
  proto?: number;
}

const common: Omit<AttributeSet<Tunnel & { proto?: number }>, "local" | "remote"> = {
  link: [1, "IFLA_IPTUN_LINK", u32],
  ttl: [4, "IFLA_IPTUN_TTL", u8],
  proto: [9, "IFLA_IPTUN_PROTO", u8],
  encapType: [15, "IFLA_IPTUN_ENCAP_TYPE", withWords(u16, TunnelEncapType)],
  encapFlags: [16, "IFLA_IPTUN_ENCAP_FLAGS", withWords(u16, TunnelEncapFlags)],
  encapSport: [17, "IFLA_IPTUN_ENCAP_SPORT", be16],
  encapDport: [18, "IFLA_IPTUN_ENCAP_DPORT", be16],
  collectMetadata: [19, "IFLA_IPTUN_COLLECT_METADATA", flag],
  fwmark: [20, "IFLA_IPTUN_FWMARK", u32],
};

/** {@link IpTunnelInfo}. */
export const ipTunnelInfoAttributes: AttributeSet<IpTunnelInfo> = {
  ...common,
  local: [2, "IFLA_IPTUN_LOCAL", ipv4],
  remote: [3, "IFLA_IPTUN_REMOTE", ipv4],
  tos: [5, "IFLA_IPTUN_TOS", u8],
  flags: [8, "IFLA_IPTUN_FLAGS", withWords(u16, SitFlags)],
  pmtudisc: [10, "IFLA_IPTUN_PMTUDISC", bool8],
  sixRdPrefix: [11, "IFLA_IPTUN_6RD_PREFIX", ipv6],
  sixRdRelayPrefix: [12, "IFLA_IPTUN_6RD_RELAY_PREFIX", ipv4],
  sixRdPrefixlen: [13, "IFLA_IPTUN_6RD_PREFIXLEN", u16],
  sixRdRelayPrefixlen: [14, "IFLA_IPTUN_6RD_RELAY_PREFIXLEN", u16],
};

/** {@link Ip6tnlInfo}. */
export const ip6tnlInfoAttributes: AttributeSet<Ip6tnlInfo> = {
  ...common,
  local: [2, "IFLA_IPTUN_LOCAL", ipv6],
  remote: [3, "IFLA_IPTUN_REMOTE", ipv6],
  encapLimit: [6, "IFLA_IPTUN_ENCAP_LIMIT", u8],
  flowinfo: [7, "IFLA_IPTUN_FLOWINFO", be32],
  flags: [8, "IFLA_IPTUN_FLAGS", withWords(u32, Ip6TunnelFlags)],
};

type Names = Readonly<Record<number, string>>;

const protoNames: Names = { 0: "any", 4: "ipip", 41: "ip6ip", 137: "mplsip" };
const proto6Names: Names = { 0: "any", 4: "ipip6", 41: "ip6ip6" };

function protoToIpJson(names: Names, proto: number | undefined): IpJson {
  const name = proto === undefined ? undefined : names[proto];
  return name === undefined ? {} : { proto: name };
}

function sixRdToIpJson(info: IpTunnelInfo): IpJson {
  const { sixRdPrefix, sixRdPrefixlen, sixRdRelayPrefix, sixRdRelayPrefixlen = 0 } = info;
  if (!sixRdPrefixlen || sixRdPrefix === undefined) return {};
  const json: IpJson = { prefix: sixRdPrefix, prefixlen: sixRdPrefixlen };
  if (sixRdRelayPrefix !== undefined && sixRdRelayPrefix !== "0.0.0.0") {
    json.relay_prefix = sixRdRelayPrefix;
    json.relay_prefixlen = sixRdRelayPrefixlen;
  }
  return json;
}

function ipTunnelInfoToIpJson(info: IpTunnelInfo, links?: LinkLookup): IpJson {
  return {
    ...externalToIpJson(info),
    ...protoToIpJson(protoNames, info.proto),
    ...endsToIpJson(info, links),
    ttl: info.ttl ?? 0,
    ...info.tos ? { tos: hexadecimal(info.tos) } : {},
    pmtudisc: info.pmtudisc ?? false,
    ...(info.flags ?? 0) & SitFlags.Isatap ? { isatap: true } : {},
    ...sixRdToIpJson(info),
    ...fwmarkToIpJson(info),
    ...encapToIpJson(info),
  };
}

function ip6tnlInfoToIpJson(info: Ip6tnlInfo, links?: LinkLookup): IpJson {
  return {
    ...externalToIpJson(info),
    ...protoToIpJson(proto6Names, info.proto),
    ...ip6TunnelToIpJson(info, links),
    ...(info.flags ?? 0) & Ip6TunnelFlags.Mip6 ? { ip6_tnl_f_mip6_dev: true } : {},
    ...ip6RoutingToIpJson(info),
    ...encapToIpJson(info),
  };
}

/** The data of an ipip or sit link. */
export const ipTunnelInfo: LinkInfoFormat<IpTunnelInfo & RawAttributes> = {
  ...nest(() => ipTunnelInfoAttributes),
  toIpJson: ipTunnelInfoToIpJson,
};

/** The data of an ip6tnl link. */
export const ip6tnlInfo: LinkInfoFormat<Ip6tnlInfo & RawAttributes> = {
  ...nest(() => ip6tnlInfoAttributes),
  toIpJson: ip6tnlInfoToIpJson,
};
