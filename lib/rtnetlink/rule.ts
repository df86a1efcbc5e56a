import type { AttributeSet, RawAttributes } from "./codec/attribute_set.ts";
import { ipAddress } from "./codec/network.ts";
import { be32, be64, s32, string, u16, u32, u8 } from "./codec/scalar.ts";
import { withWords } from "./codec/shape.ts";
import { pad, type Struct, struct } from "./codec/struct.ts";
import { AddressFamily, Group, MessageType } from "./constants.ts";
import { ipProtocolName } from "./ip_protocols.ts";
import {
  dsfieldName,
  familyName,
  groupName,
  protocolName,
  realmName,
  routeTypeName,
  tableName,
} from "./names.ts";
import type { IpJson, ObjectKind } from "./object_kind.ts";
import { RuleAction, RuleFlags } from "./rule_constants.ts";
import { RouteProtocol, RouteTable } from "./route/constants.ts";

/** The fixed part of a rule's messages, `struct fib_rule_hdr` in linux/fib_rules.h. */
export interface RuleHeader {
  /** `AddressFamily.Inet` or `AddressFamily.Inet6`; `Ipmr` and `Ip6mr` for multicast routing. */
  family: number;
  /** Length of the destination's prefix in bits. */
  dstLength: number;
  /** Length of the source's prefix in bits. */
  srcLength: number;
  /** Type-of-service byte of the packets, 0 for any. */
  tos: number;
  /** The table of `table` if it is below 256, else 252 (`RT_TABLE_COMPAT`) or 0. */
  headerTable: number;
  /** What becomes of packets, {@link RuleAction}. */
  action: number;
  /** {@link RuleFlags}. */
  flags: number;
}

/** User ids from one to another, `struct fib_rule_uid_range` in linux/fib_rules.h. */
export interface UidRange {
  /** The first. */
  start: number;
  /** The last. */
  end: number;
}

/** Ports from one to another, `struct fib_rule_port_range` in linux/fib_rules.h. */
export interface PortRange {
  /** The first. */
  start: number;
  /** The last. */
  end: number;
}

/** The attributes of a rule, `FRA_*` in linux/fib_rules.h. What is absent is not looked at. */
export interface RuleAttributes {
  /** Destination of the packets: the prefix of which `dstLength` bits count. */
  dst?: string;
  /** Source of the packets: the prefix of which `srcLength` bits count. */
  src?: string;
  /** Name of the link over which they come in. */
  iifName?: string;
  /** With {@link RuleAction.Goto}: priority of the rule that is next. */
  goto?: number;
  /** Place of the rule: the lower, the earlier; absent is 0. */
  priority?: number;
  /** Their mark, as far as `fwMask` goes. */
  fwMark?: number;
  /** Realms they get: the source's in the upper 16 bits, the destination's in the lower. */
  flow?: number;
  /** Id of the tunnel they came through. */
  tunId?: bigint;
  /** Goes on to the next rule when the route found leads over a link of this group; -1 is none. */
  suppressIfgroup?: number;
  /** Goes on to the next rule when the route found has a prefix no longer than this; -1 is none. */
  suppressPrefixLength?: number;
  /** With {@link RuleAction.ToTable}: the table to look in; 254 is main. */
  table?: number;
  /** The bits of their mark that count. */
  fwMask?: number;
  /** Name of the link that the socket they come from is bound to. */
  oifName?: string;
  /** 1: looks in the table of the routing domain of their link. */
  l3mdev?: number;
  /** Users whose sockets they come from. */
  uidRange?: UidRange;
  /** Who made the rule, `RTPROT_*`. */
  protocol?: number;
  /** Their transport protocol, `IPPROTO_*`. */
  ipProto?: number;
  /** Their source port. */
  sportRange?: PortRange;
  /** Their destination port. */
  dportRange?: PortRange;
  /** Their DSCP, the upper six bits of the type-of-service byte. */
  dscp?: number;
  /** Their flow label, as far as `flowLabelMask` goes; IPv6 only. */
  flowLabel?: number;
  /** The bits of their flow label that count. */
  flowLabelMask?: number;
  /** The bits of their source port that count. */
  sportMask?: number;
  /** The bits of their destination port that count. */
  dportMask?: number;
  /** The bits of their DSCP that count. */
  dscpMask?: number;
}

