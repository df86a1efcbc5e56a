import { align } from "./align.ts";
import { MessageError, OpError } from "./errors.ts";
import { int32At, uint16At, uint32At } from "./integers.ts";
import { littleEndian } from "./nlenc.ts";

/** Length of a message's header in bytes, `NLMSG_HDRLEN`. */
export const headerLength = 16;

/** The header of a netlink message, `struct nlmsghdr` in linux/netlink.h. */
export interface Header {
  /** Length of the message in bytes, this header included. */
  length: number;
  /** What the message is: a {@link HeaderType}, or a type of the family. */
  type: number;
  /** How to treat it: {@link HeaderFlags}. */
  flags: number;
  /** Chosen by the sender of a request and repeated in every reply to it. */
  sequence: number;
  /** Port id of the socket that a request came from and its replies go to; 0 is the kernel. */
  pid: number;
}

/** Where a received message came from. */
export interface Source {
  /** Port id of the sender; 0 is the kernel. */
  pid: number;
  /** Bitmask of the multicast groups it was sent to; 0 when it was sent to this socket alone, or to a group above 32. */
  groups: number;
  /** Number of the multicast group, where `ConnOption.PacketInfo` asks for it; 0 is none. */
  group?: number;
  /** Id of the other network namespace it came from, where `ConnOption.ListenAllNSID` asks for it. */
  nsid?: number;
}

/** A netlink message. */
export interface Message {
  /** The header. */
  header: Header;
  /**
   * What follows the header: often a fixed structure and then attributes. The receiver's own, but within a
   * buffer that messages share: keep a copy of what is to live long, and do not transfer the buffer.
   */
  data: Uint8Array;
  /** Where a received message came from; shared by the messages of one datagram. */
  source?: Source;
}

/** A message to be sent: what is left out is filled in. */
export interface MessageInit {
  /** The header; `length`, `sequence` and `pid` are best left out. */
  header?: Partial<Header>;
  /** What follows the header; nothing by default. */
  data?: Uint8Array;
}

/** Types of the messages that all families share, `NLMSG_*` in linux/netlink.h. */
export const HeaderType = {
  /** No message: to be ignored, `NLMSG_NOOP`. */
  Noop: 1,
  /** An error, or with error number 0 an acknowledgement, `NLMSG_ERROR`. */
  Error: 2,
  /** The end of a multi-part reply, `NLMSG_DONE`. */
  Done: 3,
  /** Data was lost, `NLMSG_OVERRUN`. */
  Overrun: 4,
} as const;

/** Flags of a message's header, `NLM_F_*` in linux/netlink.h. The same bits mean different things for different types. */
export const HeaderFlags = {
  /** The message is a request, `NLM_F_REQUEST`. */
  Request: 1,
  /** Part of a reply that Done ends, `NLM_F_MULTI`. */
  Multi: 2,
  /** Asks for an acknowledgement, `NLM_F_ACK`. */
  Acknowledge: 4,
  /** Asks for the resulting notification as a reply, `NLM_F_ECHO`. */
  Echo: 8,
  /** What was dumped changed meanwhile, `NLM_F_DUMP_INTR`. */
  DumpInterrupted: 16,
  /** The dump was filtered as asked, `NLM_F_DUMP_FILTERED`. */
  DumpFiltered: 32,
  /** Get: the whole table, `NLM_F_ROOT`. */
  Root: 0x100,
  /** Get: all that match, `NLM_F_MATCH`. */
  Match: 0x200,
  /** Get: an atomic snapshot; needs CAP_NET_ADMIN, `NLM_F_ATOMIC`. */
  Atomic: 0x400,
  /** Get: every object, `NLM_F_DUMP`. */
  Dump: 0x300,
  /** New: replaces what is there, `NLM_F_REPLACE`. */
  Replace: 0x100,
  /** New: fails when it is there already, `NLM_F_EXCL`. */
  Excl: 0x200,
  /** New: creates it when it is not there, `NLM_F_CREATE`. */
  Create: 0x400,
  /** New: goes to the end of the list, `NLM_F_APPEND`. */
  Append: 0x800,
  /** Acknowledgement: the request in it was cut to its header, `NLM_F_CAPPED`. */
  Capped: 0x100,
  /** Acknowledgement: attributes with more about the error follow, `NLM_F_ACK_TLVS`. */
  AcknowledgeTLVs: 0x200,
} as const;

