import { Hold } from "./hold.ts";

/**
 * Things of which items are made when they are needed: hundreds of items that wait together outlive the engines'
 * nurseries, and pile up behind them.
 */
export interface Batch<T> {
  /** How many there are. */
  readonly count: number;
  /** Makes one of them into an item; undefined when it is to be left out. */
  make(i: number): T | undefined;
}

/**
 * What comes in batches, one by one. An item that is there costs one promise: half of what a generator takes for it,
 * 50 ns less on Deno and 30 on Bun.
 */
export class Items<T> implements AsyncIterableIterator<T> {
  readonly #batches: AsyncIterator<Batch<T>>;
  readonly #hold: Hold = new Hold();
  #batch: Batch<T> = { count: 0, make: () => undefined };
  /** How many of the batch were made into items. */
  #made = 0;
  /** The call that the next one must wait for. */
  #last: Promise<IteratorResult<T>> | undefined;

  /** @param batches The batches; of one nothing is needed any more when the next one is asked for. */
  constructor(batches: AsyncIterator<Batch<T>>) {
    this.#batches = batches;
  }

  /**
   * Waits for the next item.
   *
   * @returns The item.
   */
  next(): Promise<IteratorResult<T>> {
    if (this.#last === undefined && !this.#hold.isOver) {
      try {
        const value = this.#make();
        if (value !== undefined) return Promise.resolve({ done: false, value });
      } catch (error) {
        return this.#inTurn(() => this.#fail(error));
      }
    }
    return this.#inTurn(() => this.#advance());
  }

  /**
   * Ends the iteration.
   *
   * @returns Its end.
   */
  return(): Promise<IteratorResult<T>> {
    return this.#inTurn(() => this.#end());
  }

  /**
   * The iteration itself.
   *
   * @returns The iteration.
   */
  [Symbol.asyncIterator](): this {
    return this;
  }

  async #advance(): Promise<IteratorResult<T>> {
    const held = this.#hold.end();
    if (held !== undefined) await held; // the first call makes the request before it returns
    try {
      for (;;) {
        const value = this.#make();
        if (value !== undefined) return { done: false, value };
        const { done, value: batch } = await this.#batches.next();
        if (done) return await this.#end();
        this.#batch = batch;
        this.#made = 0;
      }
    } catch (error) {
      return await this.#fail(error);
    }
  }

  /** The next item of the batch; undefined at its end. */
  #make(): T | undefined {
    while (this.#made < this.#batch.count) {
      const item = this.#batch.make(this.#made++);
      if (item !== undefined) return item;
    }
    return undefined;
  }

  async #end(): Promise<IteratorResult<T>> {
    this.#made = this.#batch.count;
    await this.#batches.return?.();
    return { done: true, value: undefined };
  }

  async #fail(error: unknown): Promise<IteratorResult<T>> {
    await this.#end();
    throw error;
  }

  /** Makes a call when those before it are done. */
  #inTurn(call: () => Promise<IteratorResult<T>>): Promise<IteratorResult<T>> {
    const result = this.#last === undefined ? call() : this.#last.then(call, call);
    const done = () => {
      if (this.#last === result) this.#last = undefined;
    };
    this.#last = result;
    result.then(done, done);
    return result;
  }
}
