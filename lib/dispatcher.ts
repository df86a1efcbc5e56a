import { C } from "../ffi/structs.ts";
import { align } from "./align.ts";
import type { Datagram } from "./datagram.ts";
import { Deadline } from "./deadline.ts";
import type { Debugger } from "./debug.ts";
import { MessageError, OpError, OverrunError, TruncatedError } from "./errors.ts";
import { Exchange, isLast } from "./exchange.ts";
import { turn } from "./hold.ts";
import { Inbox } from "./inbox.ts";
import {
  flagsAt,
  HeaderFlags,
  headerLength,
  lengthAt,
  type Message,
  pidAt,
  readHeader,
  readMessage,
  sequenceAt,
  type Source,
  typeAt,
} from "./message.ts";
import type { CallOptions } from "./options.ts";
import type { Socket } from "./socket.ts";

/** How many abandoned requests are remembered so that their late replies can be dropped. */
const maxAbandoned = 1024;

/** How many bytes are read before other tasks get their turn: some milliseconds' worth of decoding. */
const maxBurst = 256 * 1024;

/** What a datagram counts besides its bytes. */
const datagramCost = 2048;

/** Whose datagrams a connection delivers. */
export type Acceptance = "kernel" | "any";

/** Reads what comes in at a connection's socket and tells whose it is. */
export class Dispatcher {
  readonly #socket: Socket;
  readonly #pid: number;
  readonly #accept: Acceptance;
  /** What is nobody's reply. */
  readonly inbox: Inbox;
  /** Until when to wait for what comes in. */
  readonly deadline: Deadline;
  /** How many datagrams were thrown away because another process than the kernel had sent them. */
  rejected = 0;
  readonly #debug?: Debugger;
  /** The requests that are being answered, by sequence number. */
  readonly #pending = new Map<number, Exchange>();
  /** Flags, by sequence number, of the requests whose callers no longer want the replies. */
  readonly #abandoned = new Map<number, number>();
  /** Whether the kernel dropped messages, until the socket is empty again. */
  #overrun = false;
  #reportedDrops = 0;
  /** How much was read since other tasks had their turn. */
  #burst = 0;

  /**
   * @param socket The socket.
   * @param pid The port id that it is bound to.
   * @param accept Whose datagrams are delivered.
   * @param debug Is told of every message.
   */
  constructor(socket: Socket, pid: number, accept: Acceptance, debug?: Debugger) {
    this.#socket = socket;
    this.#pid = pid;
    this.#accept = accept;
    this.inbox = new Inbox(accept === "kernel");
    this.#debug = debug;
    this.deadline = new Deadline(() => socket.wake());
  }

  /** Whether requests have the turn. */
  get occupied(): boolean {
    return this.#pending.size > 0;
  }

