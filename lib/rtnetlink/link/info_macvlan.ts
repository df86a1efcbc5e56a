import type { AttributeSet, RawAttributes } from "../codec/attribute_set.ts";
import { indexedArray, nest } from "../codec/compound.ts";
import { hardwareAddress } from "../codec/network.ts";
import { s32, u16, u32 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";
import type { LinkInfoFormat } from "./info_format.ts";
import type { IpJson } from "../object_kind.ts";

/** Whom a macvlan link talks to, `MACVLAN_MODE_*` in linux/if_link.h. */
export const MacvlanMode = {
  /** To none of its siblings, `MACVLAN_MODE_PRIVATE`. */
  Private: 1,
  /** To its siblings by way of the switch outside, `MACVLAN_MODE_VEPA`. */
  Vepa: 2,
  /** To its siblings directly, `MACVLAN_MODE_BRIDGE`. */
  Bridge: 4,
  /** It takes over the link below, `MACVLAN_MODE_PASSTHRU`. */
  Passthru: 8,
  /** It receives from a list of addresses, `MACVLAN_MODE_SOURCE`. */
  Source: 16,
} as const;

/** Flags of a macvlan link, `MACVLAN_FLAG_*` in linux/if_link.h. */
export const MacvlanFlags = {
  /** The link below need not receive everything, `MACVLAN_FLAG_NOPROMISC`. */
  NoPromisc: 1 << 0,
  /** What the list of addresses matches goes no further, `MACVLAN_FLAG_NODST`. */
  NoDst: 1 << 1,
} as const;

/** What a request does to the list of addresses, `MACVLAN_MACADDR_*` in linux/if_link.h. */
export const MacvlanAddressMode = {
  /** Adds one, `MACVLAN_MACADDR_ADD`. */
  Add: 0,
  /** Removes one, `MACVLAN_MACADDR_DEL`. */
  Delete: 1,
  /** Removes all, `MACVLAN_MACADDR_FLUSH`. */
  Flush: 2,
  /** Replaces all, `MACVLAN_MACADDR_SET`. */
  Set: 3,
} as const;

/** A macvlan or macvtap link, `IFLA_MACVLAN_*` in linux/if_link.h. */
export interface MacvlanInfo {
  /** Whom it talks to, see {@link MacvlanMode}. */
  mode?: number;
  /** See {@link MacvlanFlags}. */
  flags?: number;
  /** In a request: what to do to the list of addresses, see {@link MacvlanAddressMode}. */
  macaddrMode?: number;
  /** In a request: the address to add or remove. */
  macaddr?: string;
  /** The addresses that it receives from. */
  macaddrData?: string[];
  /** How many there are. */
  macaddrCount?: number;
  /** How many broadcasts it asks to have room for. */
  bcQueueLen?: number;
  /** How many there is room for. */
  bcQueueLenUsed?: number;
  /** From how many listeners on a multicast is queued: 0 and more, -1 for never. */
  bcCutoff?: number;
}

/** {@link MacvlanInfo}. */
export const macvlanInfoAttributes: AttributeSet<MacvlanInfo> = {
  mode: [1, "IFLA_MACVLAN_MODE", withWords(u32, MacvlanMode)],
  flags: [2, "IFLA_MACVLAN_FLAGS", withWords(u16, MacvlanFlags)],
  macaddrMode: [3, "IFLA_MACVLAN_MACADDR_MODE", u32],
  macaddr: [4, "IFLA_MACVLAN_MACADDR", hardwareAddress],
  macaddrData: [
    5,
    "IFLA_MACVLAN_MACADDR_DATA",
    indexedArray(hardwareAddress, { type: 4, name: "IFLA_MACVLAN_MACADDR" }),
  ],
  macaddrCount: [6, "IFLA_MACVLAN_MACADDR_COUNT", u32],
  bcQueueLen: [7, "IFLA_MACVLAN_BC_QUEUE_LEN", u32],
  bcQueueLenUsed: [8, "IFLA_MACVLAN_BC_QUEUE_LEN_USED", u32],
  bcCutoff: [9, "IFLA_MACVLAN_BC_CUTOFF", s32],
};

const modeNames: Readonly<Record<number, string>> = {
  1: "private",
  2: "vepa",
  4: "bridge",
  8: "passthru",
  16: "source",
};

function macvlanInfoToIpJson(info: MacvlanInfo): IpJson {
  const json: IpJson = {};
  const { mode, flags = 0, macaddrCount, macaddrData } = info;
  if (mode === undefined) return json;
  json.mode = modeNames[mode] ?? "unknown";
  if (flags & MacvlanFlags.NoPromisc) json.nopromisc = true;
  if (flags & MacvlanFlags.NoDst) json.nodst = true;
  if (info.bcQueueLen !== undefined) json.bcqueuelen = info.bcQueueLen;
  if (info.bcQueueLenUsed !== undefined) json.usedbcqueuelen = info.bcQueueLenUsed;
  if (mode === MacvlanMode.Source && macaddrCount !== undefined) {
    json.macaddr_count = macaddrCount;
    if (macaddrData !== undefined) json.macaddr_data = macaddrData;
  }
  return json;
}

/** The data of a macvlan or macvtap link. */
export const macvlanInfo: LinkInfoFormat<MacvlanInfo & RawAttributes> = {
  ...nest(() => macvlanInfoAttributes),
  toIpJson: macvlanInfoToIpJson,
};
