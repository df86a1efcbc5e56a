import type { AttributeSet, RawAttributes } from "./codec/attribute_set.ts";
import { ipAddress } from "./codec/network.ts";
import { s32, u32, u8 } from "./codec/scalar.ts";
import { withWords } from "./codec/shape.ts";
import { pad, type Struct, struct } from "./codec/struct.ts";
import { AddressFamily, Group, MessageType } from "./constants.ts";
import { familyName, linkName } from "./names.ts";
import type { IpJson, LinkLookup, ObjectKind } from "./object_kind.ts";

/** The fixed part of a prefix's messages, `struct prefixmsg` in linux/rtnetlink.h. */
export interface PrefixHeader {
  /** Always `AddressFamily.Inet6`. */
  family: number;
  /** Index of the link on which a router advertised it. */
  index: number;
  /** Type of the option of the advertisement; always 3, prefix information. */
  type: number;
  /** Length of the prefix in bits. */
  prefixLength: number;
  /** What the prefix is good for, {@link PrefixFlags}. */
  flags: number;
}

/** Lifetimes of a prefix, `struct prefix_cacheinfo` in linux/rtnetlink.h. */
export interface PrefixCacheInfo {
  /** For how many seconds addresses made from it are preferred; 4294967295 is for ever. */
  preferredTime: number;
  /** For how many seconds it is valid; 4294967295 is for ever. */
  validTime: number;
}

/** The attributes of a prefix, `PREFIX_*` in linux/rtnetlink.h. */
export interface PrefixAttributes {
  /** The prefix. */
  address?: string;
  /** Its lifetimes. */
  cacheInfo?: PrefixCacheInfo;
}

/** A prefix that a router advertised. It is told of whenever it is advertised, and cannot be listed. */
export type Prefix = PrefixHeader & PrefixAttributes & RawAttributes;

/**
 * Flags of a prefix. Kernels differ: older ones have their own, `IF_PREFIX_*` in net/if_inet6.h, newer ones
 * pass on the byte of the advertisement (RFC 4861, 4.6.2). No bit means two things.
 */
export const PrefixFlags = {
  /** Its addresses are on the link, `IF_PREFIX_ONLINK`. */
  OnLink: 0x01,
  /** Hosts may make addresses from it, `IF_PREFIX_AUTOCONF`. */
  Autoconf: 0x02,
  /** Its addresses are on the link; bit L of the advertisement. */
  AdvertisedOnLink: 0x80,
  /** Hosts may make addresses from it; bit A of the advertisement. */
  AdvertisedAutoconf: 0x40,
} as const;

const prefixHeader: Struct<PrefixHeader> = struct<PrefixHeader>({
  family: withWords(u8, AddressFamily),
  _1: pad(3),
  index: s32,
  type: u8,
  prefixLength: u8,
  flags: withWords(u8, PrefixFlags),
  _2: pad(1),
});

const cacheInfo: Struct<PrefixCacheInfo> = struct<PrefixCacheInfo>({
  preferredTime: u32,
  validTime: u32,
});

/** The attributes of a prefix. */
export const prefixAttributes: AttributeSet<PrefixAttributes> = {
  address: [1, "PREFIX_ADDRESS", ipAddress],
  cacheInfo: [2, "PREFIX_CACHEINFO", cacheInfo],
};

/**
 * `ip` has no JSON for prefixes: these are the words of `ip monitor prefix` as keys, with "ifindex" and
 * "ifname" for its "dev". The flags are there where they are set, lifetimes in seconds.
 */
function toIpJson(
  { family, index, prefixLength, flags, address, cacheInfo }: Prefix,
  links?: LinkLookup,
): IpJson {
  const onLink = PrefixFlags.OnLink | PrefixFlags.AdvertisedOnLink;
  const autoconf = PrefixFlags.Autoconf | PrefixFlags.AdvertisedAutoconf;
  return {
    ifindex: index,
    ifname: linkName(index, links),
    family: familyName(family),
    ...(address !== undefined && { prefix: address, prefixlen: prefixLength }),
    ...(flags & onLink && { onlink: true }),
    ...(flags & autoconf && { autoconf: true }),
    ...(cacheInfo && { valid_time: cacheInfo.validTime, preferred_time: cacheInfo.preferredTime }),
  };
}

/** Prefixes that routers advertise. */
export const prefixKind: ObjectKind<Prefix> = {
  name: "prefix",
  newType: MessageType.NewPrefix,
  groups: [Group.Ipv6Prefix],
  header: prefixHeader,
  attributes: prefixAttributes,
  key: ({ index, address, prefixLength }) => `${index} ${address}/${prefixLength}`,
  toIpJson,
};
