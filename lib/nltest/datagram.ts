import { isLast } from "../exchange.ts";
import {
  HeaderFlags,
  HeaderType,
  marshalMessage,
  type Message,
  type MessageInit,
} from "../message.ts";

/** How many bytes of a dump the kernel puts into a datagram, `NLMSG_GOODSIZE` in linux/netlink.h. */
const dumpSize = 3776;

/** A datagram on its way to a socket. */
export interface Datagram {
  /** Its bytes. */
  bytes: Uint8Array;
  /** Port id of its sender; 0 is the kernel. */
  pid: number;
  /** The multicast group that it is sent to; 0 is none. */
  group: number;
  /** Id of the other namespace that it comes from. */
  nsid?: number;
  /** Whether it is a piece of a dump, which the kernel makes only once there is room. */
  dump?: boolean;
}

/**
 * Puts messages into the datagrams in which the kernel would answer with them: each acknowledgement
 * in one of its own, a dump in pieces, what else belongs to a request together.
 *
 * @param requests What is answered.
 * @param pid The port id that the requests came from.
 * @param replies The answers: without a sequence number they are for the requests in their order, and without
 * a port id for the one that asked.
 * @returns The datagrams in their order.
 * @throws {MessageError} When a reply cannot be encoded.
 */
export function answerDatagrams(
  requests: readonly Message[],
  pid: number,
  replies: readonly MessageInit[],
): Datagram[] {
  const packets: { last: Message["header"]; parts: Uint8Array[]; size: number }[] = [];
  for (const { header, data } of address(requests, pid, replies)) {
    const bytes = marshalMessage({ header, data });
    const packet = packets.at(-1);
    if (packet && belongTogether(packet.last, header, packet.size + bytes.length)) {
      packet.last = header;
      packet.parts.push(bytes);
      packet.size += bytes.length;
    } else {
      packets.push({ last: header, parts: [bytes], size: bytes.length });
    }
  }
  return packets.map(({ last: { flags, type }, parts }) => ({
    bytes: concatenate(parts),
    pid: 0,
    group: 0,
    dump: type !== HeaderType.Error && Boolean(flags & HeaderFlags.Multi),
  }));
}

/** Fills in whom the replies are for. */
function address(
  requests: readonly Message[],
  pid: number,
  replies: readonly MessageInit[],
): Message[] {
  let answering = 0;
  return replies.map(({ header = {}, data = new Uint8Array() }) => {
    const request = requests[answering].header;
    const complete = {
      length: header.length ?? 0,
      type: header.type ?? 0,
      flags: header.flags ?? 0,
      sequence: header.sequence || request.sequence,
      pid: header.pid || pid,
    };
    const finished = complete.sequence === request.sequence &&
      isLast(complete.type, complete.flags, request.flags);
    if (finished && answering + 1 < requests.length) answering++;
    return { header: complete, data };
  });
}

function belongTogether(
  before: Message["header"],
  { type, flags, sequence }: Message["header"],
  size: number,
): boolean {
  if (before.type === HeaderType.Error || type === HeaderType.Error) return false;
  if (before.sequence !== sequence) return false;
  return size <= dumpSize || !(flags & HeaderFlags.Multi);
}

/**
 * Puts pieces of a datagram behind each other.
 *
 * @param parts The pieces.
 * @returns The whole.
 */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
