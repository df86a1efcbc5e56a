import type { Libc } from "../../ffi/libc.ts";
import { Reactor } from "../../ffi/reactor.ts";
import type { Conn } from "../conn.ts";
import { connect } from "../dial.ts";
import { marshalMessage, type Message, type MessageInit, parseMessages } from "../message.ts";
import { type Config, ConnOption } from "../options.ts";
import { AddressSpace } from "./address_space.ts";
import { answerDatagrams, concatenate } from "./datagram.ts";
import { Files } from "./files.ts";
import type { KernelSocket, NetlinkSocket } from "./netlink_socket.ts";
import { architecture, Poller } from "./poller.ts";
import { type Condition, Refusals, type SystemCall } from "./refusals.ts";
import { Syscalls } from "./syscalls.ts";

/**
 * What a scripted kernel does with requests: it gets the messages of each datagram that is sent, and
 * gives the answers.
 *
 * What it returns is there before the call that sends goes on, as with the real kernel; what its
 * promise gives comes later. Each acknowledgement or error comes in a datagram of its own, a
 * multi-part reply in pieces of a page as there is room, what else answers a request in one.
 *
 * Where sequence or port id of an answer are 0 or left out, they are filled in: the answers are then
 * for the requests in their order, for each as many as its flags ask for.
 *
 * When it throws, the call that sends rejects with that very error, and nothing was sent. When its
 * promise rejects, the calls that wait on the kernel's connections do; where none waits, it is uncaught.
 */
export type Script = (requests: Message[]) => MessageInit[] | Promise<MessageInit[]>;

/** Where a datagram comes from that nobody asked for. */
export interface Origin {
  /** Port id of the process that sends it; 0, as by default, is the kernel. */
  pid?: number;
  /** Id of the other network namespace that a notification comes from; by default it is the connection's own. */
  nsid?: number;
}

/**
 * A kernel that does what a test tells it. The library runs on it as it is, from its system calls
 * up: options, groups, deadlines, losses and errors behave as they do on Linux. It needs no
 * permission, no privilege and no Linux.
 *
 * It answers requests with what its script returns. Everything else that a kernel does by itself is
 * a method. What it keeps about the connections can be looked at in {@link Kernel.sockets}.
 *
 * One kernel plays one netlink family: where a program uses several, take a kernel for each.
 *
 * @example
 * ```ts
 * import { type Conn, Family, OverrunError } from "@netlink/netlink";
 * import { int32, int32Bytes } from "@netlink/netlink/nlenc";
 * import { Kernel } from "@netlink/netlink/nltest";
 *
 * // What is to be tested: it tells which links are gone, and when some may be gone unseen.
 * const RTM_DELLINK = 17, RTNLGRP_LINK = 1;
 * async function* goneLinks(conn: Conn): AsyncGenerator<number | "look again"> {
 *   for (;;) {
 *     try {
 *       const messages = await conn.receive();
 *       for (const { data } of messages) yield int32(data.subarray(4, 8)); // ifi_index
 *     } catch (error) {
 *       if (!(error instanceof OverrunError)) throw error;
 *       yield "look again";
 *     }
 *   }
 * }
 *
 * const kernel = new Kernel();
 * using conn = kernel.dial(Family.Route, { groups: 1 << (RTNLGRP_LINK - 1) });
 * const ifinfomsg = new Uint8Array(16);
 * ifinfomsg.set(int32Bytes(7), 4);
 * const gone = goneLinks(conn);
 * kernel.multicast(RTNLGRP_LINK, [{ header: { type: RTM_DELLINK }, data: ifinfomsg }]);
 * console.log((await gone.next()).value); // 7
 *
 * conn.setReadBuffer(0); // as little as there can be
 * for (let i = 0; i < 5; i++) kernel.multicast(RTNLGRP_LINK, [{ data: ifinfomsg }]);
 * console.log((await gone.next()).value, (await gone.next()).value); // 7 7
 * console.log((await gone.next()).value); // look again
 * console.log(kernel.sockets[0].drops); // 3
 * ```
 */
export class Kernel {
  readonly #script: Script;
  readonly #idle?: () => ReturnType<Script>;
  /** How many answers of the script are still to come. */
  #promised = 0;
  readonly #files = new Files();
  readonly #refusals = new Refusals();
  readonly #poller: Poller;
  readonly #system: { libc: Libc; reactor: Reactor };

