import { type AttributeSet, attributesToJson, type RawAttributes } from "../codec/attribute_set.ts";
import { multi, nest } from "../codec/compound.ts";
import { hardwareAddress, ipAddress } from "../codec/network.ts";
import { be16, bytes, flag, u16, u32, u64, u8 } from "../codec/scalar.ts";
import { type Struct, struct } from "../codec/struct.ts";
import { type BridgeId, bridgeId, bridgeIdText } from "./bridge_id.ts";
import { hexadecimal, type LinkInfoFormat, seconds, vlanProtocolName } from "./info_format.ts";
import type { IpJson } from "../object_kind.ts";

/** Options of a bridge that are one bit each, `BR_BOOLOPT_*` in linux/if_bridge.h. */
export const BridgeOption = {
  /** It does not learn from link-local frames, `BR_BOOLOPT_NO_LL_LEARN`. */
  NoLinkLocalLearn: 1 << 0,
  /** It snoops on multicasts in each VLAN apart, `BR_BOOLOPT_MCAST_VLAN_SNOOPING`. */
  McastVlanSnooping: 1 << 1,
  /** It has several spanning trees, `BR_BOOLOPT_MST_ENABLE`. */
  MstEnable: 1 << 2,
  /** Its multicast database tells of entries of the hardware that failed, `BR_BOOLOPT_MDB_OFFLOAD_FAIL_NOTIFICATION`. */
  MdbOffloadFailNotification: 1 << 3,
  /** It keeps local addresses in no VLAN only, `BR_BOOLOPT_FDB_LOCAL_VLAN_0`. */
  FdbLocalVlan0: 1 << 4,
} as const;

/** Options of a bridge that are one bit each, `struct br_boolopt_multi` in linux/if_bridge.h. */
export interface BridgeOptions {
  /** The options that are on, see {@link BridgeOption}. */
  value: number;
  /** The options that are meant. */
  mask: number;
}

/** Who asks for multicast memberships on a bridge, `BRIDGE_QUERIER_*` in linux/if_bridge.h. */
export interface BridgeQuerierState {
  /** The IPv4 querier's address. */
  ipAddress?: string;
  /** Index of the port that it is behind. */
  ipPort?: number;
  /** How long until it counts as gone, in hundredths of a second. */
  ipOtherTimer?: bigint;
  /** Padding before 64-bit integers, on some machines. */
  pad?: Uint8Array[];
  /** The IPv6 querier's address. */
  ipv6Address?: string;
  /** Index of the port that it is behind. */
  ipv6Port?: number;
  /** How long until it counts as gone, in hundredths of a second. */
  ipv6OtherTimer?: bigint;
}

