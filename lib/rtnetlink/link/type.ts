import { formatAddress, parseHardwareAddress } from "../codec/network.ts";
import { LinkType } from "./constants.ts";

/** The names that `ip` gives to the hardware types of linux/if_arp.h. */
const linkTypeNames: Readonly<Record<number, string>> = {
  0: "netrom",
  1: "ether",
  2: "eether",
  3: "ax25",
  4: "pronet",
  5: "chaos",
  6: "ieee802",
  7: "arcnet",
  8: "atalk",
  15: "dlci",
  19: "atm",
  23: "metricom",
  24: "ieee1394",
  32: "infiniband",
  256: "slip",
  257: "cslip",
  258: "slip6",
  259: "cslip6",
  260: "rsrvd",
  264: "adapt",
  270: "rose",
  271: "x25",
  272: "hwx25",
  280: "can",
  512: "ppp",
  513: "hdlc",
  516: "lapb",
  517: "ddcmp",
  518: "rawhdlc",
  768: "ipip",
  769: "tunnel6",
  770: "frad",
  771: "skip",
  772: "loopback",
  773: "ltalk",
  774: "fddi",
  775: "bif",
  776: "sit",
  777: "ip/ddp",
  778: "gre",
  779: "pimreg",
  780: "hippi",
  781: "ash",
  782: "econet",
  783: "irda",
  784: "fcpp",
  785: "fcal",
  786: "fcpl",
  800: "tr",
  801: "ieee802.11",
  802: "ieee802.11/prism",
  803: "ieee802.11/radiotap",
  804: "ieee802.15.4",
  805: "ieee802.15.4/monitor",
  820: "phonet",
  821: "phonet_pipe",
  822: "caif",
  823: "gre6",
  824: "netlink",
  825: "6lowpan",
  0xfffe: "none",
  0xffff: "void",
};

/** The first of the thirteen types of fibre channel fabrics, `ARPHRD_FCFABRIC`. */
const firstFabric = 787;

/**
 * Names the hardware type of a link as `ip` does.
 *
 * @param type The type, `ARPHRD_*`.
 * @returns Such as "ether"; a number in brackets where there is no name.
 */
export function linkTypeName(type: number): string {
  if (type >= firstFabric && type < firstFabric + 13) return `fcfb${type - firstFabric}`;
  return linkTypeNames[type] ?? `[${type}]`;
}

/** Types of links whose hardware addresses are IP addresses, with the length of these. */
const ipLengths: Readonly<Record<number, number>> = {
  [LinkType.Tunnel]: 4,
  [LinkType.Sit]: 4,
  [LinkType.Gre]: 4,
  [LinkType.Tunnel6]: 16,
  [LinkType.Gre6]: 16,
};

/**
 * Writes the hardware address of a link as `ip` does: that of a tunnel is an IP address.
 *
 * @param address The address in colon-separated hexadecimal.
 * @param type The link's type, `ARPHRD_*`.
 * @returns Such as "02:00:00:00:00:01" or "10.0.0.1".
 */
export function linkAddressText(address: string, type: number): string {
  const length = ipLengths[type];
  if (length === undefined) return address;
  const bytes = parseHardwareAddress(address);
  return bytes.length === length ? formatAddress(bytes) : address;
}
