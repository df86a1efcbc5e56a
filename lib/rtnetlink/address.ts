import { type AttributeSet, attributesToJson, type RawAttributes } from "./codec/attribute_set.ts";
import { ipAddress } from "./codec/network.ts";
import { s32, string, u32, u8 } from "./codec/scalar.ts";
import { withWords } from "./codec/shape.ts";
import { type Struct, struct } from "./codec/struct.ts";
import { AddressFamily, Group, MessageType } from "./constants.ts";
import { familyName, linkName, scopeName } from "./names.ts";
import type { IpJson, LinkLookup, ObjectKind } from "./object_kind.ts";
import { RouteScope } from "./route/constants.ts";

/** The fixed part of an address's messages, `struct ifaddrmsg` in linux/if_addr.h. */
export interface AddressHeader {
  /** `AddressFamily.Inet` or `AddressFamily.Inet6`. */
  family: number;
  /** Length of the subnet's prefix in bits. */
  prefixLength: number;
  /** The lowest eight of the flags; `flags` has all of them. */
  headerFlags: number;
  /** How far the address is valid, `RT_SCOPE_*`: 0 everywhere, 253 on the link, 254 on this host. */
  scope: number;
  /** Index of the link that has the address. */
  index: number;
}

/** Lifetimes of an address, `struct ifa_cacheinfo` in linux/if_addr.h. */
export interface AddressCacheInfo {
  /** For how many seconds more it is preferred for new connections; 4294967295 is for ever. */
  preferred: number;
  /** For how many seconds more it is valid; 4294967295 is for ever. */
  valid: number;
  /** When it was added, in hundredths of seconds since the system started. */
  created: number;
  /** When it was last changed, in hundredths of seconds since the system started. */
  updated: number;
}

/** The attributes of an address, `IFA_*` in linux/if_addr.h. */
export interface AddressAttributes {
  /** The address; where the link has a peer, the peer's. */
  address?: string;
  /** This host's own address. Always there for IPv4; for IPv6 only where there is a peer. */
  local?: string;
  /** The broadcast address of the subnet; IPv4 only. */
  broadcast?: string;
  /** An anycast address; IPv6 only. */
  anycast?: string;
  /** Name of the link, or "name:text"; IPv4 only. */
  label?: string;
  /** Lifetimes and times of change. */
  cacheInfo?: AddressCacheInfo;
  /** A multicast address that the link listens to. */
  multicast?: string;
  /** All the flags, {@link AddressFlags}; kernels before 3.14 send `headerFlags` alone. */
  flags?: number;
  /** Metric of the route to the subnet that comes with the address. */
  routePriority?: number;
  /** In a request: id of the namespace that is meant. */
  targetNetnsid?: number;
  /** Who made the address, `IFAPROT_*`: 1 for loopback, 2 for router advertisements, 3 for link-local addresses. */
  protocol?: number;
}

/** An address of a link. */
export type Address = AddressHeader & AddressAttributes & RawAttributes;

/** Flags of an address, `IFA_F_*` in linux/if_addr.h. */
export const AddressFlags = {
  /** IPv4: not the first of its subnet, `IFA_F_SECONDARY`. */
  Secondary: 0x01,
  /** IPv6: temporary, for privacy, `IFA_F_TEMPORARY`. */
  Temporary: 0x01,
  /** No duplicate address detection, `IFA_F_NODAD`. */
  NoDad: 0x02,
  /** Usable before duplicate address detection ends, `IFA_F_OPTIMISTIC`. */
  Optimistic: 0x04,
  /** Another host has it, `IFA_F_DADFAILED`. */
  DadFailed: 0x08,
  /** Home address of mobile IPv6, `IFA_F_HOMEADDRESS`. */
  HomeAddress: 0x10,
  /** No longer preferred, `IFA_F_DEPRECATED`. */
  Deprecated: 0x20,
  /** Duplicate address detection has not ended, `IFA_F_TENTATIVE`. */
  Tentative: 0x40,
  /** Valid for ever, `IFA_F_PERMANENT`. */
  Permanent: 0x80,
  /** The kernel makes temporary addresses from it, `IFA_F_MANAGETEMPADDR`. */
  ManageTempAddr: 0x100,
  /** No route to the subnet comes with it, `IFA_F_NOPREFIXROUTE`. */
  NoPrefixRoute: 0x200,
  /** The multicast group is joined, `IFA_F_MCAUTOJOIN`. */
  McAutoJoin: 0x400,
  /** Made from a secret rather than from the hardware address, `IFA_F_STABLE_PRIVACY`. */
  StablePrivacy: 0x800,
} as const;

/** Layout of an address's fixed part. */
const addressHeader: Struct<AddressHeader> = struct<AddressHeader>({
  family: withWords(u8, AddressFamily),
  prefixLength: u8,
  headerFlags: withWords(u8, AddressFlags),
  scope: withWords(u8, RouteScope),
  index: u32,
});

/** Layout of an address's lifetimes. */
const cacheInfo: Struct<AddressCacheInfo> = struct<AddressCacheInfo>({
  preferred: u32,
  valid: u32,
  created: u32,
  updated: u32,
});

