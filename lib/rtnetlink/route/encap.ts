import { AttributeEncoder } from "../../attribute_encoder.ts";
import { AttributeError } from "../../errors.ts";
import {
  type AttributeSet,
  attributesToJson,
  type Codec,
  type RawAttributes,
} from "../codec/attribute_set.ts";
import { decodeValue } from "../codec/decode_attributes.ts";
import { multi, nest, selected } from "../codec/compound.ts";
import { rememberFlag, typeOf } from "../codec/nested_flag.ts";
import { ipv4, ipv6 } from "../codec/network.ts";
import { be16, be32, be64, bytes, u32, u8 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";
import type { IpJson, LinkLookup } from "../object_kind.ts";
import { mplsLabels } from "./address.ts";
import { EncapFlags, EncapType } from "./encap_constants.ts";
import {
  type Seg6Encap,
  seg6Encap,
  type Seg6LocalEncap,
  seg6LocalEncap,
  seg6LocalToJson,
  seg6ToJson,
} from "./encap_seg6.ts";

/** An option of a Geneve header, `LWTUNNEL_IP_OPT_GENEVE_*`. */
export interface GeneveOption {
  /** Who defined it. */
  class: number;
  /** What it is, in the definer's terms. */
  type: number;
  /** Its data, in fours of bytes. */
  data: Uint8Array;
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
  /** Lists of {@link GeneveOption}: the kernel tells all of them in one list, and wants to be told each in a list of its own. */
  geneve?: GeneveOption[][];
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
  /** `EncapFlags` */
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
  /** `EncapFlags` */
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

/** Options whose three attributes stand one after the other, with nothing around those of one option. */
const geneveOptions: Codec<GeneveOption[]> = {
  nested: true,
  inner: (data, outer) => [{ set: geneveOption, data, scope: { object: {}, outer } }],
  decode: (ad, scope) =>
    ad.nested((nested) => {
      const parts: unknown[] = [];
      const codecs: Array<Codec<unknown>> = [be16, u8, bytes];
      while (nested.next()) {
        const place = parts.length % 3;
        if (nested.type !== place + 1) {
          throw new AttributeError(`Part ${place + 1} of a Geneve option has type ${nested.type}`);
        }
        parts.push(decodeValue(codecs[place], nested, scope));
      }
      if (parts.length % 3 !== 0) throw new AttributeError("A Geneve option is incomplete");
      const options = Array.from({ length: parts.length / 3 }, (_, i) => {
        const [kind, type, data] = parts.slice(3 * i) as [number, number, Uint8Array];
        return { class: kind, type, data };
      });
      return rememberFlag(options, ad, true);
    }),
  encode: (ae, type, options) =>
    ae.do(typeOf(type, options, true), () => {
      const nested = new AttributeEncoder();
      for (const option of options) {
        be16.encode(nested, 1, option.class, { object: {} });
        u8.encode(nested, 2, option.type, { object: {} });
        bytes.encode(nested, 3, option.data, { object: {} });
      }
      return nested.encode();
    }),
};

const vxlanOption: AttributeSet<VxlanOption> = {
  gbp: [1, "LWTUNNEL_IP_OPT_VXLAN_GBP", u32, "gbp"],
};

const erspanOption: AttributeSet<ErspanOption> = {
  version: [1, "LWTUNNEL_IP_OPT_ERSPAN_VER", u8],
  index: [2, "LWTUNNEL_IP_OPT_ERSPAN_INDEX", be32],
  direction: [3, "LWTUNNEL_IP_OPT_ERSPAN_DIR", u8],
  hardwareId: [4, "LWTUNNEL_IP_OPT_ERSPAN_HWID", u8],
};

/** The kernel wants the bit `NLA_F_NESTED` on them, which it does not set itself: see {@link requestedEncap}. */
const encapOptions: AttributeSet<EncapOptions> = {
  geneve: [1, "LWTUNNEL_IP_OPTS_GENEVE", multi(geneveOptions)],
  vxlan: [2, "LWTUNNEL_IP_OPTS_VXLAN", nest(() => vxlanOption, true)],
  erspan: [3, "LWTUNNEL_IP_OPTS_ERSPAN", nest(() => erspanOption, true)],
};

const ipEncap: AttributeSet<IpEncap> = {
  id: [1, "LWTUNNEL_IP_ID", be64, "id", Number],
  src: [3, "LWTUNNEL_IP_SRC", ipv4, "src"],
  dst: [2, "LWTUNNEL_IP_DST", ipv4, "dst"],
  ttl: [4, "LWTUNNEL_IP_TTL", u8, "ttl"],
  tos: [5, "LWTUNNEL_IP_TOS", u8, "tos"],
  flags: [6, "LWTUNNEL_IP_FLAGS", withWords(be16, EncapFlags)],
  opts: [8, "LWTUNNEL_IP_OPTS", nest(() => encapOptions, true)],
};

const ip6Encap: AttributeSet<Ip6Encap> = {
  id: [1, "LWTUNNEL_IP6_ID", be64, "id", Number],
  src: [3, "LWTUNNEL_IP6_SRC", ipv6, "src"],
  dst: [2, "LWTUNNEL_IP6_DST", ipv6, "dst"],
  hoplimit: [4, "LWTUNNEL_IP6_HOPLIMIT", u8, "hoplimit"],
  tc: [5, "LWTUNNEL_IP6_TC", u8, "tc"],
  flags: [6, "LWTUNNEL_IP6_FLAGS", withWords(be16, EncapFlags)],
  opts: [8, "LWTUNNEL_IP6_OPTS", nest(() => encapOptions, true)],
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

/**
 * Makes of an encapsulation, which may be that of a listed route, what the kernel wants to be told: options that do not
 * lack the bit `NLA_F_NESTED`, and each option of Geneve in a list of its own.
 *
 * @param encap The encapsulation.
 * @returns The same, or a copy with such options.
 */
export function requestedEncap(encap: Encap): Encap {
  const { opts } = encap as IpEncap;
  if (typeof opts !== "object" || opts === null) return encap; // nothing, or wrong
  const requested = { ...opts };
  if (Array.isArray(opts.geneve)) {
    requested.geneve = opts.geneve.flat().map((option) => [option]);
  }
  if (opts.vxlan !== undefined) requested.vxlan = { ...opts.vxlan };
  if (opts.erspan !== undefined) requested.erspan = { ...opts.erspan };
  return { ...encap, opts: requested };
}

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
    json.geneve_opts = opts.geneve.flat().map((option) => attributesToJson(geneveOption, option));
  }
  if (opts?.vxlan) json.vxlan_opts = [attributesToJson(vxlanOption, opts.vxlan)];
  if (opts?.erspan) {
    const { version = 0, index = 0, direction = 0, hardwareId = 0 } = opts.erspan;
    json.erspan_opts = [{ ver: version, index, dir: direction, hwid: hardwareId }];
  }
  return json;
}
