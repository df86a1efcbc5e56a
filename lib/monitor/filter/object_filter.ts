import type { RawInstruction } from "../../bpf/instructions.ts";
import { filter as compile } from "../../bpf/filter.ts";
import { matches } from "../../bpf/matches.ts";
import type { Predicate } from "../../bpf/predicate.ts";
import { parsePredicate } from "../../rtnetlink/expression/parser.ts";
import { objectKinds } from "../../rtnetlink/kinds.ts";
import { encodeObject, type KindName, type LinkReference } from "../../rtnetlink/object_kind.ts";
import type { Difference } from "../follow/difference.ts";
import { neededEvents, neededLinkEvents, type NeededLinks, possibleKinds } from "./needed.ts";

/** How many links a program tells apart at most: of more than these all events come. */
const maxLinks = 64;

/** An object that is followed. */
export interface Followed {
  /** Its key. */
  key: string;
  /** The links by which it is shown, as they are known. */
  links: NeededLinks;
}

/** Events that are needed. */
export interface Needs {
  /** A program that keeps them; undefined where all are needed. */
  program: RawInstruction[] | undefined;
  /** Whether some of them were not needed before. */
  more: boolean;
}

/** Judges objects by a predicate, and tells which events are needed to follow those for which it holds. */
export class ObjectFilter {
  /** The kinds of which there may be an object for which it holds. */
  readonly kinds: readonly KindName[];
  readonly #predicate: Predicate;
  /** The links whose events were needed last. */
  #links: NeededLinks | "all" = "all";

  /**
   * Reads and checks a filter.
   *
   * @param filter The predicate, or an expression.
   * @throws {ExpressionError} When it is a text that is no expression.
   * @throws {PredicateError} When it is a predicate that makes no sense.
   */
  constructor(filter: Predicate | string) {
    this.#predicate = typeof filter === "string" ? parsePredicate(filter) : filter;
    compile(this.#predicate);
    this.kinds = possibleKinds(this.#predicate);
  }

  /**
   * Judges an object as the message that says that it is new or deleted.
   *
   * @param difference What is said of it.
   * @returns Whether the predicate holds.
   */
  holds({ action, kind: name, object }: Pick<Difference, "action" | "kind" | "object">): boolean {
    const kind = objectKinds.find((kind) => kind.name === name)!;
    const type = action === "delete" ? kind.deleteType! : kind.newType;
    return matches(this.#predicate, {
      header: { type, flags: 0 },
      data: encodeObject(kind, object),
    });
  }

  /**
   * Tells which events are needed, now that others are followed.
   *
   * @param kinds The kinds that are followed.
   * @param followed The links that are followed; undefined where objects of other kinds can be, too.
   * @returns The events; undefined while they are the same as before, which at first are all.
   */
  needs(kinds: readonly KindName[], followed?: Iterable<Followed>): Needs | undefined {
    const before = this.#links;
    const links = followed ? shownLinks(followed) : none;
    const more = hasMore(links, before);
    if (!more && !hasMore(before, links)) return undefined;
    this.#links = links;
    if (links === "all") return { program: undefined, more };
    const events = followed
      ? neededLinkEvents(this.#predicate, links)
      : neededEvents(this.#predicate, kinds);
    return { program: compile(events), more };
  }
}

const none: NeededLinks = new Map();

/** The links that are followed and those by which they are shown, unless these are too many. */
function shownLinks(followed: Iterable<Followed>): NeededLinks | "all" {
  const links = new Map<number, LinkReference | undefined>();
  const whole: number[] = [];
  for (const { key, links: shownBy } of followed) {
    whole.push(Number(key));
    for (const [link, reference] of shownBy) links.set(link, reference);
    if (whole.length > maxLinks) return "all";
  }
  for (const link of whole) links.set(link, undefined);
  return links.size > maxLinks ? "all" : links;
}

/** Whether links have events that are needed and were not among others. */
function hasMore(links: NeededLinks | "all", others: NeededLinks | "all"): boolean {
  if (links === "all" || others === "all") return links !== others && links === "all";
  return Array.from(links).some(([link, reference]) => {
    if (!others.has(link)) return true;
    const other = others.get(link);
    return other !== undefined &&
      (other.name !== reference?.name || other.flags !== reference.flags);
  });
}
