import type { AttributeSet, Codec, RawAttributes } from "./codec/attribute_set.ts";
import { attributesToJson } from "./codec/attribute_set.ts";
import { multi, nest, selected } from "./codec/compound.ts";
import { ipAddress } from "./codec/network.ts";
import { be16, be32, be64, bytes, u32, u8 } from "./codec/scalar.ts";
import type { IpJson, LinkLookup } from "./object_kind.ts";
import { mplsLabels } from "./route_address.ts";
import {
  type Seg6Encap,
  seg6Encap,
  type Seg6LocalEncap,
  seg6LocalEncap,
  seg6LocalToJson,
  seg6ToJson,
} from "./route_encap_seg6.ts";

/** How a route wraps the packets that it sends on, `LWTUNNEL_ENCAP_*` in linux/lwtunnel.h. */
export const EncapType = {
  /** Not at all, `LWTUNNEL_ENCAP_NONE`. */
  None: 0,
  /** MPLS labels, {@link MplsEncap}, `LWTUNNEL_ENCAP_MPLS`. */
  Mpls: 1,
  /** An IPv4 tunnel, {@link IpEncap}, `LWTUNNEL_ENCAP_IP`. */
  Ip: 2,
  /** Identifier locator addressing, `LWTUNNEL_ENCAP_ILA`. */
  Ila: 3,
  /** An IPv6 tunnel, {@link Ip6Encap}, `LWTUNNEL_ENCAP_IP6`. */
  Ip6: 4,
  /** IPv6 segments, {@link Seg6Encap}, `LWTUNNEL_ENCAP_SEG6`. */
  Seg6: 5,
  /** A program, `LWTUNNEL_ENCAP_BPF`. */
  Bpf: 6,
  /** What an IPv6 segment does here, {@link Seg6LocalEncap}, `LWTUNNEL_ENCAP_SEG6_LOCAL`. */
  Seg6Local: 7,
  /** An IPv6 source route for lossy networks, `LWTUNNEL_ENCAP_RPL`. */
  Rpl: 8,
  /** IPv6 in-situ OAM data, `LWTUNNEL_ENCAP_IOAM6`. */
  Ioam6: 9,
  /** IPsec, `LWTUNNEL_ENCAP_XFRM`. */
  Xfrm: 10,
} as const;

/** Flags of a tunnel of a route, `TUNNEL_*` in linux/if_tunnel.h. */
export const EncapFlags = {
  /** The packets get a checksum, `TUNNEL_CSUM`. */
  Checksum: 0x1,
  /** They carry the tunnel's id, `TUNNEL_KEY`. */
  Key: 0x4,
  /** They are numbered, `TUNNEL_SEQ`. */
  Sequence: 0x8,
} as const;

/** An option of a Geneve header, `LWTUNNEL_IP_OPT_GENEVE_*`. */
export interface GeneveOption {
  /** Who defined it. */
  class?: number;
  /** What it is, in the definer's terms. */
  type?: number;
  /** Its data. */
  data?: Uint8Array;
}

/** The option of a VXLAN header, `LWTUNNEL_IP_OPT_VXLAN_*`. */
export interface VxlanOption {
  /** Group policy. */
  gbp?: number;
}

/** The options of an ERSPAN header, `LWTUNNEL_IP_OPT_ERSPAN_*`. */
export interface ErspanOption {
  /** Version, 1 or 2. */
  version?: number;
  /** Port index, of version 1. */
  index?: number;
  /** Direction, of version 2: 0 for ingress, 1 for egress. */
  direction?: number;
  /** Hardware id, of version 2. */
  hardwareId?: number;
}

/** The options of the tunnel's header, `LWTUNNEL_IP_OPTS_*`: those of one kind. */
export interface EncapOptions {
  /** {@link GeneveOption} */
  geneve?: Array<GeneveOption & RawAttributes>;
  /** {@link VxlanOption} */
  vxlan?: VxlanOption & RawAttributes;
  /** {@link ErspanOption} */
  erspan?: ErspanOption & RawAttributes;
}

