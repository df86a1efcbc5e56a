import type { Link } from "../rtnetlink/link/attributes.ts";
import { AddressFamily } from "../rtnetlink/constants.ts";
import type { Netconf } from "../rtnetlink/netconf.ts";
import { isListed, type Neighbour } from "../rtnetlink/neighbour.ts";
import type { KindName, LinkReference, ObjectKind } from "../rtnetlink/object_kind.ts";
import { isCloned, type Route } from "../rtnetlink/route/object.ts";
import { HeaderFlags } from "../message.ts";
import { changedFields, type Difference } from "./difference.ts";

/** What is known of one namespace: its objects as events and dumps told, and which of them must be read again. */
export class NamespaceView {
  readonly #tables = new Map<KindName, Map<string, object>>();
  readonly #own: boolean;
  /** The kinds that an event made doubtful. */
  readonly doubtful = new Set<KindName>();

  /** @param own Whether it is the own namespace, whose objects can be read again. */
  constructor(own: boolean) {
    this.#own = own;
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
    if (!this.#concerns(kind, object)) return [];
    if (kind.name === "prefix") {
      return [{ action: "new", kind: "prefix", key: kind.key(object), object }];
    }
    const gone = deleted || kind.name === "neighbour" && !isListed(object as Neighbour);
    const differences = gone ? this.#remove(kind, object) : this.#set(kind, object, flags);
    for (const difference of differences) this.#doubt(difference);
    return differences;
  }

  /**
   * Takes in what a dump says about all objects of a kind.
   *
   * @param kind The kind of object.
   * @param objects The objects.
   * @param complete Whether those that are not among them are gone.
   * @returns What differs from what was known.
   */
  replace(kind: ObjectKind<object>, objects: readonly object[], complete: boolean): Difference[] {
    const table = this.table(kind.name);
    const seen = new Set<string>();
    const changed: Difference[] = [];
    for (const object of objects) {
      if (
        !this.#concerns(kind, object) || kind.name === "neighbour" && !isListed(object as Neighbour)
      ) continue;
      const key = kind.key(object);
      seen.add(key);
      const difference = this.#put(kind.name, key, object);
      if (difference.changed?.length !== 0) changed.push(difference);
    }
    const gone: Difference[] = [];
    for (const [key, object] of table) {
      if (!complete || seen.has(key)) continue;
      table.delete(key);
      gone.push({ action: "delete", kind: kind.name, key, object });
    }
    return [...gone, ...changed];
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

  /** Whether an object is one of those that are kept: messages also tell about other things. */
  #concerns(kind: ObjectKind<object>, object: object): boolean {
    const { family } = object as { family: number };
    switch (kind.name) {
      case "link":
        if (family === AddressFamily.Unspec) return true;
        this.doubtful.add("link"); // a bridge port changed: the link itself has to be read again
        return false;
      case "route":
        return !isCloned(object as Route) && family !== AddressFamily.Ipmr &&
          family !== AddressFamily.Ip6mr;
      case "netconf": {
        // A link's settings are told before the link: they are read once it is known by name.
        const { ifindex = 0 } = object as Netconf;
        if (ifindex <= 0 || this.link(ifindex) !== undefined || !this.#own) return true;
        this.doubtful.add("netconf");
        return false;
      }
      case "rule":
      case "neighbour":
        return family === AddressFamily.Inet || family === AddressFamily.Inet6;
      default:
        return true;
    }
  }

  #set({ name, key: keyOf }: ObjectKind<object>, object: object, flags: number): Difference[] {
    const key = keyOf(object);
    const known = this.table(name).get(key);
    if (name === "route") this.#doubtRoute(object as Route, flags, known !== undefined);
    // The event of a single setting says nothing about the others.
    const whole = name === "netconf" ? { ...known, ...object } : object;
    return [this.#put(name, key, name === "link" ? linkOf(whole as Link, known as Link) : whole)];
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

  #remove({ name: kind, key: keyOf }: ObjectKind<object>, object: object): Difference[] {
    const key = keyOf(object);
    const table = this.table(kind);
    const known = table.get(key);
    if (known === undefined) {
      // One nexthop of several is told as a route by itself.
      if (kind === "route") this.doubtful.add("route");
      return [];
    }
    if (kind === "route" && (known as Route).multipath !== undefined) {
      this.doubtful.add("route"); // an IPv6 route may have lost only one of its nexthops
      return [];
    }
    table.delete(key);
    return [{ action: "delete", kind, key, object: known }];
  }

  /** A route can replace others, or join them to one with several nexthops, without a word about those. */
  #doubtRoute(route: Route, flags: number, known: boolean): void {
    const replaces = flags & HeaderFlags.Replace && !known;
    if (replaces || route.multipath !== undefined) this.doubtful.add("route");
  }

  /** What the kernel changes without a word when it changes this. */
  #doubt({ action, kind, previous, changed }: Difference): void {
    if (changed?.length === 0) return;
    if (kind === "link") {
      this.doubtful.add("link").add("route");
      if (action === "delete" || previous === undefined || changed!.includes("name")) {
        this.doubtful.add("address").add("neighbour").add("rule").add("nexthop").add("netconf");
      }
      // A link that comes up gets its own IPv6 address, of which nothing is told for a second or two.
      if (changed?.includes("flags")) this.doubtful.add("address");
    }
    if (kind === "address" && action === "delete" || kind === "nexthop") this.doubtful.add("route");
  }
}

/** A link as an event tells of it: without counters, which dumps leave out, and with the virtual functions, which it leaves out. */
function linkOf({ stats: _, stats64: _64, event: _event, ...link }: Link, known?: Link): Link {
  const untold = known?.vfinfoList !== undefined && link.vfinfoList === undefined &&
    link.numVf !== 0;
  return untold ? { ...link, vfinfoList: known.vfinfoList } : link;
}
