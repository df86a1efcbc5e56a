import { matches } from "../../bpf/matches.ts";
import type { Predicate } from "../../bpf/predicate.ts";
import { AddressFamily, MessageType } from "../../rtnetlink/constants.ts";
import { objectKinds } from "../../rtnetlink/kinds.ts";
import { linkAttributes, linkHeader } from "../../rtnetlink/link/attributes.ts";
import { linkKind } from "../../rtnetlink/link/link.ts";
import type { KindName, LinkReference, ObjectKind } from "../../rtnetlink/object_kind.ts";

type Key = keyof Predicate;

/** What no event changes of an object, unless it is of one of these kinds. */
const lasting: Readonly<Partial<Record<Key, readonly KindName[]>>> = {
  family: ["nexthop"],
  ifindex: ["nexthop", "route"],
  table: [],
};

/** What only objects of these kinds have. */
const particular: Readonly<Partial<Record<Key, readonly KindName[]>>> = {
  ifname: ["link"],
  protocol: ["route"],
  table: ["route", "rule"],
};

/** Types of the attributes that tell of which kind a link and its master are: `IFLA_INFO_KIND`, `IFLA_INFO_SLAVE_KIND`. */
const infoKinds = [1, 4];

/** The messages that say that a link has another queueing discipline, of which no event of the link tells. */
const ofQdisc: Predicate = { type: [MessageType.NewQdisc, MessageType.DelQdisc] };

/** The types of the messages about objects of a kind. */
function typesOf({ newType, deleteType }: ObjectKind<object>): number[] {
  return deleteType === undefined ? [newType] : [newType, deleteType];
}

/** Says that a message is about an object of one of some kinds. */
function isOf(...kinds: readonly KindName[]): Predicate {
  return { type: objectKinds.filter(({ name }) => kinds.includes(name)).flatMap(typesOf) };
}

/**
 * Weakens a predicate: what is left looks only at the kind of object and at what never changes of it, and
 * holds for all messages about an object for which the predicate holds, or does not hold, once.
 *
 * @param predicate The predicate.
 * @param holds Whether it is asked to hold, or not to hold.
 * @param fixed What never changes, see {@link lasting}.
 */
function weaken(predicate: Predicate, holds: boolean, fixed: typeof lasting): Predicate {
  const parts = (Object.keys(predicate) as Key[]).filter((key) => predicate[key] !== undefined)
    .map((key) => weakenField(key, predicate, holds, fixed));
  return holds ? { and: parts } : { or: parts };
}

function weakenField(
  key: Key,
  predicate: Predicate,
  holds: boolean,
  fixed: typeof lasting,
): Predicate {
  switch (key) {
    case "and":
    case "or": {
      const parts = predicate[key]!.map((part) => weaken(part, holds, fixed));
      return (key === "and") === holds ? { and: parts } : { or: parts };
    }
    case "not":
      return weaken(predicate.not!, !holds, fixed);
    case "type": {
      const isAsked = (type: number) =>
        matches({ type: predicate.type }, messageOf(type)) === holds;
      const kinds = objectKinds.filter((kind) => typesOf(kind).some(isAsked));
      return isOf(...kinds.map(({ name }) => name));
    }
  }
  const kinds = holds && particular[key] ? isOf(...particular[key]) : {};
  if (fixed[key] === undefined) return kinds;
  const test = { [key]: predicate[key] };
  return { ...kinds, or: [isOf(...fixed[key]), holds ? test : { not: test }] };
}

function messageOf(type: number) {
  return { header: { type, flags: 0 }, data: new Uint8Array() };
}

/**
 * Tells of which kinds there may be an object that fulfils a predicate.
 *
 * @param predicate The predicate.
 * @returns The kinds; some too many where the predicate does not tell.
 */
export function possibleKinds(predicate: Predicate): KindName[] {
  const weak = weaken(predicate, true, {});
  return objectKinds.filter(({ newType }) => matches(weak, messageOf(newType)))
    .map(({ name }) => name);
}

/**
 * Says which events must come to follow the objects for which a predicate holds once: all about links, whose
 * names others have and which take routes with them; where routes are followed, all about what takes routes
 * with it; and of the rest those about objects for which the predicate may ever hold.
 *
 * @param predicate The predicate.
 * @param kinds The kinds that are followed.
 * @returns The events.
 */
export function neededEvents(predicate: Predicate, kinds: readonly KindName[]): Predicate {
  const always: KindName[] = kinds.includes("route") ? ["link", "address", "nexthop"] : ["link"];
  return { or: [isOf(...always), ofQdisc, weaken(predicate, true, lasting)] };
}

/**
 * Links whose events are needed: all of them, or, where only other links are shown by its name and flags, those that
 * change these.
 */
export type NeededLinks = ReadonlyMap<number, LinkReference | undefined>;

/**
 * Says which events must come to follow links, and to find those for which a predicate holds.
 *
 * @param predicate The predicate.
 * @param links The links that are followed, and those by whose names and flags these are shown.
 * @returns The events.
 */
export function neededLinkEvents(predicate: Predicate, links: NeededLinks): Predicate {
  const whole = [...links.keys()].filter((link) => links.get(link) === undefined);
  // What changes of a bridge and its ports is told in messages about the ports, of a form of their own.
  const ofBridge: Predicate = { ...isOf("link"), family: AddressFamily.Bridge };
  const master = { header: linkHeader.size, path: linkAttributes.master[0], uint32: whole };
  return {
    or: [
      predicate,
      { ...isOf("link"), ifindex: whole },
      { ...ofQdisc, ifindex: whole },
      asksForInfo(predicate) ? ofBridge : { ...ofBridge, attribute: master },
      ...Array.from(links, ([link, reference]) => reference ? changeOf(link, reference) : nothing),
    ],
  };
}

const nothing: Predicate = { or: [] };

/** The events about a link that make it another one to others. */
function changeOf(index: number, { name, flags }: LinkReference): Predicate {
  const [offset] = linkHeader.fields.flags;
  const isGone = { type: linkKind.deleteType };
  const hasFlags: Predicate = { field: { offset, size: 4, value: flags } };
  return {
    ...isOf("link"),
    ifindex: index,
    or: [isGone, { not: { ifname: name, ...hasFlags } }],
  };
}

/** Whether a predicate looks at what is told of a link as one of its kind, or as a port of another one. */
function asksForInfo({ and = [], or = [], not, attribute }: Predicate): boolean {
  const [type, inner] = [attribute?.path ?? []].flat();
  return type === linkAttributes.linkInfo[0] && !infoKinds.includes(inner) ||
    [...and, ...or, ...(not ? [not] : [])].some(asksForInfo);
}
