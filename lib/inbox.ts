import { acknowledgedError } from "./acknowledgement.ts";
import { DumpInterruptedError, OverrunError } from "./errors.ts";
import { HeaderFlags, HeaderType, type Message } from "./message.ts";

/** How many bytes of messages may wait for `receive` before the next ones are dropped and counted. */
const limit = 16 * 1024 * 1024;

type Item = { messages: Message[]; size: number } | { error: Error };

/** The messages that are nobody's reply: they wait here for `receive`, each multi-part reply as one. */
export class Inbox {
  readonly #items: Item[] = [];
  readonly #parts = new Map<number, Message[]>();
  #size = 0;
  #dropped = 0;

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
      const failed = type === HeaderType.Error || type === HeaderType.Done
        ? acknowledgedError("receive", message)
        : undefined;
      if (failed !== undefined) {
        flush();
        this.#parts.delete(sequence);
        this.fail(failed);
      } else if (type === HeaderType.Done) {
        flush();
        this.#finish(message);
      } else if (flags & HeaderFlags.Multi) {
        this.#part(message);
      } else {
        together.push(message);
      }
    }
    flush();
  }

  /** Lets the next `receive`, once it comes to this place, fail. */
  fail(error: Error): void {
    this.#items.push({ error });
  }

  /**
   * Takes out the oldest messages that belong together.
   *
   * @returns The messages; undefined when there are none.
   * @throws {Error} When an error comes first.
   */
  take(): Message[] | undefined {
    const item = this.#items.shift();
    if (item === undefined) {
      if (this.#dropped === 0) return undefined;
      const dropped = this.#dropped;
      this.#dropped = 0;
      throw new OverrunError("receive", dropped);
    }
    if ("error" in item) throw item.error;
    this.#size -= item.size;
    return item.messages;
  }

  #push(messages: Message[]): void {
    const size = messages.reduce((sum, { header }) => sum + header.length, 0);
    if (this.#size + size > limit) {
      this.#dropped++;
      return;
    }
    this.#size += size;
    this.#items.push({ messages, size });
  }

  #part(message: Message): void {
    const parts = this.#parts.get(message.header.sequence);
    if (parts === undefined) this.#parts.set(message.header.sequence, [message]);
    else parts.push(message);
  }

  #finish({ header }: Message): void {
    const parts = this.#parts.get(header.sequence) ?? [];
    this.#parts.delete(header.sequence);
    const interrupted = [header, ...parts.map((part) => part.header)]
      .some(({ flags }) => flags & HeaderFlags.DumpInterrupted);
    if (interrupted) this.fail(new DumpInterruptedError("receive", header.sequence));
    else this.#items.push({ messages: parts, size: 0 });
  }
}
