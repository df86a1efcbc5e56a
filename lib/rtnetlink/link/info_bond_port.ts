import type { AttributeSet, RawAttributes } from "../codec/attribute_set.ts";
import { nest } from "../codec/compound.ts";
import { hardwareAddress } from "../codec/network.ts";
import { s32, u16, u32, u8 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";
import type { LinkInfoFormat } from "./info_format.ts";
import type { IpJson } from "../object_kind.ts";
import { BondPortLink, BondPortState, LacpState } from "./info_bond_constants.ts";

/** A port of a bond, `IFLA_BOND_SLAVE_*` in linux/if_link.h. */
export interface BondPortInfo {
  /** Whether it is in use, see {@link BondPortState}. */
  state?: number;
  /** What the bond found out of it, see {@link BondPortLink}. */
  miiStatus?: number;
  /** How often it failed. */
  linkFailureCount?: number;
  /** The hardware address that it had before. */
  permHwaddr?: string;
  /** Number of the bond's queue whose packets it sends, 0 for any. */
  queueId?: number;
  /** The group of ports that it is in. */
  adAggregatorId?: number;
  /** What this end says of it, see {@link LacpState}. */
  adActorOperPortState?: number;
  /** What the other end says of it. */
  adPartnerOperPortState?: number;
  /** Its priority; the highest becomes the active port. */
  prio?: number;
  /** Its priority in the link aggregation control protocol. */
  actorPortPrio?: number;
  /** Whether this end keeps changing its mind: 0 for being watched, 1 for yes, 2 for no. */
  adChurnActorState?: number;
  /** Whether the other end does. */
  adChurnPartnerState?: number;
}

/** {@link BondPortInfo}. */
export const bondPortInfoAttributes: AttributeSet<BondPortInfo> = {
  state: [1, "IFLA_BOND_SLAVE_STATE", withWords(u8, BondPortState)],
  miiStatus: [2, "IFLA_BOND_SLAVE_MII_STATUS", withWords(u8, BondPortLink)],
  linkFailureCount: [3, "IFLA_BOND_SLAVE_LINK_FAILURE_COUNT", u32],
  permHwaddr: [4, "IFLA_BOND_SLAVE_PERM_HWADDR", hardwareAddress],
  queueId: [5, "IFLA_BOND_SLAVE_QUEUE_ID", u16],
  adAggregatorId: [6, "IFLA_BOND_SLAVE_AD_AGGREGATOR_ID", u16],
  adActorOperPortState: [7, "IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE", withWords(u8, LacpState)],
  adPartnerOperPortState: [
    8,
    "IFLA_BOND_SLAVE_AD_PARTNER_OPER_PORT_STATE",
    withWords(u16, LacpState),
  ],
  prio: [9, "IFLA_BOND_SLAVE_PRIO", s32],
  actorPortPrio: [10, "IFLA_BOND_SLAVE_ACTOR_PORT_PRIO", u16],
  adChurnActorState: [11, "IFLA_BOND_SLAVE_AD_CHURN_ACTOR_STATE", u8],
  adChurnPartnerState: [12, "IFLA_BOND_SLAVE_AD_CHURN_PARTNER_STATE", u8],
};

const stateNames = ["ACTIVE", "BACKUP"];
const linkNames = ["UP", "GOING_DOWN", "DOWN", "GOING_BACK"];
/** What `ip` calls the bits of {@link LacpState}. */
const lacpNames = [
  "active",
  "short_timeout",
  "aggregating",
  "in_sync",
  "collecting",
  "distributing",
  "defaulted",
  "expired",
];

/** A name under a key, or under another the number that has none. */
function named(key: string, names: string[], value: number | undefined): IpJson {
  if (value === undefined) return {};
  return names[value] === undefined ? { [`${key}_index`]: value } : { [key]: names[value] };
}

/** A number under a key, and the names of its bits under another. */
function lacp(key: string, state: number): IpJson {
  const bits = lacpNames.filter((_, bit) => state & 1 << bit);
  return { [key]: state, [`${key}_str`]: bits };
}

function bondPortInfoToIpJson(info: BondPortInfo): IpJson {
  const json: IpJson = {
    ...named("state", stateNames, info.state),
    ...named("mii_status", linkNames, info.miiStatus),
  };
  const { adActorOperPortState: actor, adPartnerOperPortState: partner } = info;
  // A signed number to ip.
  if (info.linkFailureCount !== undefined) json.link_failure_count = info.linkFailureCount | 0;
  if (info.permHwaddr !== undefined) json.perm_hwaddr = info.permHwaddr;
  if (info.queueId !== undefined) json.queue_id = info.queueId;
  if (info.prio !== undefined) json.prio = info.prio;
  if (info.adAggregatorId !== undefined) json.ad_aggregator_id = info.adAggregatorId;
  if (actor !== undefined) Object.assign(json, lacp("ad_actor_oper_port_state", actor));
  if (partner !== undefined) {
    // ip 6.1 looks at one byte of it.
    Object.assign(json, lacp("ad_partner_oper_port_state", partner & 0xff));
  }
  return json;
}

/** The data of a port of a bond. */
export const bondPortInfo: LinkInfoFormat<BondPortInfo & RawAttributes> = {
  ...nest(() => bondPortInfoAttributes),
  toIpJson: bondPortInfoToIpJson,
};