/** A bridge, `IFLA_BR_*` in linux/if_link.h. All times are in hundredths of a second. */
export interface BridgeInfo {
  /** How long a port listens and then learns before it forwards. */
  forwardDelay?: number;
  /** How often the spanning tree's root says hello. */
  helloTime?: number;
  /** How long a hello is good for. */
  maxAge?: number;
  /** How long an address that was learned is kept. */
  ageingTime?: number;
  /** Who runs the spanning tree: 0 for nobody, 1 for the kernel, 2 for a program. */
  stpState?: number;
  /** Its priority in the spanning tree; the lowest becomes the root. */
  priority?: number;
  /** Whether it tells VLANs apart: 1 for yes. */
  vlanFiltering?: number;
  /** Protocol of its VLAN tags as an Ethernet type, 0x8100 or 0x88a8. */
  vlanProtocol?: number;
  /** Which link-local groups of 01:80:c2:00:00:0X it forwards, a bit for each X. */
  groupFwdMask?: number;
  /** The root of the spanning tree. */
  rootId?: BridgeId;
  /** Itself in the spanning tree. */
  bridgeId?: BridgeId;
  /** Number of the port to the root, 0 for none. */
  rootPort?: number;
  /** What the way to the root costs. */
  rootPathCost?: number;
  /** Whether the topology is changing: 1 for yes. */
  topologyChange?: number;
  /** Whether a change of it was detected: 1 for yes. */
  topologyChangeDetected?: number;
  /** How long until the next hello. */
  helloTimer?: bigint;
  /** How long until the next notice of a topology change. */
  tcnTimer?: bigint;
  /** How long the topology counts as changing. */
  topologyChangeTimer?: bigint;
  /** How long until old addresses are thrown away. */
  gcTimer?: bigint;
  /** Group address of the spanning tree's frames. */
  groupAddr?: string;
  /** In a request: forget all addresses that were learned. */
  fdbFlush?: boolean;
  /** Whether it is a multicast router: 0 never, 1 when it finds itself to be, 2 always. */
  mcastRouter?: number;
  /** Whether it snoops on multicast memberships: 1 for yes. */
  mcastSnooping?: number;
  /** Whether its queries come from its own address: 1 for yes. */
  mcastQueryUseIfaddr?: number;
  /** Whether it asks for memberships itself: 1 for yes. */
  mcastQuerier?: number;
  /** Without effect; 16. */
  mcastHashElasticity?: number;
  /** How many groups it keeps at most. */
  mcastHashMax?: number;
  /** How often it asks once the last member of a group left. */
  mcastLastMemberCnt?: number;
  /** How often it asks at the start. */
  mcastStartupQueryCnt?: number;
  /** Time between the questions once the last member left. */
  mcastLastMemberIntvl?: bigint;
  /** How long a membership is good for. */
  mcastMembershipIntvl?: bigint;
  /** How long another querier counts as alive. */
  mcastQuerierIntvl?: bigint;
  /** Time between questions. */
  mcastQueryIntvl?: bigint;
  /** How long members may take to answer. */
  mcastQueryResponseIntvl?: bigint;
  /** Time between the questions at the start. */
  mcastStartupQueryIntvl?: bigint;
  /** Whether iptables sees what it forwards: 1 for yes. */
  nfCallIptables?: number;
  /** Whether ip6tables sees what it forwards: 1 for yes. */
  nfCallIp6tables?: number;
  /** Whether arptables sees what it forwards: 1 for yes. */
  nfCallArptables?: number;
  /** The VLAN of frames without a tag on a new port, 0 for none. */
  vlanDefaultPvid?: number;
  /** Padding before 64-bit integers, on some machines. */
  pad?: Uint8Array[];
  /** Whether VLANs are counted: 1 for yes. */
  vlanStatsEnabled?: number;
  /** Whether multicast protocols are counted: 1 for yes. */
  mcastStatsEnabled?: number;
  /** Version of IGMP that it speaks. */
  mcastIgmpVersion?: number;
  /** Version of MLD that it speaks. */
  mcastMldVersion?: number;
  /** Whether VLANs are counted at each port: 1 for yes. */
  vlanStatsPerPort?: number;
  /** Options of one bit each. */
  multiBoolopt?: BridgeOptions;
  /** Who asks for memberships. */
  mcastQuerierState?: BridgeQuerierState & RawAttributes;
  /** How many addresses it has learned. */
  fdbNLearned?: number;
  /** How many it learns at most, 0 for no limit. */
  fdbMaxLearned?: number;
  /** Who is to run the spanning tree: 0 as `stpState` asks, 1 a program, 2 the kernel. */
  stpMode?: number;
}

const bridgeOptions: Struct<BridgeOptions> = struct<BridgeOptions>({ value: u32, mask: u32 });

/** {@link BridgeQuerierState}. */
export const bridgeQuerierStateAttributes: AttributeSet<BridgeQuerierState> = {
  ipAddress: [1, "BRIDGE_QUERIER_IP_ADDRESS", ipAddress],
  ipPort: [2, "BRIDGE_QUERIER_IP_PORT", u32],
  ipOtherTimer: [3, "BRIDGE_QUERIER_IP_OTHER_TIMER", u64],
  pad: [4, "BRIDGE_QUERIER_PAD", multi(bytes)],
  ipv6Address: [5, "BRIDGE_QUERIER_IPV6_ADDRESS", ipAddress],
  ipv6Port: [6, "BRIDGE_QUERIER_IPV6_PORT", u32],
  ipv6OtherTimer: [7, "BRIDGE_QUERIER_IPV6_OTHER_TIMER", u64],
};

