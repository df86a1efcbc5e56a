import { C } from "../ffi/structs.ts";
import { type AttributeNames, withNames } from "./acknowledgement.ts";
import { align } from "./align.ts";
import { Deadline } from "./deadline.ts";
import type { Debugger } from "./debug.ts";
import type { RawInstruction } from "./bpf/instructions.ts";
import { type Acceptance, Dispatcher } from "./dispatcher.ts";
import { ClosedError, MessageError, OpError } from "./errors.ts";
import { Exchange, type Keeping, type Portion } from "./exchange.ts";
import { Hold } from "./hold.ts";
import { type Batch, Items } from "./items.ts";
import { HeaderFlags, type Message, type MessageInit, readMessage } from "./message.ts";
import { type CallOptions, ConnOption } from "./options.ts";
import { Requests } from "./requests.ts";
import { Sender } from "./sender.ts";
import type { Socket } from "./socket.ts";

/** What an acknowledgement takes of the receive buffer at most, besides twice the request that it may echo. */
const acknowledgementSize = 1024;

/** What any other reply is thought to take of it. */
const replySize = 4096;

/**
 * How many bytes of notifications may wait in the kernel unless the caller says otherwise. It is a limit, no memory that
 * is taken: the kernel's own of 208 KiB is reached within milliseconds when much changes.
 */
const eventBuffer = 4 * 1024 * 1024;

/** The most bytes that a buffer can be set to: the kernel takes an `int`. */
const largestBuffer = 0x7fff_ffff;

/** The socket of a connection itself, for what the library does not offer. */
export interface RawConn {
  /** The descriptor; -1 once the connection is closed. */
  readonly fd: number;
  /**
   * Calls a function with the descriptor, which stays open until the function returns.
   *
   * @param fn Gets the descriptor; it must neither close nor keep it.
   * @returns What the function returns.
   * @throws {ClosedError} When the connection is closed.
   */
  control<T>(fn: (fd: number) => T): T;
}

/** What is particular about a connection. */
export interface ConnDetails {
  /** Whose datagrams are delivered; the kernel's alone by default. */
  accept?: Acceptance;
  /** Loads what names the attributes in errors, where the family is known. */
  attributeNames?: AttributeNames;
  /** Is told of every message. */
  debug?: Debugger;
}

/**
 * A connection to netlink.
 *
 * Any number of tasks may use one connection at the same time: requests made with `execute` go one
 * after the other and get exactly their own replies, notifications wait for `receive`, and `send`
 * waits for nobody.
 *
 * @example
 * ```ts
 * import { dial, Family, HeaderFlags } from "@netlink/netlink";
 *
 * const RTM_GETLINK = 18, ifinfomsg = new Uint8Array(16);
 * using conn = dial(Family.Route);
 * const links = await conn.execute({
 *   header: { type: RTM_GETLINK, flags: HeaderFlags.Request | HeaderFlags.Dump },
 *   data: ifinfomsg,
 * });
 * console.log(`${links.length} links`);
 * ```
 */
export class Conn implements Disposable {
  /** The connection's port id, by which the kernel and other processes know it. */
  readonly pid: number;
  readonly #socket: Socket;
  readonly #incoming: Dispatcher;
  readonly #outgoing: Sender;
  readonly #requests: Requests;
  readonly #writeDeadline: Deadline;
  readonly #attributeNames?: AttributeNames;
  /** Whether somebody has said how much may wait. */
  #bufferSet = false;

