import type { IpJson } from "../rtnetlink/object_kind.ts";
import { changedKeys } from "./changed_keys.ts";
import type { MonitorNews } from "./record.ts";

/** How many times the quiet period a burst may last. */
const maxPeriods = 10;

/**
 * Makes one of all that is told about an object within a burst: its last state, beside the one before the burst.
 * Objects that came and went meanwhile, or are again as they were, are not told of at all. What is no change
 * is given on at once.
 *
 * The news are left as they are when the iteration ends early: whoever has them ends them.
 *
 * @param news What is told.
 * @param quiet How long in milliseconds nothing must be told for a burst to be over; after ten times as long what there
 * is of it is told.
 * @returns What is to be told.
 */
export async function* debounce(
  news: AsyncIterator<MonitorNews>,
  quiet: number,
): AsyncIterableIterator<MonitorNews> {
  const burst = new Burst(quiet);
  let next = advance(news);
  for (;;) {
    let result: IteratorResult<MonitorNews> | undefined;
    try {
      result = await (burst.empty ? next : within(next, burst.left));
    } catch (error) {
      yield* burst.take();
      throw error;
    }
    if (result?.done) return yield* burst.take();
    if (result !== undefined) {
      next = advance(news);
      if (isChange(result.value)) burst.add(result.value);
      else yield result.value;
    }
    if (burst.left <= 0) yield* burst.take();
  }
}

function isChange({ action }: MonitorNews): boolean {
  return action === "new" || action === "delete";
}

/** Asks for the next news. Nobody may be left to hear that there are none because the monitoring has ended. */
function advance(news: AsyncIterator<MonitorNews>): Promise<IteratorResult<MonitorNews>> {
  const next = news.next();
  next.catch(() => {});
  return next;
}

/** Waits for a promise, but no longer than a time in milliseconds: then it gives undefined. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<undefined>((resolve) => timer = setTimeout(resolve, ms, undefined));
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** The changes of a burst, one for each object. */
class Burst {
  readonly #quiet: number;
  readonly #changes = new Map<string, { before?: IpJson; last: MonitorNews }>();
  #first = 0;
  #last = 0;

  constructor(quiet: number) {
    this.#quiet = quiet;
  }

  get empty(): boolean {
    return this.#changes.size === 0;
  }

  /** For how long in milliseconds it goes on if nothing more comes; for ever while it has not begun. */
  get left(): number {
    if (this.empty) return Infinity;
    const end = Math.min(this.#last + this.#quiet, this.#first + maxPeriods * this.#quiet);
    return Math.max(end - performance.now(), 0);
  }

  add(change: MonitorNews): void {
    this.#last = performance.now();
    if (this.empty) this.#first = this.#last;
    const key = `${change.nsid ?? ""} ${change.kind} ${change.key}`;
    const known = this.#changes.get(key);
    const before = change.action === "delete" ? change.object : change.previous;
    if (known === undefined) this.#changes.set(key, { before, last: change });
    else known.last = change;
  }

  /** Ends it, and gives what it changed. */
  take(): MonitorNews[] {
    const changes = [...this.#changes.values()].flatMap(({ before, last }) => sum(before, last));
    this.#changes.clear();
    return changes;
  }
}

/** What became of an object, if anything. */
function sum(before: IpJson | undefined, last: MonitorNews): MonitorNews[] {
  const { previous: _previous, changed: _changed, ...news } = last;
  if (before === undefined) return last.action === "delete" ? [] : [news];
  if (last.action === "delete") return [news];
  const changed = changedKeys(before, last.object!);
  return Object.keys(changed).length === 0 ? [] : [{ ...news, previous: before, changed }];
}
