import type { Config } from "../options.ts";
import type { Address } from "../rtnetlink/address.ts";
import type { Link } from "../rtnetlink/link/attributes.ts";
import type { Neighbour } from "../rtnetlink/neighbour.ts";
import type { Nexthop } from "../rtnetlink/nexthop.ts";
import type { Route } from "../rtnetlink/route/object.ts";
import type { Rule } from "../rtnetlink/rule.ts";
import type { Difference } from "./follow/difference.ts";
import { Follower } from "./follow/follower.ts";
import { Reader } from "./reader.ts";
import { SnapshotMap } from "./snapshots.ts";

/** The objects of a mirror by the names of their kinds. */
export interface MirrorObjects {
  /** A link. */
  link: Link;
  /** An address. */
  address: Address;
  /** A route. */
  route: Route;
  /** A neighbour. */
  neighbour: Neighbour;
  /** A rule. */
  rule: Rule;
  /** A nexthop. */
  nexthop: Nexthop;
}

/** The kinds of objects that a mirror can hold. */
export type MirrorKind = keyof MirrorObjects;

/** All objects at one moment, or as they are now. Links and nexthops go by index and id, others by a text that tells them apart. */
export interface MirrorState {
  /** Links by their index. */
  readonly links: ReadonlyMap<number, Link>;
  /** Addresses. */
  readonly addresses: ReadonlyMap<string, Address>;
  /** Routes of all tables. */
  readonly routes: ReadonlyMap<string, Route>;
  /** Neighbours that `ip neigh` lists. */
  readonly neighbours: ReadonlyMap<string, Neighbour>;
  /** Rules. */
  readonly rules: ReadonlyMap<string, Rule>;
  /** Nexthops by their id. */
  readonly nexthops: ReadonlyMap<number, Nexthop>;
}

/** What happened to one object of a mirror, or that events were lost and all is right again. */
export type MirrorChange =
  | {
    [Kind in MirrorKind]: {
      /** "new": it is new, or, with `previous`, has changed. "delete": it is gone. */
      action: "new" | "delete";
      /** The kind of object. */
      kind: Kind;
      /** Its key in the mirror's map. */
      key: string | number;
      /** The object; of a deleted one, as it was last. */
      object: MirrorObjects[Kind];
      /** The object as it was before, when it has changed. */
      previous?: MirrorObjects[Kind];
      /** The names of the fields that differ, when it has changed. */
      changed?: string[];
    };
  }[MirrorKind]
  | {
    /** Events were lost; everything was read again, and what differed came as changes before this. */
    action: "resynced";
    /** How many datagrams the kernel dropped; 0 when it was the reader of these changes that was too slow. */
    drops: number;
    /** How many changes this reader did not get because it was too slow. */
    missed: number;
  };

/** What a mirror has done so far. */
export interface MirrorStats {
  /** Changes of objects. */
  changes: number;
  /** How often events were lost. */
  overruns: number;
  /** How many datagrams were lost. */
  drops: number;
  /** How often objects were read again. */
  rereads: number;
}

/** How to open a mirror. */
export interface MirrorOptions {
  /** The kinds of objects to hold; all by default. Links are always held. */
  kinds?: readonly MirrorKind[];
  /** The network namespace, instead of the process's own; see `Config.netNS`. Needs CAP_SYS_ADMIN. */
  netNS?: Config["netNS"];
  /** How many bytes of events may wait in the kernel while the program is busy; 4 MiB by default. */
  readBuffer?: number;
  /** Ends the opening early; later it closes the mirror. */
  signal?: AbortSignal;
}

const allKinds: readonly MirrorKind[] = [
  "link",
  "address",
  "route",
  "neighbour",
  "rule",
  "nexthop",
];

type Maps = { readonly [Kind in MirrorKind]: SnapshotMap<string | number, MirrorObjects[Kind]> };

/**
 * The objects of a network namespace as maps that follow the kernel: events are applied as they come, and
 * what events do not tell, or were lost with, is read again while they go on. Needs no privilege for the own
 * namespace. A mirror keeps the process alive until it is closed; as many as you like may be open.
 *
 * What the kernel tells of is there at once; its silent consequences, such as routes that go with a link, after 40
 * milliseconds without another event, or 100 when events never cease, and the time that it takes to read all routes. A
 * few things are told by nothing at all: that a neighbour is asked for its address, most settings of a link that is
 * down. These are there a second after other events, else after half a minute.
 *
 * @example
 * ```ts
 * import { NetworkMirror } from "@netlink/netlink/monitor";
 *
 * using mirror = await NetworkMirror.open({ kinds: ["link", "address"] });
 * for (const { index, address } of mirror.addresses.values()) {
 *   console.log(mirror.links.get(index)?.name, address);
 * }
 * ```
 */