/** A rule that tells which packets are routed by which table. */
export type Rule = RuleHeader & RuleAttributes & RawAttributes;

const ruleHeader: Struct<RuleHeader> = struct<RuleHeader>({
  family: withWords(u8, AddressFamily),
  dstLength: u8,
  srcLength: u8,
  tos: u8,
  headerTable: withWords(u8, RouteTable),
  _1: pad(2),
  action: withWords(u8, RuleAction),
  flags: withWords(u32, RuleFlags),
});

const uidRange: Struct<UidRange> = struct<UidRange>({ start: u32, end: u32 });

const portRange: Struct<PortRange> = struct<PortRange>({ start: u16, end: u16 });

/** The attributes of a rule. */
export const ruleAttributes: AttributeSet<RuleAttributes> = {
  dst: [1, "FRA_DST", ipAddress],
  src: [2, "FRA_SRC", ipAddress],
  iifName: [3, "FRA_IIFNAME", string],
  goto: [4, "FRA_GOTO", u32],
  priority: [6, "FRA_PRIORITY", u32],
  fwMark: [10, "FRA_FWMARK", u32],
  flow: [11, "FRA_FLOW", u32],
  tunId: [12, "FRA_TUN_ID", be64],
  suppressIfgroup: [13, "FRA_SUPPRESS_IFGROUP", s32],
  suppressPrefixLength: [14, "FRA_SUPPRESS_PREFIXLEN", s32],
  table: [15, "FRA_TABLE", withWords(u32, RouteTable)],
  fwMask: [16, "FRA_FWMASK", u32],
  oifName: [17, "FRA_OIFNAME", string],
  l3mdev: [19, "FRA_L3MDEV", u8],
  uidRange: [20, "FRA_UID_RANGE", uidRange],
  protocol: [21, "FRA_PROTOCOL", withWords(u8, RouteProtocol)],
  ipProto: [22, "FRA_IP_PROTO", u8],
  sportRange: [23, "FRA_SPORT_RANGE", portRange],
  dportRange: [24, "FRA_DPORT_RANGE", portRange],
  dscp: [25, "FRA_DSCP", u8],
  flowLabel: [26, "FRA_FLOWLABEL", be32],
  flowLabelMask: [27, "FRA_FLOWLABEL_MASK", be32],
  sportMask: [28, "FRA_SPORT_MASK", u16],
  dportMask: [29, "FRA_DPORT_MASK", u16],
  dscpMask: [30, "FRA_DSCP_MASK", u8],
};

/** A side of the packets that a rule is for: an address, its prefix's length where it has one. */
function sideToJson(side: "src" | "dst", rule: Rule): IpJson {
  const address = rule[side];
  const length = rule[`${side}Length`];
  if (address === undefined) return length === 0 ? {} : { [side]: "0", [`${side}len`]: length };
  const host = { [AddressFamily.Inet]: 32, [AddressFamily.Inet6]: 128 }[rule.family] ?? 0;
  return length === host ? { [side]: address } : { [side]: address, [`${side}len`]: length };
}

function markToJson({ fwMark, fwMask }: Rule): IpJson {
  if (fwMark === undefined && fwMask === undefined) return {};
  const hex = (value: number) => value === 0 ? "0" : `0x${value.toString(16)}`;
  const fwmark = { fwmark: hex(fwMark ?? 0) };
  return fwMask === undefined || fwMask === 0xffff_ffff
    ? fwmark
    : { ...fwmark, fwmask: hex(fwMask) };
}

function linkToJson(key: "iif" | "oif", name: string | undefined, detached: number): IpJson {
  if (name === undefined) return {};
  return { [key]: name, ...(detached && { [`${key}_detached`]: null }) };
}

function portsToJson(key: "sport" | "dport", ports: PortRange | undefined): IpJson {
  if (ports === undefined) return {};
  if (ports.start === ports.end) return { [key]: ports.start };
  return { [`${key}_start`]: ports.start, [`${key}_end`]: ports.end };
}

