import { longestTimer } from "../deadline.ts";
import { ClosedError, OpError } from "../errors.ts";
import type { Config } from "../options.ts";
import { type Address, isUsable } from "../rtnetlink/address.ts";
import { AddressFamily, Group } from "../rtnetlink/constants.ts";
import { objectKinds } from "../rtnetlink/kinds.ts";
import type { Link } from "../rtnetlink/link/attributes.ts";
import type { KindName } from "../rtnetlink/object_kind.ts";
import type { Difference } from "./follow/difference.ts";
import { Follower } from "./follow/follower.ts";
import { Reader } from "./reader.ts";

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
  /** How long in milliseconds it waits at most when changes never cease, if need be `Infinity`; 1000 by default. */
  maxWaitMs?: number;
  /**
   * The multicast groups whose objects count: a list of `Group`, or a bitmask as `Config.groups` is one. By default links,
   * addresses and routes of both families.
   */
  groups?: readonly number[] | number;
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
  readonly #readers = new Set<Reader<Change>>();

  /**
   * Begins to monitor: what changes from now on counts.
   *
   * @param callback Called after each burst. What it throws, or its promise rejects with, is told to the logger.
   * @param options How to work.
   * @throws {OpError} When an option makes no sense, with code "EINVAL", and when the system refuses the socket, the
   * namespace or a group at the start.
   */
  constructor(callback: (change: Change) => void, options: ChangeMonitorOptions = {}) {
    checkTime("debounceMs", options.debounceMs, longestTimer);
    checkTime("maxWaitMs", options.maxWaitMs, Infinity);
    this.#callback = callback;
    this.#options = options;
    this.#groups = new Set(groupsOf(options.groups));
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
    for (const reader of [...this.#readers]) reader.end(undefined);
  }

  /** Ends the monitoring. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Gives what the callback gets from this call on. What comes while the reader is busy comes as one.
   *
   * @returns The changes; it ends when the monitor is closed.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Change> {
    const reader = new Reader<Change>({ leave: () => this.#readers.delete(reader), merge });
    this.#readers.add(reader);
    if (this.#closed) reader.end(undefined);
    return reader;
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
        const early: Difference[] = [];
        this.#interesting(await this.#follower.start(early)); // it learns which links to ignore
        if (first) this.#note("event", this.#interesting(early.filter(isNews)));
        else this.#note("retry", this.#kinds);
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
    for (const reader of this.#readers) reader.push(change);
    this.#call(change);
  }

  async #call(change: Change): Promise<void> {
    try {
      await this.#callback(change); // it may be asynchronous
    } catch (error) {
      const text = error instanceof Error ? error.message : `${error}`;
      this.#options.logger?.(`the callback failed: ${text}`);
    }
  }
}

function checkTime(name: string, ms: number | undefined, longest: number): void {
  if (ms === undefined || ms >= 0 && ms <= longest) return;
  const message = `${name} is ${ms}: expected a number from 0 to ${longest}`;
  throw new OpError("change-monitor", { code: "EINVAL", message });
}

/** The numbers of groups, of which a mask has bit 0 for group 1. */
function groupsOf(groups: ChangeMonitorOptions["groups"] = defaultGroups): readonly number[] {
  const list = typeof groups === "number"
    ? Array.from({ length: 32 }, (_, bit) => bit + 1).filter((group) => groups >>> (group - 1) & 1)
    : groups;
  const known = objectKinds.flatMap(({ groups }) => groups);
  const unknown = list.find((group) => !known.includes(group));
  if (unknown === undefined) return list;
  const message = `groups has ${unknown}: expected some of ${known.join(", ")}, see Group`;
  throw new OpError("change-monitor", { code: "EINVAL", message });
}

/** Whether what an event told during the start is news: not of an address that may only have got another lifetime. */
function isNews({ kind, action, object }: Difference): boolean {
  if (kind !== "address" || action === "delete") return true;
  const { created, updated } = (object as Address).cacheInfo ?? {};
  return created === updated;
}

function merge(one: Change, other: Change): Change {
  return {
    kinds: [...new Set([...one.kinds, ...other.kinds])],
    reasons: [...new Set([...one.reasons, ...other.reasons])],
  };
}
