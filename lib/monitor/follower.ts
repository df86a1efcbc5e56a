import { filter } from "../bpf/filter.ts";
import type { Predicate } from "../bpf/predicate.ts";
import type { Conn } from "../conn.ts";
import { dial, watchNetNS } from "../dial.ts";
import { AttributeError, NetNSGoneError, OpError, OverrunError } from "../errors.ts";
import { HeaderFlags, HeaderType, type Message } from "../message.ts";
import { type Config, ConnOption, Family } from "../options.ts";
import { AddressFamily } from "../rtnetlink/constants.ts";
import { type Dump, dump } from "../rtnetlink/dump.ts";
import { kindOf, objectKinds } from "../rtnetlink/kinds.ts";
import { LinkFilter } from "../rtnetlink/link/constants.ts";
import { decodeObject, type KindName, type ObjectKind } from "../rtnetlink/object_kind.ts";
import type { Difference } from "./difference.ts";
import { NamespaceView } from "./namespace_view.ts";

/** How long in milliseconds no event must come before what events made doubtful is read again. */
const quiet = 40;

/** How long in milliseconds it may stay doubtful when events never cease. */
const patience = 1000;

/** How many bytes of events may wait in the kernel unless the options say otherwise. */
const defaultReadBuffer = 4 * 1024 * 1024;

/** How often what is read is read again because events came meanwhile. */
const maxAttempts = 5;

/** A request that does nothing: its acknowledgement passes every filter. */
const nothing = {
  header: { type: HeaderType.Noop, flags: HeaderFlags.Request | HeaderFlags.Acknowledge },
};

/** What was read of one kind. */
interface Reading {
  readonly kind: ObjectKind<object>;
  readonly objects: object[];
  /** Whether it came out whole. */
  consistent: boolean;
}

/** What to follow. */
export interface FollowOptions {
  /** The kinds of objects; links are always followed, for their names. */
  kinds: readonly KindName[];
  /** The network namespace, instead of the process's own; see `Config.netNS`. */
  netNS?: Config["netNS"];
  /** Whether events of other namespaces that have an id here come, too. Needs CAP_NET_BROADCAST. */
  allNSID?: boolean;
  /** Only addresses, routes, neighbours, rules and settings of this family are read. */
  family?: number;
  /** How many bytes of events may wait in the kernel while the program is busy; 4 MiB by default. */
  readBuffer?: number;
  /** Ends the following. */
  signal?: AbortSignal;
}

/** What is new: differences in one namespace, of events or of what was read again; or that events were lost. */
export type Update = { differences: Difference[]; nsid?: number; reread: boolean } | {
  drops: number;
};

/**
 * Follows the objects of a namespace: joins the groups when it is made, reads what is there, applies
 * the events, and reads again what events made doubtful or a loss made unknown.
 */
export class Follower implements Disposable {
  readonly #options: FollowOptions;
  readonly #kinds: ReadonlyArray<ObjectKind<object>>;
  readonly #events: Conn;
  readonly #dumps!: Conn;
  /** Aborted when the namespace has been deleted. */
  readonly #gone = new AbortController();
  readonly #namespace?: Disposable;
  /** Ends every call that waits. */
  readonly #stop: AbortSignal;
  /** By namespace id; the own one is undefined. */
  readonly #views = new Map<number | undefined, NamespaceView>();
  /** Losses that were met while something was read. */
  readonly #lost: OverrunError[] = [];
  /** Until when to wait for quiet before reading what is doubtful, on the clock that nobody sets. */
  #latest = Infinity;

