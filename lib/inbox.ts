import { acknowledgedError } from "./acknowledgement.ts";
import { DumpInterruptedError, OverrunError } from "./errors.ts";
import { type Header, HeaderFlags, HeaderType, type Message } from "./message.ts";
import { Queue } from "./queue.ts";

/** How many bytes of messages may wait for `receive` before the next ones are dropped and counted. */
const limit = 16 * 1024 * 1024;

/** How much an error that waits counts against the limit. */
const errorSize = 1024;

/** How much a message takes besides its bytes. */
const messageCost = 256;

type Item = { messages?: Message[]; error?: Error; size: number };

/** The beginning of a multi-part reply. */
interface Part {
  readonly messages: Message[];
  size: number;
  /** What went wrong in it. */
  error?: Error;
}

/** The messages that are nobody's reply: they wait here for `receive`, each multi-part reply as one. */
export class Inbox {
  readonly #items = new Queue<Item>();
  /** By sequence number. */
  readonly #parts = new Map<number, Part>();
  readonly #partLimit: number;
  #partSize = 0;
  #size = 0;
  #dropped = 0;

  /**
   * @param trusted Whether the kernel alone sends: what it begins to reply, however long, it was asked for, and ends.
   */
  constructor(trusted = true) {
    this.#partLimit = trusted ? Infinity : limit;
  }

  /** Whether there is nothing to take. */
  get empty(): boolean {
    return this.#items.length === 0 && this.#dropped === 0;
  }

  /**
   * Takes in the messages of a datagram.
   *
   * @param messages The messages, in their order.
   */
  add(messages: Message[]): void {
    let together: Message[] = [];
    const flush = () => {
      if (together.length > 0) this.#push(together);
      together = [];
    };
    for (const message of messages) {
      const { type, flags, sequence } = message.header;
      const ends = type === HeaderType.Error || type === HeaderType.Done;
      const failed = ends ? acknowledgedError("receive", message) : undefined;
      if (failed !== undefined) {
        flush();
        this.#end(sequence);
        this.fail(failed);
      } else if (type === HeaderType.Done) {
        // Done also ends the messages that some parts of the kernel put into one datagram.
        if (this.#parts.has(sequence) || together.length === 0) this.#finish(message);
      } else if (flags & HeaderFlags.Multi) {
        this.#begin(message);
      } else {
        together.push(message);
      }
    }
    flush();
  }

  /**
   * Lets `receive` fail once it comes to this place.
   *
   * @param error Why.
   */
  fail(error: Error): void {
    this.#queue({ error, size: errorSize });
  }

  /**
   * Tells of a datagram that could not be read; the whole of a multi-part reply then fails.
   *
   * @param header The datagram's first header.
   * @param error Why.
   */
  lose({ flags, sequence }: Header, error: Error): void {
    if (flags & HeaderFlags.Multi) this.#part(sequence).error ??= error;
    else this.fail(error);
  }

  /**
   * Takes out the oldest messages that belong together.
   *
   * @returns The messages; undefined when there are none.
   * @throws {Error} When an error comes first.
   */
  take(): Message[] | undefined {
    const item = this.#items.shift();
    if (item !== undefined) {
      this.#size -= item.size;
      if (item.error !== undefined) throw item.error;
      return item.messages;
    }
    const dropped = this.#dropped;
    this.#dropped = 0;
    if (dropped > 0) throw new OverrunError("receive", dropped);
    return undefined;
  }

  #push(messages: Message[]): void {
    this.#queue({ messages, size: messages.reduce((sum, { header }) => sum + header.length, 0) });
  }

  /** Once one was dropped all are, until the rest is taken: so the loss is told even to a slow receiver. */
  #queue(item: Item): void {
    if (this.#dropped > 0 || this.#size + item.size > limit) {
      this.#dropped += item.error instanceof OverrunError ? item.error.drops : 1;
      return;
    }
    this.#size += item.size;
    this.#items.push(item);
  }

  #part(sequence: number): Part {
    let part = this.#parts.get(sequence);
    if (part === undefined) this.#parts.set(sequence, part = { messages: [], size: 0 });
    return part;
  }

  /** Keeps a message until the Done of its reply comes; replies that wait the longest give way to what is too much. */
  #begin(message: Message): void {
    const { sequence, length } = message.header;
    const part = this.#part(sequence);
    part.messages.push(message);
    part.size += length + messageCost;
    this.#partSize += length + messageCost;
    while (this.#partSize > this.#partLimit) {
      this.#end(this.#parts.keys().next().value!);
      this.#dropped++;
    }
  }

  #end(sequence: number): void {
    this.#partSize -= this.#parts.get(sequence)?.size ?? 0;
    this.#parts.delete(sequence);
  }

  #finish({ header }: Message): void {
    const { messages, error } = this.#part(header.sequence);
    this.#end(header.sequence);
    const interrupted = [header, ...messages.map((part) => part.header)]
      .some(({ flags }) => flags & HeaderFlags.DumpInterrupted);
    if (error !== undefined) this.fail(error);
    else if (interrupted) this.fail(new DumpInterruptedError("receive", header.sequence));
    else this.#items.push({ messages, size: 0 }); // it was asked for, however long it is
  }
}
