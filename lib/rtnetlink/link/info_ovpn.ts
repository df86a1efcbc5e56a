import type { AttributeSet, Codec, RawAttributes } from "../codec/attribute_set.ts";
import { nest } from "../codec/compound.ts";
import { u8 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";

/** How many others an OpenVPN link talks to, `OVPN_MODE_*` in linux/if_link.h. */
export const OvpnMode = {
  /** One, `OVPN_MODE_P2P`. */
  P2p: 0,
  /** Several, `OVPN_MODE_MP`. */
  Mp: 1,
} as const;

/** An OpenVPN link, `IFLA_OVPN_*` in linux/if_link.h. `ip` 6.1 prints nothing of it. */
export interface OvpnInfo {
  /** See {@link OvpnMode}. */
  mode?: number;
}

/** {@link OvpnInfo}. */
export const ovpnInfoAttributes: AttributeSet<OvpnInfo> = {
  mode: [1, "IFLA_OVPN_MODE", withWords(u8, OvpnMode)],
};

/** The data of an OpenVPN link. */
export const ovpnInfo: Codec<OvpnInfo & RawAttributes> = nest(() => ovpnInfoAttributes);
