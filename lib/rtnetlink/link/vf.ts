import { AttributeError } from "../../errors.ts";
import type { AttributeSet, Codec, RawAttributes } from "../codec/attribute_set.ts";
import { indexedArray, multi, nest } from "../codec/compound.ts";
import { formatHardwareAddress, parseHardwareAddress } from "../codec/network.ts";
import { be16, bytes, s32, type Scalar, string, u16, u32, u64, u8 } from "../codec/scalar.ts";
import { byteArray, pad, struct, type StructFields } from "../codec/struct.ts";
import { LinkFlags, LinkType } from "./constants.ts";
import { vlanProtocolName } from "./info_format.ts";
import { linkAddressText, linkTypeName } from "./type.ts";
import type { IpJson } from "../object_kind.ts";

/** Which state of its link a virtual function is shown, `IFLA_VF_LINK_STATE_*` in linux/if_link.h. */
export const VfLinkState = {
  /** That of the physical link, `IFLA_VF_LINK_STATE_AUTO`. */
  Auto: 0,
  /** Always up, `IFLA_VF_LINK_STATE_ENABLE`. */
  Enable: 1,
  /** Always down, `IFLA_VF_LINK_STATE_DISABLE`. */
  Disable: 2,
} as const;

/** The number of the virtual function that a setting is of. */
export interface VfNumber {
  /** The virtual function, from 0. */
  vf: number;
}

/** A hardware address, `struct ifla_vf_mac`. */
export interface VfMac extends VfNumber {
  /** The address; bytes that are not shown are 0. */
  mac: string;
}

/** The VLAN that a virtual function is in, `struct ifla_vf_vlan`. */
export interface VfVlan extends VfNumber {
  /** The VLAN's id, 0 for none. */
  vlan: number;
  /** The priority of its frames. */
  qos: number;
}

/** One of the VLANs that a virtual function is in, `struct ifla_vf_vlan_info`. */
export interface VfVlanInfo extends VfVlan {
  /** Protocol of the tag as an Ethernet type, 0x8100 or 0x88a8. */
  vlanProtocol: number;
}

/** A limit of what is sent, `struct ifla_vf_tx_rate`. */
export interface VfTxRate extends VfNumber {
  /** Megabits per second, 0 for no limit. */
  rate: number;
}

/** The bounds of what is sent, `struct ifla_vf_rate`. */
export interface VfRate extends VfNumber {
  /** What is guaranteed, in megabits per second. */
  minTxRate: number;
  /** What is the limit, in megabits per second, 0 for none. */
  maxTxRate: number;
}

/** A switch, such as `struct ifla_vf_spoofchk`. */
export interface VfSetting extends VfNumber {
  /** 1 for on, 0 for off, -1 where the driver does not tell. */
  setting: number;
}

/** The state that is shown, `struct ifla_vf_link_state`. */
export interface VfLinkStateSetting extends VfNumber {
  /** See {@link VfLinkState}. */
  linkState: number;
}

/** An InfiniBand identifier, `struct ifla_vf_guid`. */
export interface VfGuid extends VfNumber {
  /** The identifier. */
  guid: bigint;
}

/** The counters of a virtual function, `IFLA_VF_STATS_*`. */
export interface VfStats {
  /** Packets received. */
  rxPackets?: bigint;
  /** Packets sent. */
  txPackets?: bigint;
  /** Bytes received. */
  rxBytes?: bigint;
  /** Bytes sent. */
  txBytes?: bigint;
  /** Broadcast packets received. */
  broadcast?: bigint;
  /** Multicast packets received. */
  multicast?: bigint;
  /** Padding before 64-bit integers, on some machines. */
  pad?: Uint8Array[];
  /** Packets dropped on the way in. */
  rxDropped?: bigint;
  /** Packets dropped on the way out. */
  txDropped?: bigint;
}

/** A virtual function of a link, `IFLA_VF_*` in linux/if_link.h. */
export interface VfInfo {
  /** Its hardware address. */
  mac?: VfMac;
  /** The VLAN that it is in. */
  vlan?: VfVlan;
  /** The limit of what it sends. */
  txRate?: VfTxRate;
  /** Whether packets with a foreign hardware address are dropped. */
  spoofCheck?: VfSetting;
  /** Which state of its link it is shown. */
  linkState?: VfLinkStateSetting;
  /** The bounds of what it sends. */
  rate?: VfRate;
  /** Whether it may ask how packets are spread over queues. */
  rssQueryEn?: VfSetting;
  /** Its counters. */
  stats?: VfStats & RawAttributes;
  /** Whether it may change such things as its own hardware address. */
  trust?: VfSetting;
  /** InfiniBand identifier of its node. */
  ibNodeGuid?: VfGuid;
  /** InfiniBand identifier of its port. */
  ibPortGuid?: VfGuid;
  /** The VLANs that it is in. */
  vlanList?: VfVlanInfo[];
  /** Its broadcast address; bytes that are not shown are 0. */
  broadcast?: string;
}

