import { longestTimer } from "../deadline.ts";
import { OpError } from "../errors.ts";
import type { Config } from "../options.ts";
import { objectKinds } from "../rtnetlink/kinds.ts";
import type { IpJson, KindName, LinkReference, ObjectKind } from "../rtnetlink/object_kind.ts";
import { changedKeys } from "./changed_keys.ts";
import { debounce } from "./debounce.ts";
import type { Difference } from "./follow/difference.ts";
import { Follower } from "./follow/follower.ts";
import { type MonitorNews, type MonitorRecord, timestamp } from "./record.ts";
import { Selection, type SelectionOptions } from "./filter/selection.ts";

const kindsByName = Object.fromEntries(objectKinds.map((kind) => [kind.name, kind])) as Readonly<
  Record<KindName, ObjectKind<object>>
>;

/** What to monitor. */
export interface MonitorOptions extends SelectionOptions {
  /** Whether to give all objects first, then a record "synced"; false by default. */
  snapshot?: boolean;
  /** The network namespace, instead of the process's own; see {@link Config.netNS}. Needs CAP_SYS_ADMIN. */
  netNS?: Config["netNS"];
  /**
   * Whether events of other namespaces that have an id here come, too; false by default. Their links go by index
   * until an event names them; after a loss what is known of them may be out of date; and all is told to be gone of
   * one that has ended. Needs CAP_NET_BROADCAST.
   */
  allNSID?: boolean;
  /**
   * For how long in milliseconds nothing must change before changes are told, one for each object that is not as it
   * was; by default they are told as they come. When changes never cease, after ten times as long.
   */
  debounceMs?: number;
  /** Ends the monitoring: the iteration ends without an error. */
  signal?: AbortSignal;
}

/**
 * Follows the objects of a network namespace: it gives every change as it happens, and after a loss,
 * or where the kernel removes objects without a word, what reading them again shows.
 *
 * Needs no privilege for the own namespace. Neighbours are those which `ip neigh` lists. Applied by
 * kind, key and nsid, the records of a snapshot and of all that follows give what is there.
 *
 * @param options What to monitor.
 * @returns The records.
 * @throws {NetNSGoneError} When the namespace was named and its name has been deleted, or its process has ended.
 * @throws {OpError} When the system refuses the socket, the namespace or a group, and when `debounceMs` makes no sense.
 *
 * @example
 * ```ts
 * import { monitor } from "@netlink/netlink/monitor";
 *
 * for await (const { action, kind, object } of monitor({ kinds: ["link", "address"], signal: AbortSignal.timeout(1000) })) {
 *   console.log(action, kind, object?.ifname);
 * }
 * ```
 */
export async function* monitor(options: MonitorOptions = {}): AsyncIterableIterator<MonitorRecord> {
  const { debounceMs } = options;
  if (debounceMs !== undefined && !(debounceMs > 0 && debounceMs <= longestTimer)) {
    const message = `debounceMs is ${debounceMs}: expected a number above 0, up to ${longestTimer}`;
    throw new OpError("monitor", { code: "EINVAL", message });
  }
  using monitor = new Monitor(options, await Selection.make(options, options.allNSID));
  const news = monitor.run();
  let sequence = 0;
  try {
    for await (const one of debounceMs === undefined ? news : debounce(news, debounceMs)) {
      yield { time: timestamp(), sequence: ++sequence, ...one };
    }
  } catch (error) {
    if (options.signal?.aborted && error === options.signal.reason) return;
    throw error;
  }
}

class Monitor implements Disposable {
  readonly #options: MonitorOptions;
  readonly #selection: Selection;
  readonly #follower: Follower;
  /** What was told last of each object, by namespace id, kind and key. */
  readonly #told = new Map<number | undefined, Map<KindName, Map<string, IpJson>>>();
  /** The kinds whose objects may be shown otherwise, since links changed by which they are shown. */
  readonly #stale = new Set<KindName>();

