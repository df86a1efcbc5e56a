import { AddressFamily } from "../../rtnetlink/constants.ts";
import { isListed, type Neighbour } from "../../rtnetlink/neighbour.ts";
import type { KindName, ObjectKind } from "../../rtnetlink/object_kind.ts";
import { isCloned, type Route } from "../../rtnetlink/route/object.ts";
import { changedFields } from "./difference.ts";
import { linksOf } from "./doubt.ts";
import { Gaps } from "./gaps.ts";

/** In how many readings in a row an object must be missing to count as gone when each may have passed over it. */
const maxMissing = 10;

/**
 * Tells whether an object is one of those that are held: messages also tell of other things, such as
 * the ports of bridges.
 *
 * @param kind The kind of object.
 * @param object The object.
 * @returns Whether it is held.
 */
export function isHeld(kind: KindName, object: object): boolean {
  const { family } = object as { family: number };
  switch (kind) {
    case "link":
      return family === AddressFamily.Unspec;
    case "route":
      return !isCloned(object as Route) && family !== AddressFamily.Ipmr &&
        family !== AddressFamily.Ip6mr;
    case "rule":
      return family === AddressFamily.Inet || family === AddressFamily.Inet6;
    case "neighbour":
      return isListed(object as Neighbour);
    default:
      return true;
  }
}

/**
 * Tells which objects a dump may pass over, without the kernel noticing it, when one of them comes or
 * goes meanwhile: a dump of neighbours and of IPv6's routes goes on after as many as it has had, one of
 * IPv4's routes so among those to one address.
 *
 * @param kind The kind of object.
 * @param object The one that comes or goes.
 * @returns The same text for all objects that may be passed over; undefined when there are none.
 */
function neighbourhood(kind: KindName, object: object): string | undefined {
  if (kind === "neighbour") return "all";
  if (kind !== "route") return undefined;
  const { family, dst = "0.0.0.0" } = object as Route;
  return family === AddressFamily.Inet ? dst : `${family}`;
}

/**
 * One reading of all objects of a kind, while events go on: it is compared with what is known as it
 * comes, and what events tell meanwhile is newer than it.
 */
export class Reading {
  /** The kind of objects. */
  readonly kind: ObjectKind<object>;
  /** The links over which the routes go that are read; undefined when all objects are read. */
  readonly links?: ReadonlySet<number>;
  /** Whether a change interrupted it, so that objects may be missing. */
  interrupted = false;
  readonly #known: ReadonlyMap<string, object>;
  readonly #seen = new Set<string>();
  readonly #differing = new Map<string, object>();
  readonly #outdated = new Set<string>();
  readonly #disturbed = new Set<string | undefined>();
  readonly #gaps = new Gaps();

  /**
   * @param kind The kind of objects.
   * @param known Those that are known, by their keys, as events go on to change it.
   * @param links Over which links the routes go that are read; by default all objects are read.
   */
  constructor(
    kind: ObjectKind<object>,
    known: ReadonlyMap<string, object>,
    links?: ReadonlySet<number>,
  ) {
    this.kind = kind;
    this.#known = known;
    this.links = links;
  }

  /**
   * Takes in an object that is there.
   *
   * @param object The object.
   */
  add(object: object): void {
    const { name } = this.kind;
    if (name === "route") this.#gaps.add(object as Route);
    if (!isHeld(name, object)) return;
    const key = this.kind.key(object);
    this.#seen.add(key);
    const known = this.#known.get(key);
    if (known !== undefined && changedFields(name, known, object).length === 0) return;
    this.#differing.set(key, object);
  }

  /** A datagram has ended. */
  pause(): void {
    this.#gaps.pause();
  }

  /** A dump has ended. */
  end(): void {
    this.#gaps.end();
  }

  /**
   * Says that an event told of an object, which may be older or newer than the reading: the last event is right.
   *
   * @param key The object's key.
   * @param object The object.
   */
  outdate(key: string, object: object): void {
    this.#outdated.add(key);
    this.#disturbed.add(neighbourhood(this.kind.name, object));
  }

  /** Whether it found all that is there. */
  get whole(): boolean {
    return this.links === undefined && !this.interrupted && this.#outdated.size === 0;
  }

  /** The objects that are new or have changed, with their keys. */
  get differing(): Array<[key: string, object: object]> {
    return [...this.#differing].filter(([key]) => !this.#outdated.has(key));
  }

  /** The keys of known objects that it did not find, and in how many readings in a row that must be so until each is gone. */
  get missing(): Map<string, number> {
    const missing = new Map<string, number>();
    for (const [key, object] of this.#known) {
      if (this.#seen.has(key) || this.#outdated.has(key) || !this.#covers(object)) continue;
      missing.set(key, this.#proof(object));
    }
    return missing;
  }

  #proof(object: object): number {
    if (this.interrupted) return maxMissing;
    const { name } = this.kind;
    const place = neighbourhood(name, object);
    if (place === undefined || !this.#disturbed.has(place)) return 1;
    if (name !== "route" || (object as Route).family !== AddressFamily.Inet6) return maxMissing;
    return this.#gaps.has(object as Route) ? Infinity : 1; // the same ones are passed over again and again
  }

  /** Whether it would have found an object, if it was there: others may have changed so that they are not among those. */
  #covers(object: object): boolean {
    const { links } = this;
    if (links === undefined) return true;
    const own = linksOf(object as Route);
    return own.length > 0 && own.every((link) => links.has(link));
  }
}
