import type { AttributeSet, RawAttributes } from "../codec/attribute_set.ts";
import { nest } from "../codec/compound.ts";
import { bool8, u32, u8 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";
import type { LinkInfoFormat } from "./info_format.ts";
import type { IpJson } from "../object_kind.ts";

/** What a tun link carries, `IFF_TUN` and `IFF_TAP` in linux/if_tun.h. */
export const TunType = {
  /** IP packets, `IFF_TUN`. */
  Tun: 1,
  /** Ethernet frames, `IFF_TAP`. */
  Tap: 2,
} as const;

/** A tun or tap link, `IFLA_TUN_*` in linux/if_link.h. */
export interface TunInfo {
  /** The user who may open it. */
  owner?: number;
  /** The group of users who may open it. */
  group?: number;
  /** What it carries, see {@link TunType}. */
  type?: number;
  /** Whether each packet has a header that tells its protocol. */
  pi?: boolean;
  /** Whether each packet has a header that tells of checksums and segments. */
  vnetHdr?: boolean;
  /** Whether it stays when nobody has it open. */
  persist?: boolean;
  /** Whether it may have several queues. */
  multiQueue?: boolean;
  /** How many queues it has. */
  numQueues?: number;
  /** How many more are switched off. */
  numDisabledQueues?: number;
}

/** {@link TunInfo}. */
export const tunInfoAttributes: AttributeSet<TunInfo> = {
  owner: [1, "IFLA_TUN_OWNER", u32],
  group: [2, "IFLA_TUN_GROUP", u32],
  type: [3, "IFLA_TUN_TYPE", withWords(u8, TunType)],
  pi: [4, "IFLA_TUN_PI", bool8],
  vnetHdr: [5, "IFLA_TUN_VNET_HDR", bool8],
  persist: [6, "IFLA_TUN_PERSIST", bool8],
  multiQueue: [7, "IFLA_TUN_MULTI_QUEUE", bool8],
  numQueues: [8, "IFLA_TUN_NUM_QUEUES", u32],
  numDisabledQueues: [9, "IFLA_TUN_NUM_DISABLED_QUEUES", u32],
};

const typeNames: Readonly<Record<number, string>> = { 1: "tun", 2: "tap" };

/** `ip` prints the names of owner and group where the host has them; here they stay numbers. */
function tunInfoToIpJson(info: TunInfo): IpJson {
  const json: IpJson = {};
  if (info.type !== undefined) json.type = typeNames[info.type] ?? `UNKNOWN:${info.type}`;
  if (info.pi !== undefined) json.pi = info.pi;
  if (info.vnetHdr !== undefined) json.vnet_hdr = info.vnetHdr;
  json.multi_queue = info.multiQueue ?? false;
  if (info.multiQueue) {
    if (info.numQueues !== undefined) json.numqueues = info.numQueues;
    if (info.numDisabledQueues !== undefined) json.numdisabled = info.numDisabledQueues;
  }
  if (info.persist !== undefined) json.persist = info.persist;
  if (info.owner !== undefined) json.user = info.owner;
  if (info.group !== undefined) json.group = info.group;
  return json;
}

/** The data of a tun or tap link. */
export const tunInfo: LinkInfoFormat<TunInfo & RawAttributes> = {
  ...nest(() => tunInfoAttributes),
  toIpJson: tunInfoToIpJson,
};