/** An IPv4 tunnel's header, for a link that takes it from the route, `LWTUNNEL_IP_*`. */
export interface IpEncap {
  /** The tunnel's id, such as the VNI of a VXLAN. */
  id?: bigint;
  /** Where the tunnel ends. */
  dst?: string;
  /** Where it begins; 0.0.0.0 leaves it to the kernel. */
  src?: string;
  /** Time to live; 0 leaves it to the kernel. */
  ttl?: number;
  /** Type of service. */
  tos?: number;
  /** {@link EncapFlags} */
  flags?: number;
  /** Options of the header. */
  opts?: EncapOptions & RawAttributes;
}

/** An IPv6 tunnel's header, for a link that takes it from the route, `LWTUNNEL_IP6_*`. */
export interface Ip6Encap {
  /** The tunnel's id, such as the VNI of a VXLAN. */
  id?: bigint;
  /** Where the tunnel ends. */
  dst?: string;
  /** Where it begins; :: leaves it to the kernel. */
  src?: string;
  /** Hop limit; 0 leaves it to the kernel. */
  hoplimit?: number;
  /** Traffic class. */
  tc?: number;
  /** {@link EncapFlags} */
  flags?: number;
  /** Options of the header. */
  opts?: EncapOptions & RawAttributes;
}

/** MPLS labels, `MPLS_IPTUNNEL_*` in linux/mpls_iptunnel.h. */
export interface MplsEncap {
  /** The labels, the outermost first, separated by "/". */
  dst?: string;
  /** Time to live; absent, the packet's own is taken. */
  ttl?: number;
}

/** What a route wraps packets in; which one it is the `encapType` beside it tells. */
export type Encap = (IpEncap | Ip6Encap | MplsEncap | Seg6Encap | Seg6LocalEncap) & RawAttributes;

const hex = (data: Uint8Array): string =>
  Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");

const geneveOption: AttributeSet<GeneveOption> = {
  class: [1, "LWTUNNEL_IP_OPT_GENEVE_CLASS", be16, "class"],
  type: [2, "LWTUNNEL_IP_OPT_GENEVE_TYPE", u8, "type"],
  data: [3, "LWTUNNEL_IP_OPT_GENEVE_DATA", bytes, "data", hex],
};

const vxlanOption: AttributeSet<VxlanOption> = {
  gbp: [1, "LWTUNNEL_IP_OPT_VXLAN_GBP", u32, "gbp"],
};

const erspanOption: AttributeSet<ErspanOption> = {
  version: [1, "LWTUNNEL_IP_OPT_ERSPAN_VER", u8, "ver"],
  index: [2, "LWTUNNEL_IP_OPT_ERSPAN_INDEX", be32, "index"],
  direction: [3, "LWTUNNEL_IP_OPT_ERSPAN_DIR", u8, "dir"],
  hardwareId: [4, "LWTUNNEL_IP_OPT_ERSPAN_HWID", u8, "hwid"],
};

const encapOptions: AttributeSet<EncapOptions> = {
  geneve: [1, "LWTUNNEL_IP_OPTS_GENEVE", multi(nest(() => geneveOption))],
  vxlan: [2, "LWTUNNEL_IP_OPTS_VXLAN", nest(() => vxlanOption)],
  erspan: [3, "LWTUNNEL_IP_OPTS_ERSPAN", nest(() => erspanOption)],
};

const ipEncap: AttributeSet<IpEncap> = {
  id: [1, "LWTUNNEL_IP_ID", be64, "id", Number],
  src: [3, "LWTUNNEL_IP_SRC", ipAddress, "src"],
  dst: [2, "LWTUNNEL_IP_DST", ipAddress, "dst"],
  ttl: [4, "LWTUNNEL_IP_TTL", u8, "ttl"],
  tos: [5, "LWTUNNEL_IP_TOS", u8, "tos"],
  flags: [6, "LWTUNNEL_IP_FLAGS", be16],
  opts: [8, "LWTUNNEL_IP_OPTS", nest(() => encapOptions)],
};