/** {@link BridgeInfo}. */
export const bridgeInfoAttributes: AttributeSet<BridgeInfo> = {
  forwardDelay: [1, "IFLA_BR_FORWARD_DELAY", u32, "forward_delay"],
  helloTime: [2, "IFLA_BR_HELLO_TIME", u32, "hello_time"],
  maxAge: [3, "IFLA_BR_MAX_AGE", u32, "max_age"],
  ageingTime: [4, "IFLA_BR_AGEING_TIME", u32, "ageing_time"],
  stpState: [5, "IFLA_BR_STP_STATE", u32, "stp_state"],
  priority: [6, "IFLA_BR_PRIORITY", u16, "priority"],
  vlanFiltering: [7, "IFLA_BR_VLAN_FILTERING", u8, "vlan_filtering"],
  vlanProtocol: [8, "IFLA_BR_VLAN_PROTOCOL", be16, "vlan_protocol", vlanProtocolName],
  bridgeId: [11, "IFLA_BR_BRIDGE_ID", bridgeId, "bridge_id", bridgeIdText],
  rootId: [10, "IFLA_BR_ROOT_ID", bridgeId, "root_id", bridgeIdText],
  rootPort: [12, "IFLA_BR_ROOT_PORT", u16, "root_port"],
  rootPathCost: [13, "IFLA_BR_ROOT_PATH_COST", u32, "root_path_cost"],
  topologyChange: [14, "IFLA_BR_TOPOLOGY_CHANGE", u8, "topology_change"],
  topologyChangeDetected: [
    15,
    "IFLA_BR_TOPOLOGY_CHANGE_DETECTED",
    u8,
    "topology_change_detected",
  ],
  helloTimer: [16, "IFLA_BR_HELLO_TIMER", u64, "hello_timer", seconds],
  tcnTimer: [17, "IFLA_BR_TCN_TIMER", u64, "tcn_timer", seconds],
  topologyChangeTimer: [
    18,
    "IFLA_BR_TOPOLOGY_CHANGE_TIMER",
    u64,
    "topology_change_timer",
    seconds,
  ],
  gcTimer: [19, "IFLA_BR_GC_TIMER", u64, "gc_timer", seconds],
  vlanDefaultPvid: [39, "IFLA_BR_VLAN_DEFAULT_PVID", u16, "vlan_default_pvid"],
  vlanStatsEnabled: [41, "IFLA_BR_VLAN_STATS_ENABLED", u8, "vlan_stats_enabled"],
  vlanStatsPerPort: [45, "IFLA_BR_VLAN_STATS_PER_PORT", u8, "vlan_stats_per_port"],
  groupFwdMask: [9, "IFLA_BR_GROUP_FWD_MASK", u16, "group_fwd_mask", hexadecimal],
  groupAddr: [20, "IFLA_BR_GROUP_ADDR", hardwareAddress, "group_addr"],
  fdbFlush: [21, "IFLA_BR_FDB_FLUSH", flag],
  mcastSnooping: [23, "IFLA_BR_MCAST_SNOOPING", u8, "mcast_snooping"],
  multiBoolopt: [46, "IFLA_BR_MULTI_BOOLOPT", bridgeOptions, "multi_boolopt", optionsToIpJson],
  mcastRouter: [22, "IFLA_BR_MCAST_ROUTER", u8, "mcast_router"],
  mcastQueryUseIfaddr: [24, "IFLA_BR_MCAST_QUERY_USE_IFADDR", u8, "mcast_query_use_ifaddr"],
  mcastQuerier: [25, "IFLA_BR_MCAST_QUERIER", u8, "mcast_querier"],
  mcastHashElasticity: [26, "IFLA_BR_MCAST_HASH_ELASTICITY", u32, "mcast_hash_elasticity"],
  mcastHashMax: [27, "IFLA_BR_MCAST_HASH_MAX", u32, "mcast_hash_max"],
  mcastLastMemberCnt: [28, "IFLA_BR_MCAST_LAST_MEMBER_CNT", u32, "mcast_last_member_cnt"],
  mcastStartupQueryCnt: [29, "IFLA_BR_MCAST_STARTUP_QUERY_CNT", u32, "mcast_startup_query_cnt"],
  mcastLastMemberIntvl: [
    30,
    "IFLA_BR_MCAST_LAST_MEMBER_INTVL",
    u64,
    "mcast_last_member_intvl",
    Number,
  ],
  mcastMembershipIntvl: [
    31,
    "IFLA_BR_MCAST_MEMBERSHIP_INTVL",
    u64,
    "mcast_membership_intvl",
    Number,
  ],
  mcastQuerierIntvl: [32, "IFLA_BR_MCAST_QUERIER_INTVL", u64, "mcast_querier_intvl", Number],
  mcastQueryIntvl: [33, "IFLA_BR_MCAST_QUERY_INTVL", u64, "mcast_query_intvl", Number],
  mcastQueryResponseIntvl: [
    34,
    "IFLA_BR_MCAST_QUERY_RESPONSE_INTVL",
    u64,
    "mcast_query_response_intvl",
    Number,
  ],
  mcastStartupQueryIntvl: [
    35,
    "IFLA_BR_MCAST_STARTUP_QUERY_INTVL",
    u64,
    "mcast_startup_query_intvl",
    Number,
  ],
  mcastStatsEnabled: [42, "IFLA_BR_MCAST_STATS_ENABLED", u8, "mcast_stats_enabled"],
  mcastIgmpVersion: [43, "IFLA_BR_MCAST_IGMP_VERSION", u8, "mcast_igmp_version"],
  mcastMldVersion: [44, "IFLA_BR_MCAST_MLD_VERSION", u8, "mcast_mld_version"],
  nfCallIptables: [36, "IFLA_BR_NF_CALL_IPTABLES", u8, "nf_call_iptables"],
  nfCallIp6tables: [37, "IFLA_BR_NF_CALL_IP6TABLES", u8, "nf_call_ip6tables"],
  nfCallArptables: [38, "IFLA_BR_NF_CALL_ARPTABLES", u8, "nf_call_arptables"],
  pad: [40, "IFLA_BR_PAD", multi(bytes)],
  mcastQuerierState: [
    47,
    "IFLA_BR_MCAST_QUERIER_STATE",
    nest(() => bridgeQuerierStateAttributes, true),
  ],
  fdbNLearned: [48, "IFLA_BR_FDB_N_LEARNED", u32],
  fdbMaxLearned: [49, "IFLA_BR_FDB_MAX_LEARNED", u32],
  stpMode: [50, "IFLA_BR_STP_MODE", u32],
};

/** The options that `ip` 6.1 has names for. */
function optionsToIpJson({ value, mask }: BridgeOptions): IpJson {
  const options = {
    no_linklocal_learn: BridgeOption.NoLinkLocalLearn,
    mcast_vlan_snooping: BridgeOption.McastVlanSnooping,
  };
  const meant = Object.entries(options).filter(([, option]) => mask & option);
  return Object.fromEntries(meant.map(([key, option]) => [key, value & option ? 1 : 0]));
}

function bridgeInfoToIpJson(info: BridgeInfo): IpJson {
  const json: IpJson = attributesToJson(bridgeInfoAttributes, info);
  // ip 6.1 prints the bridge itself as the root.
  if (info.rootId !== undefined && info.bridgeId !== undefined) json.root_id = json.bridge_id;
  // The options are keys like all others, where they stand in the table.
  return Object.fromEntries(
    Object.entries(json).flatMap(([key, value]) =>
      key === "multi_boolopt" ? Object.entries(value as IpJson) : [[key, value]]
    ),
  );
}

/** The data of a bridge. */
export const bridgeInfo: LinkInfoFormat<BridgeInfo & RawAttributes> = {
  ...nest(() => bridgeInfoAttributes),
  toIpJson: bridgeInfoToIpJson,
};
