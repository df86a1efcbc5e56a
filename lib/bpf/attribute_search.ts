import { littleEndian } from "./byte_order.ts";

/** Length of an attribute's header in bytes, `NLA_HDRLEN` in linux/netlink.h. */
export const attributeHeader = 4;

/** The bits of an attribute's type that are the type, `NLA_TYPE_MASK` in linux/netlink.h. */
const typeMask = 0x3fff;

/**
 * Searches an attribute as the kernel's extension `SKF_AD_NLATTR` does.
 *
 * @param packet The packet.
 * @param offset Where the first attribute starts; unsigned.
 * @param type The wanted type, which must be the whole of a number of 32 bits.
 * @returns Where the first attribute of the type starts; -1 when there is none before the packet's end or
 * before a malformed one.
 */
export function findAttribute(packet: DataView, offset: number, type: number): number {
  return isInside(packet, offset) ? search(packet, offset, packet.byteLength, type) : -1;
}

/**
 * Searches within an attribute as the kernel's extension `SKF_AD_NLATTR_NEST` does.
 *
 * @param packet The packet.
 * @param offset Where the attribute that holds others starts; unsigned.
 * @param type The wanted type, which must be the whole of a number of 32 bits.
 * @returns Where the first attribute of the type in it starts; -1 when there is none.
 */
export function findNested(packet: DataView, offset: number, type: number): number {
  if (!isInside(packet, offset)) return -1;
  const end = offset + packet.getUint16(offset, littleEndian);
  return end <= packet.byteLength ? search(packet, offset + attributeHeader, end, type) : -1;
}

function isInside(packet: DataView, offset: number): boolean {
  return offset <= packet.byteLength - attributeHeader;
}

function search(packet: DataView, start: number, end: number, type: number): number {
  let at = start;
  while (end - at >= attributeHeader) {
    const length = packet.getUint16(at, littleEndian);
    if (length < attributeHeader || length > end - at) return -1;
    if ((packet.getUint16(at + 2, littleEndian) & typeMask) === type) return at;
    at += (length + 3) & ~3;
  }
  return -1;
}
