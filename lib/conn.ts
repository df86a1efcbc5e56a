import { C } from "../ffi/structs.ts";
import type { AttributePath } from "./acknowledgement.ts";
import type { RawInstruction } from "./bpf/instructions.ts";
import { type Acceptance, Dispatcher } from "./dispatcher.ts";
import { ClosedError, OpError } from "./errors.ts";
import { Exchange } from "./exchange.ts";
import { type Message, type MessageInit, messageLength } from "./message.ts";
import { type CallOptions, ConnOption } from "./options.ts";
import type { Socket } from "./socket.ts";

/** How many datagrams are read before other tasks get their turn. */
const maxBurst = 64;

/** How long to wait in milliseconds before sending again when there was no room. */
const sendRetryDelay = 1;

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
  /** Names the offending attribute of a request in errors, where the family is known. */
  attributePath?: AttributePath;
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
  readonly #attributePath?: AttributePath;
  #sequence = Math.floor(Math.random() * 0x1_0000_0000);
  /** Those who wait to make theirs, in the order in which they came. */
  readonly #line: PromiseWithResolvers<void>[] = [];
  #reads = 0;

  /**
   * Makes a connection of a socket. `dial` is the usual way.
   *
   * @param socket The socket; the connection owns it from now on.
   * @param pid The port id that it is bound to.
   * @param details What is particular about the connection.
   */
  constructor(socket: Socket, pid: number, { accept = "kernel", attributePath }: ConnDetails = {}) {
    this.#socket = socket;
    this.pid = pid;
    this.#attributePath = attributePath;
    this.#incoming = new Dispatcher(socket, pid, accept, attributePath);
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
    const complete = messages.map((message) => this.#complete(message));
    const waiting = this.#transmit(complete, options);
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
      const messages = this.#incoming.inbox.take();
      if (messages !== undefined) return messages;
      await this.#advance("receive", options);
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
    const exchange = new Exchange(this.#complete(message), this.#attributePath);
    try {
      const waiting = this.#begin(exchange, options);
      if (waiting !== undefined) await waiting;
      while (!exchange.done) {
        const waiting = this.#advance("execute", options);
        if (waiting !== undefined) await waiting;
      }
      if (exchange.error !== undefined) throw exchange.error;
      return exchange.replies;
    } finally {
      this.#end(exchange);
    }
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
  async *executeIter(message: MessageInit, options?: CallOptions): AsyncIterableIterator<Message> {
    const exchange = new Exchange(this.#complete(message), this.#attributePath);
    try {
      await this.#begin(exchange, options);
      for (;;) {
        const replies = exchange.replies;
        exchange.replies = [];
        yield* replies;
        options?.signal?.throwIfAborted();
        if (exchange.replies.length > 0) continue; // others have read them meanwhile
        if (exchange.done) break;
        await this.#advance("execute", options);
      }
      if (exchange.error !== undefined) throw exchange.error;
    } finally {
      this.#end(exchange);
    }
  }

  /**
   * Joins a multicast group, whose notifications then come to `receive`.
   *
   * @param group The group's number, from 1.
   * @throws {OpError} With op "join-group" when there is no such group or it needs a privilege.
   */
  joinGroup(group: number): void {
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
   * @throws {OpError} With op "set-bpf" when the kernel refuses the program, such as an empty one.
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
    this.#socket.setOption(
      "set-option",
      C.SOL_NETLINK,
      option,
      enable ? 1 : 0,
      `cannot set option ${option}`,
    );
  }

  /**
   * Limits how many bytes of datagrams may wait in the kernel for this socket.
   *
   * @param bytes The limit; the kernel doubles it. More than net.core.rmem_max needs CAP_NET_ADMIN.
   * @throws {OpError} With op "set-read-buffer".
   */
  setReadBuffer(bytes: number): void {
    this.#setBuffer("set-read-buffer", C.SO_RCVBUF, C.SO_RCVBUFFORCE, bytes);
  }

  /**
   * Limits how long a datagram to be sent may be.
   *
   * @param bytes The limit; the kernel doubles it. More than net.core.wmem_max needs CAP_NET_ADMIN.
   * @throws {OpError} With op "set-write-buffer".
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

  /** Lets the process end although a call waits. */
  unref(): void {
    this.#socket.keepAlive(false);
  }

  /** Closes the connection: every call that waits rejects with a {@link ClosedError}. May be called more than once. */
  close(): void {
    this.#socket.close();
    for (const turn of this.#line.splice(0)) turn.reject(new ClosedError("execute"));
  }

  /** Closes the connection. */
  [Symbol.dispose](): void {
    this.close();
  }

  #setBuffer(op: string, option: number, forced: number, bytes: number): void {
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

  /** Fills in what the caller left out. */
  #complete({ header = {}, data = new Uint8Array() }: MessageInit): Message {
    const length = messageLength({ header, data });
    const { type = 0, flags = 0, sequence, pid } = header;
    return {
      header: {
        length,
        type,
        flags,
        sequence: sequence || this.#nextSequence(),
        pid: pid || this.pid,
      },
      data,
    };
  }

  #nextSequence(): number {
    this.#sequence = (this.#sequence + 1) >>> 0 || 1; // 0 means "none" to a caller
    return this.#sequence;
  }

  /** Sends, and waits only if it must. */
  #transmit(messages: Message[], options?: CallOptions): Promise<void> | undefined {
    return this.#socket.send(messages) ? undefined : this.#retransmit(messages, options);
  }

  async #retransmit(messages: Message[], options?: CallOptions): Promise<void> {
    do {
      // A netlink socket always polls as writable, so that there is nothing to wait for but time.
      await new Promise((resolve) => setTimeout(resolve, sendRetryDelay));
      options?.signal?.throwIfAborted();
    } while (!this.#socket.send(messages));
  }

  /** Waits for the request's turn and sends it; without waiting where nobody else is there. */
  #begin(exchange: Exchange, options?: CallOptions): Promise<void> | undefined {
    if (this.closed) throw new ClosedError("execute");
    options?.signal?.throwIfAborted();
    if (this.#incoming.current !== undefined || this.#line.length > 0 || this.#incoming.unsettled) {
      return this.#queue(exchange, options);
    }
    this.#incoming.current = exchange;
    return this.#request(exchange, options);
  }

  async #queue(exchange: Exchange, options: CallOptions = {}): Promise<void> {
    const turn = Promise.withResolvers<void>();
    this.#line.push(turn);
    if (this.#line[0] === turn) turn.resolve();
    try {
      await abortable(turn.promise, options.signal);
      // A stream whose caller is at work with its replies is read to its end, else both would wait for each other.
      while (this.#incoming.current?.done === false) await this.#advance("execute", options);
      this.#incoming.current = exchange;
    } finally {
      const place = this.#line.indexOf(turn);
      if (place >= 0) this.#line.splice(place, 1);
      if (place === 0) this.#line[0]?.resolve();
    }
    if (this.#incoming.unsettled) await this.#settle(options);
    await this.#request(exchange, options);
  }

  /** Sends the request whose turn it is. */
  #request(exchange: Exchange, options?: CallOptions): Promise<void> | undefined {
    const waiting = this.#transmit([exchange.request], options);
    exchange.sent = waiting === undefined;
    return waiting?.then(() => {
      exchange.sent = true;
    });
  }

  /** The kernel refuses a dump while an earlier one of the same socket is not read to its end. */
  async #settle(options: CallOptions): Promise<void> {
    while (this.#incoming.abandoned && this.#incoming.pump("execute")) await this.#breathe(options);
    this.#incoming.unsettled = false;
  }

  #end(exchange: Exchange): void {
    if (this.#incoming.current !== exchange) return;
    this.#incoming.current = undefined;
    if (exchange.sent && !exchange.done) this.#incoming.abandon(exchange);
    if (this.#line.length > 0) this.#socket.wake();
  }

  /** Reads a datagram, waiting for it if there is none; other tasks get their turn now and then. */
  #advance(op: string, options?: CallOptions): Promise<void> | undefined {
    return this.#incoming.pump(op) ? this.#breathe(options) : this.#socket.readable(op, options);
  }

  /** A long dump is always ready to be read: this lets other tasks run, and the signal end it. */
  #breathe(options?: CallOptions): Promise<void> | undefined {
    if (++this.#reads % maxBurst !== 0) return undefined;
    return new Promise((resolve) => setTimeout(resolve))
      .then(() => options?.signal?.throwIfAborted());
  }
}

/** Waits for a promise unless the signal comes first. */
async function abortable(promise: Promise<void>, signal?: AbortSignal): Promise<void> {
  if (signal === undefined) return await promise;
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
