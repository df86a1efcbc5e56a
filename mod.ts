/**
 * Netlink for Deno and Bun: the kernel's own interface for networking, and more, through the FFI that
 * the runtime has built in.
 *
 * {@link dial} makes a {@link Conn}; `execute` makes requests, `receive` gets notifications.
 *
 * @example
 * ```ts
 * import { dial, Family } from "@netlink/netlink";
 *
 * using conn = dial(Family.Route, { groups: 1 }); // RTNLGRP_LINK
 * const [change] = await conn.receive();
 * console.log(change.header.type === 17 ? "a link is gone" : "a link is new or changed");
 * ```
 *
 * @module
 */
export {
  type Attribute,
  type AttributeInit,
  type ByteOrder,
  marshalAttributes,
  Nested,
  NetByteOrder,
} from "./lib/attribute.ts";
export { AttributeDecoder, unmarshalAttributes } from "./lib/attribute_decoder.ts";
export { AttributeEncoder } from "./lib/attribute_encoder.ts";
export type { AttributeNames, AttributePath } from "./lib/acknowledgement.ts";
export type { AttributePolicy } from "./lib/attribute_policy.ts";
export type { RawInstruction } from "./lib/bpf/instructions.ts";
export { Conn, type ConnDetails, type RawConn } from "./lib/conn.ts";
export type { Debugger } from "./lib/debug.ts";
export type { Datagram } from "./lib/datagram.ts";
export { dial, watchNetNS } from "./lib/dial.ts";
export type { Acceptance } from "./lib/dispatcher.ts";
export {
  AttributeError,
  ClosedError,
  DumpInterruptedError,
  MessageError,
  NetNSGoneError,
  OpError,
  type OpErrorDetails,
  OverrunError,
  TruncatedError,
} from "./lib/errors.ts";
export type { Portion } from "./lib/exchange.ts";
export {
  type Header,
  HeaderFlags,
  headerFlagsString,
  HeaderType,
  headerTypeString,
  marshalMessage,
  type Message,
  type MessageInit,
  parseMessages,
  type Source,
  unmarshalMessage,
  validate,
} from "./lib/message.ts";
export { type CallOptions, type Config, ConnOption, Family } from "./lib/options.ts";
export type { NoDatagram, Socket } from "./lib/socket.ts";
