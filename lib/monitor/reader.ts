import { ClosedError } from "../errors.ts";
import { Queue } from "../queue.ts";

/** How many items may wait for a slow reader before it gets their sum in their place. */
const maxWaiting = 100_000;

/** What a reader needs of those who it reads of. */
export type ReaderOf<T> =
  & {
    /** Called when it has ended. */
    leave(): void;
  }
  & ({
    /** Makes the item that stands for so many that it did not get because it was too slow. */
    sum(missed: number): T;
  } | {
    /** Makes one of the item that waits and the next one. */
    merge(waiting: T, item: T): T;
  });

/** One who reads what is pushed, with what it has not read yet. */
export class Reader<T> implements AsyncIterableIterator<T> {
  readonly #of: ReaderOf<T>;
  readonly #waiting = new Queue<T>();
  #missed = 0;
  #ended: { error: unknown } | undefined;
  readonly #calls: PromiseWithResolvers<IteratorResult<T>>[] = [];

  /** @param of What it reads of. */
  constructor(of: ReaderOf<T>) {
    this.#of = of;
  }

  /**
   * Gives it an item.
   *
   * @param item The item.
   */
  push(item: T): void {
    const of = this.#of;
    const call = this.#calls.shift();
    if (call !== undefined) {
      call.resolve({ done: false, value: item });
    } else if ("merge" in of) {
      const waiting = this.#waiting.shift();
      this.#waiting.push(waiting === undefined ? item : of.merge(waiting, item));
    } else if (this.#missed > 0 || this.#waiting.length >= maxWaiting) {
      this.#missed += this.#waiting.length + 1;
      this.#waiting.clear();
    } else {
      this.#waiting.push(item);
    }
  }

  /**
   * Ends it, once it has read what waits.
   *
   * @param error Why; undefined, or a {@link ClosedError}, ends it without an error.
   */
  end(error: unknown): void {
    this.#ended = { error };
    this.#of.leave();
    for (const call of this.#calls.splice(0)) settle(call, error);
  }

  /** Gives the next item. */
  next(): Promise<IteratorResult<T>> {
    const of = this.#of;
    if ("sum" in of && this.#missed > 0) {
      const value = of.sum(this.#missed);
      this.#missed = 0;
      return Promise.resolve({ done: false, value });
    }
    const value = this.#waiting.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    const call = Promise.withResolvers<IteratorResult<T>>();
    if (this.#ended === undefined) this.#calls.push(call);
    else settle(call, this.#ended.error);
    return call.promise;
  }

  /** Ends it at once. */
  return(): Promise<IteratorResult<T>> {
    this.end(undefined);
    this.#waiting.clear();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Gives itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }
}

function settle<T>(call: PromiseWithResolvers<IteratorResult<T>>, error: unknown): void {
  if (error === undefined || error instanceof ClosedError) {
    call.resolve({ done: true, value: undefined });
  } else {
    call.reject(error);
  }
}