  constructor(options: MonitorOptions, selection: Selection) {
    this.#options = options;
    this.#selection = selection;
    const { netNS, allNSID, family, signal } = options;
    this.#follower = new Follower({ kinds: selection.kinds, netNS, allNSID, family, signal });
  }

  async *run(): AsyncIterableIterator<MonitorNews> {
    for (const difference of await this.#follower.start()) {
      const records = this.#record(difference, undefined, "snapshot");
      if (this.#options.snapshot) yield* records;
      else for (const _ of records);
    }
    this.#narrow();
    if (this.#options.snapshot) yield { action: "synced" };
    this.#stale.clear();
    for (;;) {
      const update = await this.#follower.next();
      if ("drops" in update) {
        yield { action: "overrun", drops: update.drops };
        continue;
      }
      for (const difference of update.differences) yield* this.#record(difference, update.nsid);
      if (update.reread) yield* this.#retell();
      this.#narrow();
    }
  }

  /** Has the kernel drop the events that are not needed, now that other objects are followed. */
  #narrow(): void {
    const needs = this.#selection.needs();
    if (needs !== undefined) this.#follower.narrow(needs.program, needs.more);
  }

  [Symbol.dispose](): void {
    this.#follower[Symbol.dispose]();
  }

  /** Tells of objects of the own namespace that are shown otherwise since links changed their names or flags. */
  *#retell(): Generator<MonitorNews> {
    const kinds = [...this.#stale];
    this.#stale.clear();
    for (const kind of kinds) {
      for (const [key, object] of this.#follower.view().table(kind)) {
        const previous = object;
        yield* this.#record({ action: "new", kind, key, object, previous, changed: [] }, undefined);
      }
    }
  }

  /** The record of a difference, unless it is not wanted or shows nothing new. */
  *#record(
    { action, kind, key, object, previous: last, changed: fields }: Difference,
    nsid: number | undefined,
    as: MonitorRecord["action"] = action,
  ): Generator<MonitorNews> {
    if (kind === "link") this.#outdate(fields);
    const told = this.#table(nsid, kind);
    const previous = told.get(key);
    const view = this.#follower.view(nsid);
    const links = new Map<number, LinkReference | undefined>();
    const json = action === "delete" && previous !== undefined
      ? previous
      : kindsByName[kind].toIpJson(object, (index) => {
        links.set(index, view.link(index));
        return links.get(index);
      });
    const before = action === "delete" ? undefined : previous;
    const changed = before && changedKeys(before, json);
    const same = changed !== undefined && Object.keys(changed).length === 0;
    if (action === "delete") told.delete(key);
    else if (kind !== "prefix") told.set(key, json);
    const statement = { action, kind, key, object, nsid, json, links };
    const followed = this.#selection.follows(statement);
    if (same && object === last && !followed) return; // only links could have changed their names
    if (!this.#selection.takes(statement) || same && followed) return;
    yield {
      action: as,
      kind,
      key,
      object: json,
      ...before && followed && { previous: before, changed },
      ...nsid !== undefined && { nsid },
    };
  }

  /** Remembers what may be shown otherwise since a link came, went or changed: all by its name, other links also by its flags. */
  #outdate(changed?: string[]): void {
    if (changed?.includes("name")) { for (const { name } of objectKinds) this.#stale.add(name); }
    else if (changed === undefined || changed.includes("flags")) this.#stale.add("link");
  }

  #tables(nsid: number | undefined): Map<KindName, Map<string, IpJson>> {
    let tables = this.#told.get(nsid);
    if (tables === undefined) this.#told.set(nsid, tables = new Map());
    return tables;
  }

  #table(nsid: number | undefined, kind: KindName): Map<string, IpJson> {
    const tables = this.#tables(nsid);
    let table = tables.get(kind);
    if (table === undefined) tables.set(kind, table = new Map());
    return table;
  }
}
