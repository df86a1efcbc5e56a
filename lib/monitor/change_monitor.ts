import { ClosedError } from "../errors.ts";
import type { Config } from "../options.ts";
import { type Address, isUsable } from "../rtnetlink/address.ts";
import { AddressFamily, Group } from "../rtnetlink/constants.ts";
import { objectKinds } from "../rtnetlink/kinds.ts";
import type { Link } from "../rtnetlink/link/attributes.ts";
import type { KindName } from "../rtnetlink/object_kind.ts";
import type { Difference } from "./follow/difference.ts";
import { Follower } from "./follow/follower.ts";

/** How long in milliseconds to wait before trying again after an error: at first, and at most. */
const retryDelay = { first: 100, longest: 30_000 } as const;

/** What is followed by default: links, addresses and routes of both families. */
const defaultGroups: readonly number[] = [
  Group.Link,
  Group.Ipv4Ifaddr,
  Group.Ipv6Ifaddr,
  Group.Ipv4Route,
  Group.Ipv6Route,
];

/** What a monitor calls back with: a burst of changes is over, or has lasted long enough. */
export interface Change {
  /** The kinds of objects that have changed. With "overrun" they may be none, with "retry" they are all that are monitored. */
  kinds: KindName[];
  /** Why: events came; some were lost, and all was read again; or the monitor could not go on for a while, and now goes on. */
  reasons: Array<"event" | "overrun" | "retry">;
}

/** How a {@link ChangeMonitor} works. */
export interface ChangeMonitorOptions {
  /** How long in milliseconds nothing must change before the callback is called; 100 by default. */
  debounceMs?: number;
  /** How long in milliseconds it waits at most when changes never cease; 1000 by default. */
  maxWaitMs?: number;
  /** The multicast groups whose objects count, `Group`; by default links, addresses and routes of both families. */
  groups?: readonly number[];
  /** Names of links whose changes, addresses and routes do not count, such as a VPN's own tunnel. */
  ignore?: readonly string[];
  /** Is told why the monitor could not go on for a while. */
  logger?: (message: string) => void;
  /** The network namespace, instead of the process's own; see `Config.netNS`. Needs CAP_SYS_ADMIN. */
  netNS?: Config["netNS"];
}

/**
 * Calls back once for each burst of changes of the network, for programs that then look for themselves. What
 * means nothing does not count: lifetimes that are refreshed, addresses that are not usable yet. It
 * never gives up: after an error it tries again, and then calls back. Needs no privilege for the own
 * namespace. It keeps the process alive until it is closed.
 *
 * @example
 * ```ts
 * import { ChangeMonitor } from "@netlink/netlink/monitor";
 *
 * using monitor = new ChangeMonitor(({ kinds }) => console.log("changed:", kinds.join(", ")), {
 *   ignore: ["wg0"],
 * });
 * await new Promise((resolve) => setTimeout(resolve, 1000));
 * ```
 */
export class ChangeMonitor implements AsyncIterable<Change>, Disposable {
  readonly #callback: (change: Change) => void;
  readonly #options: ChangeMonitorOptions;
  readonly #groups: ReadonlySet<number>;
  readonly #kinds: readonly KindName[];
  readonly #ignored: ReadonlySet<string>;
  /** The indexes of these links, also of those that are gone, as what belonged to them goes later. */
  readonly #ignoredLinks = new Set<number>();
  #follower: Follower;
  #closed = false;
  readonly #closing = new AbortController();
  readonly #pendingKinds = new Set<KindName>();
  readonly #pendingReasons = new Set<Change["reasons"][number]>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the first of the changes came that wait for the callback. */
  #since = 0;
  readonly #readers = new Set<(change: Change | undefined) => void>();

  /**
   * Begins to monitor: what changes from now on counts.
   *
   * @param callback Called after each burst. What it throws is told to the logger.
   * @param options How to work.
   * @throws {OpError} When the system refuses the socket, the namespace or a group at the start.
   */
  constructor(callback: (change: Change) => void, options: ChangeMonitorOptions = {}) {
    this.#callback = callback;
    this.#options = options;
    this.#groups = new Set(options.groups ?? defaultGroups);
    this.#ignored = new Set(options.ignore);
    this.#kinds = objectKinds.filter(({ groups }) =>
      groups.some((group) => this.#groups.has(group))
    )
      .map(({ name }) => name);
    this.#follower = this.#follow();
    this.#run();
  }

