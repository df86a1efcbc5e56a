import type { Predicate } from "../../bpf/predicate.ts";
import { AddressFamily } from "../../rtnetlink/constants.ts";
import { kindNamed, objectKinds } from "../../rtnetlink/kinds.ts";
import type { IpJson, KindName } from "../../rtnetlink/object_kind.ts";
import type { Difference } from "../follow/difference.ts";
import type { Followed, Needs, ObjectFilter } from "./object_filter.ts";

/** Which objects are wanted: those to which all of this applies. */
export interface SelectionOptions {
  /** The kinds of objects; all by default. */
  kinds?: readonly KindName[];
  /** Only addresses, routes, neighbours, rules and settings of this family: 2 or 10 (`AddressFamily`). */
  family?: number;
  /** Only objects of the link with this name; once one has been told it is followed until it is gone. */
  device?: string;
  /**
   * Only objects for which this predicate holds, or this expression, as `parsePredicate` reads it. An object is
   * judged as the message that says that it is new or, when it is gone, deleted. Once one has been told, or was there
   * at the start, it is followed until it is gone, whatever becomes of it.
   *
   * The kernel drops events that are not needed. Where only links can be wanted, those come that are about links
   * which fulfil the predicate or are followed, and new names of the links that these show; beyond 64 of them events about
   * all links. Where other objects can be wanted, events about all links must come, as these change others silently, and
   * with routes those about all addresses and nexthops; and of others those about the kinds, families, tables and, but for
   * routes, links that the predicate asks for.
   */
  filter?: Predicate | string;
}

/** What is said of an object. */
export interface Statement extends Followed, Pick<Difference, "action" | "kind" | "object"> {
  /** The id of its namespace, when that is another one. */
  nsid?: number;
  /** The object as it is shown. */
  json: IpJson;
}

/** Tells which objects are wanted, and remembers which are followed. */
export class Selection {
  /** The kinds of which something can be wanted. */
  readonly kinds: readonly KindName[];
  readonly #options: SelectionOptions;
  readonly #filter?: ObjectFilter;
  /** What is followed; absent where everything is wanted. */
  readonly #followed?: Map<string, Followed>;
  /** Whether events about links are all that is needed. */
  readonly #linksOnly: boolean;

  private constructor(options: SelectionOptions, allNSID: boolean, filter?: ObjectFilter) {
    const { kinds = objectKinds.map(({ name }) => name), device } = options;
    for (const kind of kinds) kindNamed("monitor", kind);
    this.#options = options;
    this.#filter = filter;
    this.kinds = kinds.filter((kind) => filter === undefined || filter.kinds.includes(kind));
    this.#linksOnly = !allNSID && this.kinds.every((kind) => kind === "link");
    if (device !== undefined || filter !== undefined) this.#followed = new Map();
  }

  /**
   * Reads and checks the filter.
   *
   * @param options Which objects are wanted.
   * @param allNSID Whether there are events of other namespaces: links get their names from all of them.
   * @returns The selection.
   * @throws {OpError} When there is no such kind.
   * @throws {ExpressionError} When the filter is a text that is no expression.
   * @throws {PredicateError} When the filter is a predicate that makes no sense.
   */
  static async make(options: SelectionOptions, allNSID = false): Promise<Selection> {
    if (options.filter === undefined) return new Selection(options, allNSID);
    // Most programs start sooner without all that a filter needs.
    const { ObjectFilter } = await import("./object_filter.ts");
    return new Selection(options, allNSID, new ObjectFilter(options.filter));
  }

  /**
   * Tells whether an object is followed.
   *
   * @param object The object.
   * @returns Whether it was wanted once, and is not gone.
   */
  follows(object: Pick<Statement, "kind" | "key" | "nsid">): boolean {
    return this.#followed === undefined || this.#followed.has(idOf(object));
  }

  /**
   * Tells whether what is said of an object is wanted; if so it is followed from then on.
   *
   * @param statement What is said.
   * @returns Whether it is wanted.
   */
  takes(statement: Statement): boolean {
    const { action, kind, key, json, links } = statement;
    const { family } = this.#options;
    if (!this.kinds.includes(kind)) return false;
    if (family !== undefined && !isOfFamily(json, kind, family)) return false;
    if (this.#followed === undefined) return true;
    const wanted = this.follows(statement) || this.#isWanted(statement);
    if (action === "delete") this.#followed.delete(idOf(statement));
    else if (wanted && kind !== "prefix") this.#followed.set(idOf(statement), { key, links });
    return wanted;
  }

  #isWanted(statement: Statement): boolean {
    const { device } = this.#options;
    if (device !== undefined && !belongsTo(statement.json, device)) return false;
    return this.#filter === undefined || this.#filter.holds(statement);
  }

  /**
   * Tells which events are needed, now that others are followed.
   *
   * @returns The events; undefined while they are the same as before, which at first are all.
   */
  needs(): Needs | undefined {
    return this.#filter?.needs(this.kinds, this.#linksOnly ? this.#followed!.values() : undefined);
  }
}

function idOf({ kind, key, nsid }: Pick<Statement, "kind" | "key" | "nsid">): string {
  return `${kind} ${nsid ?? ""} ${key}`;
}

function isOfFamily(json: IpJson, kind: KindName, family: number): boolean {
  if (kind === "link" || kind === "nsid" || kind === "nexthop") return true;
  return json.family === (family === AddressFamily.Inet6 ? "inet6" : "inet");
}

/** Whether an object belongs to a link, under whichever key its kind names the link. */
function belongsTo(json: IpJson, device: string): boolean {
  const names = [json.ifname, json.dev, json.iif, json.oif, json.interface];
  const nexthops = json.nexthops as Array<{ dev?: string }> | undefined;
  return names.includes(device) || nexthops?.some(({ dev }) => dev === device) === true;
}
