import { acknowledgedError } from "./acknowledgement.ts";
import { DumpInterruptedError, type OpError } from "./errors.ts";
import { type Header, HeaderFlags, HeaderType, type Message } from "./message.ts";

/** A request and what came back for it so far. */
export class Exchange {
  /** The request as it was sent. */
  readonly request: Message;
  /** The replies that its caller has not taken yet. */
  replies: Message[] = [];
  /** Whether nothing more will come. */
  done = false;
  /** Why it failed, once it is done. */
  error?: OpError;
  /** Whether the kernel has the request. */
  sent = false;

  /** Whether the last reply has come. */
  #complete = false;

  /** @param request The request. */
  constructor(request: Message) {
    this.request = request;
  }

  /**
   * Takes in a reply.
   *
   * @param message The reply.
   */
  add(message: Message): void {
    const { type, flags } = message.header;
    if (flags & HeaderFlags.DumpInterrupted) {
      this.error ??= new DumpInterruptedError("execute", message.header.sequence);
    }
    if (type === HeaderType.Error || type === HeaderType.Done) {
      this.error = acknowledgedError("execute", message, this.request) ?? this.error;
    }
    if (type !== HeaderType.Done && this.error === undefined || type > HeaderType.Done) {
      this.replies.push(message);
    }
    this.#complete ||= isLast(message.header, this.request.header.flags);
  }

  /** Comes at the end of each datagram with replies: what stands behind the last one in it belongs to it. */
  settle(): void {
    this.done ||= this.#complete;
  }

  /**
   * Ends it early.
   *
   * @param error Why.
   */
  fail(error: OpError): void {
    this.error = error;
    this.done = true;
  }
}

/**
 * Whether a datagram with this message is the last one of a reply.
 *
 * @param header The message's header.
 * @param flags The flags of the request.
 */
export function isLast({ type, flags: own }: Header, flags: number): boolean {
  if (type === HeaderType.Error || type === HeaderType.Done) return true;
  // A single reply comes in one datagram; it is the end unless an acknowledgement was asked for.
  return !(own & HeaderFlags.Multi) && !(flags & HeaderFlags.Acknowledge);
}
