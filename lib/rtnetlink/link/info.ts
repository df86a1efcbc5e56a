import type { AttributeSet, Codec, RawAttributes } from "../codec/attribute_set.ts";
import { nest, selected } from "../codec/compound.ts";
import { bytes, string } from "../codec/scalar.ts";
import { type BridgeInfo, bridgeInfo } from "./info_bridge.ts";
import { type BridgePortInfo, bridgePortInfo } from "./info_bridge_port.ts";
import type { LinkInfoFormat } from "./info_format.ts";
import { type MacvlanInfo, macvlanInfo } from "./info_macvlan.ts";
import { type TunInfo, tunInfo } from "./info_tun.ts";
import { type VxlanInfo, vxlanInfo } from "./info_vxlan.ts";
import type { IpJson, LinkLookup } from "../object_kind.ts";

/** A pair of links in a request, `VETH_INFO_*` in linux/veth.h. */
export interface VethInfo<Link> {
  /** The other end. */
  peer?: Link;
}

/** The data of links by their kind. */
export interface LinkInfoData<Link> {
  /** A bridge. */
  bridge: BridgeInfo & RawAttributes;
  /** A link with an address of its own on another link. */
  macvlan: MacvlanInfo & RawAttributes;
  /** The same for a program. */
  macvtap: MacvlanInfo & RawAttributes;
  /** A program's packets or frames. */
  tun: TunInfo & RawAttributes;
  /** One end of a pair. */
  veth: VethInfo<Link> & RawAttributes;
  /** A VXLAN tunnel. */
  vxlan: VxlanInfo & RawAttributes;
}

/** The data of a link as a port of another one, by that one's kind. */
export interface LinkInfoSlaveData {
  /** A port of a bridge. */
  bridge: BridgePortInfo & RawAttributes;
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
  "veth"
> = {
  bridge: bridgeInfo,
  macvlan: macvlanInfo,
  macvtap: macvlanInfo,
  tun: tunInfo,
  vxlan: vxlanInfo,
};

/** How the data of a port of each kind are written. */
const slaveFormats: { [K in keyof LinkInfoSlaveData]: Codec<LinkInfoSlaveData[K]> } = {
  bridge: bridgePortInfo,
};

/**
 * Describes `IFLA_LINKINFO`.
 *
 * @param link How a whole link is written within an attribute, as is the other end of a pair.
 * @returns How to read and write it.
 */
export function linkInfo<Link extends object>(link: Codec<Link>): Codec<LinkInfo<Link>> {
  const vethInfoAttributes: AttributeSet<VethInfo<Link>> = { peer: [1, "VETH_INFO_PEER", link] };
  const formats = {
    ...dataFormats,
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
