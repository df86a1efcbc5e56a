import { formatAddress } from "../codec/network.ts";
import { linkName } from "../names.ts";
import type { IpJson, LinkLookup } from "../object_kind.ts";
import { hexadecimal } from "./info_format.ts";

/** What a tunnel wraps its packets in once more, `TUNNEL_ENCAP_*` in linux/if_tunnel.h. */
export const TunnelEncapType = {
  /** Nothing, `TUNNEL_ENCAP_NONE`. */
  None: 0,
  /** UDP: foo over UDP, `TUNNEL_ENCAP_FOU`. */
  Fou: 1,
  /** Generic UDP encapsulation, `TUNNEL_ENCAP_GUE`. */
  Gue: 2,
  /** MPLS, `TUNNEL_ENCAP_MPLS`. */
  Mpls: 3,
} as const;

/** How a tunnel wraps its packets once more, `TUNNEL_ENCAP_FLAG_*` in linux/if_tunnel.h. */
export const TunnelEncapFlags = {
  /** With UDP checksums over IPv4, `TUNNEL_ENCAP_FLAG_CSUM`. */
  Csum: 1 << 0,
  /** With UDP checksums over IPv6, `TUNNEL_ENCAP_FLAG_CSUM6`. */
  Csum6: 1 << 1,
  /** With checksums within left to the other end, `TUNNEL_ENCAP_FLAG_REMCSUM`. */
  RemCsum: 1 << 2,
} as const;

/** What a tunnel wraps its packets in once more, and how. */
export interface TunnelEncap {
  /** See {@link TunnelEncapType}. */
  encapType?: number;
  /** See {@link TunnelEncapFlags}. */
  encapFlags?: number;
  /** The UDP port that it sends from, 0 for the kernel's choice. */
  encapSport?: number;
  /** The UDP port that it sends to. */
  encapDport?: number;
}

/** Flags of a tunnel over IPv6, `IP6_TNL_F_*` in linux/ip6_tunnel.h. */
export const Ip6TunnelFlags = {
  /** There is no limit to tunnels within tunnels, `IP6_TNL_F_IGN_ENCAP_LIMIT`. */
  IgnoreEncapLimit: 1 << 0,
  /** The traffic class is that of the packet within, `IP6_TNL_F_USE_ORIG_TCLASS`. */
  UseOriginalTrafficClass: 1 << 1,
  /** The flow label is that of the packet within, `IP6_TNL_F_USE_ORIG_FLOWLABEL`. */
  UseOriginalFlowLabel: 1 << 2,
  /** It is for mobile IPv6, `IP6_TNL_F_MIP6_DEV`. */
  Mip6: 1 << 3,
  /** What is received gets the DSCP of the packet around it, `IP6_TNL_F_RCV_DSCP_COPY`. */
  ReceiveDscpCopy: 1 << 4,
  /** Its packets are routed by the mark of the packet within, `IP6_TNL_F_USE_ORIG_FWMARK`. */
  UseOriginalFwmark: 1 << 5,
  /** The other end may have an address of this machine, `IP6_TNL_F_ALLOW_LOCAL_REMOTE`. */
  AllowLocalRemote: 1 << 6,
  /** The kernel found that it can send, `IP6_TNL_F_CAP_XMIT` in the kernel's net/ip6_tunnel.h. */
  CanTransmit: 1 << 16,
  /** The kernel found that it can receive, `IP6_TNL_F_CAP_RCV` there. */
  CanReceive: 1 << 17,
  /** Whether it can is found out for each packet, `IP6_TNL_F_CAP_PER_PACKET` there. */
  CanPerPacket: 1 << 18,
} as const;

/** What tunnels over IP have in common. */
export interface Tunnel extends TunnelEncap {
  /** Index of the link that the tunnel goes through. */
  link?: number;
  /** Address of this end. */
  local?: string;
  /** Address of the other end; of the group of all other ends. */
  remote?: string;
  /** Time to live or hop limit of its packets, 0 for that of the packet within. */
  ttl?: number;
  /** Whether routes and programs tell where a packet goes: an external tunnel. */
  collectMetadata?: boolean;
  /** The mark that its packets are routed by, 0 for none. */
  fwmark?: number;
}

