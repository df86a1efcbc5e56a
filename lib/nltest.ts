/**
 * A scripted kernel, for the tests of programs that use this library: no permission, no privilege
 * and no Linux is needed, and everything from the system calls up is the library as it is.
 *
 * {@link dial} suffices where requests are made and answered; {@link Kernel} is for all that a kernel
 * does by itself, such as notifications and losses, and for a look at what it was told.
 *
 * @example
 * ```ts
 * import { type Conn, HeaderFlags } from "@netlink/netlink";
 * import { checkRequest, dial, multipart } from "@netlink/netlink/nltest";
 *
 * // What is to be tested: it says how many links there are.
 * const RTM_NEWLINK = 16, RTM_GETLINK = 18;
 * const flags = HeaderFlags.Request | HeaderFlags.Dump;
 * async function countLinks(conn: Conn): Promise<number> {
 *   const data = new Uint8Array(16); // struct ifinfomsg
 *   return (await conn.execute({ header: { type: RTM_GETLINK, flags }, data })).length;
 * }
 *
 * const link = { header: { type: RTM_NEWLINK }, data: new Uint8Array(16) };
 * using conn = dial(checkRequest([RTM_GETLINK], [flags], () => multipart([link, link, {}])));
 * console.log(await countLinks(conn)); // 2: the last message becomes the end of the dump
 * ```
 *
 * @module
 */
import type { Conn } from "./conn.ts";
import {
  HeaderFlags,
  headerFlagsString,
  headerLength,
  HeaderType,
  marshalMessage,
  type Message,
  type MessageInit,
} from "./message.ts";
import { int32Bytes } from "./nlenc.ts";
import { Kernel, type Script } from "./nltest/kernel.ts";
import { firstPort } from "./nltest/syscalls.ts";
import { Family } from "./options.ts";

export { marshalAttributes as mustMarshalAttributes } from "./attribute.ts";
export { Kernel, type Origin, type Script } from "./nltest/kernel.ts";
export type { KernelSocket } from "./nltest/netlink_socket.ts";
export type { Condition, SystemCall } from "./nltest/refusals.ts";

/** The port id of the connection that {@link dial} makes, and of the first one of each {@link Kernel}. */
export const PID: number = firstPort;

/** The highest error number, MAX_ERRNO. */
const highestErrno = 4095;

/**
 * Connects to a kernel of its own, the short form of `new Kernel(fn, () => fn([])).dial(Family.Route)`.
 *
 * @param fn Gives the answers; see {@link Script}. Where a call waits and nothing is there, it is called with no
 * requests, and what it returns comes as a notification.
 * @returns The connection.
 */
export function dial(fn: Script): Conn {
  return new Kernel(fn, () => fn([])).dial(Family.Route);
}

/**
 * Makes a multi-part reply of messages: all get the flag Multi, and the last one becomes its Done.
 *
 * @param messages The messages, which stay as they are; fewer than two are given back unchanged.
 * @returns The reply.
 */
export function multipart<T extends MessageInit>(messages: T[]): T[] {
  if (messages.length < 2) return messages;
  return messages.map((message, i) => {
    const flags = (message.header?.flags ?? 0) | HeaderFlags.Multi;
    const header = { ...message.header, flags };
    if (i === messages.length - 1) header.type = HeaderType.Done;
    return { ...message, header };
  });
}

/**
 * Makes the reply that refuses a request, or with 0 the one that acknowledges it. As the kernel's, it
 * holds the request, of which an acknowledgement has the header alone.
 *
 * @param errno The positive error number, such as 2 for ENOENT.
 * @param requests The requests, of which the first is answered.
 * @returns The one message.
 * @throws {RangeError} When the number is out of range or there is no request.
 */
export function error(errno: number, requests: Message[]): Message[] {
  if (!Number.isInteger(errno) || errno < 0 || errno > highestErrno) {
    throw new RangeError(`${errno} is no error number: give one from 0 to ${highestErrno}`);
  }
  if (requests.length === 0) {
    throw new RangeError("There is no request that the error could answer");
  }
  const [request] = requests;
  const capped = errno === 0;
  const length = headerLength + (capped ? 0 : request.data.length);
  const data = new Uint8Array(4 + length);
  data.set(int32Bytes(-errno));
  data.set(marshalMessage(request).subarray(0, length), 4);
  const header = {
    ...request.header,
    length: headerLength + data.length,
    type: HeaderType.Error,
    flags: capped ? HeaderFlags.Capped : 0,
  };
  return [{ header, data }];
}

/**
 * Makes a script that first checks what was sent.
 *
 * @param types The type that each request of a datagram must have; 0 is any.
 * @param flags The flags that each must have, neither more nor fewer; 0 is any.
 * @param fn Gives the answers. With no requests it is called at once, see {@link dial}.
 * @returns The script. It throws an `Error` when a datagram has another number of requests, or one of them another
 * type or other flags.
 * @throws {RangeError} When there are not as many types as flags.
 */
export function checkRequest(types: number[], flags: number[], fn: Script): Script {
  if (types.length !== flags.length) {
    throw new RangeError(
      `${types.length} types and ${flags.length} flags are not of the same requests`,
    );
  }
  return (requests) => {
    if (requests.length > 0 && requests.length !== types.length) {
      throw new Error(`${requests.length} requests were sent instead of ${types.length}`);
    }
    requests.forEach(({ header }, i) => {
      if (types[i] !== 0 && header.type !== types[i]) {
        throw new Error(`Request ${i} has type ${header.type} instead of ${types[i]}`);
      }
      if (flags[i] !== 0 && header.flags !== flags[i]) {
        throw new Error(
          `Request ${i} has flags ${headerFlagsString(header.flags)} instead of ${
            headerFlagsString(flags[i])
          }`,
        );
      }
    });
    return fn(requests);
  };
}
