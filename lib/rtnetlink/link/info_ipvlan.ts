import type { AttributeSet, RawAttributes } from "../codec/attribute_set.ts";
import { nest } from "../codec/compound.ts";
import { u16 } from "../codec/scalar.ts";
import { withWords } from "../codec/shape.ts";
import type { LinkInfoFormat } from "./info_format.ts";
import type { IpJson } from "../object_kind.ts";

/** What an ipvlan link looks at to tell its siblings apart, `IPVLAN_MODE_*` in linux/if_link.h. */
export const IpvlanMode = {
  /** It has neighbours of its own and receives broadcasts, `IPVLAN_MODE_L2`. */
  L2: 0,
  /** The link below finds the way out, `IPVLAN_MODE_L3`. */
  L3: 1,
  /** The same, and netfilter sees the packets in the namespace below, `IPVLAN_MODE_L3S`. */
  L3s: 2,
} as const;

/** Whom an ipvlan link talks to, `IPVLAN_F_*` in linux/if_link.h; to its siblings directly where neither is set. */
export const IpvlanFlags = {
  /** To none of its siblings, `IPVLAN_F_PRIVATE`. */
  Private: 1 << 0,
  /** To its siblings by way of the switch outside, `IPVLAN_F_VEPA`. */
  Vepa: 1 << 1,
} as const;

/** An ipvlan or ipvtap link, `IFLA_IPVLAN_*` in linux/if_link.h. */
export interface IpvlanInfo {
  /** See {@link IpvlanMode}; all links on one below share it. */
  mode?: number;
  /** See {@link IpvlanFlags}; all links on one below share them. */
  flags?: number;
}

/** {@link IpvlanInfo}. */
export const ipvlanInfoAttributes: AttributeSet<IpvlanInfo> = {
  mode: [1, "IFLA_IPVLAN_MODE", withWords(u16, IpvlanMode)],
  flags: [2, "IFLA_IPVLAN_FLAGS", withWords(u16, IpvlanFlags)],
};

const modeNames = ["l2", "l3", "l3s"];

function ipvlanInfoToIpJson({ mode, flags }: IpvlanInfo): IpJson {
  const json: IpJson = {};
  if (mode !== undefined) json.mode = modeNames[mode] ?? "unknown";
  if (flags === undefined) return json;
  if (flags & IpvlanFlags.Private) json.private = true;
  else if (flags & IpvlanFlags.Vepa) json.vepa = true;
  else json.bridge = true;
  return json;
}

/** The data of an ipvlan or ipvtap link. */
export const ipvlanInfo: LinkInfoFormat<IpvlanInfo & RawAttributes> = {
  ...nest(() => ipvlanInfoAttributes),
  toIpJson: ipvlanInfoToIpJson,
};
