import type { AttributeSet, RawAttributes } from "../codec/attribute_set.ts";
import { indexedArray, nest } from "../codec/compound.ts";
import { be16, u16, u32 } from "../codec/scalar.ts";
import { type Struct, struct } from "../codec/struct.ts";
import { type LinkInfoFormat, vlanProtocolName } from "./info_format.ts";
import type { IpJson } from "../object_kind.ts";

/** What a VLAN does besides, a bit each, `VLAN_FLAG_*` in linux/if_vlan.h. */
export const VlanFlag = {
  /** The tag is taken out of what is received, `VLAN_FLAG_REORDER_HDR`; on by default. */
  ReorderHeader: 1 << 0,
  /** It is announced by GVRP, `VLAN_FLAG_GVRP`. */
  Gvrp: 1 << 1,
  /** It is up or down whatever the link below is, `VLAN_FLAG_LOOSE_BINDING`. */
  LooseBinding: 1 << 2,
  /** It is announced by MVRP, `VLAN_FLAG_MVRP`. */
  Mvrp: 1 << 3,
  /** It has a carrier while a port of the bridge below is in the VLAN, `VLAN_FLAG_BRIDGE_BINDING`. */
  BridgeBinding: 1 << 4,
} as const;

/** The flags of a VLAN, `struct ifla_vlan_flags` in linux/if_link.h. */
export interface VlanFlags {
  /** The flags that are on, see {@link VlanFlag}. */
  flags: number;
  /** The flags that are meant; all of them where the kernel tells. */
  mask: number;
}

/** What stands for what between priorities, `struct ifla_vlan_qos_mapping` in linux/if_link.h. */
export interface VlanQosMapping {
  /** The priority that a packet has: of the machine on the way out, of the tag on the way in. */
  from: number;
  /** The one that it gets: of the tag on the way out, of the machine on the way in. */
  to: number;
}

/** A VLAN on another link, `IFLA_VLAN_*` in linux/if_link.h. */
export interface VlanInfo {
  /** The VLAN's id. */
  id?: number;
  /** What it does besides. */
  flags?: VlanFlags;
  /** Which priority in the tag a packet of the machine gets; in a request those to set, 0 to remove one. */
  egressQos?: VlanQosMapping[];
  /** Which priority in the machine a packet with a tag gets; in a request those to set, 0 to remove one. */
  ingressQos?: VlanQosMapping[];
  /** Protocol of the tag as an Ethernet type, 0x8100, the default, or 0x88a8. */
  protocol?: number;
}

const vlanFlags: Struct<VlanFlags> = struct<VlanFlags>({ flags: u32, mask: u32 });
const mapping: Struct<VlanQosMapping> = struct<VlanQosMapping>({ from: u32, to: u32 });

/** {@link VlanInfo}. */
export const vlanInfoAttributes: AttributeSet<VlanInfo> = {
  id: [1, "IFLA_VLAN_ID", u16],
  flags: [2, "IFLA_VLAN_FLAGS", vlanFlags],
  egressQos: [
    3,
    "IFLA_VLAN_EGRESS_QOS",
    indexedArray(mapping, { type: 1, name: "IFLA_VLAN_QOS_MAPPING" }),
  ],
  ingressQos: [
    4,
    "IFLA_VLAN_INGRESS_QOS",
    indexedArray(mapping, { type: 1, name: "IFLA_VLAN_QOS_MAPPING" }),
  ],
  protocol: [5, "IFLA_VLAN_PROTOCOL", be16],
};

/** The names that `ip` gives to flags, in its order. */
const flagNames: ReadonlyArray<readonly [flag: number, name: string]> = [
  [VlanFlag.ReorderHeader, "REORDER_HDR"],
  [VlanFlag.Gvrp, "GVRP"],
  [VlanFlag.Mvrp, "MVRP"],
  [VlanFlag.LooseBinding, "LOOSE_BINDING"],
  [VlanFlag.BridgeBinding, "BRIDGE_BINDING"],
];

function flagList(flags: number): string[] {
  const rest = flagNames.reduce((rest, [flag]) => rest & ~flag, flags) >>> 0;
  return [
    ...flagNames.filter(([flag]) => flags & flag).map(([, name]) => name),
    ...rest ? [rest.toString(16)] : [],
  ];
}

/** A mapping without what a newer kernel may have added to it. */
const plainMapping = ({ from, to }: VlanQosMapping): VlanQosMapping => ({ from, to });

function vlanInfoToIpJson(info: VlanInfo): IpJson {
  if (info.id === undefined) return {};
  const json: IpJson = {
    protocol: info.protocol === undefined ? "802.1q" : vlanProtocolName(info.protocol),
    id: info.id,
  };
  if (info.flags !== undefined) json.flags = flagList(info.flags.flags);
  if (info.ingressQos !== undefined) json.ingress_qos = info.ingressQos.map(plainMapping);
  if (info.egressQos !== undefined) json.egress_qos = info.egressQos.map(plainMapping);
  return json;
}

/** The data of a VLAN. */
export const vlanInfo: LinkInfoFormat<VlanInfo & RawAttributes> = {
  ...nest(() => vlanInfoAttributes),
  toIpJson: vlanInfoToIpJson,
};
