import { type AttributeSet, attributesToJson, type RawAttributes } from "./codec/attribute_set.ts";
import { s32, u8 } from "./codec/scalar.ts";
import { withWords } from "./codec/shape.ts";
import { pad, type Struct, struct } from "./codec/struct.ts";
import { AddressFamily, Group, MessageType } from "./constants.ts";
import { familyName, linkName } from "./names.ts";
import type { IpJson, LinkLookup, ObjectKind } from "./object_kind.ts";

/** The fixed part of messages about settings, `struct netconfmsg` in linux/netconf.h. */
export interface NetconfHeader {
  /** The protocol whose settings they are: `AddressFamily.Inet`, `Inet6` or `Mpls`. */
  family: number;
}

/**
 * The settings of a protocol for a link, `NETCONFA_*` in linux/netconf.h: the sysctls of the same
 * names. 0 is off and 1 is on unless it says otherwise. A notification has only what changed.
 */
export interface NetconfAttributes {
  /** Index of the link, or {@link NetconfIndex}. */
  ifindex?: number;
  /** Whether packets are forwarded. */
  forwarding?: number;
  /** Whether the source of a packet must be reachable: 0 no, 1 over the same link, 2 over any; IPv4 only. */
  rpFilter?: number;
  /** Whether multicasts are forwarded. */
  mcForwarding?: number;
  /** Whether ARP or neighbour discovery is answered for others. */
  proxyNeigh?: number;
  /** Whether routes over a link without carrier are ignored. */
  ignoreRoutesWithLinkdown?: number;
  /** Whether labelled packets are accepted; MPLS only. */
  input?: number;
  /** Whether directed broadcasts are forwarded; IPv4 only. */
  bcForwarding?: number;
}

/** The settings of a protocol for a link, for all links or for links to come. */
export type Netconf = NetconfHeader & NetconfAttributes & RawAttributes;

/** Values of {@link NetconfAttributes.ifindex} that are no links. */
export const NetconfIndex = {
  /** What counts for all links, `NETCONFA_IFINDEX_ALL`. */
  All: -1,
  /** What new links start with, `NETCONFA_IFINDEX_DEFAULT`. */
  Default: -2,
} as const;

const netconfHeader: Struct<NetconfHeader> = struct<NetconfHeader>({
  family: withWords(u8, AddressFamily),
  _1: pad(3),
});

const isOn = (value: number): boolean => value !== 0;

/** The settings of a protocol for a link. */
export const netconfAttributes: AttributeSet<NetconfAttributes> = {
  ifindex: [1, "NETCONFA_IFINDEX", withWords(s32, NetconfIndex)],
  forwarding: [2, "NETCONFA_FORWARDING", s32, "forwarding", isOn],
  rpFilter: [
    3,
    "NETCONFA_RP_FILTER",
    s32,
    "rp_filter",
    (value) => ["off", "strict", "loose"][value] ?? value >>> 0,
  ],
  mcForwarding: [4, "NETCONFA_MC_FORWARDING", s32, "mc_forwarding", isOn],
  proxyNeigh: [5, "NETCONFA_PROXY_NEIGH", s32, "proxy_neigh", isOn],
  ignoreRoutesWithLinkdown: [
    6,
    "NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN",
    s32,
    "ignore_routes_with_linkdown",
    isOn,
  ],
  input: [7, "NETCONFA_INPUT", s32, "input", isOn],
  bcForwarding: [8, "NETCONFA_BC_FORWARDING", s32],
};

/** Names what settings are for, as `ip` does. */
function interfaceName(ifindex: number, links?: LinkLookup): string {
  if (ifindex === NetconfIndex.All) return "all";
  if (ifindex === NetconfIndex.Default) return "default";
  return linkName(ifindex, links);
}

function toIpJson(netconf: Netconf, links?: LinkLookup): IpJson {
  const { family, ifindex } = netconf;
  return {
    family: familyName(family),
    ...(ifindex !== undefined && { interface: interfaceName(ifindex, links) }),
    ...attributesToJson(netconfAttributes, netconf),
  };
}

/** The settings of protocols for links. */
export const netconfKind: ObjectKind<Netconf> = {
  name: "netconf",
  newType: MessageType.NewNetconf,
  deleteType: MessageType.DelNetconf,
  getType: MessageType.GetNetconf,
  groups: [Group.Ipv4Netconf, Group.Ipv6Netconf, Group.MplsNetconf],
  header: netconfHeader,
  attributes: netconfAttributes,
  key: ({ family, ifindex }) => `${familyName(family)} ${interfaceName(ifindex ?? 0)}`,
  toIpJson,
};
