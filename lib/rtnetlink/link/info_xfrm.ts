import type { AttributeSet, RawAttributes } from "../codec/attribute_set.ts";
import { nest } from "../codec/compound.ts";
import { flag, u32 } from "../codec/scalar.ts";
import { hexadecimal, type LinkInfoFormat } from "./info_format.ts";
import type { IpJson } from "../object_kind.ts";

/** An IPsec interface, `IFLA_XFRM_*` in linux/if_link.h. */
export interface XfrmInfo {
  /** Index of the link that its packets go through. */
  link?: number;
  /** The id that policies and states have, not 0. */
  ifId?: number;
  /** Whether routes and programs tell the id and the link: an external interface. */
  collectMetadata?: boolean;
}

/** {@link XfrmInfo}. */
export const xfrmInfoAttributes: AttributeSet<XfrmInfo> = {
  link: [1, "IFLA_XFRM_LINK", u32],
  ifId: [2, "IFLA_XFRM_IF_ID", u32],
  collectMetadata: [3, "IFLA_XFRM_COLLECT_METADATA", flag],
};

function xfrmInfoToIpJson({ ifId, collectMetadata }: XfrmInfo): IpJson {
  if (collectMetadata) return { external: true };
  return ifId === undefined ? {} : { if_id: hexadecimal(ifId) };
}

/** The data of an IPsec interface. */
export const xfrmInfo: LinkInfoFormat<XfrmInfo & RawAttributes> = {
  ...nest(() => xfrmInfoAttributes),
  toIpJson: xfrmInfoToIpJson,
};
