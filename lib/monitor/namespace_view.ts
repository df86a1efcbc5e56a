import type { Link } from "../rtnetlink/link/attributes.ts";
import { AddressFamily } from "../rtnetlink/constants.ts";
import type { Netconf } from "../rtnetlink/netconf.ts";
import { isListed, type Neighbour } from "../rtnetlink/neighbour.ts";
import type { IpJson, KindName, LinkReference, ObjectKind } from "../rtnetlink/object_kind.ts";
import { isCloned, type Route } from "../rtnetlink/route/object.ts";
import { HeaderFlags } from "../message.ts";

/** What is known of one object. */
interface Entry {
  object: object;
  json: IpJson;
  /** The JSON without what changes by itself. */
  stable: string;
}

/** A difference between what was known and what is. */
export interface Difference {
  /** What happened to the object. */
  action: "new" | "delete";
  /** The kind of object. */
  kind: KindName;
  /** What makes it the one it is, among its kind. */
  key: string;
  /** The object as `ip -j -d` prints it; of a deleted one, as it was last. */
  json: IpJson;
  /** As it was before, when it was there. */
  previous?: IpJson;
}

/** Keys whose values count down or run on while nothing happens. */
const running = new Set([
  "valid_life_time",
  "preferred_life_time",
  "expires",
  "hello_timer",
  "tcn_timer",
  "topology_change_timer",
  "gc_timer",
  "message_age_timer",
  "forward_delay_timer",
  "hold_timer",
]);

function stableText(json: IpJson): string {
  return JSON.stringify(json, (key, value) => running.has(key) ? undefined : value);
}

/** What is known of one namespace: its objects as events and dumps told, and which of them must be read again. */
export class NamespaceView {
  readonly #tables = new Map<KindName, Map<string, Entry>>();
  readonly #links = new Map<number, LinkReference>();
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
   * @returns What changed by it.
   */
  apply(kind: ObjectKind<object>, object: object, deleted: boolean, flags: number): Difference[] {
    if (!this.#concerns(kind, object)) return [];
    if (kind.name === "prefix") {
      return [{
        action: "new",
        kind: "prefix",
        key: kind.key(object),
        json: this.#json(kind, object),
      }];
    }
    const gone = deleted || kind.name === "neighbour" && !isListed(object as Neighbour);
    const differences = gone ? this.#remove(kind, object) : this.#set(kind, object, flags);
    if (differences.length > 0) this.#doubt(kind.name, differences[0]);
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
    if (kind.name === "link") {
      if (complete) this.#links.clear();
      for (const link of objects) this.#know(link as Link);
    }
    const table = this.#table(kind.name);
    const seen = new Set<string>();
    const changed: Difference[] = [];
    for (const object of objects) {
      if (
        !this.#concerns(kind, object) || kind.name === "neighbour" && !isListed(object as Neighbour)
      ) continue;
      const key = kind.key(object);
      seen.add(key);
      const json = this.#json(kind, object);
      const stable = stableText(json);
      const known = table.get(key);
      if (known?.stable === stable) continue;
      table.set(key, { object, json, stable });
      changed.push({
        action: "new",
        kind: kind.name,
        key,
        json,
        ...known && { previous: known.json },
      });
    }
    const gone: Difference[] = [];
    for (const [key, { json }] of table) {
      if (!complete || seen.has(key)) continue;
      table.delete(key);
      gone.push({ action: "delete", kind: kind.name, key, json });
    }
    return [...gone, ...changed];
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
        if (ifindex <= 0 || this.#links.has(ifindex) || !this.#own) return true;
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

  #set(kind: ObjectKind<object>, object: object, flags: number): Difference[] {
    if (kind.name === "link") this.#know(object as Link);
    const table = this.#table(kind.name);
    const key = kind.key(object);
    const known = table.get(key);
    // The event of a single setting says nothing about the others.
    const whole = kind.name === "netconf" && known !== undefined
      ? { ...known.object, ...object as Netconf }
      : object;
    const json = this.#json(kind, whole);
    const stable = stableText(json);
    if (kind.name === "route") this.#doubtRoute(object as Route, flags, known !== undefined);
    if (known?.stable === stable && JSON.stringify(known.json) === JSON.stringify(json)) return [];
    table.set(key, { object: whole, json, stable });
    const { name } = kind;
    return [{ action: "new", kind: name, key, json, ...known && { previous: known.json } }];
  }

  #remove(kind: ObjectKind<object>, object: object): Difference[] {
    const key = kind.key(object);
    const table = this.#table(kind.name);
    const known = table.get(key);
    if (kind.name === "link") this.#links.delete((object as Link).index);
    if (known === undefined) {
      // One nexthop of several is told as a route by itself.
      if (kind.name === "route") this.doubtful.add("route");
      return [];
    }
    if (kind.name === "route" && (known.object as Route).multipath !== undefined) {
      this.doubtful.add("route"); // an IPv6 route may have lost only one of its nexthops
      return [];
    }
    table.delete(key);
    return [{ action: "delete", kind: kind.name, key, json: known.json }];
  }

  /** A route can replace others, or join them to one with several nexthops, without a word about those. */
  #doubtRoute(route: Route, flags: number, known: boolean): void {
    const replaces = flags & HeaderFlags.Replace && !known;
    if (replaces || route.multipath !== undefined) this.doubtful.add("route");
  }

  /** What the kernel changes without a word when it changes this. */
  #doubt(kind: KindName, { action, json, previous }: Difference): void {
    if (kind === "link") {
      this.doubtful.add("link").add("route");
      const renamed = action === "delete" || previous === undefined ||
        previous.ifname !== json.ifname;
      if (renamed) {
        this.doubtful.add("address").add("neighbour").add("rule").add("nexthop").add("netconf");
      }
    }
    if (kind === "address" && action === "delete" || kind === "nexthop") this.doubtful.add("route");
  }

  #json(kind: ObjectKind<object>, object: object): IpJson {
    return kind.toIpJson(object, (index) => this.#links.get(index));
  }

  #know({ index, name, flags }: Link): void {
    if (name !== undefined) this.#links.set(index, { name, flags });
  }

  #table(kind: KindName): Map<string, Entry> {
    let table = this.#tables.get(kind);
    if (table === undefined) this.#tables.set(kind, table = new Map());
    return table;
  }
}
