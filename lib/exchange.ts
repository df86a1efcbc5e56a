import { acknowledgedError } from "./acknowledgement.ts";
import { DumpInterruptedError, type OpError } from "./errors.ts";
import {
  type Header,
  HeaderFlags,
  headerLength,
  HeaderType,
  type Message,
  readMessage,
  type Source,
} from "./message.ts";

/** The replies in one datagram: where they stand. */
interface Portion {
  readonly view: DataView;
  readonly source?: Source;
  readonly offsets: number[];
}

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

  /**
   * Of a stream, the replies that its caller has not taken yet. A message is made when it is taken: hundreds that
   * wait together would outlive the engine's nursery, and the whole dump would pile up behind it.
   */
  readonly #portions?: Portion[];
  /** Whether the last reply has come. */
  #complete = false;

  /**
   * @param request The request.
   * @param stream Whether the caller takes the replies as they come, with {@link Exchange.take}.
   */
  constructor(request: Message, stream = false) {
    this.request = request;
    if (stream) this.#portions = [];
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
      this.#keep(message);
    }
    this.#complete ||= isLast(message.header, this.request.header.flags);
  }

  #keep(message: Message): void {
    if (this.#portions === undefined) {
      this.replies.push(message);
      return;
    }
    const { data: { buffer, byteOffset }, source } = message;
    let portion = this.#portions.at(-1);
    if (portion?.view.buffer !== buffer) {
      this.#portions.push(portion = { view: new DataView(buffer), source, offsets: [] });
    }
    portion.offsets.push(byteOffset - headerLength);
  }

  /** Whether replies of a stream wait to be taken. */
  get waiting(): boolean {
    return this.#portions !== undefined && this.#portions.length > 0;
  }

  /**
   * Takes replies of a stream.
   *
   * @returns Those that came together in one datagram; none when none wait.
   */
  *take(): Generator<Message> {
    const portion = this.#portions?.shift();
    if (portion === undefined) return;
    for (const offset of portion.offsets) {
      const message = readMessage(portion.view, offset);
      message.source = portion.source;
      yield message;
    }
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