  /** Ends the monitoring: the callback is not called any more, and iterations end. May be called more than once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closing.abort();
    clearTimeout(this.#timer);
    this.#follower[Symbol.dispose]();
    for (const read of [...this.#readers]) read(undefined);
  }

  /** Ends the monitoring. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Gives what the callback gets, too. What comes while the reader is busy comes as one.
   *
   * @returns The changes; it ends when the monitor is closed.
   */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<Change> {
    let waiting: Change | undefined;
    let wake = () => {};
    const read = (change: Change | undefined) => {
      if (change !== undefined) waiting = waiting === undefined ? change : merge(waiting, change);
      wake();
    };
    this.#readers.add(read);
    try {
      while (!this.#closed) {
        if (waiting === undefined) await new Promise<void>((resolve) => wake = resolve);
        const change = waiting;
        waiting = undefined;
        if (change !== undefined) yield change;
      }
    } finally {
      this.#readers.delete(read);
    }
  }

  #follow(): Follower {
    return new Follower({ kinds: this.#kinds, netNS: this.#options.netNS });
  }

  async #run(): Promise<void> {
    let pause: number = retryDelay.first;
    for (let first = true; !this.#closed; first = false) {
      try {
        if (!first) {
          this.#follower[Symbol.dispose]();
          this.#follower = this.#follow();
        }
        this.#interesting(await this.#follower.start()); // it learns which links to ignore
        if (!first) this.#note("retry", this.#kinds);
        for (;;) {
          const update = await this.#follower.next();
          pause = retryDelay.first;
          if ("drops" in update) continue;
          const kinds = this.#interesting(update.differences);
          this.#note(update.resynced ? "overrun" : "event", kinds);
        }
      } catch (error) {
        if (this.#closed) return;
        const again = error instanceof ClosedError ? "" : `; tries again in ${pause} ms`;
        this.#options.logger?.(`monitoring failed: ${(error as Error).message}${again}`);
        await this.#sleep(pause);
        pause = Math.min(2 * pause, retryDelay.longest);
      }
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const { signal } = this.#closing;
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener("abort", wake);
    });
  }

  /** The kinds of the differences that count. */
  #interesting(differences: readonly Difference[]): KindName[] {
    const kinds = new Set<KindName>();
    for (const difference of differences) {
      if (difference.kind === "link") this.#learn(difference);
      if (!kinds.has(difference.kind) && this.#counts(difference)) kinds.add(difference.kind);
    }
    return [...kinds];
  }

  #counts({ kind, action, object, previous, changed }: Difference): boolean {
    if (changed?.length === 0) return false;
    const { family } = object as { family: number };
    const { groups } = objectKinds.find(({ name }) => name === kind)!;
    const group = groups.length === 1 || family !== AddressFamily.Inet6 ? groups[0] : groups[1];
    if (!this.#groups.has(group) || this.#isIgnored(kind, object)) return false;
    if (kind !== "address") return true;
    const usable = isUsable(object as Address);
    const before = previous !== undefined && isUsable(previous as Address);
    return action === "delete" ? usable : usable || before;
  }

  /** Remembers of a link whether it is ignored. */
  #learn({ action, object }: Difference): void {
    const { index, name } = object as Link;
    if (this.#ignored.has(name ?? "")) this.#ignoredLinks.add(index);
    else if (action === "new") this.#ignoredLinks.delete(index);
  }

  #isIgnored(kind: KindName, object: object): boolean {
    if (kind === "link") return this.#ignored.has((object as Link).name ?? "");
    const { index, oif, ifindex } = object as { index?: number; oif?: number; ifindex?: number };
    return this.#ignoredLinks.has(index ?? oif ?? ifindex ?? 0);
  }

  /** Remembers what is to be told, and when. */
  #note(reason: Change["reasons"][number], kinds: readonly KindName[]): void {
    if (this.#closed || kinds.length === 0 && reason === "event") return;
    const now = performance.now();
    if (this.#pendingReasons.size === 0) this.#since = now;
    this.#pendingReasons.add(reason);
    for (const kind of kinds) this.#pendingKinds.add(kind);
    const { debounceMs = 100, maxWaitMs = 1000 } = this.#options;
    clearTimeout(this.#timer);
    const wait = Math.min(debounceMs, this.#since + Math.max(maxWaitMs, debounceMs) - now);
    this.#timer = setTimeout(() => this.#fire(), Math.max(wait, 0));
  }

  #fire(): void {
    const change = { kinds: [...this.#pendingKinds], reasons: [...this.#pendingReasons] };
    this.#pendingKinds.clear();
    this.#pendingReasons.clear();
    for (const read of [...this.#readers]) read(change);
    try {
      this.#callback(change);
    } catch (error) {
      this.#options.logger?.(`the callback failed: ${(error as Error).message}`);
    }
  }
}

function merge(one: Change, other: Change): Change {
  return {
    kinds: [...new Set([...one.kinds, ...other.kinds])],
    reasons: [...new Set([...one.reasons, ...other.reasons])],
  };
}
