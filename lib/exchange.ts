import { acknowledgedError } from "./acknowledgement.ts";
import type { Datagram } from "./datagram.ts";
import { DumpInterruptedError, type OpError } from "./errors.ts";
import {
  flagsAt,
  HeaderFlags,
  HeaderType,
  type Message,
  pidAt,
  readMessage,
  sequenceAt,
  type Source,
  typeAt,
} from "./message.ts";

/** The replies that came in one datagram, where they stand in memory, each with its header of 16 bytes. */
export interface Portion {
  /** The datagram. */
  readonly memory: Uint8Array;
  /** Where in it the replies start. */
  readonly starts: number[];
  /** Where they end, without padding. */
  readonly ends: number[];
  /** Where the datagram came from. */
  readonly source: Source;
}

/** What becomes of replies: they are collected as messages, or wait to be taken portion by portion, in memory of their own or in memory that is used again. */
export type Keeping = "messages" | "portions" | "reused";

/** A request and what came back for it so far. */
export class Exchange {
  /** The request as it was sent. */
  readonly request: Message;
  /** The replies, when they are kept as messages. */
  readonly replies: Message[] = [];
  /** Whether nothing more will come. */
  done = false;
  /** Why it failed, once it is done. */
  error?: OpError;
  /** Whether the kernel has the request. */
  sent = false;
  readonly #keeping: Keeping;
  /** The portions that were not taken yet. A reply becomes an object only when it is taken. */
  readonly #portions: Portion[] = [];
  /** The datagram of the last portion. */
  #datagram?: Datagram;
  /** Memory that a portion was taken from. */
  #spare?: Uint8Array;
  /** Whether the last reply has come. */
  #complete = false;

  /**
   * @param request The request.
   * @param keeping What becomes of the replies.
   */
  constructor(request: Message, keeping: Keeping = "messages") {
    this.request = request;
    this.#keeping = keeping;
  }

  /**
   * Tells whether a message is a reply, when the one before it in the same datagram is.
   *
   * @param memory Where it stands.
   * @param at Where it starts there.
   */
  owns(memory: Uint8Array, at: number): boolean {
    const { sequence, pid } = this.request.header;
    return !this.done && sequenceAt(memory, at) === sequence && pidAt(memory, at) === pid;
  }

  /**
   * Takes in a reply.
   *
   * @param datagram What it came in.
   * @param at Where in it the reply starts.
   * @param end Where it ends.
   */
  add(datagram: Datagram, at: number, end: number): void {
    const { memory, source } = datagram;
    const type = typeAt(memory, at);
    const flags = flagsAt(memory, at);
    if (flags & HeaderFlags.DumpInterrupted) {
      this.error ??= new DumpInterruptedError("execute", this.request.header.sequence);
    }
    if (type === HeaderType.Error || type === HeaderType.Done) {
      const message = readMessage(datagram.kept, at, source);
      this.error = acknowledgedError("execute", message, this.request) ?? this.error;
    }
    if (type > HeaderType.Done || type !== HeaderType.Done && this.error === undefined) {
      if (this.#keeping === "messages") {
        this.replies.push(readMessage(datagram.kept, at, source));
      } else {
        const { starts, ends } = this.#portion(datagram);
        starts.push(at);
        ends.push(end);
      }
    }
    this.#complete ||= isLast(type, flags, this.request.header.flags);
  }

  #portion(datagram: Datagram): Portion {
    if (datagram === this.#datagram) return this.#portions.at(-1)!;
    this.#datagram = datagram;
    const memory = this.#memory(datagram);
    const portion = { memory, starts: [], ends: [], source: datagram.source };
    this.#portions.push(portion);
    return portion;
  }

  #memory(datagram: Datagram): Uint8Array {
    if (this.#keeping === "portions") return datagram.kept;
    const received = datagram.memory.subarray(0, datagram.size);
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare === undefined || spare.length < received.length) return received.slice();
    spare.set(received);
    return spare;
  }

  /** Whether there are portions to take. */
  get waiting(): boolean {
    return this.#portions.length > 0;
  }

  /**
   * Takes a portion.
   *
   * @returns The replies that came together in one datagram; undefined when none wait.
   */
  take(): Portion | undefined {
    return this.#portions.shift();
  }

  /**
   * Gives the memory of a portion back to be used again.
   *
   * @param portion The portion, of which nothing is needed any more.
   */
  giveBack({ memory }: Portion): void {
    if (this.#keeping === "reused") this.#spare = memory;
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
 * @param type The message's type.
 * @param own The message's flags.
 * @param flags The flags of the request.
 */
export function isLast(type: number, own: number, flags: number): boolean {
  if (type === HeaderType.Error || type === HeaderType.Done) return true;
  // A single reply comes in one datagram; it is the end unless an acknowledgement was asked for.
  return !(own & HeaderFlags.Multi) && !(flags & HeaderFlags.Acknowledge);
}
