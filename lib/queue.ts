/** First in, first out, in constant time: to shift a long array takes the engines time for all that is in it. */
export class Queue<T> {
  #items: T[] = [];
  /** How many of the items are taken already. */
  #taken = 0;

  /** How many items wait. */
  get length(): number {
    return this.#items.length - this.#taken;
  }

  /** Adds an item. */
  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes out the oldest item; undefined when there is none. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#taken++];
    if (2 * this.#taken >= this.#items.length) {
      this.#items.splice(0, this.#taken);
      this.#taken = 0;
    }
    return item;
  }

  /** Drops all items. */
  clear(): void {
    this.#items = [];
    this.#taken = 0;
  }
}
