import { AttributeError } from "../../errors.ts";
import type { AttributeSet, Codec, RawAttributes } from "../codec/attribute_set.ts";
import { nest } from "../codec/compound.ts";
import { ipv4, ipv6 } from "../codec/network.ts";
import { be16, s32, string, u32, u64, u8 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";
import { type Struct, struct } from "../codec/struct.ts";
import { linkName, tableName } from "../names.ts";
import type { IpJson, LinkLookup } from "../object_kind.ts";
import { Seg6LocalAction } from "./encap_constants.ts";

/**
 * The segment routing header of IPv6, `struct ipv6_sr_hdr` in linux/seg6.h. From the kernel it has all
 * fields; in a request the segments suffice.
 */
export interface SegmentRoutingHeader {
  /** Protocol of what follows; 0 in a route, and by default. */
  nextHeader?: number;
  /** Type of the routing header, by default 4. */
  type?: number;
  /** Index of the segment to go to, by default the last entry. */
  segmentsLeft?: number;
  /** Index of the last entry of the list, which is where the way begins; by default it follows from the list. */
  firstSegment?: number;
  /** Flags, `SR6_FLAG1_*`, by default 0; 8 for a keyed hash in `tlvs`. */
  flags?: number;
  /** A tag for packets that belong together, by default 0. */
  tag?: number;
  /** The addresses as they stand in the header: the last segment of the way first. */
  segments: string[];
  /** What follows the addresses, such as a keyed hash; by default nothing. */
  tlvs?: Uint8Array;
}

/** Segments that a route adds to packets, `SEG6_IPTUNNEL_*` in linux/seg6_iptunnel.h. */
export interface Seg6Encap {
  /** The header to add, and how. */
  srh?: Seg6Tunnel;
}

/** `struct seg6_iptunnel_encap` in linux/seg6_iptunnel.h. */
export interface Seg6Tunnel extends SegmentRoutingHeader {
  /** How the header is added, `Seg6Mode`. */
  mode: number;
}

/** What a local segment counted, `SEG6_LOCAL_CNT_*`. */
export interface Seg6LocalCounters {
  /** Packets that it processed. */
  packets?: bigint;
  /** Bytes of these packets. */
  bytes?: bigint;
  /** Packets that it could not process. */
  errors?: bigint;
}

/** The program of a local segment, `SEG6_LOCAL_BPF_PROG_*`. */
export interface Seg6LocalProgram {
  /** In a request its descriptor, otherwise its id. */
  program?: number;
  /** Its name. */
  name?: string;
}

/** Variations of what a local segment does, `SEG6_LOCAL_FLV_*`. */
export interface Seg6LocalFlavors {
  /** Which: bit 1 for PSP, 2 for USP, 3 for USD, 4 for NEXT-C-SID. */
  operation?: number;
  /** Length of the locator block, in bits. */
  locatorBlockBits?: number;
  /** Length of the locator node and function, in bits. */
  locatorNodeFunctionBits?: number;
}

/** What a segment does that ends here, `SEG6_LOCAL_*` in linux/seg6_local.h. */
export interface Seg6LocalEncap {
  /** `Seg6LocalAction` */
  action?: number;
  /** The segments to add. */
  srh?: SegmentRoutingHeader;
  /** The table to look in. */
  table?: number;
  /** The IPv4 neighbour to send to. */
  nh4?: string;
  /** The IPv6 neighbour to send to. */
  nh6?: string;
  /** The link to take packets back from. */
  iif?: number;
  /** The link to send out of. */
  oif?: number;
  /** The program to run. */
  bpf?: Seg6LocalProgram & RawAttributes;
  /** The table of the VRF to look in. */
  vrfTable?: number;
  /** What was counted, where counting was asked for. */
  counters?: Seg6LocalCounters & RawAttributes;
  /** Variations. */
  flavors?: Seg6LocalFlavors & RawAttributes;
}

type FixedSrh = Required<Omit<SegmentRoutingHeader, "segments" | "tlvs">> & { length: number };

const fixedSrh: Struct<FixedSrh> = struct<FixedSrh>({
  nextHeader: u8,
  /** In units of eight bytes, without the first eight. */
  length: u8,
  type: u8,
  segmentsLeft: u8,
  firstSegment: u8,
  flags: u8,
  tag: be16,
});

function readSrh(bytes: Uint8Array): SegmentRoutingHeader {
  const { length, ...fixed } = fixedSrh.read(bytes, 0, Math.min(fixedSrh.size, bytes.length));
  const tail = fixedSrh.size + ipv6.size * (fixed.firstSegment + 1);
  if (bytes.length !== 8 * (length + 1) || tail > bytes.length) {
    throw new AttributeError(
      `${bytes.length} bytes are no segment routing header of length ${length} with ${
        fixed.firstSegment + 1
      } segments`,
    );
  }
  const segments = Array.from(
    { length: fixed.firstSegment + 1 },
    (_, i) => ipv6.get(bytes, fixedSrh.size + ipv6.size * i),
  );
  return { ...fixed, segments, tlvs: bytes.slice(tail) };
}

function writeSrh({ segments, tlvs, ...fixed }: SegmentRoutingHeader): Uint8Array {
  const tail = fixedSrh.size + ipv6.size * segments.length;
  const bytes = new Uint8Array(tail + (tlvs?.length ?? 0));
  const last = segments.length - 1;
  if (bytes.length % 8 !== 0) {
    throw new AttributeError(`A segment routing header of ${bytes.length} bytes: expected eights`);
  }
  bytes.set(fixedSrh.write({
    ...fixed,
    type: fixed.type ?? 4,
    segmentsLeft: fixed.segmentsLeft ?? last,
    firstSegment: fixed.firstSegment ?? last,
    length: bytes.length / 8 - 1,
  }));
  const view = new DataView(bytes.buffer);
  segments.forEach((segment, i) => ipv6.set(view, fixedSrh.size + ipv6.size * i, segment));
  if (tlvs) bytes.set(tlvs, tail);
  return bytes;
}

const srh: Codec<SegmentRoutingHeader> = {
  decode: (ad) => ad.do(readSrh),
  encode: (ae, type, value) => ae.do(type, () => writeSrh(value)),
};

const seg6Tunnel: Codec<Seg6Tunnel> = {
  decode: (ad) =>
    ad.do((bytes) => {
      if (bytes.length < s32.size) throw new AttributeError(`${bytes.length} bytes hold no mode`);
      const mode = s32.get(bytes, 0);
      return { mode, ...readSrh(bytes.subarray(s32.size)) };
    }),
  encode: (ae, type, { mode, ...header }) =>
    ae.do(type, () => {
      const written = writeSrh(header);
      const bytes = new Uint8Array(s32.size + written.length);
      s32.set(new DataView(bytes.buffer), 0, mode);
      bytes.set(written, s32.size);
      return bytes;
    }),
};

/** Segments that a route adds. */
export const seg6Encap: AttributeSet<Seg6Encap> = {
  srh: [1, "SEG6_IPTUNNEL_SRH", seg6Tunnel],
};

const programSet: AttributeSet<Seg6LocalProgram> = {
  program: [1, "SEG6_LOCAL_BPF_PROG", u32],
  name: [2, "SEG6_LOCAL_BPF_PROG_NAME", string],
};

const counterSet: AttributeSet<Seg6LocalCounters> = {
  packets: [2, "SEG6_LOCAL_CNT_PACKETS", u64],
  bytes: [3, "SEG6_LOCAL_CNT_BYTES", u64],
  errors: [4, "SEG6_LOCAL_CNT_ERRORS", u64],
};

const flavorSet: AttributeSet<Seg6LocalFlavors> = {
  operation: [1, "SEG6_LOCAL_FLV_OPERATION", u32],
  locatorBlockBits: [2, "SEG6_LOCAL_FLV_LCBLOCK_BITS", u8],
  locatorNodeFunctionBits: [3, "SEG6_LOCAL_FLV_LCNODE_FN_BITS", u8],
};

/** What a segment does that ends here. */
export const seg6LocalEncap: AttributeSet<Seg6LocalEncap> = {
  action: [1, "SEG6_LOCAL_ACTION", withWords(u32, Seg6LocalAction)],
  srh: [2, "SEG6_LOCAL_SRH", srh],
  table: [3, "SEG6_LOCAL_TABLE", u32],
  nh4: [4, "SEG6_LOCAL_NH4", ipv4],
  nh6: [5, "SEG6_LOCAL_NH6", ipv6],
  iif: [6, "SEG6_LOCAL_IIF", u32],
  oif: [7, "SEG6_LOCAL_OIF", u32],
  bpf: [8, "SEG6_LOCAL_BPF", nest(() => programSet)],
  vrfTable: [9, "SEG6_LOCAL_VRFTABLE", u32],
  counters: [10, "SEG6_LOCAL_COUNTERS", nest(() => counterSet)],
  flavors: [11, "SEG6_LOCAL_FLAVORS", nest(() => flavorSet)],
};

const modeNames = ["inline", "encap", "l2encap", "encap.red", "l2encap.red"];

const actionNames: Readonly<Record<number, string>> = {
  1: "End",
  2: "End.X",
  3: "End.T",
  4: "End.DX2",
  5: "End.DX6",
  6: "End.DX4",
  7: "End.DT6",
  8: "End.DT4",
  9: "End.B6",
  10: "End.B6.Encaps",
  11: "End.BM",
  12: "End.S",
  13: "End.AS",
  14: "End.AM",
  15: "End.BPF",
  16: "End.DT46",
};

const flavorNames: Readonly<Record<number, string>> = {
  1: "psp",
  2: "usp",
  3: "usd",
  4: "next-csid",
};

function srhToJson({ segments, flags = 0, tlvs }: SegmentRoutingHeader): IpJson {
  const json: IpJson = { segs: segments.toReversed() };
  // The keyed hash is the last option: type, length, two reserved bytes, the key's id, 32 bytes of hash.
  if (flags & 8 && tlvs && tlvs.length >= 40) {
    const key = new DataView(tlvs.buffer, tlvs.byteOffset).getUint32(tlvs.length - 36);
    json.hmac = `0x${key.toString(16)}`;
  }
  return json;
}

/** Gives what `ip -j` prints for segments that a route adds. */
export function seg6ToJson({ srh }: Seg6Encap): IpJson {
  if (srh === undefined) return {};
  return { mode: modeNames[srh.mode] ?? "<unknown>", ...srhToJson(srh) };
}

/** Gives what `ip -j` prints for what a local segment does. */
export function seg6LocalToJson(encap: Seg6LocalEncap, links?: LinkLookup): IpJson {
  if (encap.action === undefined) return {};
  const unnamed = encap.action > Seg6LocalAction.EndDt46 ? "<invalid>" : "<unknown>";
  const json: IpJson = { action: actionNames[encap.action] ?? unnamed };
  if (encap.srh) json.srh = srhToJson(encap.srh);
  if (encap.table !== undefined) json.table = tableName(encap.table);
  if (encap.vrfTable !== undefined) json.vrftable = tableName(encap.vrfTable);
  if (encap.nh4 !== undefined) json.nh4 = encap.nh4;
  if (encap.nh6 !== undefined) json.nh6 = encap.nh6;
  if (encap.iif !== undefined) json.iif = linkName(encap.iif, links);
  if (encap.oif !== undefined) json.oif = linkName(encap.oif, links);
  if (encap.bpf) json.endpoint = encap.bpf.name ?? "unknown";
  const { operation, locatorBlockBits, locatorNodeFunctionBits } = encap.flavors ?? {};
  if (operation !== undefined) {
    json.flavors = Object.keys(flavorNames).map(Number)
      .filter((bit) => operation & 1 << bit).map((bit) => flavorNames[bit]);
  }
  if (locatorBlockBits !== undefined) json.lblen = locatorBlockBits;
  if (locatorNodeFunctionBits !== undefined) json.nflen = locatorNodeFunctionBits;
  return json;
}
