/** How long in milliseconds a task may keep others waiting: with what it does it could go on for ever. */
const maxHold = 5;

/** How often it is asked between two looks at the clock. */
const untimed = 32;

/** What both runtimes have, and what takes, unlike a timer, no millisecond. */
interface Globals {
  setImmediate(fn: () => void): void;
}

/**
 * Lets all other tasks have their turn.
 *
 * @returns When they had it.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => (globalThis as unknown as Globals).setImmediate(resolve));
}

/** The time for which a long task keeps all others from running. */
export class Hold {
  #since = performance.now();
  #asked = 0;

  /** Whether it is time to let others run: a look at the clock now and then. */
  get isOver(): boolean {
    return ++this.#asked % untimed === 0 && this.#wasLong;
  }

  get #wasLong(): boolean {
    return performance.now() - this.#since >= maxHold;
  }

  /**
   * Lets them, if it is time.
   *
   * @returns When they had their turn; undefined is at once.
   */
  end(): Promise<void> | undefined {
    if (!this.#wasLong) return undefined;
    return turn().then(() => void (this.#since = performance.now()));
  }
}
