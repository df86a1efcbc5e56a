import type { AttributeSet, Codec, RawAttributes } from "../codec/attribute_set.ts";
import { headedNest, indexedArray, multi, nest } from "../codec/compound.ts";
import { hardwareAddress } from "../codec/network.ts";
import { bool8, bytes, s32, string, u16, u32, u8, uint } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";
import { pad, type Struct, struct } from "../codec/struct.ts";
import { AddressFamily } from "../constants.ts";
import {
  byFamily,
  type LinkAfSpec,
  linkAfSpec,
  type LinkInet6,
  linkInet6Attributes,
} from "./af_spec.ts";
import { type LinkInfo, linkInfo } from "./info.ts";
import { type BridgePortInfo, bridgePortInfoAttributes } from "./info_bridge_port.ts";
import {
  devlinkPortAttributes,
  dpllPinAttributes,
  type LinkDevlinkPort,
  type LinkDpllPin,
  type LinkPropList,
  propListAttributes,
  type ProtoDownReason,
  protoDownReasonAttributes,
} from "./nests.ts";
import {
  type LinkMap,
  linkMap,
  type LinkStats,
  linkStats,
  type LinkStats64,
  linkStats64,
} from "./stats.ts";
import { type LinkPort, linkPortAttributes, type VfInfo, vfInfoAttributes } from "./vf.ts";
import { type LinkXdp, linkXdpAttributes } from "./xdp.ts";
import { LinkEvent, LinkFlags, LinkMode, LinkType, OperState } from "./constants.ts";

/** The fixed part of a link's messages, `struct ifinfomsg` in linux/rtnetlink.h. */
export interface LinkHeader {
  /** In which role the message is about the link: 0 for all of it, `AF_BRIDGE` as a port, `AF_INET6` for its IPv6. */
  family: number;
  /** Hardware type, see {@link LinkType}. */
  type: number;
  /** Its number in its namespace. */
  index: number;
  /** See {@link LinkFlags}. */
  flags: number;
  /** Which flags a message tells about, or a request wants to set. */
  change: number;
}