const typeNames = ["noop", "error", "done", "overrun"];
const flagNames = ["request", "multi", "acknowledge", "echo", "dumpinterrupted", "dumpfiltered"];

/**
 * Names a message type that all families share.
 *
 * @param type The type of a header.
 * @returns "noop", "error", "done" or "overrun"; "unknown(16)" for a type that belongs to a family.
 */
export function headerTypeString(type: number): string {
  return typeNames[type - HeaderType.Noop] ?? `unknown(${type})`;
}

/**
 * Names the flags of a header, joined by "|".
 *
 * @param flags The flags of a header.
 * @returns Such as "request|acknowledge|0x500": bits whose meaning depends on the type stay hexadecimal; "0" for none.
 */
export function headerFlagsString(flags: number): string {
  const parts = flagNames.filter((_, bit) => flags & (1 << bit));
  const rest = flags & ~((1 << flagNames.length) - 1);
  if (rest !== 0) parts.push(`0x${rest.toString(16)}`);
  return parts.join("|") || "0";
}

/**
 * Tells how long a message will be, and that its header agrees with its data.
 *
 * @param message The message.
 * @returns What belongs into the header's length field, in bytes: the given length, or one that covers the data, aligned.
 * @throws {MessageError} When the header names a length that does not fit the data.
 */
export function messageLength(message: MessageInit): number {
  const { data } = message;
  if (data !== undefined && !(data instanceof Uint8Array)) {
    throw new MessageError("The data of a message must be a Uint8Array");
  }
  const exact = headerLength + (data?.length ?? 0);
  const given = message.header?.length;
  if (!given) return align(exact);
  if (given !== exact && given !== align(exact)) {
    throw new MessageError(
      `Header length is ${given}, but ${exact} bytes of header and data make it ${exact} or ${
        align(exact)
      }`,
    );
  }
  return given;
}

/**
 * Writes a message into a buffer. Internal to the library: {@link marshalMessage} is the public form.
 *
 * @param buffer The buffer, as bytes and as fields.
 * @param offset Where the message starts.
 * @param message The message, with every header field that is to be other than 0.
 * @returns Where the next message starts.
 * @throws {MessageError} When a number of the header does not fit its field.
 */
export function writeMessage(
  { bytes, view }: { bytes: Uint8Array; view: DataView },
  offset: number,
  message: MessageInit,
): number {
  const length = messageLength(message);
  const { type = 0, flags = 0, sequence = 0, pid = 0 } = message.header ?? {};
  if (
    type !== (type & 0xffff) || flags !== (flags & 0xffff) || sequence !== sequence >>> 0 ||
    pid !== pid >>> 0
  ) {
    throw new MessageError(
      `Header fields must be whole numbers: type ${type} and flags ${flags} from 0 to 65535, ` +
        `sequence ${sequence} and pid ${pid} from 0 to 4294967295`,
    );
  }
  view.setUint32(offset, length, littleEndian);
  view.setUint16(offset + 4, type, littleEndian);
  view.setUint16(offset + 6, flags, littleEndian);
  view.setUint32(offset + 8, sequence, littleEndian);
  view.setUint32(offset + 12, pid, littleEndian);
  const { data } = message;
  let end = offset + headerLength;
  if (data !== undefined) {
    bytes.set(data, end);
    end += data.length;
  }
  const next = offset + align(length);
  if (end < next) bytes.fill(0, end, next);
  return next;
}

/**
 * Encodes a message.
 *
 * @param message The message; without `header.length` it gets the length that its data needs.
 * @returns Header and data, padded with zeros to a multiple of four bytes.
 * @throws {MessageError} When the header names a length that does not fit the data, or has a number that does not fit its field.
 */
export function marshalMessage(message: MessageInit): Uint8Array {
  const bytes = new Uint8Array(align(messageLength(message)));
  writeMessage({ bytes, view: new DataView(bytes.buffer) }, 0, message);
  return bytes;
}

/**
 * Reads a header. Internal to the library.
 *
 * @param memory Memory with at least {@link headerLength} bytes from the offset on.
 * @param at Where the header starts.
 * @returns The header.
 */
