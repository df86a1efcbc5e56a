import { AddressFamily } from "../../rtnetlink/constants.ts";
import type { Link } from "../../rtnetlink/link/attributes.ts";
import type { Netconf } from "../../rtnetlink/netconf.ts";
import { objectKinds } from "../../rtnetlink/kinds.ts";
import { isListed, type Neighbour } from "../../rtnetlink/neighbour.ts";
import type { KindName, LinkReference, ObjectKind } from "../../rtnetlink/object_kind.ts";
import type { Route } from "../../rtnetlink/route/object.ts";
import { HeaderFlags } from "../../message.ts";
import { changedFields, type Difference } from "./difference.ts";
import { Doubt, type RoutesOf } from "./doubt.ts";
import { isHeld, Reading } from "./reading.ts";
import { multipathOf } from "./multipath.ts";
import { silentlyChanged } from "./silence.ts";

/** What is known of one namespace: its objects as events and dumps told, and which of them must be read again. */
export class NamespaceView {
  readonly #tables = new Map<KindName, Map<string, object>>();
  readonly #readable: ReadonlySet<KindName>;
  readonly #doubtful = new Map<KindName, Doubt>();
  /** The kinds of which there may be objects that nothing has told of. */
  readonly #unknown = new Set<KindName>();
  /** The readings that go on. */
  readonly #readings = new Map<KindName, Reading>();
  /** How often in a row an object was missing when its kind was read. */
  readonly #missing = new Map<KindName, Map<string, number>>();

  /** @param readable The kinds that can be read again: none of another namespace. */
  constructor(readable: Iterable<KindName> = []) {
    this.#readable = new Set(readable);
  }

  /** The kinds that must be read again. */
  get doubtful(): ReadonlyMap<KindName, Doubt> {
    return this.#doubtful;
  }

  /** Whether everything that is known is there for sure, as far as it is not doubtful. */
  get certain(): boolean {
    return this.#missing.size === 0;
  }

