import type { AttributeSet, Codec, RawAttributes } from "../codec/attribute_set.ts";
import { nest, selected } from "../codec/compound.ts";
import { bytes, string } from "../codec/scalar.ts";
import { type BondInfo, bondInfo } from "./info_bond.ts";
import { type BondPortInfo, bondPortInfo } from "./info_bond_port.ts";
import { type BridgeInfo, bridgeInfo } from "./info_bridge.ts";
import { type BridgePortInfo, bridgePortInfo } from "./info_bridge_port.ts";
import type { LinkInfoFormat } from "./info_format.ts";
import { type GeneveInfo, geneveInfo } from "./info_geneve.ts";
import { type GreInfo, greInfo, type Ip6greInfo, ip6greInfo } from "./info_gre.ts";
import { type HsrInfo, hsrInfo } from "./info_hsr.ts";
import { type Ip6tnlInfo, ip6tnlInfo, type IpTunnelInfo, ipTunnelInfo } from "./info_iptunnel.ts";
import { type IpvlanInfo, ipvlanInfo } from "./info_ipvlan.ts";
import { type MacsecInfo, macsecInfo } from "./info_macsec.ts";
import { type MacvlanInfo, macvlanInfo } from "./info_macvlan.ts";
import { type NetkitInfo, netkitInfoAttributes } from "./info_netkit.ts";
import { type OvpnInfo, ovpnInfo } from "./info_ovpn.ts";
import { type TunInfo, tunInfo } from "./info_tun.ts";
import { type VlanInfo, vlanInfo } from "./info_vlan.ts";
import { type VrfInfo, vrfInfo, type VrfPortInfo, vrfPortInfo } from "./info_vrf.ts";
import { vti6Info, type VtiInfo, vtiInfo } from "./info_vti.ts";
import { type VxlanInfo, vxlanInfo } from "./info_vxlan.ts";
import { type XfrmInfo, xfrmInfo } from "./info_xfrm.ts";
import type { IpJson, LinkLookup } from "../object_kind.ts";

/** A pair of links in a request, `VETH_INFO_*` in linux/veth.h. */
export interface VethInfo<Link> {
  /** The other end. */
  peer?: Link;
}

/** The data of links by their kind. Kinds that are not here, such as dummy, ifb, wireguard and team, have none. */
export interface LinkInfoData<Link> {
  /** Several links as one. */
  bond: BondInfo & RawAttributes;
  /** A bridge. */
  bridge: BridgeInfo & RawAttributes;
  /** A mirror of frames over IPv4. */
  erspan: GreInfo & RawAttributes;
  /** A GENEVE tunnel. */
  geneve: GeneveInfo & RawAttributes;
  /** A GRE tunnel of packets over IPv4. */
  gre: GreInfo & RawAttributes;
  /** A GRE tunnel of Ethernet frames over IPv4. */
  gretap: GreInfo & RawAttributes;
  /** Two links that everything is sent over. */
  hsr: HsrInfo & RawAttributes;
  /** A mirror of frames over IPv6. */
  ip6erspan: Ip6greInfo & RawAttributes;
  /** A GRE tunnel of packets over IPv6. */
  ip6gre: Ip6greInfo & RawAttributes;
  /** A GRE tunnel of Ethernet frames over IPv6. */
  ip6gretap: Ip6greInfo & RawAttributes;
  /** A tunnel of IP over IPv6. */
  ip6tnl: Ip6tnlInfo & RawAttributes;
  /** A tunnel of IPv4 or MPLS over IPv4. */
  ipip: IpTunnelInfo & RawAttributes;
  /** A link with IP addresses of its own and the hardware address of another link. */
  ipvlan: IpvlanInfo & RawAttributes;
  /** The same for a program. */
  ipvtap: IpvlanInfo & RawAttributes;
  /** An encrypted link on another one. */
  macsec: MacsecInfo & RawAttributes;
  /** A link with an address of its own on another link. */
  macvlan: MacvlanInfo & RawAttributes;
  /** The same for a program. */
  macvtap: MacvlanInfo & RawAttributes;
  /** One end of a pair that programs steer. */
  netkit: NetkitInfo<Link> & RawAttributes;
  /** OpenVPN in the kernel. */
  ovpn: OvpnInfo & RawAttributes;
  /** A tunnel of IPv6, IPv4 or MPLS over IPv4. */
  sit: IpTunnelInfo & RawAttributes;
  /** A program's packets or frames. */
  tun: TunInfo & RawAttributes;
  /** One end of a pair. */
  veth: VethInfo<Link> & RawAttributes;
  /** A VLAN on another link. */
  vlan: VlanInfo & RawAttributes;
  /** A routing table with links to itself. */
  vrf: VrfInfo & RawAttributes;
  /** An IPsec tunnel over IPv4. */
  vti: VtiInfo & RawAttributes;
  /** An IPsec tunnel over IPv6. */
  vti6: VtiInfo & RawAttributes;
  /** A VXLAN tunnel. */
  vxlan: VxlanInfo & RawAttributes;
  /** An IPsec interface. */
  xfrm: XfrmInfo & RawAttributes;
}

/** The data of a link as a port of another one, by that one's kind. */
export interface LinkInfoSlaveData {
  /** A port of a bond. */
  bond: BondPortInfo & RawAttributes;
  /** A port of a bridge. */
  bridge: BridgePortInfo & RawAttributes;
  /** A link in a vrf. */
  vrf: VrfPortInfo & RawAttributes;
}