function tableToJson(rule: Rule): IpJson {
  const { table = rule.headerTable, suppressPrefixLength = -1, suppressIfgroup = -1 } = rule;
  if (table === 0) return {};
  return {
    table: tableName(table),
    ...(suppressPrefixLength !== -1 && { suppress_prefixlen: suppressPrefixLength }),
    ...(suppressIfgroup !== -1 && { suppress_ifgroup: groupName(suppressIfgroup) }),
  };
}

function realmsToJson(flow: number | undefined): IpJson {
  if (flow === undefined) return {};
  const from = flow >>> 16;
  return { ...(from && { flow_from: realmName(from) }), flow_to: realmName(flow & 0xffff) };
}

/** `RTN_NAT` in linux/rtnetlink.h, an action of kernels before 2.6 that later ones still take. */
const natAction = 10;

function actionToJson({ action, goto, flags }: Rule): IpJson {
  switch (action) {
    case RuleAction.ToTable:
      return {};
    case RuleAction.Goto:
      return { goto: goto ?? "none", ...(flags & RuleFlags.Unresolved && { unresolved: null }) };
    case RuleAction.Nop:
      return { nop: null };
    case natAction:
      return { masquerade: null };
    default:
      return { action: routeTypeName(action) };
  }
}

/** The object that `ip -j -d rule show` prints, after "family". */
function toIpJson(rule: Rule): IpJson {
  const { flags, tos, uidRange, ipProto, tunId, protocol } = rule;
  return {
    family: familyName(rule.family),
    priority: rule.priority ?? 0,
    ...(flags & RuleFlags.Invert && { not: null }),
    src: "all",
    ...sideToJson("src", rule),
    ...sideToJson("dst", rule),
    ...(tos && { tos: dsfieldName(tos) }),
    ...markToJson(rule),
    ...linkToJson("iif", rule.iifName, flags & RuleFlags.IifDetached),
    ...linkToJson("oif", rule.oifName, flags & RuleFlags.OifDetached),
    ...(rule.l3mdev && { l3mdev: null }),
    ...(uidRange && { uid_start: uidRange.start, uid_end: uidRange.end }),
    ...(ipProto !== undefined && { ipproto: ipProtocolName(ipProto) }),
    ...portsToJson("sport", rule.sportRange),
    ...portsToJson("dport", rule.dportRange),
    ...(tunId !== undefined && { tun_id: Number(tunId) }),
    ...tableToJson(rule),
    ...realmsToJson(rule.flow),
    ...actionToJson(rule),
    ...(protocol !== undefined && { protocol: protocolName(protocol) }),
  };
}

/** The flags that the kernel changes by itself when links and other rules come and go. */
const passingFlags = RuleFlags.Unresolved | RuleFlags.IifDetached | RuleFlags.OifDetached;

/**
 * Tells rules apart by all that they say, in the order of their fields' names, as the kernel gives them no
 * id. Rules that are alike in everything, which the kernel allows, have one key.
 */
function key(rule: Rule): string {
  const { family, priority = 0, headerTable, table = headerTable, flags, ...rest } = rule;
  const fields: Record<string, unknown> = { ...rest, table, flags: flags & ~passingFlags };
  const words = Object.keys(fields).sort()
    .filter((name) => !saysNothing(name, fields[name]))
    .map((name) => `${name} ${valueText(fields[name])}`);
  return [`${familyName(family)} ${priority}:`, ...words].join(" ");
}

function saysNothing(name: string, value: unknown): boolean {
  if (Object.hasOwn(ruleHeader.fields, name)) return value === 0;
  return value === undefined || value === -1 && name.startsWith("suppress");
}

function valueText(value: unknown): string {
  if (value instanceof Uint8Array) {
    return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  if (Array.isArray(value)) return value.map(valueText).join(",");
  return typeof value === "object" ? Object.values(value!).join("-") : `${value}`;
}

/** Rules. */
export const ruleKind: ObjectKind<Rule> = {
  name: "rule",
  newType: MessageType.NewRule,
  deleteType: MessageType.DelRule,
  getType: MessageType.GetRule,
  groups: [Group.Ipv4Rule, Group.Ipv6Rule],
  header: ruleHeader,
  attributes: ruleAttributes,
  key,
  toIpJson,
};
