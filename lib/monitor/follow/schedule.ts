/** How long in milliseconds no event must come before what events made doubtful is read again. */
const quiet = 40;

/** How long in milliseconds it may stay doubtful when events never cease: at first, and at most when it still is after a reading. */
const patience = { first: 100, longest: 1000 } as const;

/** How many times as long as the last reading took no other one begins, so that much to read is not read all the time. */
const rest = 2;

/**
 * After how long in milliseconds everything is read again though nothing seems to have changed: of some changes no
 * event tells, such as of the alias of a link that is down, but they seldom come alone. Also how many times as long
 * as reading everything takes it is at least.
 */
const audit = { afterEvent: 1000, afterAudit: 30_000, times: 100 } as const;

/** Says when to read again. All times are on the clock that nobody sets. */
export class Schedule {
  /** Whether everything is read soon after an event, too: not for those who want to be woken for few things. */
  afterEvents = true;
  /** When it will have been quiet for long enough. */
  #quietAt = 0;
  /** When to read in any case. */
  #latest = Infinity;
  /** Before when not to read. */
  #earliest = 0;
  #patience: number = patience.first;
  /** When the reading began that goes on. */
  #since = 0;
  /** When to read everything. */
  #auditAt = 0;
  /** How long it took at least between two times. */
  #least = 0;
  /** Whether the reading that goes on is one of everything. */
  #all = false;

  /** An event has come. */
  event(): void {
    const now = performance.now();
    this.#quietAt = now + quiet;
    if (!this.afterEvents) return;
    this.#auditAt = Math.min(this.#auditAt, now + Math.max(audit.afterEvent, this.#least));
  }

  /** Events were lost: what is known is out of date, even if events never cease. */
  loss(): void {
    this.event();
    this.#latest = Math.min(this.#latest, this.#quietAt);
  }

  /** The next reading may follow the last one at once. */
  rested(): void {
    this.#latest = Infinity;
    this.#earliest = 0;
  }

  /**
   * Tells when to begin to read unless events come before.
   *
   * @param doubtful Whether something is.
   * @returns The time.
   */
  next(doubtful: boolean): number {
    if (!doubtful) return this.#auditAt;
    this.#latest = Math.min(this.#latest, performance.now() + this.#patience);
    return Math.max(this.#earliest, Math.min(this.#quietAt, this.#latest));
  }

  /**
   * A reading begins.
   *
   * @returns Whether everything is to be read.
   */
  begin(): boolean {
    this.#since = performance.now();
    this.#latest = Infinity;
    this.#all = this.#since >= this.#auditAt;
    return this.#all;
  }

  /**
   * The reading has ended.
   *
   * @param inVain Whether what was read is still doubtful.
   */
  end(inVain: boolean): void {
    const now = performance.now();
    const took = now - this.#since;
    this.#earliest = now + rest * took;
    this.#patience = inVain ? Math.min(2 * this.#patience, patience.longest) : patience.first;
    if (!this.#all) return;
    this.#least = audit.times * took;
    this.#auditAt = now + Math.max(audit.afterAudit, this.#least);
  }
}