/** The fields of {@link LinkInfo} without their interdependence. */
interface LinkInfoFields {
  kind?: string;
  data?: object;
  xstats?: Uint8Array;
  slaveKind?: string;
  slaveData?: object;
}

/** A kind and its data; the data of kinds that the library does not know stay raw. */
export type OfKind<Data> =
  | { [Kind in keyof Data]: { kind: Kind; data?: Data[Kind] } }[keyof Data]
  | { kind?: string; data?: undefined };

/** A kind that a link is a port of, and its data as such. */
export type OfSlaveKind<Data> =
  | { [Kind in keyof Data]: { slaveKind: Kind; slaveData?: Data[Kind] } }[keyof Data]
  | { slaveKind?: string; slaveData?: undefined };

/**
 * What sort of link a link is, `IFLA_INFO_*` in linux/if_link.h: `kind` and what belongs to that kind
 * in `data`, where the link is a port of another one `slaveKind` and `slaveData`, and `xstats`,
 * counters that are the kind's own.
 *
 * @example
 * ```ts
 * import type { Link } from "@netlink/netlink/rtnetlink";
 *
 * function vxlanId(link: Link): number | undefined {
 *   return link.linkInfo?.kind === "vxlan" ? link.linkInfo.data?.id : undefined;
 * }
 * ```
 */
export type LinkInfo<Link> =
  & OfKind<LinkInfoData<Link>>
  & OfSlaveKind<LinkInfoSlaveData>
  & { xstats?: Uint8Array }
  & RawAttributes;

type Formats = Readonly<Record<string, LinkInfoFormat<object>>>;

/** How the data of each kind are written; a kind more is a line here and in {@link LinkInfoData}. */
const dataFormats: Omit<
  { [K in keyof LinkInfoData<object>]: Codec<LinkInfoData<object>[K]> },
  "netkit" | "veth"
> = {
  bond: bondInfo,
  bridge: bridgeInfo,
  erspan: greInfo,
  geneve: geneveInfo,
  gre: greInfo,
  gretap: greInfo,
  hsr: hsrInfo,
  ip6erspan: ip6greInfo,
  ip6gre: ip6greInfo,
  ip6gretap: ip6greInfo,
  ip6tnl: ip6tnlInfo,
  ipip: ipTunnelInfo,
  ipvlan: ipvlanInfo,
  ipvtap: ipvlanInfo,
  macsec: macsecInfo,
  macvlan: macvlanInfo,
  macvtap: macvlanInfo,
  ovpn: ovpnInfo,
  sit: ipTunnelInfo,
  tun: tunInfo,
  vlan: vlanInfo,
  vrf: vrfInfo,
  vti: vtiInfo,
  vti6: vti6Info,
  vxlan: vxlanInfo,
  xfrm: xfrmInfo,
};

/** How the data of a port of each kind are written. */
const slaveFormats: { [K in keyof LinkInfoSlaveData]: Codec<LinkInfoSlaveData[K]> } = {
  bond: bondPortInfo,
  bridge: bridgePortInfo,
  vrf: vrfPortInfo,
};

/**
 * Describes `IFLA_LINKINFO`.
 *
 * @param link How a whole link is written within an attribute, as is the other end of a pair.
 * @returns How to read and write it.
 */
export function linkInfo<Link extends object>(link: Codec<Link>): Codec<LinkInfo<Link>> {
  const vethInfoAttributes: AttributeSet<VethInfo<Link>> = { peer: [1, "VETH_INFO_PEER", link] };
  const netkitAttributes = netkitInfoAttributes(link);
  const formats = {
    ...dataFormats,
    netkit: nest(() => netkitAttributes),
    veth: nest(() => vethInfoAttributes),
  } as Record<string, Codec<object>>;
  const attributes: AttributeSet<LinkInfoFields> = {
    kind: [1, "IFLA_INFO_KIND", string],
    data: [2, "IFLA_INFO_DATA", selected("kind", () => formats)],
    xstats: [3, "IFLA_INFO_XSTATS", bytes],
    slaveKind: [4, "IFLA_INFO_SLAVE_KIND", string],
    slaveData: [5, "IFLA_INFO_SLAVE_DATA", selected("slaveKind", () => slaveFormats as Formats)],
  };
  return nest(() => attributes) as Codec<LinkInfo<Link>>;
}

/** What a kind prints of its data; undefined where `ip` prints no data of this kind. */
function dataToIpJson(
  formats: Formats,
  kind: string,
  data: object | undefined,
  links?: LinkLookup,
): IpJson | undefined {
  const format = Object.hasOwn(formats, kind) ? formats[kind] : undefined;
  if (format?.toIpJson === undefined) return undefined;
  return data === undefined ? {} : format.toIpJson(data, links);
}

/**
 * Gives what `ip -j -d` prints as "linkinfo".
 *
 * @param info What sort of link a link is.
 * @param links Looks up the links that the data refer to.
 * @returns The object.
 */
export function linkInfoToIpJson(info: LinkInfo<object>, links?: LinkLookup): IpJson {
  const { kind, data, slaveKind, slaveData } = info as LinkInfoFields;
  const json: IpJson = {};
  if (kind !== undefined) {
    json.info_kind = kind;
    const printed = dataToIpJson(dataFormats as Formats, kind, data, links);
    if (printed !== undefined) json.info_data = printed;
  }
  if (slaveKind !== undefined) {
    json.info_slave_kind = slaveKind;
    const printed = dataToIpJson(slaveFormats as Formats, slaveKind, slaveData, links);
    if (printed !== undefined) json.info_slave_data = printed;
  }
  return json;
}