const ip6Encap: AttributeSet<Ip6Encap> = {
  id: [1, "LWTUNNEL_IP6_ID", be64, "id", Number],
  src: [3, "LWTUNNEL_IP6_SRC", ipAddress, "src"],
  dst: [2, "LWTUNNEL_IP6_DST", ipAddress, "dst"],
  hoplimit: [4, "LWTUNNEL_IP6_HOPLIMIT", u8, "hoplimit"],
  tc: [5, "LWTUNNEL_IP6_TC", u8, "tc"],
  flags: [6, "LWTUNNEL_IP6_FLAGS", be16],
  opts: [8, "LWTUNNEL_IP6_OPTS", nest(() => encapOptions)],
};

const mplsEncap: AttributeSet<MplsEncap> = {
  dst: [1, "MPLS_IPTUNNEL_DST", mplsLabels, "dst"],
  ttl: [2, "MPLS_IPTUNNEL_TTL", u8, "ttl"],
};

/** What a route wraps packets in, as the sibling `encapType` says; of other types it stays raw. */
export const encap: Codec<Encap> = selected<Encap>("encapType", () => ({
  [EncapType.Mpls]: nest(() => mplsEncap),
  [EncapType.Ip]: nest(() => ipEncap),
  [EncapType.Ip6]: nest(() => ip6Encap),
  [EncapType.Seg6]: nest(() => seg6Encap),
  [EncapType.Seg6Local]: nest(() => seg6LocalEncap),
}));

const typeNames: Readonly<Record<number, string>> = {
  1: "mpls",
  2: "ip",
  3: "ila",
  4: "ip6",
  5: "seg6",
  6: "bpf",
  7: "seg6local",
  8: "rpl",
  9: "ioam6",
  10: "xfrm",
};

/**
 * Gives the object that `ip -j` prints under "encap" since iproute2 6.3.
 *
 * @param type The type of the encapsulation.
 * @param encap The encapsulation; undefined when it is of a type that the library does not read.
 * @param links Looks up links.
 * @returns Its type, and what is known of it.
 */
export function encapToJson(type: number, encap?: Encap, links?: LinkLookup): IpJson {
  const json = { encap_type: typeNames[type] ?? "unknown" };
  return encap === undefined ? json : { ...json, ...fieldsToJson(type, encap, links) };
}

function fieldsToJson(type: number, encap: Encap, links?: LinkLookup): IpJson {
  switch (type) {
    case EncapType.Mpls:
      return attributesToJson(mplsEncap, encap as MplsEncap);
    case EncapType.Ip:
      return { ...attributesToJson(ipEncap, encap as IpEncap), ...tunnelToJson(encap as IpEncap) };
    case EncapType.Ip6:
      return {
        ...attributesToJson(ip6Encap, encap as Ip6Encap),
        ...tunnelToJson(encap as Ip6Encap),
      };
    case EncapType.Seg6:
      return seg6ToJson(encap as Seg6Encap);
    case EncapType.Seg6Local:
      return seg6LocalToJson(encap as Seg6LocalEncap, links);
    default:
      return {};
  }
}

function tunnelToJson({ flags = 0, opts }: IpEncap | Ip6Encap): IpJson {
  const json: IpJson = {};
  if (flags & EncapFlags.Key) json.key = true;
  if (flags & EncapFlags.Checksum) json.csum = true;
  if (flags & EncapFlags.Sequence) json.seq = true;
  if (opts?.geneve) {
    json.geneve_opts = opts.geneve.map((option) => attributesToJson(geneveOption, option));
  }
  if (opts?.vxlan) json.vxlan_opts = [attributesToJson(vxlanOption, opts.vxlan)];
  if (opts?.erspan) json.erspan_opts = [attributesToJson(erspanOption, opts.erspan)];
  return json;
}
