import type { AttributeSet, RawAttributes } from "../codec/attribute_set.ts";
import { nest } from "../codec/compound.ts";
import { hardwareAddress } from "../codec/network.ts";
import { u16, u32, u8 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";
import type { LinkInfoFormat } from "./info_format.ts";
import { linkName } from "../names.ts";
import type { IpJson, LinkLookup } from "../object_kind.ts";

/** How an hsr link doubles its frames, `HSR_PROTOCOL_*` in linux/if_link.h. */
export const HsrProtocol = {
  /** High-availability seamless redundancy, on a ring, `HSR_PROTOCOL_HSR`. */
  Hsr: 0,
  /** Parallel redundancy protocol, on two networks, `HSR_PROTOCOL_PRP`. */
  Prp: 1,
} as const;

/** A link that sends everything twice, over two others, `IFLA_HSR_*` in linux/if_link.h. */
export interface HsrInfo {
  /** Index of the one link; 0 where it is gone. */
  slave1?: number;
  /** Index of the other. */
  slave2?: number;
  /** In a request: the last byte of the address that supervision frames are sent to. */
  multicastSpec?: number;
  /** The address that supervision frames are sent to. */
  supervisionAddr?: string;
  /** Number of the next frame. */
  seqNr?: number;
  /** In a request: version of HSR, 0 or 1. */
  version?: number;
  /** See {@link HsrProtocol}. */
  protocol?: number;
  /** Index of the link to another ring. */
  interlink?: number;
}

/** {@link HsrInfo}. */
export const hsrInfoAttributes: AttributeSet<HsrInfo> = {
  slave1: [1, "IFLA_HSR_SLAVE1", u32],
  slave2: [2, "IFLA_HSR_SLAVE2", u32],
  multicastSpec: [3, "IFLA_HSR_MULTICAST_SPEC", u8],
  supervisionAddr: [4, "IFLA_HSR_SUPERVISION_ADDR", hardwareAddress],
  seqNr: [5, "IFLA_HSR_SEQ_NR", u16],
  version: [6, "IFLA_HSR_VERSION", u8],
  protocol: [7, "IFLA_HSR_PROTOCOL", withWords(u8, HsrProtocol)],
  interlink: [8, "IFLA_HSR_INTERLINK", u32],
};

function hsrInfoToIpJson(info: HsrInfo, links?: LinkLookup): IpJson {
  const name = (index: number | undefined) => index === undefined ? null : linkName(index, links);
  const json: IpJson = { slave1: name(info.slave1), slave2: name(info.slave2) };
  if (info.seqNr !== undefined) json.seq_nr = info.seqNr;
  if (info.supervisionAddr !== undefined) json.supervision_addr = info.supervisionAddr;
  if (info.protocol !== undefined) json.proto = info.protocol;
  return json;
}

/** The data of an hsr link. */
export const hsrInfo: LinkInfoFormat<HsrInfo & RawAttributes> = {
  ...nest(() => hsrInfoAttributes),
  toIpJson: hsrInfoToIpJson,
};