/** The attributes of an address. */
export const addressAttributes: AttributeSet<AddressAttributes> = {
  address: [1, "IFA_ADDRESS", ipAddress],
  local: [2, "IFA_LOCAL", ipAddress],
  routePriority: [9, "IFA_RT_PRIORITY", u32, "metric"],
  broadcast: [4, "IFA_BROADCAST", ipAddress, "broadcast"],
  anycast: [5, "IFA_ANYCAST", ipAddress, "anycast"],
  label: [3, "IFA_LABEL", string],
  cacheInfo: [6, "IFA_CACHEINFO", cacheInfo],
  multicast: [7, "IFA_MULTICAST", ipAddress],
  flags: [8, "IFA_FLAGS", withWords(u32, AddressFlags)],
  targetNetnsid: [10, "IFA_TARGET_NETNSID", s32],
  protocol: [11, "IFA_PROTO", u8],
};

/**
 * Gives the flags of an address, wherever the kernel put them.
 *
 * @param address The address.
 * @returns Bits of {@link AddressFlags}.
 */
export function addressFlags(address: Pick<Address, "flags" | "headerFlags">): number {
  return address.flags ?? address.headerFlags;
}

/**
 * Tells whether an address can be used: whether no other host can turn out to have it, or it may be used before that is known.
 *
 * @param address The address.
 * @returns Whether it is not tentative, unless it is optimistic, and no duplicate.
 */
export function isUsable(address: Pick<Address, "flags" | "headerFlags">): boolean {
  const flags = addressFlags(address);
  if (flags & AddressFlags.DadFailed) return false;
  return !(flags & AddressFlags.Tentative) || (flags & AddressFlags.Optimistic) !== 0;
}

/** The keys of flags in the order in which `ip` prints them; {@link AddressFlags.Permanent} is told by its absence. */
const flagKeys: ReadonlyArray<readonly [flag: number, key: string]> = [
  [AddressFlags.Secondary, "secondary"],
  [AddressFlags.NoDad, "nodad"],
  [AddressFlags.Optimistic, "optimistic"],
  [AddressFlags.DadFailed, "dadfailed"],
  [AddressFlags.HomeAddress, "home"],
  [AddressFlags.Deprecated, "deprecated"],
  [AddressFlags.Tentative, "tentative"],
  [AddressFlags.Permanent, "dynamic"],
  [AddressFlags.ManageTempAddr, "mngtmpaddr"],
  [AddressFlags.NoPrefixRoute, "noprefixroute"],
  [AddressFlags.McAutoJoin, "autojoin"],
  [AddressFlags.StablePrivacy, "stable-privacy"],
];

function flagsToJson(address: Address): IpJson {
  const json: IpJson = {};
  const flags = addressFlags(address);
  let rest = flags;
  for (const [flag, key] of flagKeys) {
    rest &= ~flag;
    if (((flags & flag) !== 0) === (flag === AddressFlags.Permanent)) continue;
    json[key === "secondary" && address.family === AddressFamily.Inet6 ? "temporary" : key] = true;
  }
  if (rest !== 0) json.ifa_flags = (rest >>> 0).toString(16).padStart(2, "0");
  return json;
}

function lifetimesToJson(address: Address): IpJson {
  if (address.cacheInfo === undefined) return {};
  const { valid, preferred } = address.cacheInfo;
  // `ip` prints the preferred lifetime of a deprecated address as a signed integer.
  const signed = preferred !== 0xffff_ffff &&
    (addressFlags(address) & AddressFlags.Deprecated) !== 0;
  return { valid_life_time: valid, preferred_life_time: signed ? preferred | 0 : preferred };
}

/** The entry of `addr_info` that `ip -j -d addr show` prints, after the link's index and name. */
function toIpJson(address: Address, links?: LinkLookup): IpJson {
  const { address: prefix, local = prefix } = address;
  return {
    ifindex: address.index,
    ifname: linkName(address.index, links),
    family: familyName(address.family),
    ...(local !== undefined && { local }),
    ...(prefix !== undefined && prefix !== local && { address: prefix }),
    ...(local !== undefined && { prefixlen: address.prefixLength }),
    ...attributesToJson(addressAttributes, address),
    scope: scopeName(address.scope),
    ...flagsToJson(address),
    ...(address.label !== undefined && { label: address.label }),
    ...lifetimesToJson(address),
  };
}

/** The first address of an IPv4 address's subnet. */
function subnetOf(address: string, prefixLength: number): string {
  return address.split(".").map((octet, i) => {
    const hostBits = Math.min(Math.max(8 * (i + 1) - prefixLength, 0), 8);
    return Number(octet) & 0xff << hostBits;
  }).join(".");
}

/**
 * Tells an address from others of its link, as the kernel does: an IPv6 address by itself alone, an
 * IPv4 address also by the length of its prefix and by its peer's subnet, where that is not its own.
 */
function key({ family, index, address = "", local = address, prefixLength }: Address): string {
  if (family !== AddressFamily.Inet) return `${index} ${local}`;
  const peer = subnetOf(address, prefixLength);
  const own = subnetOf(local, prefixLength);
  return `${index} ${local}/${prefixLength}${peer === own ? "" : ` peer ${peer}`}`;
}

/** Addresses. */
export const addressKind: ObjectKind<Address> = {
  name: "address",
  newType: MessageType.NewAddr,
  deleteType: MessageType.DelAddr,
  getType: MessageType.GetAddr,
  groups: [Group.Ipv4Ifaddr, Group.Ipv6Ifaddr],
  header: addressHeader,
  attributes: addressAttributes,
  key,
  toIpJson,
};