export function readHeader(memory: Uint8Array, at: number): Header {
  return {
    length: uint32At(memory, at),
    type: typeAt(memory, at),
    flags: flagsAt(memory, at),
    sequence: sequenceAt(memory, at),
    pid: pidAt(memory, at),
  };
}

/** Reads the type of the message whose header starts at a place. */
export function typeAt(memory: Uint8Array, at: number): number {
  return uint16At(memory, at + 4);
}

/** Reads the flags of the message whose header starts at a place. */
export function flagsAt(memory: Uint8Array, at: number): number {
  return uint16At(memory, at + 6);
}

/** Reads the sequence number of the message whose header starts at a place. */
export function sequenceAt(memory: Uint8Array, at: number): number {
  return uint32At(memory, at + 8);
}

/** Reads the port id of the message whose header starts at a place. */
export function pidAt(memory: Uint8Array, at: number): number {
  return uint32At(memory, at + 12);
}

/**
 * Finds out how long a message is. Internal to the library.
 *
 * @param memory Where it stands.
 * @param at Where it starts there.
 * @param end Where what may belong to it ends.
 * @returns Its length in bytes, without padding.
 * @throws {MessageError} When no whole message stands there.
 */
export function lengthAt(memory: Uint8Array, at: number, end: number): number {
  const left = end - at;
  if (left < headerLength) {
    throw new MessageError(`${left} bytes are too short for a header of ${headerLength}`);
  }
  const length = int32At(memory, at); // what is negative as such is too long, too
  if (length < headerLength || length > left) {
    throw new MessageError(
      `Message length ${length >>> 0} at offset ${at} is not within ${headerLength} and ${left}`,
    );
  }
  return length;
}

/**
 * Reads a message that is known to be whole. Internal to the library.
 *
 * @param memory Where it stands.
 * @param at Where it starts there.
 * @param source Where it came from, if it did.
 * @returns The message, whose data is a view of the memory.
 */
export function readMessage(memory: Uint8Array, at: number, source?: Source): Message {
  const header = readHeader(memory, at);
  const data = memory.subarray(at + headerLength, at + header.length);
  return source === undefined ? { header, data } : { header, data, source };
}

/**
 * Decodes exactly one message.
 *
 * @param bytes The message; up to three bytes of padding may follow it.
 * @returns The message, whose data is a view of `bytes`.
 * @throws {MessageError} When the bytes are shorter or longer than the message they begin with.
 */
export function unmarshalMessage(bytes: Uint8Array): Message {
  const length = lengthAt(bytes, 0, bytes.length);
  if (bytes.length !== length && bytes.length !== align(length)) {
    throw new MessageError(
      `Message length ${length} does not cover the ${bytes.length} bytes given`,
    );
  }
  return readMessage(plain(bytes), 0);
}

/** A Buffer of Node's would give parts of itself that are Buffers, too. */
function plain(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * Walks the messages of a datagram.
 *
 * @param bytes The datagram; its last message need not be padded.
 * @returns The messages one by one; their data are views of `bytes`.
 * @throws {MessageError} When it comes to a message that is cut short or malformed.
 */
export function* parseMessages(bytes: Uint8Array): Generator<Message> {
  const memory = plain(bytes);
  for (let at = 0; at < memory.length;) {
    const length = lengthAt(memory, at, memory.length);
    yield readMessage(memory, at);
    at += align(length);
  }
}

/**
 * Checks that replies belong to a request: same sequence number and same port id. A request with
 * sequence or port id 0 accepts any, and the kernel's multicasts (port id 0) belong to every request.
 *
 * @param request The request as it was sent.
 * @param replies The replies to it.
 * @throws {OpError} With op "validate" when one does not belong; `code` is "ESEQUENCE" or "EPID".
 */
export function validate(request: Message, replies: Message[]): void {
  const { sequence, pid } = request.header;
  for (const { header } of replies) {
    if (sequence !== 0 && header.sequence !== sequence) {
      throw new OpError("validate", {
        code: "ESEQUENCE",
        message: `reply has sequence ${header.sequence}, its request ${sequence}`,
      });
    }
    if (pid !== 0 && header.pid !== 0 && header.pid !== pid) {
      throw new OpError("validate", {
        code: "EPID",
        message: `reply is for port ${header.pid}, its request came from ${pid}`,
      });
    }
  }
}
