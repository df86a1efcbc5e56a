import { type AttributeSet, attributesToJson, type RawAttributes } from "../codec/attribute_set.ts";
import { nest } from "../codec/compound.ts";
import { u32 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";
import type { LinkInfoFormat } from "./info_format.ts";
import { RouteTable } from "../route/constants.ts";

/** Virtual routing and forwarding: a link whose ports have a routing table to themselves, `IFLA_VRF_*` in linux/if_link.h. */
export interface VrfInfo {
  /** The routing table. */
  table?: number;
}

/** A port of a vrf, `IFLA_VRF_PORT_*` in linux/if_link.h. */
export interface VrfPortInfo {
  /** The vrf's routing table. */
  table?: number;
}

/** {@link VrfInfo}. */
export const vrfInfoAttributes: AttributeSet<VrfInfo> = {
  table: [1, "IFLA_VRF_TABLE", withWords(u32, RouteTable), "table"],
};

/** {@link VrfPortInfo}. */
export const vrfPortInfoAttributes: AttributeSet<VrfPortInfo> = {
  table: [1, "IFLA_VRF_PORT_TABLE", withWords(u32, RouteTable), "table"],
};

/** The data of a vrf. */
export const vrfInfo: LinkInfoFormat<VrfInfo & RawAttributes> = {
  ...nest(() => vrfInfoAttributes),
  toIpJson: (info) => attributesToJson(vrfInfoAttributes, info),
};

/** The data of a port of a vrf. */
export const vrfPortInfo: LinkInfoFormat<VrfPortInfo & RawAttributes> = {
  ...nest(() => vrfPortInfoAttributes),
  toIpJson: (info) => attributesToJson(vrfPortInfoAttributes, info),
};