/** What tunnels over IPv6 have in common. */
export interface Ip6Tunnel extends Tunnel {
  /** How many more tunnels may be around it. */
  encapLimit?: number;
  /** Traffic class and flow label as they stand in an IPv6 header: bits 20 to 27 and bits 0 to 19. */
  flowinfo?: number;
  /** See {@link Ip6TunnelFlags}. */
  flags?: number;
}

const endpoint = (address: string | undefined): string =>
  address === undefined || address === "0.0.0.0" || address === "::" ? "any" : address;

/** Whether a tunnel is external as `ip -j` prints it. */
export function externalToIpJson({ collectMetadata }: Tunnel): IpJson {
  return collectMetadata ? { external: true } : {};
}

/** The ends of a tunnel and the link that it goes through as `ip -j` prints them. */
export function endsToIpJson(
  { remote, local, link }: Pick<Tunnel, "remote" | "local" | "link">,
  links?: LinkLookup,
): IpJson {
  const json: IpJson = { remote: endpoint(remote), local: endpoint(local) };
  if (link) json.link = linkName(link, links);
  return json;
}

const encapNames: Readonly<Record<number, string>> = { 1: "fou", 2: "gue" };

/** What a tunnel wraps its packets in once more as `ip -j` prints it: under "encap", if there is anything. */
export function encapToIpJson(info: TunnelEncap): IpJson {
  const { encapType = TunnelEncapType.None, encapFlags = 0 } = info;
  if (encapType === TunnelEncapType.None) return {};
  return {
    encap: {
      type: encapNames[encapType] ?? null,
      sport: info.encapSport ?? 0,
      dport: info.encapDport ?? 0,
      csum: (encapFlags & TunnelEncapFlags.Csum) !== 0,
      csum6: (encapFlags & TunnelEncapFlags.Csum6) !== 0,
      remcsum: (encapFlags & TunnelEncapFlags.RemCsum) !== 0,
    },
  };
}

/** The mark of a tunnel's packets as `ip -j` prints it, if there is one. */
export function fwmarkToIpJson({ fwmark }: Pick<Tunnel, "fwmark">): IpJson {
  return fwmark ? { fwmark: hexadecimal(fwmark) } : {};
}

/** Writes the key of a tunnel as `ip` does: like an IPv4 address. */
export function keyText(key: number): string {
  return formatAddress(Uint8Array.of(key >>> 24, key >>> 16, key >>> 8, key));
}

const fixedHex = (value: number, digits: number): string =>
  `0x${value.toString(16).padStart(digits, "0")}`;

/** The ends of a tunnel over IPv6 and the headers of its packets as `ip -j` prints them. */
export function ip6TunnelToIpJson(info: Ip6Tunnel, links?: LinkLookup): IpJson {
  const { flags = 0, flowinfo, encapLimit } = info;
  const json: IpJson = { ...endsToIpJson(info, links), ttl: info.ttl ?? 0 };
  if (flags & Ip6TunnelFlags.IgnoreEncapLimit) json.ip6_tnl_f_ign_encap_limit = true;
  else if (encapLimit !== undefined) json.encap_limit = encapLimit;
  if (flags & Ip6TunnelFlags.UseOriginalTrafficClass) json.ip6_tnl_f_use_orig_tclass = true;
  else if (flowinfo !== undefined) json.tclass = fixedHex(flowinfo >>> 20 & 0xff, 2);
  if (flags & Ip6TunnelFlags.UseOriginalFlowLabel) json.ip6_tnl_f_use_orig_flowlabel = true;
  else if (flowinfo !== undefined) json.flowlabel = fixedHex(flowinfo & 0xfffff, 5);
  if (flags & Ip6TunnelFlags.ReceiveDscpCopy) json.ip6_tnl_f_rcv_dscp_copy = true;
  return json;
}

/** How a tunnel over IPv6 finds its way as `ip -j` prints it. */
export function ip6RoutingToIpJson(info: Ip6Tunnel): IpJson {
  const { flags = 0 } = info;
  return {
    ...flags & Ip6TunnelFlags.AllowLocalRemote ? { ip6_tnl_f_allow_local_remote: true } : {},
    ...flags & Ip6TunnelFlags.UseOriginalFwmark
      ? { ip6_tnl_f_use_orig_fwmark: true }
      : fwmarkToIpJson(info),
  };
}