const maxAddressLength = 32;

/** A hardware address in a field of 32 bytes, of any length up to that. */
const vfAddress: Scalar<string> = (() => {
  const field = byteArray(maxAddressLength);
  const read = (data: Uint8Array): string => {
    let length = maxAddressLength;
    while (length > 6 && data[length - 1] === 0) length--;
    return formatHardwareAddress(data.subarray(0, length));
  };
  const write = (text: string): Uint8Array => {
    const data = new Uint8Array(maxAddressLength);
    const address = parseHardwareAddress(text);
    if (address.length > maxAddressLength) {
      throw new AttributeError(
        `A hardware address of ${address.length} bytes does not fit into ${maxAddressLength}`,
      );
    }
    data.set(address);
    return data;
  };
  return {
    size: maxAddressLength,
    get: (view, offset) => read(field.get(view, offset)),
    set: (view, offset, value) => field.set(view, offset, write(value)),
    decode: (ad, scope) => read(field.decode(ad, scope)),
    encode: (ae, type, value, scope) => field.encode(ae, type, write(value), scope),
  };
})();

/** A struct that begins with the number of the virtual function. */
function ofVf<T extends VfNumber>(fields: Omit<StructFields<T>, "vf">): Codec<T> {
  return struct<T>({ vf: u32, ...fields } as StructFields<T>);
}

const setting: Codec<VfSetting> = ofVf<VfSetting>({ setting: s32 });
const guid: Codec<VfGuid> = ofVf<VfGuid>({ _1: pad(4), guid: u64 });

/** {@link VfStats}. */
export const vfStatsAttributes: AttributeSet<VfStats> = {
  rxPackets: [0, "IFLA_VF_STATS_RX_PACKETS", u64],
  txPackets: [1, "IFLA_VF_STATS_TX_PACKETS", u64],
  rxBytes: [2, "IFLA_VF_STATS_RX_BYTES", u64],
  txBytes: [3, "IFLA_VF_STATS_TX_BYTES", u64],
  broadcast: [4, "IFLA_VF_STATS_BROADCAST", u64],
  multicast: [5, "IFLA_VF_STATS_MULTICAST", u64],
  pad: [6, "IFLA_VF_STATS_PAD", multi(bytes)],
  rxDropped: [7, "IFLA_VF_STATS_RX_DROPPED", u64],
  txDropped: [8, "IFLA_VF_STATS_TX_DROPPED", u64],
};

/** {@link VfInfo}. */
export const vfInfoAttributes: AttributeSet<VfInfo> = {
  mac: [1, "IFLA_VF_MAC", ofVf<VfMac>({ mac: vfAddress })],
  vlan: [2, "IFLA_VF_VLAN", ofVf<VfVlan>({ vlan: u32, qos: u32 })],
  txRate: [3, "IFLA_VF_TX_RATE", ofVf<VfTxRate>({ rate: u32 })],
  spoofCheck: [4, "IFLA_VF_SPOOFCHK", setting],
  linkState: [5, "IFLA_VF_LINK_STATE", ofVf<VfLinkStateSetting>({ linkState: u32 })],
  rate: [6, "IFLA_VF_RATE", ofVf<VfRate>({ minTxRate: u32, maxTxRate: u32 })],
  rssQueryEn: [7, "IFLA_VF_RSS_QUERY_EN", setting],
  stats: [8, "IFLA_VF_STATS", nest(() => vfStatsAttributes)],
  trust: [9, "IFLA_VF_TRUST", setting],
  ibNodeGuid: [10, "IFLA_VF_IB_NODE_GUID", guid],
  ibPortGuid: [11, "IFLA_VF_IB_PORT_GUID", guid],
  vlanList: [
    12,
    "IFLA_VF_VLAN_LIST",
    indexedArray(
      ofVf<VfVlanInfo>({ vlan: u32, qos: u32, vlanProtocol: be16, _1: pad(2) }),
      { type: 1, name: "IFLA_VF_VLAN_INFO" },
    ),
  ],
  broadcast: [13, "IFLA_VF_BROADCAST", vfAddress],
};

