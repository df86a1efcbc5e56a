import type { Link } from "./attributes.ts";
import { addrGenModeName } from "./af_spec.ts";
import { linkFlagNames, LinkFlags, linkModeName, operStateName } from "./constants.ts";
import { linkInfoToIpJson } from "./info.ts";
import { linkAddressText, linkTypeName } from "./type.ts";
import { vfInfoToIpJson } from "./vf.ts";
import { linkXdpToIpJson } from "./xdp.ts";
import { groupName, linkName } from "../names.ts";
import type { IpJson, LinkLookup } from "../object_kind.ts";

/** The keys under which `ip -j -d` prints a number or text just as it is, before "linkinfo". */
const plainBefore = {
  promiscuity: "promiscuity",
  allMulti: "allmulti",
  minMtu: "min_mtu",
  maxMtu: "max_mtu",
} as const;

/** The same after it. */
const plainAfter = {
  numTxQueues: "num_tx_queues",
  numRxQueues: "num_rx_queues",
  gsoMaxSize: "gso_max_size",
  gsoMaxSegs: "gso_max_segs",
  tsoMaxSize: "tso_max_size",
  tsoMaxSegs: "tso_max_segs",
  groMaxSize: "gro_max_size",
  physPortName: "phys_port_name",
  physPortId: "phys_port_id",
  physSwitchId: "phys_switch_id",
  parentDevBusName: "parentbus",
  parentDevName: "parentdev",
  alias: "ifalias",
} as const;

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The values of some fields, bytes in hexadecimal. */
function plain(link: Link, keys: Partial<Record<keyof Link, string>>): IpJson {
  const json: IpJson = {};
  for (const [field, key] of Object.entries(keys) as Array<[keyof Link, string]>) {
    const value: unknown = link[field];
    if (value !== undefined) json[key] = value instanceof Uint8Array ? hex(value) : value;
  }
  return json;
}

/** The link below, and whether it is switched off. */
function lower(link: Link, links?: LinkLookup): { json: IpJson; down: boolean } {
  if (link.link === undefined) return { json: {}, down: false };
  if (link.link === 0) return { json: { link: null }, down: false };
  if (link.linkNetnsid !== undefined) return { json: { link_index: link.link }, down: false };
  const flags = links?.(link.link)?.flags ?? LinkFlags.Up;
  return { json: { link: linkName(link.link, links) }, down: (flags & LinkFlags.Up) === 0 };
}

function flagList(flags: number, lowerDown: boolean): string[] {
  const noCarrier = (flags & (LinkFlags.Up | LinkFlags.Running)) === LinkFlags.Up;
  return [
    ...noCarrier ? ["NO-CARRIER"] : [],
    ...linkFlagNames(flags),
    ...lowerDown ? ["M-DOWN"] : [],
  ];
}

/** A name under one key, or under another the number that has none. */
function named(key: string, otherKey: string, name: string | undefined, value: number): IpJson {
  return name === undefined ? { [otherKey]: value } : { [key]: name };
}

function addresses(link: Link): IpJson {
  const json: IpJson = { link_type: linkTypeName(link.type) };
  if (link.address !== undefined) json.address = linkAddressText(link.address, link.type);
  if (link.broadcast !== undefined) {
    if (link.flags & LinkFlags.PointToPoint) json.link_pointtopoint = true;
    json.broadcast = linkAddressText(link.broadcast, link.type);
  }
  if (link.permAddress !== undefined && link.permAddress !== link.address) {
    json.permaddr = linkAddressText(link.permAddress, link.type);
  }
  if (link.linkNetnsid !== undefined) json.link_netnsid = link.linkNetnsid;
  return json;
}

function protoDown(link: Link): IpJson {
  if (link.protoDown === undefined) return {};
  const json: IpJson = link.protoDown === 0 ? {} : { proto_down: true };
  // ip 6.1 looks at the lowest eight of 32 bits, and only where there is a broadcast address.
  const reasons = link.broadcast === undefined ? 0 : (link.protoDownReason?.value ?? 0) & 0xff;
  if (reasons !== 0) {
    const bits = Array.from({ length: 8 }, (_, bit) => bit).filter((bit) => reasons & 1 << bit);
    json.proto_down_reason = bits.map((bit) => `${bit}`);
  }
  return json;
}

/**
 * Gives the object that `ip -j -d link show` of iproute2 6.1 prints for a link.
 *
 * @param link The link.
 * @param links Looks up the links that it refers to by index; without it they appear as "if2".
 * @returns The keys in the order in which `ip` prints them.
 */
export function linkToIpJson(link: Link, links?: LinkLookup): IpJson {
  const below = lower(link, links);
  const json: IpJson = {
    ifindex: link.index,
    ...below.json,
    ifname: link.name ?? linkName(link.index, links),
    flags: flagList(link.flags, below.down),
  };
  if (link.mtu !== undefined) json.mtu = link.mtu;
  const xdp = link.xdp && linkXdpToIpJson(link.xdp);
  if (xdp !== undefined) json.xdp = xdp;
  if (link.qdisc !== undefined) json.qdisc = link.qdisc;
  if (link.master !== undefined) json.master = linkName(link.master, links);
  if (link.operState !== undefined) {
    const name = operStateName(link.operState);
    Object.assign(json, named("operstate", "operstate_index", name, link.operState));
  }
  if (link.linkMode !== undefined) {
    const name = linkModeName(link.linkMode);
    Object.assign(json, named("linkmode", "linkmode_index", name, link.linkMode));
  }
  if (link.group !== undefined) json.group = groupName(link.group);
  if (link.txQueueLength) json.txqlen = link.txQueueLength;
  Object.assign(
    json,
    addresses(link),
    protoDown(link),
    plain(link, plainBefore),
  );
  if (link.linkInfo !== undefined) json.linkinfo = linkInfoToIpJson(link.linkInfo, links);
  const addrGenMode = link.afSpec?.inet6?.addrGenMode;
  if (addrGenMode !== undefined) json.inet6_addr_gen_mode = addrGenModeName(addrGenMode);
  Object.assign(json, plain(link, plainAfter));
  if (link.vfinfoList !== undefined && link.numVf !== undefined) {
    json.vfinfo_list = link.vfinfoList.map((info) => vfInfoToIpJson(info, link));
  }
  if (link.propList !== undefined) json.altnames = link.propList.altName ?? [];
  return json;
}
