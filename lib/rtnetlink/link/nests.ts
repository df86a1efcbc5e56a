import type { AttributeSet } from "../codec/attribute_set.ts";
import { multi } from "../codec/compound.ts";
import { string, u32 } from "../codec/scalar.ts";

/** The other names of a link. */
export interface LinkPropList {
  /** The names. */
  altName?: string[];
}

/** Who asked for a link to be down, `IFLA_PROTO_DOWN_REASON_*` in linux/if_link.h. */
export interface ProtoDownReason {
  /** In a request: the bits that are meant. */
  mask?: number;
  /** A bit for each of the reasons, whose meaning is the host's own affair. */
  value?: number;
}

/** The port of a devlink device behind a link, `DEVLINK_ATTR_*` in linux/devlink.h. */
export interface LinkDevlinkPort {
  /** The bus of the device, such as "pci". */
  busName?: string;
  /** Its name there. */
  devName?: string;
  /** The port's index. */
  portIndex?: number;
}

/** The pin of a clock behind a link, `DPLL_A_PIN_*` in linux/dpll.h. */
export interface LinkDpllPin {
  /** The pin's id. */
  id?: number;
}

/** {@link LinkPropList}. */
export const propListAttributes: AttributeSet<LinkPropList> = {
  altName: [53, "IFLA_ALT_IFNAME", multi(string)],
};

/** {@link ProtoDownReason}. */
export const protoDownReasonAttributes: AttributeSet<ProtoDownReason> = {
  mask: [1, "IFLA_PROTO_DOWN_REASON_MASK", u32],
  value: [2, "IFLA_PROTO_DOWN_REASON_VALUE", u32],
};

/** {@link LinkDevlinkPort}. */
export const devlinkPortAttributes: AttributeSet<LinkDevlinkPort> = {
  busName: [1, "DEVLINK_ATTR_BUS_NAME", string],
  devName: [2, "DEVLINK_ATTR_DEV_NAME", string],
  portIndex: [3, "DEVLINK_ATTR_PORT_INDEX", u32],
};

/** {@link LinkDpllPin}. */
export const dpllPinAttributes: AttributeSet<LinkDpllPin> = { id: [1, "DPLL_A_PIN_ID", u32] };