export class NetworkMirror implements MirrorState, Disposable {
  readonly #follower: Follower;
  readonly #kinds: ReadonlySet<MirrorKind>;
  readonly #maps: Maps = {
    link: new SnapshotMap(),
    address: new SnapshotMap(),
    route: new SnapshotMap(),
    neighbour: new SnapshotMap(),
    rule: new SnapshotMap(),
    nexthop: new SnapshotMap(),
  };
  readonly #generations = new Map<number, number>();
  /** The highest generation of a link that is gone. */
  #lastGeneration = 0;
  readonly #readers = new Set<Reader<MirrorChange>>();
  readonly #stats: MirrorStats = { changes: 0, overruns: 0, drops: 0, rereads: 0 };
  /** Why it ended. */
  #end: { error: unknown } | undefined;

  private constructor(options: MirrorOptions) {
    this.#kinds = new Set<MirrorKind>(["link", ...options.kinds ?? allKinds]);
    this.#follower = new Follower({ ...options, kinds: [...this.#kinds] });
  }

  /**
   * Opens a mirror.
   *
   * @param options What to hold, and of which namespace.
   * @returns The mirror, filled.
   * @throws {OpError} When the system refuses the socket, the namespace, a group or a dump.
   */
  static async open(options: MirrorOptions = {}): Promise<NetworkMirror> {
    const mirror = new NetworkMirror(options);
    try {
      mirror.#publish(await mirror.#follower.start());
    } catch (error) {
      mirror.#follower[Symbol.dispose]();
      throw error;
    }
    mirror.#stats.changes = 0;
    mirror.#run();
    return mirror;
  }

  /** Links by their index. */
  get links(): ReadonlyMap<number, Link> {
    return this.#maps.link.live as ReadonlyMap<number, Link>;
  }

  /** Addresses. */
  get addresses(): ReadonlyMap<string, Address> {
    return this.#maps.address.live as ReadonlyMap<string, Address>;
  }

  /** Routes of all tables. */
  get routes(): ReadonlyMap<string, Route> {
    return this.#maps.route.live as ReadonlyMap<string, Route>;
  }

  /** Neighbours that `ip neigh` lists. */
  get neighbours(): ReadonlyMap<string, Neighbour> {
    return this.#maps.neighbour.live as ReadonlyMap<string, Neighbour>;
  }

  /** Rules. */
  get rules(): ReadonlyMap<string, Rule> {
    return this.#maps.rule.live as ReadonlyMap<string, Rule>;
  }

  /** Nexthops by their id. */
  get nexthops(): ReadonlyMap<number, Nexthop> {
    return this.#maps.nexthop.live as ReadonlyMap<number, Nexthop>;
  }

  /** What it has done so far. */
  get stats(): Readonly<MirrorStats> {
    return { ...this.#stats };
  }

  /** Whether it has ended: it was closed, or could not go on, as its `changes` tell. */
  get closed(): boolean {
    return this.#end !== undefined;
  }

  /**
   * Takes a snapshot. The first one copies the maps, those that follow cost little: even with 100,000 routes one can be
   * taken after each change.
   *
   * @returns All objects as they are now, for ever.
   */
  snapshot(): MirrorState {
    const { link, address, route, neighbour, rule, nexthop } = this.#maps;
    return {
      links: link.snapshot() as MirrorState["links"],
      addresses: address.snapshot() as MirrorState["addresses"],
      routes: route.snapshot() as MirrorState["routes"],
      neighbours: neighbour.snapshot() as MirrorState["neighbours"],
      rules: rule.snapshot() as MirrorState["rules"],
      nexthops: nexthop.snapshot() as MirrorState["nexthops"],
    };
  }

  /**
   * Tells links apart that had the same index one after the other.
   *
   * @param index An index.
   * @returns The generation of the link that has it now, higher than that of any link that had it before; 0 when there is none.
   */
  generation(index: number): number {
    return this.#generations.get(index) ?? 0;
  }

  /**
   * Gives what changes from this call on. Any number of readers may read; the maps are always at least
   * as new as what they get.
   *
   * @returns The changes. It ends when the mirror is closed, and throws when the mirror cannot go on.
   */
  changes(): AsyncIterableIterator<MirrorChange> {
    const reader = new Reader<MirrorChange>({
      leave: () => this.#readers.delete(reader),
      sum: (missed) => ({ action: "resynced", drops: 0, missed }),
    });
    this.#readers.add(reader);
    if (this.#end !== undefined) reader.end(this.#end.error);
    return reader;
  }

  /** Closes the mirror: the maps stay as they are, and its changes end. May be called more than once. */
  close(): void {
    this.#finish(undefined);
  }

  /** Closes the mirror. */
  [Symbol.dispose](): void {
    this.close();
  }

  async #run(): Promise<void> {
    let drops = 0;
    try {
      for (;;) {
        const update = await this.#follower.next();
        if (this.#end !== undefined) return;
        if ("drops" in update) {
          this.#stats.overruns++;
          this.#stats.drops += update.drops;
          drops += update.drops;
          continue;
        }
        this.#publish(update.differences);
        if (!update.reread) continue;
        this.#stats.rereads++;
        if (!update.resynced) continue;
        this.#tell({ action: "resynced", drops, missed: 0 });
        drops = 0;
      }
    } catch (error) {
      this.#finish(error);
    }
  }

  #publish(differences: readonly Difference[]): void {
    for (const { action, kind, key: text, object, previous, changed } of differences) {
      if (!this.#kinds.has(kind as MirrorKind)) continue;
      const key = kind === "link" || kind === "nexthop" ? Number(text) : text;
      const map = this.#maps[kind as MirrorKind] as SnapshotMap<string | number, object>;
      if (action === "delete") map.delete(key);
      else map.set(key, object);
      if (changed?.length === 0) continue; // only what runs on by itself
      if (kind === "link") this.#count(Number(text), action, previous === undefined);
      this.#stats.changes++;
      const details = previous && action === "new" ? { previous, changed } : {};
      this.#tell({ action, kind, key, object, ...details } as MirrorChange);
    }
  }

  /** Counts generations without remembering every index that there ever was. */
  #count(index: number, action: "new" | "delete", first: boolean): void {
    if (action === "delete") {
      this.#lastGeneration = Math.max(this.#lastGeneration, this.generation(index));
      this.#generations.delete(index);
    } else if (first) {
      this.#generations.set(index, this.#lastGeneration + 1);
    }
  }

  #tell(change: MirrorChange): void {
    for (const reader of this.#readers) reader.push(change);
  }

  /** Ends it; without an error it was closed. */
  #finish(error: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    this.#follower[Symbol.dispose]();
    for (const reader of [...this.#readers]) reader.end(error);
  }
}
