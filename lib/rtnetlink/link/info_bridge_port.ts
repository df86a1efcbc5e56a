import { type AttributeSet, attributesToJson, type RawAttributes } from "../codec/attribute_set.ts";
import { multi, nest } from "../codec/compound.ts";
import { bool8, bytes, flag, u16, u32, u64, u8 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";
import { type BridgeId, bridgeId, bridgeIdText } from "./bridge_id.ts";
import { hexadecimal, type LinkInfoFormat, seconds } from "./info_format.ts";
import { linkName } from "../names.ts";
import type { IpJson, LinkLookup } from "../object_kind.ts";

/** State of a bridge's port in the spanning tree, `BR_STATE_*` in linux/if_bridge.h. */
export const BridgePortState = {
  /** It is not in use, `BR_STATE_DISABLED`. */
  Disabled: 0,
  /** It hears the spanning tree only, `BR_STATE_LISTENING`. */
  Listening: 1,
  /** It learns addresses, `BR_STATE_LEARNING`. */
  Learning: 2,
  /** It forwards, `BR_STATE_FORWARDING`. */
  Forwarding: 3,
  /** It would close a loop, `BR_STATE_BLOCKING`. */
  Blocking: 4,
} as const;

/** A port of a bridge, `IFLA_BRPORT_*` in linux/if_link.h. All times are in hundredths of a second. */
export interface BridgePortInfo {
  /** Its state, see {@link BridgePortState}. */
  state?: number;
  /** Its priority. */
  priority?: number;
  /** What the way through it costs. */
  cost?: number;
  /** Whether frames may go out where they came in: hairpin mode. */
  mode?: boolean;
  /** Whether frames of the spanning tree switch it off. */
  guard?: boolean;
  /** Whether it may not become the port to the root. */
  protect?: boolean;
  /** Whether a group ends as soon as a member says that it leaves. */
  fastLeave?: boolean;
  /** Whether it learns addresses. */
  learning?: boolean;
  /** Whether frames to unknown addresses go out. */
  unicastFlood?: boolean;
  /** Whether it answers ARP for those behind other ports. */
  proxyArp?: boolean;
  /** Whether addresses that the hardware learned are taken over. */
  learningSync?: boolean;
  /** The same as `proxyArp` as 802.11 wants it. */
  proxyArpWifi?: boolean;
  /** The root of the spanning tree. */
  rootId?: BridgeId;
  /** The bridge that the segment belongs to. */
  bridgeId?: BridgeId;
  /** That bridge's port. */
  designatedPort?: number;
  /** What the way to the root costs from there. */
  designatedCost?: number;
  /** Its identifier: priority and number. */
  id?: number;
  /** Its number. */
  no?: number;
  /** Whether a notice of a topology change is to be acknowledged: 1 for yes. */
  topologyChangeAck?: number;
  /** Whether a frame of the spanning tree waits to be sent: 1 for yes. */
  configPending?: number;
  /** How long until what was heard of the root is too old. */
  messageAgeTimer?: bigint;
  /** How long until its state moves on. */
  forwardDelayTimer?: bigint;
  /** How long until the next frame of the spanning tree may be sent. */
  holdTimer?: bigint;
  /** In a request: forget the addresses that were learned. */
  flush?: boolean;
  /** Whether it is a multicast router: 0 never, 1 when it is found to be, 2 always, 3 for now. */
  multicastRouter?: number;
  /** Padding before 64-bit integers, on some machines. */
  pad?: Uint8Array[];
  /** Whether multicasts that nobody asked for go out. */
  mcastFlood?: boolean;
  /** Whether multicasts are sent to each member as unicasts. */
  mcastToUcast?: boolean;
  /** Whether VLANs stand for ids of tunnels. */
  vlanTunnel?: boolean;
  /** Whether broadcasts go out. */
  bcastFlood?: boolean;
  /** Which link-local groups of 01:80:c2:00:00:0X it forwards, a bit for each X. */
  groupFwdMask?: number;
  /** Whether neighbour discovery that the bridge can answer stays inside. */
  neighSuppress?: boolean;
  /** Whether it talks to ports only that are not isolated. */
  isolated?: boolean;
  /** Index of the port that takes over when it has no carrier. */
  backupPort?: number;
  /** Whether the ring of the media redundancy protocol is open. */
  mrpRingOpen?: boolean;
  /** Whether the interconnection of such rings is open. */
  mrpInOpen?: boolean;
  /** How many multicast hosts it keeps track of at most. */
  mcastEhtHostsLimit?: number;
  /** How many it keeps track of. */
  mcastEhtHostsCnt?: number;
  /** Whether only known addresses may come in: 802.1X. */
  locked?: boolean;
  /** Whether an unknown address is then noted as locked. */
  mab?: boolean;
  /** How many multicast groups it is in. */
  mcastNGroups?: number;
  /** How many it may be in, 0 for no limit. */
  mcastMaxGroups?: number;
  /** Whether `neighSuppress` is told by the VLAN. */
  neighVlanSuppress?: boolean;
  /** Id of the nexthop that takes over with `backupPort`, 0 for none. */
  backupNhid?: number;
  /** Whether gratuitous ARP is forwarded all the same. */
  neighForwardGrat?: boolean;
}

const portStateNames = ["disabled", "listening", "learning", "forwarding", "blocking"];

/** The link-local groups that `ip` has names for, by their bit. */
const groupNames: Readonly<Record<number, string>> = {
  0x1: "stp",
  0x4: "lacp",
  0x4000: "lldp",
};

/** {@link BridgePortInfo}. */
export const bridgePortInfoAttributes: AttributeSet<BridgePortInfo> = {
  state: [1, "IFLA_BRPORT_STATE", withWords(u8, BridgePortState)],
  priority: [2, "IFLA_BRPORT_PRIORITY", u16, "priority"],
  cost: [3, "IFLA_BRPORT_COST", u32, "cost"],
  mode: [4, "IFLA_BRPORT_MODE", bool8, "hairpin"],
  guard: [5, "IFLA_BRPORT_GUARD", bool8, "guard"],
  protect: [6, "IFLA_BRPORT_PROTECT", bool8, "root_block"],
  fastLeave: [7, "IFLA_BRPORT_FAST_LEAVE", bool8, "fastleave"],
  learning: [8, "IFLA_BRPORT_LEARNING", bool8, "learning"],
  unicastFlood: [9, "IFLA_BRPORT_UNICAST_FLOOD", bool8, "flood"],
  id: [17, "IFLA_BRPORT_ID", u16, "id", hexadecimal],
  no: [18, "IFLA_BRPORT_NO", u16, "no", hexadecimal],
  designatedPort: [15, "IFLA_BRPORT_DESIGNATED_PORT", u16, "designated_port"],
  designatedCost: [16, "IFLA_BRPORT_DESIGNATED_COST", u16, "designated_cost"],
  bridgeId: [14, "IFLA_BRPORT_BRIDGE_ID", bridgeId, "bridge_id", bridgeIdText],
  rootId: [13, "IFLA_BRPORT_ROOT_ID", bridgeId, "root_id", bridgeIdText],
  holdTimer: [23, "IFLA_BRPORT_HOLD_TIMER", u64, "hold_timer", seconds],
  messageAgeTimer: [21, "IFLA_BRPORT_MESSAGE_AGE_TIMER", u64, "message_age_timer", seconds],
  forwardDelayTimer: [
    22,
    "IFLA_BRPORT_FORWARD_DELAY_TIMER",
    u64,
    "forward_delay_timer",
    seconds,
  ],
  topologyChangeAck: [19, "IFLA_BRPORT_TOPOLOGY_CHANGE_ACK", u8, "topology_change_ack"],
  configPending: [20, "IFLA_BRPORT_CONFIG_PENDING", u8, "config_pending"],
  proxyArp: [10, "IFLA_BRPORT_PROXYARP", bool8, "proxy_arp"],
  proxyArpWifi: [12, "IFLA_BRPORT_PROXYARP_WIFI", bool8, "proxy_arp_wifi"],
  multicastRouter: [25, "IFLA_BRPORT_MULTICAST_ROUTER", u8, "multicast_router"],
  mcastFlood: [27, "IFLA_BRPORT_MCAST_FLOOD", bool8, "mcast_flood"],
  bcastFlood: [30, "IFLA_BRPORT_BCAST_FLOOD", bool8, "bcast_flood"],
  mcastToUcast: [28, "IFLA_BRPORT_MCAST_TO_UCAST", bool8, "mcast_to_unicast"],
  neighSuppress: [32, "IFLA_BRPORT_NEIGH_SUPPRESS", bool8, "neigh_suppress"],
  groupFwdMask: [31, "IFLA_BRPORT_GROUP_FWD_MASK", u16, "group_fwd_mask", hexadecimal],
  vlanTunnel: [29, "IFLA_BRPORT_VLAN_TUNNEL", bool8, "vlan_tunnel"],
  isolated: [33, "IFLA_BRPORT_ISOLATED", bool8, "isolated"],
  locked: [39, "IFLA_BRPORT_LOCKED", bool8, "locked"],
  backupPort: [34, "IFLA_BRPORT_BACKUP_PORT", u32],
  learningSync: [11, "IFLA_BRPORT_LEARNING_SYNC", bool8],
  flush: [24, "IFLA_BRPORT_FLUSH", flag],
  pad: [26, "IFLA_BRPORT_PAD", multi(bytes)],
  mrpRingOpen: [35, "IFLA_BRPORT_MRP_RING_OPEN", bool8],
  mrpInOpen: [36, "IFLA_BRPORT_MRP_IN_OPEN", bool8],
  mcastEhtHostsLimit: [37, "IFLA_BRPORT_MCAST_EHT_HOSTS_LIMIT", u32],
  mcastEhtHostsCnt: [38, "IFLA_BRPORT_MCAST_EHT_HOSTS_CNT", u32],
  mab: [40, "IFLA_BRPORT_MAB", bool8],
  mcastNGroups: [41, "IFLA_BRPORT_MCAST_N_GROUPS", u32],
  mcastMaxGroups: [42, "IFLA_BRPORT_MCAST_MAX_GROUPS", u32],
  neighVlanSuppress: [43, "IFLA_BRPORT_NEIGH_VLAN_SUPPRESS", bool8],
  backupNhid: [44, "IFLA_BRPORT_BACKUP_NHID", u32],
  neighForwardGrat: [45, "IFLA_BRPORT_NEIGH_FORWARD_GRAT", bool8],
};

/** The bits of a mask of link-local groups with their names. */
function groupFwdMaskText(mask: number): string {
  const bits = Array.from({ length: 16 }, (_, i) => 1 << i).filter((bit) => mask & bit);
  return bits.map((bit) => groupNames[bit] ?? hexadecimal(bit)).join(",") || "0x0";
}

function bridgePortInfoToIpJson(info: BridgePortInfo, links?: LinkLookup): IpJson {
  const { state, groupFwdMask, backupPort } = info;
  const json: IpJson = {};
  if (state !== undefined) {
    const name = portStateNames[state];
    json[name === undefined ? "state_index" : "state"] = name ?? state;
  }
  for (const [key, value] of Object.entries(attributesToJson(bridgePortInfoAttributes, info))) {
    json[key] = value;
    if (key === "group_fwd_mask") json.group_fwd_mask_str = groupFwdMaskText(groupFwdMask!);
  }
  if (backupPort !== undefined) json.backup_port = linkName(backupPort, links);
  return json;
}

/** The data of a port of a bridge. */
export const bridgePortInfo: LinkInfoFormat<BridgePortInfo & RawAttributes> = {
  ...nest(() => bridgePortInfoAttributes),
  toIpJson: bridgePortInfoToIpJson,
};
