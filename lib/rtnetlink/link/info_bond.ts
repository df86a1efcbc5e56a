import { type AttributeSet, attributesToJson, type RawAttributes } from "../codec/attribute_set.ts";
import { indexedArray, nest } from "../codec/compound.ts";
import { hardwareAddress, ipv4, ipv6 } from "../codec/network.ts";
import { u16, u32, u8 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";
import type { LinkInfoFormat } from "./info_format.ts";
import { linkName } from "../names.ts";
import type { IpJson, LinkLookup } from "../object_kind.ts";
import {
  BondAdSelect,
  BondArpValidate,
  BondFailOverMac,
  BondMode,
  BondPrimaryReselect,
  BondXmitHashPolicy,
} from "./info_bond_constants.ts";

/** What the link aggregation control protocol found out, `IFLA_BOND_AD_INFO_*` in linux/if_link.h. */
export interface BondAdInfo {
  /** The group of ports that is in use. */
  aggregator?: number;
  /** How many ports it has. */
  numPorts?: number;
  /** Its key here. */
  actorKey?: number;
  /** Its key at the other end. */
  partnerKey?: number;
  /** Hardware address of the other end. */
  partnerMac?: string;
}

/** A bond, `IFLA_BOND_*` in linux/if_link.h. Times are in milliseconds where nothing else is said. */
export interface BondInfo {
  /** How it divides packets, see {@link BondMode}. */
  mode?: number;
  /** Index of the active port, 0 for none. */
  activeSlave?: number;
  /** How often it looks at its ports' carriers, 0 for never. */
  miimon?: number;
  /** How long a carrier must be there for a port to be used. */
  updelay?: number;
  /** How long a carrier must be away for a port to be given up. */
  downdelay?: number;
  /** How it looks at carriers: 1 as the kernel knows them, the only way of newer kernels, 0 by asking the hardware. */
  useCarrier?: number;
  /** How often it asks by ARP for a sign of life, 0 for never. */
  arpInterval?: number;
  /** The IPv4 addresses that it asks for; in a request all of them. */
  arpIpTarget?: string[];
  /** Which packets it takes for a sign of life, see {@link BondArpValidate}. */
  arpValidate?: number;
  /** Whether all these addresses must answer: 1 for yes. */
  arpAllTargets?: number;
  /** Index of the port that it uses by choice, 0 for none. */
  primary?: number;
  /** When that one becomes the active port again, see {@link BondPrimaryReselect}. */
  primaryReselect?: number;
  /** Which hardware addresses it and its ports have, see {@link BondFailOverMac}. */
  failOverMac?: number;
  /** What its hash of a packet is made of, see {@link BondXmitHashPolicy}. */
  xmitHashPolicy?: number;
  /** How often multicast memberships are told again after the active port changed. */
  resendIgmp?: number;
  /** How often its neighbours are told then. */
  numPeerNotif?: number;
  /** Whether it takes what ports receive that are not in use: 1 for yes. */
  allSlavesActive?: number;
  /** How many ports must work for it to have a carrier. */
  minLinks?: number;
  /** Time between the frames that tell switches where its addresses are, in seconds. */
  lpInterval?: number;
  /** How many packets go through a port before it is the next one's turn, 0 for a random one. */
  packetsPerSlave?: number;
  /** How often the other end is to send: 0 every 30 seconds, 1 every second. */
  adLacpRate?: number;
  /** Which ports it chooses to aggregate, see {@link BondAdSelect}. */
  adSelect?: number;
  /** What the link aggregation control protocol found out. */
  adInfo?: BondAdInfo & RawAttributes;
  /** Its priority in that protocol. */
  adActorSysPrio?: number;
  /** The upper ten bits of its ports' keys in that protocol. */
  adUserPortKey?: number;
  /** Its hardware address in that protocol, zeros for that of the bond. */
  adActorSystem?: string;
  /** Whether flows are moved between ports by their load: 1 for yes. */
  tlbDynamicLb?: number;
  /** Time between one telling of its neighbours and the next. */
  peerNotifDelay?: number;
  /** Whether it speaks first in that protocol: 1 for yes. */
  adLacpActive?: number;
  /** How many questions by ARP may go without an answer before a port is given up. */
  missedMax?: number;
  /** The IPv6 addresses that it asks for; in a request all of them. */
  nsIp6Target?: string[];
  /** Whether ports begin to receive and to send at once: 1 for yes. */
  coupledControl?: number;
  /** Whether ARP and neighbour discovery go out through all ports: 1 for yes. */
  broadcastNeigh?: number;
  /** Whether it has a carrier only while that protocol lets it use a port: 1 for yes. */
  lacpStrict?: number;
}

/** {@link BondAdInfo}. */
export const bondAdInfoAttributes: AttributeSet<BondAdInfo> = {
  aggregator: [1, "IFLA_BOND_AD_INFO_AGGREGATOR", u16, "aggregator"],
  numPorts: [2, "IFLA_BOND_AD_INFO_NUM_PORTS", u16, "num_ports"],
  actorKey: [3, "IFLA_BOND_AD_INFO_ACTOR_KEY", u16, "actor_key"],
  partnerKey: [4, "IFLA_BOND_AD_INFO_PARTNER_KEY", u16, "partner_key"],
  partnerMac: [5, "IFLA_BOND_AD_INFO_PARTNER_MAC", hardwareAddress, "partner_mac"],
};

const named = (...names: string[]) => (value: number): string => names[value] ?? "UNKNOWN";

const modeName = named(
  "balance-rr",
  "active-backup",
  "balance-xor",
  "broadcast",
  "802.3ad",
  "balance-tlb",
  "balance-alb",
);
const validateName = named(
  "none",
  "active",
  "backup",
  "all",
  "filter",
  "filter_active",
  "filter_backup",
);
const hashName = named(
  "layer2",
  "layer3+4",
  "layer2+3",
  "encap2+3",
  "encap3+4",
  "vlan+srcmac",
);
/** `ip` says null where nothing is validated. */
const validateForm = (value: number): string | null => value === 0 ? null : validateName(value);
/** The index of a port, if there is one; its name comes later. */
const portForm = (index: number): number | undefined => index || undefined;
/** `ip` shows sixteen addresses. */
const targetsForm = (list: string[]): string[] | undefined =>
  list.length > 0 ? list.slice(0, 16) : undefined;
const adInfoForm = (info: BondAdInfo): IpJson => attributesToJson(bondAdInfoAttributes, info);

/** {@link BondInfo}. */
export const bondInfoAttributes: AttributeSet<BondInfo> = {
  mode: [1, "IFLA_BOND_MODE", withWords(u8, BondMode), "mode", modeName],
  activeSlave: [2, "IFLA_BOND_ACTIVE_SLAVE", u32, "active_slave", portForm],
  miimon: [3, "IFLA_BOND_MIIMON", u32, "miimon"],
  updelay: [4, "IFLA_BOND_UPDELAY", u32, "updelay"],
  downdelay: [5, "IFLA_BOND_DOWNDELAY", u32, "downdelay"],
  peerNotifDelay: [28, "IFLA_BOND_PEER_NOTIF_DELAY", u32, "peer_notify_delay"],
  useCarrier: [6, "IFLA_BOND_USE_CARRIER", u8, "use_carrier"],
  arpInterval: [7, "IFLA_BOND_ARP_INTERVAL", u32, "arp_interval"],
  missedMax: [30, "IFLA_BOND_MISSED_MAX", u8, "arp_missed_max"],
  arpIpTarget: [
    8,
    "IFLA_BOND_ARP_IP_TARGET",
    indexedArray(ipv4, { first: 0 }),
    "arp_ip_target",
    targetsForm,
  ],
  nsIp6Target: [
    31,
    "IFLA_BOND_NS_IP6_TARGET",
    indexedArray(ipv6, { first: 0 }),
    "ns_ip6_target",
    targetsForm,
  ],
  arpValidate: [
    9,
    "IFLA_BOND_ARP_VALIDATE",
    withWords(u32, BondArpValidate),
    "arp_validate",
    validateForm,
  ],
  arpAllTargets: [10, "IFLA_BOND_ARP_ALL_TARGETS", u32, "arp_all_targets", named("any", "all")],
  primary: [11, "IFLA_BOND_PRIMARY", u32, "primary", portForm],
  primaryReselect: [
    12,
    "IFLA_BOND_PRIMARY_RESELECT",
    withWords(u8, BondPrimaryReselect),
    "primary_reselect",
    named("always", "better", "failure"),
  ],
  failOverMac: [
    13,
    "IFLA_BOND_FAIL_OVER_MAC",
    withWords(u8, BondFailOverMac),
    "fail_over_mac",
    named("none", "active", "follow"),
  ],
  xmitHashPolicy: [
    14,
    "IFLA_BOND_XMIT_HASH_POLICY",
    withWords(u8, BondXmitHashPolicy),
    "xmit_hash_policy",
    hashName,
  ],
  resendIgmp: [15, "IFLA_BOND_RESEND_IGMP", u32, "resend_igmp"],
  numPeerNotif: [16, "IFLA_BOND_NUM_PEER_NOTIF", u8, "num_peer_notif"],
  allSlavesActive: [17, "IFLA_BOND_ALL_SLAVES_ACTIVE", u8, "all_slaves_active"],
  minLinks: [18, "IFLA_BOND_MIN_LINKS", u32, "min_links"],
  lpInterval: [19, "IFLA_BOND_LP_INTERVAL", u32, "lp_interval"],
  packetsPerSlave: [20, "IFLA_BOND_PACKETS_PER_SLAVE", u32, "packets_per_slave"],
  adLacpActive: [29, "IFLA_BOND_AD_LACP_ACTIVE", u8, "ad_lacp_active", named("off", "on")],
  adLacpRate: [21, "IFLA_BOND_AD_LACP_RATE", u8, "ad_lacp_rate", named("slow", "fast")],
  adSelect: [
    22,
    "IFLA_BOND_AD_SELECT",
    withWords(u8, BondAdSelect),
    "ad_select",
    named("stable", "bandwidth", "count"),
  ],
  adInfo: [23, "IFLA_BOND_AD_INFO", nest(() => bondAdInfoAttributes), "ad_info", adInfoForm],
  adActorSysPrio: [24, "IFLA_BOND_AD_ACTOR_SYS_PRIO", u16, "ad_actor_sys_prio"],
  adUserPortKey: [25, "IFLA_BOND_AD_USER_PORT_KEY", u16, "ad_user_port_key"],
  adActorSystem: [26, "IFLA_BOND_AD_ACTOR_SYSTEM", hardwareAddress, "ad_actor_system"],
  tlbDynamicLb: [27, "IFLA_BOND_TLB_DYNAMIC_LB", u8, "tlb_dynamic_lb"],
  coupledControl: [32, "IFLA_BOND_COUPLED_CONTROL", u8],
  broadcastNeigh: [33, "IFLA_BOND_BROADCAST_NEIGH", u8],
  lacpStrict: [34, "IFLA_BOND_LACP_STRICT", u8],
};

function bondInfoToIpJson(info: BondInfo, links?: LinkLookup): IpJson {
  const json: IpJson = attributesToJson(bondInfoAttributes, info);
  if (info.activeSlave) json.active_slave = linkName(info.activeSlave, links);
  if (info.primary) json.primary = linkName(info.primary, links);
  return json;
}

/** The data of a bond. */
export const bondInfo: LinkInfoFormat<BondInfo & RawAttributes> = {
  ...nest(() => bondInfoAttributes),
  toIpJson: bondInfoToIpJson,
};
