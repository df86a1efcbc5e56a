import type { AttributeSet, RawAttributes } from "../codec/attribute_set.ts";
import { nest } from "../codec/compound.ts";
import { ipv4, ipv6 } from "../codec/network.ts";
import { be32, u32 } from "../codec/scalar.ts";
import type { LinkInfoFormat } from "./info_format.ts";
import type { IpJson, LinkLookup } from "../object_kind.ts";
import { endsToIpJson, fwmarkToIpJson, keyText } from "./tunnel.ts";

/** A vti or vti6 link: an IPsec tunnel that packets are routed into, `IFLA_VTI_*` in linux/if_tunnel.h. */
export interface VtiInfo {
  /** Index of the link that the tunnel goes through. */
  link?: number;
  /** The mark that the policies of what it receives have, 0 for none. */
  ikey?: number;
  /** The mark that the policies of what it sends have, 0 for none. */
  okey?: number;
  /** Address of this end, IPv4 or, of a vti6 link, IPv6. */
  local?: string;
  /** Address of the other end. */
  remote?: string;
  /** The mark that its packets are routed by, 0 for none. */
  fwmark?: number;
}

const common: Omit<AttributeSet<VtiInfo>, "local" | "remote"> = {
  link: [1, "IFLA_VTI_LINK", u32],
  ikey: [2, "IFLA_VTI_IKEY", be32],
  okey: [3, "IFLA_VTI_OKEY", be32],
  fwmark: [6, "IFLA_VTI_FWMARK", u32],
};

/** {@link VtiInfo} of a vti link. */
export const vtiInfoAttributes: AttributeSet<VtiInfo> = {
  ...common,
  local: [4, "IFLA_VTI_LOCAL", ipv4],
  remote: [5, "IFLA_VTI_REMOTE", ipv4],
};

/** {@link VtiInfo} of a vti6 link. */
export const vti6InfoAttributes: AttributeSet<VtiInfo> = {
  ...common,
  local: [4, "IFLA_VTI_LOCAL", ipv6],
  remote: [5, "IFLA_VTI_REMOTE", ipv6],
};

function vtiInfoToIpJson(info: VtiInfo, links?: LinkLookup): IpJson {
  return {
    ...endsToIpJson(info, links),
    ...info.ikey ? { ikey: keyText(info.ikey) } : {},
    ...info.okey ? { okey: keyText(info.okey) } : {},
    ...fwmarkToIpJson(info),
  };
}

/** The data of a vti link. */
export const vtiInfo: LinkInfoFormat<VtiInfo & RawAttributes> = {
  ...nest(() => vtiInfoAttributes),
  toIpJson: vtiInfoToIpJson,
};

/** The data of a vti6 link. */
export const vti6Info: LinkInfoFormat<VtiInfo & RawAttributes> = {
  ...nest(() => vti6InfoAttributes),
  toIpJson: vtiInfoToIpJson,
};
