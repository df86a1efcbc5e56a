import type { Deadline } from "./deadline.ts";
import type { Debugger } from "./debug.ts";
import { ClosedError } from "./errors.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { HeaderFlags, type Message, type MessageInit, messageLength } from "./message.ts";
import type { CallOptions } from "./options.ts";
import type { Socket } from "./socket.ts";

/** How long to wait in milliseconds before sending again when there was no room. */
const retryDelay = 1;

/** Fills in and sends what a connection's callers hand over. */
export class Sender {
  readonly #socket: Socket;
  readonly #pid: number;
  readonly #incoming: Dispatcher;
  readonly #deadline: Deadline;
  readonly #debug?: Debugger;
  #sequence = Math.floor(Math.random() * 0x1_0000_0000);

  /**
   * @param socket The socket.
   * @param pid The port id that it is bound to.
   * @param incoming Reads what is in the way of a dump.
   * @param deadline Until when to try.
   * @param debug Is told of every message.
   */
  constructor(
    socket: Socket,
    pid: number,
    incoming: Dispatcher,
    deadline: Deadline,
    debug?: Debugger,
  ) {
    this.#socket = socket;
    this.#pid = pid;
    this.#incoming = incoming;
    this.#deadline = deadline;
    this.#debug = debug;
  }

  /**
   * Fills in what the caller left out.
   *
   * @param message The message.
   * @returns The message as it is to be sent.
   * @throws {MessageError} When its header names a length that does not fit its data.
   */
  complete({ header = {}, data = new Uint8Array() }: MessageInit): Message {
    const length = messageLength({ header, data });
    const { type = 0, flags = 0, sequence, pid } = header;
    return {
      header: {
        length,
        type,
        flags,
        sequence: sequence || this.#nextSequence(),
        pid: pid || this.#pid,
      },
      data,
    };
  }

  #nextSequence(): number {
    this.#sequence = (this.#sequence + 1) >>> 0 || 1; // 0 means "none" to a caller
    return this.#sequence;
  }

  /**
   * Sends messages as one datagram, and waits only if it must.
   *
   * @param messages The messages.
   * @param options Ends the call early.
   * @returns When they are sent; undefined when they are already.
   */
  transmit(messages: Message[], options?: CallOptions): Promise<void> | undefined {
    // The kernel refuses a dump while an earlier one of the same socket, whoever asked for it, is not read
    // to its end, and while the socket has little room: so all that is there is read before.
    const inTheWay = hasDump(messages) && this.#incoming.pump("send");
    return !inTheWay && this.#try(messages) ? undefined : this.#retry(messages, options);
  }

  async #retry(messages: Message[], options?: CallOptions): Promise<void> {
    keepData(messages);
    for (;;) {
      // Nothing may come between finding the socket empty and sending, or another one's dump is in the way.
      while (hasDump(messages) && this.#incoming.pump("send")) {
        await this.#incoming.breathe(options);
      }
      options?.signal?.throwIfAborted();
      if (this.#try(messages)) return;
      // A netlink socket always polls as writable, so that there is nothing to wait for but time.
      await new Promise((resolve) => setTimeout(resolve, retryDelay));
    }
  }

  #try(messages: Message[]): boolean {
    if (this.#socket.closed) throw new ClosedError("send");
    this.#deadline.check("send");
    if (!this.#socket.send(messages)) return false;
    if (this.#debug !== undefined) messages.forEach((message) => this.#debug!.sent(message));
    return true;
  }
}

function hasDump(messages: Message[]): boolean {
  for (const { header: { flags } } of messages) {
    if ((flags & HeaderFlags.Dump) === HeaderFlags.Dump) return true;
  }
  return false;
}

/**
 * Lets messages keep the data that they were made with, whatever their maker does to it while they wait.
 *
 * @param messages The messages, which get copies.
 */
export function keepData(messages: readonly Message[]): void {
  for (const message of messages) message.data = message.data.slice();
}