  /** Whether requests are still to be answered. */
  get busy(): boolean {
    for (const { done } of this.#pending.values()) if (!done) return true;
    return false;
  }

  /**
   * Takes in what comes for these requests from now on, instead of for those before them.
   *
   * @param exchanges The requests.
   */
  expect(exchanges: readonly Exchange[]): void {
    if (this.#pending.size > 0) this.#pending.clear();
    for (const exchange of exchanges) this.#pending.set(exchange.request.header.sequence, exchange);
  }

  /**
   * Drops what is still to come for requests.
   *
   * @param exchanges The requests.
   */
  release(exchanges: readonly Exchange[]): void {
    for (const exchange of exchanges) {
      const { sequence } = exchange.request.header;
      if (this.#pending.get(sequence) !== exchange) continue;
      this.#pending.delete(sequence);
      if (exchange.sent && !exchange.done) this.#abandon(exchange);
    }
  }

  /**
   * Counts the losses.
   *
   * @returns How many datagrams the kernel has dropped for the socket since it was opened, `SO_MEMINFO`.
   */
  drops(): number {
    const drops = 8; // SK_MEMINFO_DROPS in linux/sock_diag.h
    return this.#socket.getOption("drops", C.SOL_SOCKET, C.SO_MEMINFO, drops + 1)[drops];
  }

  /**
   * Reads a datagram, waiting for it if there is none; other tasks get their turn now and then.
   *
   * @param op The operation that reads, for the errors.
   * @param options Ends the waiting early.
   * @returns When to look again; undefined is at once.
   */
  advance(op: string, options?: CallOptions): Promise<void> | undefined {
    this.deadline.check(op);
    return this.pump(op) ? this.breathe(options) : this.#socket.readable(op, options);
  }

  /**
   * Comes after each read, as a long dump is always ready to be read: it lets other tasks run, and the signal end it.
   *
   * @param options Ends the reading early.
   * @returns When to go on; undefined is at once.
   */
  breathe(options?: CallOptions): Promise<void> | undefined {
    if (this.#burst < maxBurst) return undefined;
    this.#burst = 0;
    return turn().then(() => options?.signal?.throwIfAborted());
  }

  /**
   * Reads one datagram and hands its messages to whom they belong.
   *
   * @param op The operation that reads, for the errors.
   * @returns Whether there was something: false when the socket is empty.
   */
  pump(op: string): boolean {
    const datagram = this.#socket.receive(op);
    if (datagram === "empty") {
      if (!this.#overrun) return false;
      this.#overrun = false;
      this.#reportOverrun();
    } else if (datagram === "overrun") {
      this.#overrun = true;
    } else {
      this.#route(datagram);
    }
    // Waiting again costs more than a request, so that only those wake up for whom there may be something.
    this.#socket.wake("execute");
    if (!this.inbox.empty) this.#socket.wake("receive");
    return true;
  }

  /** Comes when the socket is empty: only then the kernel queues again, and whoever asks anew misses nothing. */
  #reportOverrun(): void {
    const total = this.drops();
    const drops = (total - this.#reportedDrops) >>> 0;
    this.#reportedDrops = total;
    this.inbox.fail(new OverrunError("receive", drops));
    for (const exchange of this.#pending.values()) {
      // The kernel queues a reply before the request's system call returns: it is not there, so it was dropped.
      if (exchange.sent && !exchange.done) this.#fail(exchange, new OverrunError("execute", drops));
    }
  }

  #route(datagram: Datagram): void {
    const { size, length, source } = datagram;
    this.#burst += datagramCost + size;
    if (this.#accept === "kernel" && source.pid !== 0) {
      this.rejected++;
      this.#debug?.note(`dropped ${length} bytes that port ${source.pid} sent`);
      return;
    }
    const cut = length > size;
    if (cut) this.#lose(datagram, (op) => new TruncatedError(op, length, size));
    try {
      this.#share(datagram);
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      const details = { code: "EBADMSG", message: "a datagram is malformed", cause: error };
      if (!cut) this.#lose(datagram, (op) => new OpError(op, details));
    }
  }

  /** Hands out the messages of a datagram. */
  #share(datagram: Datagram): void {
    const { memory, size, source } = datagram;
    const others: Message[] = [];
    let answered: Exchange | undefined;
    try {
      for (let at = 0; at < size;) {
        const end = at + lengthAt(memory, at, size);
        if (this.#debug !== undefined) {
          this.#debug.received(readMessage(datagram.kept, at, source));
        }
        const owner = answered?.owns(memory, at) ? answered : this.#owner(memory, at, source);
        if (owner instanceof Exchange) {
          if (owner !== answered) answered?.settle();
          answered = owner;
          owner.add(datagram, at, end);
        } else if (owner === undefined) {
          others.push(readMessage(datagram.kept, at, source));
        } else {
          this.#forget(memory, at);
        }
        at = align(end);
      }
    } finally {
      answered?.settle();
      if (others.length > 0) this.inbox.add(others);
    }
  }

  /** Whose reply a message is: a request's, an abandoned one's, or nobody's. */
  #owner(memory: Uint8Array, at: number, source: Source): Exchange | "abandoned" | undefined {
    const pid = pidAt(memory, at);
    if (pid !== this.#pid && pid !== 0) return undefined; // some parts of the kernel leave it 0
    const sequence = sequenceAt(memory, at);
    const exchange = this.#pending.get(sequence);
    const current = exchange?.done === false;
    const flags = current ? exchange.request.header.flags : this.#abandoned.get(sequence);
    if (flags === undefined) return undefined;
    // A notification of what a request did carries its numbers, too. It came to a group, as only an echo does.
    if (isMulticast(source) && !(flags & HeaderFlags.Echo)) return undefined;
    return current ? exchange : "abandoned";
  }

  /** Drops a reply to an abandoned request, and with the last one the request. */
  #forget(memory: Uint8Array, at: number): void {
    const sequence = sequenceAt(memory, at);
    const flags = this.#abandoned.get(sequence)!;
    if (isLast(typeAt(memory, at), flagsAt(memory, at), flags)) this.#abandoned.delete(sequence);
  }

  /** Tells of a damaged datagram to whom it was for, which its first header says. */
  #lose({ memory, size, source }: Datagram, error: (op: string) => OpError): void {
    if (size < headerLength) return this.inbox.fail(error("receive"));
    const owner = this.#owner(memory, 0, source);
    if (owner instanceof Exchange) this.#fail(owner, error("execute"));
    else if (owner === undefined) this.inbox.lose(readHeader(memory, 0), error("receive"));
  }

  /** Remembers that nobody wants what is still to come for a request. */
  #abandon({ request: { header } }: Exchange): void {
    this.#abandoned.set(header.sequence, header.flags);
    if (this.#abandoned.size <= maxAbandoned) return;
    this.#abandoned.delete(this.#abandoned.keys().next().value!);
  }

  #fail(exchange: Exchange, error: OpError): void {
    exchange.fail(error);
    this.#abandon(exchange);
  }
}

function isMulticast({ groups, group = 0 }: Source): boolean {
  return groups !== 0 || group !== 0;
}