/** The profile of a port of a virtual switch, `IFLA_PORT_*` in linux/if_link.h. */
export interface LinkPort {
  /** The virtual function that it is of, 0xffffffff for the link itself. */
  vf?: number;
  /** Name of the profile. */
  profile?: string;
  /** Virtual station interface type of 802.1Qbg, `struct ifla_port_vsi`. */
  vsiType?: Uint8Array;
  /** Identifier of the instance, 16 bytes. */
  instanceUuid?: Uint8Array;
  /** Identifier of the host, 16 bytes. */
  hostUuid?: Uint8Array;
  /** What is asked for, `PORT_REQUEST_*`. */
  request?: number;
  /** What came of it, `PORT_VDP_RESPONSE_*` or `PORT_PROFILE_RESPONSE_*`. */
  response?: number;
}

/** {@link LinkPort}. */
export const linkPortAttributes: AttributeSet<LinkPort> = {
  vf: [1, "IFLA_PORT_VF", u32],
  profile: [2, "IFLA_PORT_PROFILE", string],
  vsiType: [3, "IFLA_PORT_VSI_TYPE", bytes],
  instanceUuid: [4, "IFLA_PORT_INSTANCE_UUID", bytes],
  hostUuid: [5, "IFLA_PORT_HOST_UUID", bytes],
  request: [6, "IFLA_PORT_REQUEST", u8],
  response: [7, "IFLA_PORT_RESPONSE", u16],
};

/** The length to which `ip` prints an address: six bytes of Ethernet, else the twenty of InfiniBand. */
function shownAddress(address: string, type: number): string {
  const shown = parseHardwareAddress(address);
  const length = type === LinkType.Ether ? 6 : 20;
  const padded = new Uint8Array(length);
  padded.set(shown.subarray(0, length));
  return linkAddressText(formatHardwareAddress(padded), type);
}

function guidText(guid: bigint): string {
  return guid.toString(16).padStart(16, "0").replace(/..(?=.)/g, "$&:");
}

const linkStateNames = ["auto", "enable", "disable"];

/** A VLAN as `ip -j` prints it. */
function vlanToIpJson({ vlan, qos, vlanProtocol }: Partial<VfVlanInfo>): IpJson {
  return {
    ...vlan ? { vlan } : {},
    ...qos ? { qos } : {},
    ...vlanProtocol && vlanProtocol !== 0x8100 ? { protocol: vlanProtocolName(vlanProtocol) } : {},
  };
}

/** A switch as `ip -j` prints it, if the hardware has it. */
function switchToIpJson(key: string, value: VfSetting | undefined): IpJson {
  return value === undefined || value.setting === -1 ? {} : { [key]: value.setting !== 0 };
}

/**
 * Gives the object that `ip -j -d` prints for a virtual function.
 *
 * @param info The virtual function.
 * @param link The type and the flags of the link that it is of.
 * @returns The object.
 */
export function vfInfoToIpJson(info: VfInfo, link: { type: number; flags: number }): IpJson {
  const json: IpJson = {};
  if (info.mac !== undefined) json.vf = info.mac.vf;
  json.link_type = linkTypeName(link.type);
  if (info.mac !== undefined) json.address = shownAddress(info.mac.mac, link.type);
  if (info.broadcast !== undefined) {
    if (link.flags & LinkFlags.PointToPoint) json.link_pointtopoint = true;
    json.broadcast = shownAddress(info.broadcast, link.type);
  }
  if (info.vlanList !== undefined) json.vlan_list = info.vlanList.map(vlanToIpJson);
  else if (info.vlan !== undefined) Object.assign(json, vlanToIpJson(info.vlan));
  if (info.txRate?.rate) json.tx_rate = info.txRate.rate;
  if (info.rate !== undefined) {
    json.rate = { max_tx: info.rate.maxTxRate, min_tx: info.rate.minTxRate };
  }
  Object.assign(json, switchToIpJson("spoofchk", info.spoofCheck));
  if (info.ibNodeGuid !== undefined) json["node guid"] = guidText(info.ibNodeGuid.guid);
  if (info.ibPortGuid !== undefined) json["port guid"] = guidText(info.ibPortGuid.guid);
  if (info.linkState !== undefined) {
    json.link_state = linkStateNames[info.linkState.linkState] ?? "disable";
  }
  return {
    ...json,
    ...switchToIpJson("trust", info.trust),
    ...switchToIpJson("query_rss_en", info.rssQueryEn),
  };
}