  /**
   * Makes a kernel.
   *
   * @param script Gives the answers to requests; by default there are none.
   * @param idle Called when calls begin to wait and no answer is to come: what it gives comes, in one datagram that
   * nobody asked for, to the first connection. When it throws, there is nothing to come.
   */
  constructor(script: Script = () => [], idle?: () => ReturnType<Script>) {
    this.#script = script;
    this.#idle = idle;
    const space = new AddressSpace();
    const poller = new Poller(space, this.#files, this.#notify.bind(this));
    const onSend = this.#answer.bind(this);
    const syscalls = new Syscalls({ space, files: this.#files, poller, onSend });
    const libc: Libc = {
      ...this.#refusals.guard(syscalls, space),
      architecture,
      nowhere: 0,
      size: (bytes) => bytes,
      allocate: (size) => space.allocate(size),
      reserve: (size) => space.allocate(size),
    };
    this.#poller = poller;
    this.#system = { libc, reactor: new Reactor(libc, poller) };
  }

  /** The sockets that are open, in the order in which they were opened. */
  get sockets(): readonly KernelSocket[] {
    return this.#files.sockets;
  }

  /**
   * How many descriptors are open: besides sockets those of namespaces that are entered, and two
   * from the first call that waits until soon after the last socket was closed.
   */
  get descriptors(): number {
    return this.#files.count;
  }

  /**
   * Connects to this kernel, as the library's own `dial` does to the real one.
   *
   * @param family The netlink family.
   * @param config How to connect. Every namespace is there; a descriptor of one is not.
   * @returns The connection.
   * @throws {OpError} With op "dial" when the configuration is out of range, or a system call is refused.
   */
  dial(family: number, config: Config = {}): Conn {
    return connect(() => this.#system, family, config);
  }

  /**
   * Sends a notification: a datagram to all connections that have joined a group. It is lost where a
   * receive buffer is full.
   *
   * @param group The group's number, from 1.
   * @param messages The messages, or any bytes in their place.
   * @param origin Where it comes from. With `nsid` only those get it that listen to all namespaces.
   * @throws {RangeError} When the number can be no group's.
   */
  multicast(group: number, messages: MessageInit[] | Uint8Array, origin: Origin = {}): void {
    if (group !== group >>> 0 || group === 0) {
      throw new RangeError(`${group} is no group: groups are counted from 1`);
    }
    const bytes = marshal(messages);
    for (const socket of this.#files.sockets) {
      const listens = origin.nsid === undefined || socket.options.has(ConnOption.ListenAllNSID);
      if (listens && socket.groups.has(group)) this.#deliver(socket, bytes, group, origin);
    }
  }

  /**
   * Sends a datagram to one connection, asked for or not. It is lost where the receive buffer is full.
   *
   * @param pid The connection's port id.
   * @param messages The messages, or any bytes in their place.
   * @param origin Where it comes from.
   * @throws {RangeError} When there is no such connection.
   */
  unicast(pid: number, messages: MessageInit[] | Uint8Array, origin: Origin = {}): void {
    const socket = this.#files.sockets.find((socket) => socket.pid === pid);
    if (socket === undefined) throw new RangeError(`No connection has port id ${pid}`);
    this.#deliver(socket, marshal(messages), 0, origin);
  }

  /**
   * Lets a system call fail from now on, such as "sendmsg" with EAGAIN (11) for as long as there is
   * to be no room to send.
   *
   * @param call The system call.
   * @param errno The error number that it fails with.
   * @param when Says which calls; by default all. It gets their arguments, but of `setsockopt` the value instead of its
   * address: `(fd, level, option) => level === 270 && option === ConnOption.GetStrictCheck`, where 270 is SOL_NETLINK.
   * @returns Ends the refusing when it is disposed of.
   * @throws {RangeError} When it is no positive number.
   */
  refuse(call: SystemCall, errno: number, when: Condition = () => true): Disposable {
    if (!Number.isInteger(errno) || errno <= 0) {
      throw new RangeError(`${errno} is no error number: give a positive one, such as 1 for EPERM`);
    }
    return this.#refusals.add(call, errno, when);
  }

  #answer(socket: NetlinkSocket, datagram: Uint8Array): void {
    const requests = [...parseMessages(datagram)];
    const deliver = (replies: MessageInit[]) => {
      checkMessages(replies);
      for (const part of answerDatagrams(requests, socket.pid, replies)) socket.deliver(part);
      this.#poller.look();
    };
    const replies = this.#script(requests);
    if (!(replies instanceof Promise)) return deliver(replies);
    this.#promised++;
    replies.finally(() => this.#promised--).then(deliver)
      .catch((error) => this.#poller.fail(error));
  }

  async #notify(): Promise<void> {
    if (this.#idle === undefined || this.#promised > 0) return;
    let messages: MessageInit[];
    try {
      messages = await this.#idle();
    } catch {
      return;
    }
    try {
      checkMessages(messages);
      const [socket] = this.#files.sockets;
      if (socket !== undefined && messages.length > 0) this.unicast(socket.pid, messages);
    } catch (error) {
      this.#poller.fail(error);
    }
  }

  #deliver(socket: NetlinkSocket, bytes: Uint8Array, group: number, origin: Origin): void {
    socket.deliver({ bytes, group, pid: origin.pid ?? 0, nsid: origin.nsid });
    this.#poller.look();
  }
}

function checkMessages(messages: unknown): void {
  if (Array.isArray(messages)) return;
  throw new TypeError(`The script returned ${messages}, not an array of messages`);
}

function marshal(messages: MessageInit[] | Uint8Array): Uint8Array {
  if (messages instanceof Uint8Array) return messages.slice();
  return concatenate(messages.map(marshalMessage));
}
