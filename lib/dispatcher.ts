import { C } from "../ffi/structs.ts";
import type { AttributePath } from "./acknowledgement.ts";
import { MessageError, OpError, OverrunError, TruncatedError } from "./errors.ts";
import { type Exchange, isLast } from "./exchange.ts";
import { Inbox } from "./inbox.ts";
import {
  type Header,
  HeaderFlags,
  headerLength,
  type Message,
  parseMessages,
  readHeader,
  type Source,
} from "./message.ts";
import type { Datagram, Socket } from "./socket.ts";

/** How many abandoned requests are remembered so that their late replies can be dropped. */
const maxAbandoned = 1024;

/** Whose datagrams a connection delivers. */
export type Acceptance = "kernel" | "any";

/** Reads what comes in at a connection's socket and tells whose it is. */
export class Dispatcher {
  readonly #socket: Socket;
  readonly #pid: number;
  readonly #accept: Acceptance;
  /** What is nobody's reply. */
  readonly inbox: Inbox;
  /** The request that is being answered. */
  current: Exchange | undefined;
  /** How many datagrams were thrown away because another process than the kernel had sent them. */
  rejected = 0;
  /** Flags, by sequence number, of the requests whose callers no longer want the replies. */
  readonly #abandoned = new Map<number, number>();
  /** Whether the kernel dropped messages, until the socket is empty again. */
  #overrun = false;
  #reportedDrops = 0;

  /**
   * @param socket The socket.
   * @param pid The port id that it is bound to.
   * @param accept Whose datagrams are delivered.
   * @param attributePath Names the offending attribute of a request, where the family is known.
   */
  constructor(socket: Socket, pid: number, accept: Acceptance, attributePath?: AttributePath) {
    this.#socket = socket;
    this.#pid = pid;
    this.#accept = accept;
    this.inbox = new Inbox(attributePath);
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
   * Reads one datagram and hands its messages to whom they belong.
   *
   * @param op The operation that reads, for the errors.
   * @returns Whether anything changed: false when the socket is empty.
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
    const current = this.current;
    // The kernel queues a reply before the request's system call returns: it is not there, so it was dropped.
    if (current?.sent && !current.done) this.#fail(current, new OverrunError("execute", drops));
  }

  #route({ bytes, length, source }: Datagram): void {
    if (this.#accept === "kernel" && source.pid !== 0) {
      this.rejected++;
      return;
    }
    if (length > bytes.length) {
      this.#lose(bytes, source, (op) => new TruncatedError(op, length, bytes.length));
    }
    const others: Message[] = [];
    const replies: Message[] = [];
    try {
      for (const message of parseMessages(bytes)) {
        message.source = source;
        const owner = this.#owner(message.header, source);
        if (owner === "current") replies.push(message);
        else if (owner === "abandoned") this.#forget(message.header);
        else others.push(message);
      }
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      const details = { code: "EBADMSG", message: "a datagram is malformed", cause: error };
      if (length === bytes.length) this.#lose(bytes, source, (op) => new OpError(op, details));
    }
    this.current?.add(replies);
    this.inbox.add(others);
  }

  /** Whose reply a message is: the current request's, an abandoned one's, or nobody's. */
  #owner({ sequence, pid }: Header, source: Source): "current" | "abandoned" | undefined {
    if (pid !== this.#pid && pid !== 0) return undefined; // some parts of the kernel leave it 0
    const request = this.current?.done === false ? this.current.request.header : undefined;
    const isCurrent = request?.sequence === sequence;
    const flags = isCurrent ? request.flags : this.#abandoned.get(sequence);
    if (flags === undefined) return undefined;
    // A notification of what a request did carries its numbers, too. It came to a group, as only an echo does.
    if (isMulticast(source) && !(flags & HeaderFlags.Echo)) return undefined;
    return isCurrent ? "current" : "abandoned";
  }

  /** Drops a reply to an abandoned request, and with the last one the request. */
  #forget(header: Header): void {
    const flags = this.#abandoned.get(header.sequence)!;
    if (isLast(header, flags)) this.#abandoned.delete(header.sequence);
  }

  /** Tells of a damaged datagram to whom it was for, which its first header says. */
  #lose(bytes: Uint8Array, source: Source, error: (op: string) => OpError): void {
    if (bytes.length < headerLength) return this.inbox.fail(error("receive"));
    const header = readHeader(new DataView(bytes.buffer), 0);
    const owner = this.#owner(header, source);
    if (owner === "current") this.#fail(this.current!, error("execute"));
    else if (owner === undefined) this.inbox.lose(header, error("receive"));
  }

  /** Remembers that nobody wants what is still to come for a request. */
  abandon({ request: { header } }: Exchange): void {
    this.#abandoned.set(header.sequence, header.flags);
    if (this.#abandoned.size <= maxAbandoned) return;
    this.#abandoned.delete(this.#abandoned.keys().next().value!);
  }

  #fail(exchange: Exchange, error: OpError): void {
    exchange.fail(error);
    this.abandon(exchange);
  }
}

function isMulticast({ groups, group = 0 }: Source): boolean {
  return groups !== 0 || group !== 0;
}