/** The attributes of a link, `IFLA_*` in linux/if_link.h. */
export interface LinkAttributes {
  /** Hardware address. */
  address?: string;
  /** Hardware address of all stations; of the other end, where there is one. */
  broadcast?: string;
  /** Name. */
  name?: string;
  /** The largest packet in bytes. */
  mtu?: number;
  /** Index of the link below, in the namespace `linkNetnsid` if there is that; 0 for somewhere unknown. */
  link?: number;
  /** Kind of the queueing discipline. */
  qdisc?: string;
  /** Counters, cut to 32 bits. */
  stats?: LinkStats;
  /** Index of the link that it is a port of; in a request 0 to leave it. */
  master?: number;
  /** An event of wireless extensions. */
  wireless?: Uint8Array;
  /** It as a port of a bridge, in messages of the bridge family; its IPv6, in messages of IPv6. */
  protInfo?: BridgePortInfo & LinkInet6 & RawAttributes;
  /** Packets that the queue holds. */
  txQueueLength?: number;
  /** Where its hardware is in the machine. */
  map?: LinkMap;
  /** Not in use. */
  weight?: number;
  /** Whether it works, see {@link OperState}. */
  operState?: number;
  /** What it does once it has a carrier, see {@link LinkMode}. */
  linkMode?: number;
  /** What sort of link it is. */
  linkInfo?: LinkInfo<Link>;
  /** In a request: a process whose namespace it is to be in. */
  netNSPid?: number;
  /** A description that somebody gave it. */
  alias?: string;
  /** How many virtual functions it has. */
  numVf?: number;
  /** The virtual functions, when a request asked for them. */
  vfinfoList?: Array<VfInfo & RawAttributes>;
  /** Counters. */
  stats64?: LinkStats64;
  /** The profiles of its virtual functions' ports. */
  vfPorts?: Array<LinkPort & RawAttributes>;
  /** The profile of its own port. */
  portSelf?: LinkPort & RawAttributes;
  /** What the address families know of it. */
  afSpec?: LinkAfSpec & RawAttributes;
  /** The group that it is in, 0 by default. */
  group?: number;
  /** In a request: a descriptor of the namespace that it is to be in. */
  netNSFd?: number;
  /** In a request: what more to tell, see {@link LinkFilter}. */
  extMask?: number;
  /** How many want it to receive everything. */
  promiscuity?: number;
  /** Queues to send from. */
  numTxQueues?: number;
  /** Queues to receive into. */
  numRxQueues?: number;
  /** Whether it has a carrier: 1 for yes. */
  carrier?: number;
  /** Identifier of its physical port. */
  physPortId?: Uint8Array;
  /** How often the carrier came or went. */
  carrierChanges?: number;
  /** Identifier of the switch that its port belongs to. */
  physSwitchId?: Uint8Array;
  /** Id of the namespace that the link below is in, where that is another one. */
  linkNetnsid?: number;
  /** Name of its physical port. */
  physPortName?: string;
  /** Whether a protocol wants it down: 1 for yes. */
  protoDown?: number;
  /** Segments that a packet may be split into. */
  gsoMaxSegs?: number;
  /** Bytes of a packet that is split into segments. */
  gsoMaxSize?: number;
  /** Padding before 64-bit integers, on some machines. */
  pad?: Uint8Array[];
  /** Its XDP programs. */
  xdp?: LinkXdp & RawAttributes;
  /** What a message was sent for, see {@link LinkEvent}. */
  event?: number;
  /** In the message that it left the namespace: id of the one that it moved to. */
  newNetnsid?: number;
  /** In a request: id of the namespace that is meant. */
  targetNetnsid?: number;
  /** How often the carrier came. */
  carrierUpCount?: number;
  /** How often it went. */
  carrierDownCount?: number;
  /** In the message that it left the namespace: its number in the new one. */
  newIfindex?: number;
  /** The smallest `mtu` that it can have. */
  minMtu?: number;
  /** The largest, 0 for no limit. */
  maxMtu?: number;
  /** Its other names. */
  propList?: LinkPropList & RawAttributes;
  /** In a request: one of its names, of any length. */
  altName?: string;
  /** The hardware address that it was made with. */
  permAddress?: string;
  /** Who wants it down. */
  protoDownReason?: ProtoDownReason & RawAttributes;
  /** Name of the device that it is a part of. */
  parentDevName?: string;
  /** The bus of that device, such as "pci". */
  parentDevBusName?: string;
  /** Bytes of a packet that is put together from segments. */
  groMaxSize?: number;
  /** Bytes of a packet that the hardware can split into segments. */
  tsoMaxSize?: number;
  /** Segments that the hardware can split a packet into. */
  tsoMaxSegs?: number;
  /** How many want it to receive all multicasts. */
  allMulti?: number;
  /** The port of a devlink device behind it. */
  devlinkPort?: LinkDevlinkPort & RawAttributes;
  /** The same as `gsoMaxSize` for IPv4. */
  gsoIpv4MaxSize?: number;
  /** The same as `groMaxSize` for IPv4. */
  groIpv4MaxSize?: number;
  /** The pin of a clock behind it. */
  dpllPin?: LinkDpllPin & RawAttributes;
  /** How far ahead the hardware can hold back a packet, in nanoseconds. */
  maxPacingOffloadHorizon?: bigint;
  /** Whether it cannot leave its namespace. */
  netnsImmutable?: boolean;
  /** Bytes kept free before a packet. */
  headroom?: number;
  /** Bytes kept free after a packet. */
  tailroom?: number;
}

/** A network interface. */
export type Link = LinkHeader & LinkAttributes & RawAttributes;

/** {@link LinkHeader}. */
export const linkHeader: Struct<LinkHeader> = struct<LinkHeader>({
  family: withWords(u8, AddressFamily),
  _1: pad(1),
  type: withWords(u16, LinkType),
  index: s32,
  flags: withWords(u32, LinkFlags),
  change: withWords(u32, LinkFlags),
});

/** A bridge's port or its IPv6, by the family of the message. */
type ProtInfo = BridgePortInfo & LinkInet6 & RawAttributes;

const protInfoFormats: Readonly<Record<number, Codec<ProtInfo>>> = {
  [AddressFamily.Bridge]: nest(() => bridgePortInfoAttributes, true),
  [AddressFamily.Inet6]: nest(() => linkInet6Attributes),
};

/** A whole link within an attribute. */
const linkWithin: Codec<Link> = headedNest(() => linkHeader, (): AttributeSet => linkAttributes);