  /**
   * Makes a connection of a socket. `dial` is the usual way.
   *
   * @param socket The socket; the connection owns it from now on.
   * @param pid The port id that it is bound to.
   * @param details What is particular about the connection.
   */
  constructor(socket: Socket, pid: number, details: ConnDetails = {}) {
    this.#socket = socket;
    this.pid = pid;
    this.#attributeNames = details.attributeNames;
    this.#incoming = new Dispatcher(socket, pid, details.accept ?? "kernel", details.debug);
    this.#writeDeadline = new Deadline(() => {}); // a sender looks by itself
    this.#outgoing = new Sender(
      socket,
      pid,
      this.#incoming,
      this.#writeDeadline,
      details.debug,
    );
    this.#requests = new Requests(socket, this.#incoming, this.#outgoing);
  }

  /** Whether the connection was closed. */
  get closed(): boolean {
    return this.#socket.closed;
  }

  /** How many datagrams were thrown away because another process than the kernel had sent them. */
  get rejected(): number {
    return this.#incoming.rejected;
  }

  /**
   * Sends a message to the kernel. What comes back is for `receive`.
   *
   * @param message The message; sequence and port id are filled in where they are 0.
   * @param options Ends the call early.
   * @returns The message as it was sent.
   * @throws {OpError} With op "send" when the system refuses it.
   * @throws {MessageError} When its header names a length that does not fit its data.
   */
  async send(message: MessageInit, options?: CallOptions): Promise<Message> {
    return (await this.sendMessages([message], options))[0];
  }

  /**
   * Sends messages to the kernel in one datagram, so that one system call brings them all.
   *
   * @param messages The messages; sequence and port id are filled in where they are 0.
   * @param options Ends the call early.
   * @returns The messages as they were sent.
   * @throws {OpError} With op "send" when the system refuses them; then none was sent.
   * @throws {MessageError} When a header names a length that does not fit its data.
   */
  async sendMessages(messages: MessageInit[], options?: CallOptions): Promise<Message[]> {
    if (this.closed) throw new ClosedError("send");
    options?.signal?.throwIfAborted();
    const complete = messages.map((message) => this.#outgoing.complete(message));
    const waiting = this.#outgoing.transmit(complete, options);
    if (waiting !== undefined) await waiting;
    return complete;
  }

  /**
   * Receives the next messages that are not the reply to an `execute`: notifications of groups, and
   * replies to `send`.
   *
   * @param options Ends the call early.
   * @returns The messages of one datagram; a multi-part reply whole, without its Done.
   * @throws {OverrunError} When messages were lost, after those that came before the loss; the connection lives on.
   * @throws {OpError} When the kernel answered a sent message with an error, and when the connection is closed.
   */
  async receive(options?: CallOptions): Promise<Message[]> {
    options?.signal?.throwIfAborted();
    for (;;) {
      if (this.closed) throw new ClosedError("receive");
      this.#incoming.deadline.check("receive");
      let messages: Message[] | undefined;
      try {
        messages = this.#incoming.inbox.take();
      } catch (error) {
        throw await withNames(error, this.#attributeNames);
      }
      if (messages !== undefined) return messages;
      await this.#incoming.advance("receive", options);
    }
  }

  /**
   * Receives for ever, as {@link Conn.receive} does.
   *
   * @param options Ends the iteration early.
   * @returns The messages one by one. It ends by throwing, as `receive` does; another call goes on after an overrun.
   */
  async *receiveIter(options?: CallOptions): AsyncIterableIterator<Message> {
    for (;;) yield* await this.receive(options);
  }

  /**
   * Makes a request and waits for its replies: with `Acknowledge` until the acknowledgement, with `Dump`
   * until Done, else for its single reply. Requests of one connection are made one after the other.
   *
   * @param message The request; sequence and port id are filled in where they are 0.
   * @param options Ends the call early; late replies are then dropped.
   * @returns The replies, without Done; the acknowledgement is one of them.
   * @throws {OpError} With op "execute" when the kernel answers with an error; see its subclasses for losses.
   */
  async execute(message: MessageInit, options?: CallOptions): Promise<Message[]> {
    const exchange = new Exchange(this.#outgoing.complete(message));
    const waiting = this.#requests.run([exchange], options);
    if (waiting !== undefined) await waiting;
    if (exchange.error !== undefined) throw await withNames(exchange.error, this.#attributeNames);
    return exchange.replies;
  }

  /**
   * Makes a request and gives its replies as they come, so that a dump of any length takes constant
   * memory. Another request on the same connection meanwhile makes the rest of the dump wait in memory.
   *
   * @param message The request; sequence and port id are filled in where they are 0.
   * @param options Ends the iteration early.
   * @returns The replies one by one, without Done. It ends by throwing what {@link Conn.execute} throws, a
   * `DumpInterruptedError` after the last reply.
   */
  executeIter(message: MessageInit, options?: CallOptions): AsyncIterableIterator<Message> {
    return new Items(this.#messages(this.#portions(message, "portions", options)));
  }

  async *#messages(portions: AsyncIterable<Portion>): AsyncIterableIterator<Batch<Message>> {
    for await (const { memory, starts, source } of portions) {
      yield { count: starts.length, make: (i) => readMessage(memory, starts[i], source) };
    }
  }

  /**
   * Makes a request and gives its replies as {@link Conn.executeIter} does, but those of one datagram at once and where
   * they stand, in memory that the next ones overwrite: a dump is walked as fast as in C.
   *
   * @param message The request; sequence and port id are filled in where they are 0.
   * @param options Ends the iteration early.
   * @returns The portions. It ends by throwing, as {@link Conn.executeIter} does.
   *
   * @example
   * ```ts
   * import { AttributeDecoder, dial, Family, HeaderFlags } from "@netlink/netlink";
   *
   * const RTM_GETLINK = 18, nlmsghdr = 16, ifinfomsg = 16;
   * using conn = dial(Family.Route);
   * const request = {
   *   header: { type: RTM_GETLINK, flags: HeaderFlags.Request | HeaderFlags.Dump },
   *   data: new Uint8Array(ifinfomsg),
   * };
   * let attributes = 0;
   * for await (const { memory, starts, ends } of conn.executePortions(request)) {
   *   for (let i = 0; i < starts.length; i++) {
   *     const decoder = new AttributeDecoder(memory, starts[i] + nlmsghdr + ifinfomsg, ends[i]);
   *     while (decoder.next()) attributes++;
   *   }
   * }
   * console.log(`${attributes} attributes`);
   * ```
   */
  executePortions(message: MessageInit, options?: CallOptions): AsyncIterableIterator<Portion> {
    return this.#portions(message, "reused", options);
  }

  async *#portions(
    message: MessageInit,
    keeping: Keeping,
    options?: CallOptions,
  ): AsyncIterableIterator<Portion> {
    const exchange = new Exchange(this.#outgoing.complete(message), keeping);
    const hold = new Hold();
    try {
      await this.#requests.begin([exchange], options);
      for (;;) {
        const portion = exchange.take();
        if (portion !== undefined) {
          yield portion;
          exchange.giveBack(portion);
          if (hold.isOver) await hold.end();
        }
        options?.signal?.throwIfAborted();
        if (exchange.waiting) continue; // others have read them meanwhile
        if (exchange.done) break;
        const waiting = this.#incoming.advance("execute", options);
        if (waiting !== undefined) await waiting;
      }
      if (exchange.error !== undefined) throw await withNames(exchange.error, this.#attributeNames);
    } finally {
      this.#requests.end([exchange]);
    }
  }

  /**
   * Makes many requests in one system call. The kernel works them off in order, whether those before
   * succeeded or not. Where their replies would not fit into the socket's receive buffer, or the
   * requests not into its send buffer, it takes several calls.
   *
   * @param messages The requests; sequence and port id are filled in where they are 0. Each is answered
   * as {@link Conn.execute} says, so changes should ask for an acknowledgement, and one dump at most be among them.
   * @param options Ends the call early.
   * @returns For each request, in order, its replies or the error that {@link Conn.execute} would throw.
   * @throws {OpError} When the requests cannot be sent, the connection is closed or a deadline passes.
   * @throws {MessageError} When a header names a length that does not fit its data, or two the same sequence.
   */
  async executeBatch(
    messages: MessageInit[],
    options?: CallOptions,
  ): Promise<Array<Message[] | OpError>> {
    if (this.closed) throw new ClosedError("execute");
    const exchanges = messages.map((message) => new Exchange(this.#outgoing.complete(message)));
    const sequences = new Set(exchanges.map(({ request }) => request.header.sequence));
    if (sequences.size < exchanges.length) {
      throw new MessageError("Two requests of a batch have the same sequence number");
    }
    for (let from = 0; from < exchanges.length;) {
      const part = exchanges.slice(from, from + this.#fitting(exchanges, from));
      const waiting = this.#requests.run(part, options);
      if (waiting !== undefined) await waiting;
      from += part.length;
    }
    const results: Array<Message[] | OpError> = [];
    for (const { error, replies } of exchanges) {
      const named = error && await withNames(error, this.#attributeNames) as OpError;
      results.push(named ?? replies);
    }
    return results;
  }

  /**
   * Joins a multicast group, whose notifications then come to `receive`. The first one raises the limit of what may
   * wait in the kernel to 4 MiB, as far as the process may, unless it was set before.
   *
   * @param group The group's number, from 1.
   * @throws {OpError} With op "join-group" when there is no such group or it needs a privilege.
   */
  joinGroup(group: number): void {
    this.expectEvents();
    // The source of a datagram names only the groups 1 to 32: others are told apart from replies by PacketInfo.
    if (group > 32) this.setOption(ConnOption.PacketInfo, true);
    this.#socket.setOption(
      "join-group",
      C.SOL_NETLINK,
      C.NETLINK_ADD_MEMBERSHIP,
      group,
      `cannot join group ${group}`,
    );
  }

  /** Raises the limit of what may wait in the kernel, unless it was set. Internal to the library. */
  expectEvents(): void {
    if (!this.#bufferSet) this.setReadBuffer(eventBuffer);
  }

  /**
   * Leaves a multicast group.
   *
   * @param group The group's number, from 1.
   * @throws {OpError} With op "leave-group" when there is no such group.
   */
  leaveGroup(group: number): void {
    this.#socket.setOption(
      "leave-group",
      C.SOL_NETLINK,
      C.NETLINK_DROP_MEMBERSHIP,
      group,
      `cannot leave group ${group}`,
    );
  }

  /**
   * Attaches a classic BPF program that decides which datagrams get to this socket.
   *
   * @param program The assembled program.
   * @throws {OpError} With op "set-bpf" when a number of an instruction does not fit, and when the kernel refuses the
   * program, such as an empty one.
   */
  setBPF(program: RawInstruction[]): void {
    this.#socket.attachFilter("set-bpf", program);
  }

  /**
   * Removes the BPF program.
   *
   * @throws {OpError} With op "remove-bpf" when there is none.
   */
  removeBPF(): void {
    this.#socket.setOption(
      "remove-bpf",
      C.SOL_SOCKET,
      C.SO_DETACH_FILTER,
      0,
      "cannot remove the BPF program",
    );
  }

  /**
   * Turns an option of the socket on or off.
   *
   * @param option The option.
   * @param enable Whether it is to be on.
   * @throws {OpError} With op "set-option" when the kernel does not know it or it needs a privilege.
   */
  setOption(option: ConnOption, enable: boolean): void {
    const [name = `option ${option}`] =
      Object.entries(ConnOption).find(([, value]) => value === option) ?? [];
    const need = option === ConnOption.ListenAllNSID ? " (it needs CAP_NET_BROADCAST)" : "";
    this.#socket.setOption(
      "set-option",
      C.SOL_NETLINK,
      option,
      enable ? 1 : 0,
      `cannot set ${name}${need}`,
    );
  }

  /**
   * Sets both deadlines, as {@link Conn.setReadDeadline} and {@link Conn.setWriteDeadline} do.
   *
   * @param t When: milliseconds since the epoch, or a date; null is never, as it is from the start.
   * @throws {OpError} With op "set-deadline" when it is no point in time or the connection is closed.
   */
  setDeadline(t: Date | number | null): void {
    this.#setDeadlines("set-deadline", t, this.#incoming.deadline, this.#writeDeadline);
  }

  /**
   * Sets the time from which on calls that receive fail: `receive`, `execute` and their like. Calls
   * that already wait heed it, too. The connection stays usable: a later deadline, or none, ends the failing.
   *
   * @param t When: milliseconds since the epoch, or a date, which may be past; null is never.
   * @throws {OpError} With op "set-read-deadline" when it is no point in time or the connection is closed.
   */
  setReadDeadline(t: Date | number | null): void {
    this.#setDeadlines("set-read-deadline", t, this.#incoming.deadline);
  }

  /**
   * Sets the time from which on calls that send fail, see {@link Conn.setReadDeadline}. Sending waits
   * only where the receiver has no room, which the kernel itself always has.
   *
   * @param t When: milliseconds since the epoch, or a date, which may be past; null is never.
   * @throws {OpError} With op "set-write-deadline" when it is no point in time or the connection is closed.
   */
  setWriteDeadline(t: Date | number | null): void {
    this.#setDeadlines("set-write-deadline", t, this.#writeDeadline);
  }

  /**
   * Limits how many bytes of datagrams may wait in the kernel for this socket.
   *
   * @param bytes The limit; the kernel doubles it. More than net.core.rmem_max needs CAP_NET_ADMIN.
   * @throws {OpError} With op "set-read-buffer" when it is no number from 0 to 2^31 - 1.
   */
  setReadBuffer(bytes: number): void {
    this.#setBuffer("set-read-buffer", C.SO_RCVBUF, C.SO_RCVBUFFORCE, bytes);
    this.#bufferSet = true;
  }

  /**
   * Limits how long a datagram to be sent may be.
   *
   * @param bytes The limit; the kernel doubles it. More than net.core.wmem_max needs CAP_NET_ADMIN.
   * @throws {OpError} With op "set-write-buffer" when it is no number from 0 to 2^31 - 1.
   */
  setWriteBuffer(bytes: number): void {
    this.#setBuffer("set-write-buffer", C.SO_SNDBUF, C.SO_SNDBUFFORCE, bytes);
  }

  /**
   * Tells how many bytes may wait in the kernel.
   *
   * @returns The limit in bytes of what waits in the kernel, as the kernel counts it: the double of what was set.
   */
  readBuffer(): number {
    return this.#socket.getOption("read-buffer", C.SOL_SOCKET, C.SO_RCVBUF)[0];
  }

  /**
   * Tells how long a datagram to be sent may be.
   *
   * @returns The limit in bytes of what is sent, as the kernel counts it: the double of what was set.
   */
  writeBuffer(): number {
    return this.#socket.getOption("write-buffer", C.SOL_SOCKET, C.SO_SNDBUF)[0];
  }

  /**
   * Counts the losses.
   *
   * @returns How many datagrams the kernel has dropped for this socket since it was opened, `SO_MEMINFO`.
   */
  drops(): number {
    return this.#incoming.drops();
  }

  /**
   * Gives access to the socket.
   *
   * @returns The socket itself, for system calls that the library does not make.
   */
  syscallConn(): RawConn {
    const socket = this.#socket;
    return {
      get fd() {
        return socket.closed ? -1 : socket.fd;
      },
      control(fn) {
        if (socket.closed) throw new ClosedError("syscall-conn");
        return fn(socket.fd);
      },
    };
  }

  /** Lets a call that waits keep the process alive, as it does from the start. */
  ref(): void {
    this.#socket.keepAlive(true);
  }

  /**
   * Lets the process end although a call waits. No process ends while a top-level `await` waits, whatever for: Deno
   * and Bun keep it, and Bun then uses a processor all the time.
   */
  unref(): void {
    this.#socket.keepAlive(false);
  }

  /** Closes the connection: every call that waits rejects with a {@link ClosedError}. May be called more than once. */
  close(): void {
    this.#socket.close();
    this.#requests.close();
    this.#incoming.deadline.clear();
    this.#writeDeadline.clear();
  }

  /** Closes the connection. */
  [Symbol.dispose](): void {
    this.close();
  }

  #setDeadlines(op: string, t: Date | number | null, ...deadlines: Deadline[]): void {
    if (this.closed) throw new ClosedError(op);
    for (const deadline of deadlines) deadline.set(op, t);
  }

  #setBuffer(op: string, option: number, forced: number, bytes: number): void {
    // The kernel would take a number that it cannot have for a very small or a very large one.
    if (!Number.isInteger(bytes) || bytes < 0 || bytes > largestBuffer) {
      const message = `bytes is ${bytes}, not a whole number from 0 to ${largestBuffer}`;
      throw new OpError(op, { code: "EINVAL", message });
    }
    const what = `cannot set the buffer to ${bytes} bytes`;
    this.#socket.setOption(op, C.SOL_SOCKET, option, bytes, what);
    if (this.#socket.getOption(op, C.SOL_SOCKET, option)[0] >= 2 * bytes) return;
    try {
      this.#socket.setOption(op, C.SOL_SOCKET, forced, bytes, what);
    } catch (error) {
      // Without the privilege the system's limit holds; readBuffer and writeBuffer tell it.
      if (!(error instanceof OpError) || error.code !== "EPERM") throw error;
    }
  }

  /** How many requests can be sent at once so that they and their replies have room in the kernel. */
  #fitting(exchanges: readonly Exchange[], from: number): number {
    let outgoing = this.writeBuffer() / 2;
    let incoming = this.readBuffer();
    let count = 0;
    for (const { request: { header } } of exchanges.slice(from)) {
      outgoing -= align(header.length);
      incoming -= header.flags & HeaderFlags.Acknowledge
        ? acknowledgementSize + 2 * header.length
        : replySize;
      if (count > 0 && (outgoing < 0 || incoming < 0)) break;
      count++;
    }
    return count;
  }
}
