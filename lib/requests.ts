import type { Dispatcher } from "./dispatcher.ts";
import { ClosedError } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import type { CallOptions } from "./options.ts";
import { keepData, type Sender } from "./sender.ts";
import type { Socket } from "./socket.ts";

/** Makes a connection's requests one after the other, whoever calls. */
export class Requests {
  readonly #socket: Socket;
  readonly #incoming: Dispatcher;
  readonly #outgoing: Sender;
  /** Those who wait to make theirs, in the order in which they came. */
  readonly #line: PromiseWithResolvers<void>[] = [];

  /**
   * @param socket The socket.
   * @param incoming Reads the replies.
   * @param outgoing Sends the requests.
   */
  constructor(socket: Socket, incoming: Dispatcher, outgoing: Sender) {
    this.#socket = socket;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  /**
   * Makes requests as one datagram and waits until each has its replies or its error.
   *
   * @param exchanges The requests.
   * @param options Ends the call early.
   * @returns When each has; undefined when each has already, as it is where nobody else is in the way.
   */
  run(exchanges: readonly Exchange[], options?: CallOptions): Promise<void> | undefined {
    let waiting: Promise<void> | undefined;
    try {
      waiting = this.begin(exchanges, options) ?? this.#read(exchanges, options);
    } finally {
      if (waiting === undefined) this.end(exchanges);
    }
    return waiting && this.#finish(waiting, exchanges, options);
  }

  async #finish(
    waiting: Promise<void>,
    exchanges: readonly Exchange[],
    options?: CallOptions,
  ): Promise<void> {
    try {
      for (let next: Promise<void> | undefined = waiting; next !== undefined;) {
        await next;
        next = this.#read(exchanges, options);
      }
    } finally {
      this.end(exchanges);
    }
  }

  /** Reads as long as it needs not wait; gives when to go on, or undefined when each has its replies. */
  #read(exchanges: readonly Exchange[], options?: CallOptions): Promise<void> | undefined {
    for (const exchange of exchanges) {
      while (!exchange.done) {
        const waiting = this.#incoming.advance("execute", options);
        if (waiting !== undefined) return waiting;
      }
    }
    return undefined;
  }

  /**
   * Waits for the requests' turn and sends them; without waiting where nobody else is there.
   *
   * @param exchanges The requests.
   * @param options Ends the call early.
   * @returns When they are sent; undefined when they are already.
   */
  begin(exchanges: readonly Exchange[], options?: CallOptions): Promise<void> | undefined {
    if (this.#socket.closed) throw new ClosedError("execute");
    options?.signal?.throwIfAborted();
    this.#incoming.deadline.check("execute");
    if (this.#incoming.occupied || this.#line.length > 0) {
      return this.#queue(exchanges, options);
    }
    this.#incoming.expect(exchanges);
    return this.#send(exchanges, options);
  }

  /**
   * Makes way for the next ones; what is still to come for these is dropped.
   *
   * @param exchanges The requests.
   */
  end(exchanges: readonly Exchange[]): void {
    this.#incoming.release(exchanges);
    if (this.#line.length > 0) this.#socket.wake("execute");
  }

  /** Ends all waiting, as the socket is closed. */
  close(): void {
    for (const turn of this.#line.splice(0)) turn.reject(new ClosedError("execute"));
  }

  async #queue(exchanges: readonly Exchange[], options: CallOptions = {}): Promise<void> {
    keepData(exchanges.map(({ request }) => request));
    const turn = Promise.withResolvers<void>();
    this.#line.push(turn);
    if (this.#line[0] === turn) turn.resolve();
    try {
      await abortable(turn.promise, options.signal);
      // A stream whose caller is at work with its replies is read to its end, else both would wait for each other.
      while (this.#incoming.busy) await this.#incoming.advance("execute", options);
      this.#incoming.deadline.check("execute");
      this.#incoming.expect(exchanges);
    } finally {
      const place = this.#line.indexOf(turn);
      if (place > 0) this.#line.splice(place, 1);
      if (place === 0) {
        this.#line.shift(); // in a long line much cheaper than splice
        this.#line[0]?.resolve();
      }
    }
    await this.#send(exchanges, options);
  }

  /** Sends the requests whose turn it is. */
  #send(exchanges: readonly Exchange[], options?: CallOptions): Promise<void> | undefined {
    const waiting = this.#outgoing.transmit(exchanges.map(({ request }) => request), options);
    if (waiting !== undefined) return waiting.then(() => markSent(exchanges));
    markSent(exchanges);
  }
}

function markSent(exchanges: readonly Exchange[]): void {
  for (const exchange of exchanges) exchange.sent = true;
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