/** The attributes of a link. */
export const linkAttributes: AttributeSet<LinkAttributes> = {
  address: [1, "IFLA_ADDRESS", hardwareAddress],
  broadcast: [2, "IFLA_BROADCAST", hardwareAddress],
  name: [3, "IFLA_IFNAME", string],
  mtu: [4, "IFLA_MTU", u32],
  link: [5, "IFLA_LINK", u32],
  qdisc: [6, "IFLA_QDISC", string],
  stats: [7, "IFLA_STATS", linkStats],
  master: [10, "IFLA_MASTER", u32],
  wireless: [11, "IFLA_WIRELESS", bytes],
  protInfo: [12, "IFLA_PROTINFO", byFamily(() => protInfoFormats)],
  txQueueLength: [13, "IFLA_TXQLEN", u32],
  map: [14, "IFLA_MAP", linkMap],
  weight: [15, "IFLA_WEIGHT", u32],
  operState: [16, "IFLA_OPERSTATE", withWords(u8, OperState)],
  linkMode: [17, "IFLA_LINKMODE", withWords(u8, LinkMode)],
  linkInfo: [18, "IFLA_LINKINFO", linkInfo(linkWithin)],
  netNSPid: [19, "IFLA_NET_NS_PID", u32],
  alias: [20, "IFLA_IFALIAS", string],
  numVf: [21, "IFLA_NUM_VF", u32],
  vfinfoList: [
    22,
    "IFLA_VFINFO_LIST",
    indexedArray(nest(() => vfInfoAttributes), { type: 1, name: "IFLA_VF_INFO" }),
  ],
  stats64: [23, "IFLA_STATS64", linkStats64],
  vfPorts: [
    24,
    "IFLA_VF_PORTS",
    indexedArray(nest(() => linkPortAttributes), { type: 1, name: "IFLA_VF_PORT" }),
  ],
  portSelf: [25, "IFLA_PORT_SELF", nest(() => linkPortAttributes)],
  afSpec: [26, "IFLA_AF_SPEC", linkAfSpec],
  group: [27, "IFLA_GROUP", u32],
  netNSFd: [28, "IFLA_NET_NS_FD", u32],
  extMask: [29, "IFLA_EXT_MASK", u32],
  promiscuity: [30, "IFLA_PROMISCUITY", u32],
  numTxQueues: [31, "IFLA_NUM_TX_QUEUES", u32],
  numRxQueues: [32, "IFLA_NUM_RX_QUEUES", u32],
  carrier: [33, "IFLA_CARRIER", u8],
  physPortId: [34, "IFLA_PHYS_PORT_ID", bytes],
  carrierChanges: [35, "IFLA_CARRIER_CHANGES", u32],
  physSwitchId: [36, "IFLA_PHYS_SWITCH_ID", bytes],
  linkNetnsid: [37, "IFLA_LINK_NETNSID", s32],
  physPortName: [38, "IFLA_PHYS_PORT_NAME", string],
  protoDown: [39, "IFLA_PROTO_DOWN", u8],
  gsoMaxSegs: [40, "IFLA_GSO_MAX_SEGS", u32],
  gsoMaxSize: [41, "IFLA_GSO_MAX_SIZE", u32],
  pad: [42, "IFLA_PAD", multi(bytes)],
  xdp: [43, "IFLA_XDP", nest(() => linkXdpAttributes)],
  event: [44, "IFLA_EVENT", withWords(u32, LinkEvent)],
  newNetnsid: [45, "IFLA_NEW_NETNSID", s32],
  targetNetnsid: [46, "IFLA_TARGET_NETNSID", s32],
  carrierUpCount: [47, "IFLA_CARRIER_UP_COUNT", u32],
  carrierDownCount: [48, "IFLA_CARRIER_DOWN_COUNT", u32],
  newIfindex: [49, "IFLA_NEW_IFINDEX", s32],
  minMtu: [50, "IFLA_MIN_MTU", u32],
  maxMtu: [51, "IFLA_MAX_MTU", u32],
  propList: [52, "IFLA_PROP_LIST", nest(() => propListAttributes, true)],
  altName: [53, "IFLA_ALT_IFNAME", string],
  permAddress: [54, "IFLA_PERM_ADDRESS", hardwareAddress],
  protoDownReason: [
    55,
    "IFLA_PROTO_DOWN_REASON",
    nest(() => protoDownReasonAttributes, true),
  ],
  parentDevName: [56, "IFLA_PARENT_DEV_NAME", string],
  parentDevBusName: [57, "IFLA_PARENT_DEV_BUS_NAME", string],
  groMaxSize: [58, "IFLA_GRO_MAX_SIZE", u32],
  tsoMaxSize: [59, "IFLA_TSO_MAX_SIZE", u32],
  tsoMaxSegs: [60, "IFLA_TSO_MAX_SEGS", u32],
  allMulti: [61, "IFLA_ALLMULTI", u32],
  devlinkPort: [62, "IFLA_DEVLINK_PORT", nest(() => devlinkPortAttributes, true)],
  gsoIpv4MaxSize: [63, "IFLA_GSO_IPV4_MAX_SIZE", u32],
  groIpv4MaxSize: [64, "IFLA_GRO_IPV4_MAX_SIZE", u32],
  dpllPin: [65, "IFLA_DPLL_PIN", nest(() => dpllPinAttributes, true)],
  maxPacingOffloadHorizon: [66, "IFLA_MAX_PACING_OFFLOAD_HORIZON", uint],
  netnsImmutable: [67, "IFLA_NETNS_IMMUTABLE", bool8],
  headroom: [68, "IFLA_HEADROOM", u16],
  tailroom: [69, "IFLA_TAILROOM", u16],
};
