/**
 * The requests that several cases make, and what messages say.
 *
 * @module
 */
import { int32At } from "../lib/integers.ts";
import { littleEndian } from "../lib/nlenc.ts";
import { MessageType } from "../lib/rtnetlink/mod.ts";
import { AttributeDecoder, HeaderFlags, type Message, type MessageInit } from "../mod.ts";

const { Request, Dump } = HeaderFlags;

/** Size of `struct nlmsghdr`. */
export const messageHeader = 16;

/** Size of `struct ifinfomsg`, with which messages about links begin, and where in it the index is. */
export const linkHeader = 16;
export const linkIndexPlace = 4;

function linkRequest(type: number, flags: number, index: number): MessageInit {
  const data = new Uint8Array(linkHeader);
  new DataView(data.buffer).setInt32(linkIndexPlace, index, littleEndian);
  return { header: { type, flags }, data };
}

/** Asks for the loopback. */
export function getLoopback(): MessageInit {
  return linkRequest(MessageType.GetLink, Request, 1);
}

/** Asks for all links. */
export function getLinks(): MessageInit {
  return linkRequest(MessageType.GetLink, Request | Dump, 0);
}

/** The index in a message about a link. */
export function linkIndex({ data }: Message): number {
  return int32At(data, linkIndexPlace);
}

/** The number that is an IPv4 address. */
export function addressNumber(text: string): number {
  return text.split(".").reduce((number, part) => number * 256 + Number(part), 0);
}

const addressHeader = 8; // struct ifaddrmsg
const IFA_LOCAL = 2;

/** The number that is the IPv4 address in an event about one. */
export function eventAddress({ data }: Message): number {
  const decoder = new AttributeDecoder(data, addressHeader);
  decoder.byteOrder = "big";
  while (decoder.next()) if (decoder.type === IFA_LOCAL) return decoder.uint32();
  throw new Error("An event has no address");
}