  /**
   * Joins the groups.
   *
   * @param options What to follow.
   * @throws {OpError} When the system refuses the socket, the namespace or a group.
   */
  constructor(options: FollowOptions) {
    this.#options = options;
    // A change of an address or a nexthop may remove routes without a word.
    const needed = new Set<KindName>([
      "link",
      ...options.kinds,
      ...options.kinds.includes("route") ? ["address", "nexthop"] as const : [],
    ]);
    this.#kinds = objectKinds.filter(({ name }) => needed.has(name));
    const { netNS, signal, readBuffer = defaultReadBuffer } = options;
    this.#stop = signal === undefined
      ? this.#gone.signal
      : AbortSignal.any([signal, this.#gone.signal]);
    this.#events = dial(Family.Route, { netNS });
    try {
      this.#events.setReadBuffer(readBuffer);
      if (options.allNSID) this.#events.setOption(ConnOption.ListenAllNSID, true);
      for (const { groups } of this.#kinds) {
        for (const group of groups) this.#events.joinGroup(group);
      }
      this.#dumps = dial(Family.Route, { netNS, strict: true });
      if (netNS !== undefined && typeof netNS !== "number") {
        const name = typeof netNS === "string" ? netNS : `of process ${netNS.pid}`;
        this.#namespace = watchNetNS(
          netNS,
          () => this.#gone.abort(new NetNSGoneError("monitor", name)),
        );
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * What is known of a namespace.
   *
   * @param nsid Its id; undefined is the own one.
   * @returns The view, which changes with what happens.
   */
  view(nsid?: number): NamespaceView {
    let view = this.#views.get(nsid);
    if (view === undefined) this.#views.set(nsid, view = new NamespaceView(nsid === undefined));
    return view;
  }

  /**
   * Reads what is there. Comes first.
   *
   * @returns All objects as differences from nothing.
   */
  start(): Promise<Difference[]> {
    for (const { name } of this.#kinds) this.view().doubtful.add(name);
    return this.#reread();
  }

  /**
   * Waits for what is new. One call at a time.
   *
   * @returns It.
   * @throws {NetNSGoneError} When the namespace was named and its name has been deleted, or its process has ended.
   */
  async next(): Promise<Update> {
    const messages = await this.#receive();
    if (messages === "quiet") return { differences: await this.#reread(), reread: true };
    if (messages instanceof OverrunError) {
      for (const { name } of this.#kinds) this.view().doubtful.add(name);
      this.#latest = 0;
      return { drops: messages.drops };
    }
    const nsid = messages[0]?.source?.nsid;
    const differences = messages.flatMap((message) => this.#apply(message));
    return { differences, nsid, reread: false };
  }

  /**
   * Has the kernel drop the events that are not needed, instead of those that it dropped before.
   *
   * @param events Which are needed; undefined is all.
   * @param more Whether some of them may have been dropped so far: links are then read again.
   */
  narrow(events: Predicate | undefined, more: boolean): void {
    if (events === undefined) this.#events.removeBPF();
    else this.#events.setBPF(filter(events));
    if (more) this.view().doubtful.add("link");
  }

  /** Ends the following: a call that waits rejects. */
  [Symbol.dispose](): void {
    this.#events.close();
    this.#dumps?.close();
    this.#namespace?.[Symbol.dispose]();
  }

  /** The next events, the loss of some, or nothing for a while when there is something to read again. */
  async #receive(): Promise<Message[] | OverrunError | "quiet"> {
    const lost = this.#lost.shift();
    if (lost !== undefined) return lost;
    const doubtful = this.view().doubtful.size > 0;
    if (doubtful && this.#latest === Infinity) this.#latest = performance.now() + patience;
    if (doubtful && performance.now() >= this.#latest) return "quiet";
    this.#events.setReadDeadline(doubtful ? Date.now() + quiet : null);
    try {
      return await this.#events.receive({ signal: this.#stop });
    } catch (error) {
      if (error instanceof OverrunError) return error;
      if (!(error instanceof OpError)) throw error;
      if (error.timeout) return "quiet";
      // One mangled datagram is no reason to miss the next ones.
      if (error.code === "EBADMSG") return [];
      throw error;
    }
  }

  #apply({ header, data, source }: Message): Difference[] {
    const kind = kindOf(header.type);
    if (kind === undefined) return [];
    const view = this.view(source?.nsid);
    let object: object;
    try {
      object = decodeObject(kind, data);
    } catch (error) {
      if (!(error instanceof AttributeError)) throw error;
      view.doubtful.add(kind.name);
      return [];
    }
    return view.apply(kind, object, header.type === kind.deleteType, header.flags);
  }

  async #reread(): Promise<Difference[]> {
    const { doubtful } = this.view();
    const differences: Difference[] = [];
    for (let attempt = 1;; attempt++) {
      const kinds = new Set(doubtful);
      doubtful.clear();
      const read = await this.#read(kinds);
      // Events that came meanwhile may be older than what was read: it would be taken back, and come again.
      const events = attempt < maxAttempts ? await this.#drain() : [];
      if (events.length === 0) {
        this.#latest = Infinity;
        return [...differences, ...this.#replace(read)];
      }
      for (const event of events) differences.push(...this.#apply(event));
      for (const kind of kinds) doubtful.add(kind);
    }
  }

  /** The events that are there. */
  async #drain(): Promise<Message[]> {
    this.#events.setReadDeadline(null);
    // An acknowledgement comes after all that was queued before it.
    await this.#events.execute(nothing, { signal: this.#stop });
    const messages: Message[] = [];
    for (;;) {
      this.#events.setReadDeadline(Date.now() + 1);
      try {
        messages.push(...await this.#events.receive({ signal: this.#stop }));
      } catch (error) {
        if (error instanceof OpError && error.timeout) return messages;
        if (!(error instanceof OverrunError)) throw error;
        this.#lost.push(error);
        return messages;
      }
    }
  }

  /** Reads objects of the own namespace; links first, as the others are shown with their names. */
  async #read(kinds: ReadonlySet<KindName>): Promise<Reading[]> {
    const readings: Reading[] = [];
    for (const kind of this.#kinds) {
      if (!kinds.has(kind.name) || kind.getType === undefined) continue;
      const reading: Reading = { kind, objects: [], consistent: true };
      for (const request of this.#requests(kind.name)) {
        const found = await this.#dump(kind, request);
        for (const object of found.objects) reading.objects.push(object);
        reading.consistent &&= found.consistent;
      }
      readings.push(reading);
    }
    return readings;
  }

  /** Makes what was read what is known, and tells in what it differs from what was. */
  #replace(readings: readonly Reading[]): Difference[] {
    const view = this.view();
    const differences: Difference[] = [];
    for (const { kind, objects, consistent } of readings) {
      for (const one of view.replace(kind, objects, consistent)) differences.push(one);
      if (!consistent) view.doubtful.add(kind.name);
    }
    return differences;
  }

  async #dump(kind: ObjectKind<object>, request: object): Promise<Dump<object>> {
    try {
      return await dump(this.#dumps, kind, request, { signal: this.#stop });
    } catch (error) {
      // The kernel may have been built without a family, or without the kind.
      if (error instanceof OpError && error.code === "EOPNOTSUPP") {
        return { objects: [], consistent: true };
      }
      throw error;
    }
  }

  /** What to ask for to get all objects of a kind. */
  #requests(kind: KindName): object[] {
    const { family } = this.#options;
    const { Inet, Inet6, Mpls } = AddressFamily;
    switch (kind) {
      case "link":
        return [{ family: AddressFamily.Unspec, extMask: LinkFilter.Vf | LinkFilter.SkipStats }];
      case "route":
      case "netconf":
        return (family === undefined ? [Inet, Inet6, Mpls] : [family]).map((family) => ({
          family,
        }));
      case "rule":
      case "neighbour":
        return (family === undefined ? [Inet, Inet6] : [family]).map((family) => ({ family }));
      case "address":
        return [{ family: family ?? AddressFamily.Unspec }];
      default:
        return [{ family: AddressFamily.Unspec }];
    }
  }
}
