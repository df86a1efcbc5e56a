import { Errno } from "../ffi/errno.ts";
import { OpError } from "./errors.ts";

/** The longest time in milliseconds that a timer can be set to: 24 days. */
export const longestTimer = 0x7fff_ffff;

type Timer = ReturnType<typeof setTimeout>;

interface Globals {
  Deno?: { unrefTimer(timer: unknown): void };
}

/** A point in time from which on calls fail, and that can be moved while they wait. */
export class Deadline {
  readonly #onPass: () => void;
  /** On the clock that nobody sets, in milliseconds. */
  #end = Infinity;
  #timer: Timer | undefined;

  /** @param onPass Called when it passes, so that those who wait look again. */
  constructor(onPass: () => void) {
    this.#onPass = onPass;
  }

  /**
   * Moves it.
   *
   * @param op The operation that moves it, for the error.
   * @param t When: milliseconds since the epoch or a date, which may be past; null is never.
   * @throws {OpError} When it is no point in time.
   */
  set(op: string, t: Date | number | null): void {
    const time = Number(t ?? Infinity);
    if (Number.isNaN(time)) {
      throw new OpError(op, { code: "EINVAL", message: `${t} is no point in time` });
    }
    this.#end = performance.now() + (time - Date.now());
    this.#arm();
    if (this.#passed) this.#onPass();
  }

  /**
   * Lets an operation fail that comes too late.
   *
   * @param op The operation.
   * @throws {OpError} With `timeout` true when the deadline has passed.
   */
  check(op: string): void {
    if (!this.#passed) return;
    throw new OpError(op, { errno: Errno.ETIMEDOUT, message: "the deadline has passed" });
  }

  /** Takes it back for good. */
  clear(): void {
    this.#end = Infinity;
    clearTimeout(this.#timer);
  }

  get #passed(): boolean {
    return this.#end !== Infinity && performance.now() >= this.#end;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const left = this.#end - performance.now();
    if (left <= 0 || left === Infinity) return;
    this.#timer = setTimeout(() => {
      if (this.#passed) this.#onPass();
      else this.#arm(); // too far away for one timer, or a timer that came early
    }, Math.min(Math.ceil(left), longestTimer));
    // Those who wait keep the process alive themselves, or were told not to.
    unref(this.#timer);
  }
}

function unref(timer: Timer): void {
  const { Deno } = globalThis as Globals;
  if (Deno === undefined) (timer as unknown as { unref(): void }).unref();
  else Deno.unrefTimer(timer);
}