  /**
   * Makes a kind one that must be read again, if it can be.
   *
   * @param kind The kind.
   * @param routes Of routes, which; by default all objects.
   */
  doubt(kind: KindName, routes?: RoutesOf): void {
    if (!this.#readable.has(kind)) return;
    let doubt = this.#doubtful.get(kind);
    if (doubt === undefined) this.#doubtful.set(kind, doubt = new Doubt());
    doubt.add(routes);
  }

  /** Makes all kinds ones that must be read, until each has been read as a whole: nothing is known, or events were lost. */
  lose(): void {
    for (const kind of this.#readable) {
      this.doubt(kind);
      this.#unknown.add(kind);
    }
  }

  /**
   * Takes in what an event says.
   *
   * @param kind The kind of object.
   * @param object The object.
   * @param deleted Whether it is gone.
   * @param flags Flags of the event's message.
   * @returns What changed by it. The `changed` of a difference is empty where only that changed which runs on by itself,
   * such as the rest of a lifetime.
   */
  apply(kind: ObjectKind<object>, object: object, deleted: boolean, flags: number): Difference[] {
    if (!this.#concerns(kind.name, object)) return [];
    const key = kind.key(object);
    if (kind.name === "prefix") return [{ action: "new", kind: "prefix", key, object }];
    this.#readings.get(kind.name)?.outdate(key, object);
    const gone = deleted || kind.name === "neighbour" && !isListed(object as Neighbour);
    for (const [other, routes] of silentlyChanged(kind.name, object, gone)) {
      this.doubt(other, routes);
    }
    return gone ? this.#remove(kind.name, key, object) : [this.#set(kind.name, key, object, flags)];
  }

  /**
   * Begins to read a kind: it is no longer doubtful, unless an event makes it so again.
   *
   * @param kind The kind.
   * @returns The reading, for the objects that are there.
   */
  begin(kind: ObjectKind<object>): Reading {
    const table = this.table(kind.name);
    const links = this.#doubtful.get(kind.name)?.links(table.values());
    this.#doubtful.delete(kind.name);
    const reading = new Reading(kind, table, links);
    this.#readings.set(kind.name, reading);
    return reading;
  }

  /**
   * Takes in what a reading found, once all events have been applied that came before its end.
   *
   * @param reading The reading.
   * @returns What differs from what was known.
   */
  finish(reading: Reading): Difference[] {
    const { name: kind } = reading.kind;
    this.#readings.delete(kind);
    const table = this.table(kind);
    const differences: Difference[] = [];
    for (const key of this.#gone(kind, reading.missing)) {
      differences.push({ action: "delete", kind, key, object: table.get(key)! });
      table.delete(key);
    }
    for (const [key, object] of reading.differing) differences.push(this.#put(kind, key, object));
    if (reading.whole) this.#unknown.delete(kind);
    if (this.#unknown.has(kind)) this.doubt(kind);
    if (reading.interrupted || this.#missing.has(kind)) this.#doubtAgain(reading);
    return differences;
  }

  /**
   * Looks up a link.
   *
   * @param index Its index.
   * @returns What others refer to it by.
   */
  link(index: number): LinkReference | undefined {
    const link = this.table("link").get(`${index}`) as Link | undefined;
    return link?.name === undefined ? undefined : { name: link.name, flags: link.flags };
  }

  /**
   * Gives all objects of a kind.
   *
   * @param kind The kind.
   * @returns The objects by their keys; it changes with the view.
   */
  table(kind: KindName): Map<string, object> {
    let table = this.#tables.get(kind);
    if (table === undefined) this.#tables.set(kind, table = new Map());
    return table;
  }

  /**
   * Gives all objects as differences.
   *
   * @param action "new": from nothing; "delete": to nothing.
   * @returns The differences, links first.
   */
  everything(action: Difference["action"]): Difference[] {
    return objectKinds.flatMap(({ name: kind }) =>
      Array.from(this.table(kind), ([key, object]) => ({ action, kind, key, object }))
    );
  }

  /** Whether an event is about an object that is held. */
  #concerns(kind: KindName, object: object): boolean {
    if (kind === "netconf") {
      // A link's settings are told before the link: they are read once it is known by name.
      const { ifindex = 0 } = object as Netconf;
      const early = ifindex > 0 && this.link(ifindex) === undefined && this.#readable.has(kind);
      if (early) this.doubt("netconf");
      return !early;
    }
    const held = kind === "neighbour" || isHeld(kind, object);
    if (kind === "link" && !held) this.doubt("link"); // a bridge port changed: the link itself has to be read again
    return held;
  }

  #set(kind: KindName, key: string, object: object, flags: number): Difference {
    const known = this.table(kind).get(key);
    switch (kind) {
      case "link":
        return this.#put(kind, key, linkOf(object as Link, known as Link | undefined));
      case "netconf":
        // The event of a single setting says nothing about the others.
        return this.#put(kind, key, { ...known, ...object });
      case "route":
        this.#doubtRoute(object as Route, flags, known !== undefined);
        return this.#put(kind, key, multipathOf(object as Route, known as Route | undefined));
      default:
        return this.#put(kind, key, object);
    }
  }

  /** Makes an object what is known, and tells in what it differs from what was. */
  #put(kind: KindName, key: string, object: object): Difference {
    const table = this.table(kind);
    const previous = table.get(key);
    table.set(key, object);
    if (previous === undefined) return { action: "new", kind, key, object };
    const changed = changedFields(kind, previous, object);
    return { action: "new", kind, key, object, previous, changed };
  }

  #remove(kind: KindName, key: string, object: object): Difference[] {
    const table = this.table(kind);
    const known = table.get(key);
    if (kind === "route" && !isWhole(object as Route, known as Route | undefined)) {
      this.doubt("route");
      return [];
    }
    if (known === undefined) return [];
    table.delete(key);
    return [{ action: "delete", kind, key, object: known }];
  }

  /** A route can replace others, or, of IPv6, become one of several nexthops, without a word about those. */
  #doubtRoute({ family, multipath }: Route, flags: number, known: boolean): void {
    const isInet6 = family === AddressFamily.Inet6;
    const replaces = flags & HeaderFlags.Replace && (isInet6 || !known);
    if (replaces || isInet6 && multipath !== undefined) this.doubt("route");
  }

  #doubtAgain({ kind, links }: Reading): void {
    if (links === undefined) this.doubt(kind.name);
    else for (const link of links) this.doubt(kind.name, { link });
  }

  /** The keys of those missing objects that are gone. The others are missing, one more time. */
  #gone(kind: KindName, missing: ReadonlyMap<string, number>): string[] {
    const before = this.#missing.get(kind);
    const counts = new Map<string, number>();
    for (const [key, needed] of missing) {
      const count = (before?.get(key) ?? 0) + 1;
      if (count < needed) counts.set(key, count);
    }
    if (counts.size > 0) this.#missing.set(kind, counts);
    else this.#missing.delete(kind);
    return [...missing.keys()].filter((key) => !counts.has(key));
  }
}

/** Fields of a link that only a dump tells when it is asked to, of links that are devices of the machine. */
const dumpedFields = ["numVf", "vfinfoList", "vfPorts", "portSelf"] as const;

/** A link as an event tells of it, but as dumps do: without counters and what is new, with what it leaves out itself. */
function linkOf({ stats: _, stats64: _64, event: _event, ...told }: Link, known?: Link): Link {
  const link = { ...told, change: 0 };
  const untold = dumpedFields.filter((name) =>
    link[name] === undefined && known?.[name] !== undefined
  );
  return untold.length === 0
    ? link
    : { ...link, ...Object.fromEntries(untold.map((name) => [name, known![name]])) };
}

/** Whether an event about the end of a route is about all of it: one nexthop of several is told as a route by itself. */
function isWhole({ multipath }: Route, known: Route | undefined): boolean {
  return known !== undefined && known.multipath?.length === multipath?.length;
}
