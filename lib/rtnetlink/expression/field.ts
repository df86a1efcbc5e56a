import type { Predicate } from "../../bpf/predicate.ts";
import type { Scalar } from "../codec/scalar.ts";
import type { Shape, Shaped, ShapedSet } from "../codec/shape.ts";
import { objectKinds } from "../kinds.ts";
import { linkKind } from "../link/link.ts";
import type { ObjectKind } from "../object_kind.ts";
import { routeKind } from "../route/route.ts";
import { ExpressionError } from "./error.ts";
import { nearest } from "./near.ts";
import { attributeTest, numberTest, type Place } from "./place.ts";
import type { Token } from "./tokens.ts";

/** Something that a name of an expression means. */
export interface Field {
  /** Its whole name, such as "link.mtu". */
  readonly name: string;
  /** What a message must be to have it: of its kind, with a value that selects its format. */
  readonly guards: readonly Predicate[];
  /** Where it is. */
  readonly place: Place;
  /** What it is. */
  readonly shape?: Shape;
  /** How one comes to it. */
  readonly way: Way;
  /** Where the length of its prefix is, of an address: in bytes from the start of the data. */
  readonly length?: {
    readonly offset: number;
    /** Whether the address is a network's, not that of one host in it. */
    readonly network: boolean;
  };
}

/** A way into the messages of a kind. */
interface Way {
  /** The kind; absent for what a predicate itself knows. */
  readonly kind?: ObjectKind<object>;
  /** The attributes within attributes, from the outermost, with the types on the way to them. */
  readonly levels: ReadonlyArray<{ readonly set: ShapedSet; readonly path: readonly number[] }>;
  readonly guards: readonly Predicate[];
}

/** What has a name without a kind's before it. */
type Common = (Place & { kind: "common" })["key"];

function commonCodec(name: Common): Shaped {
  switch (name) {
    case "family":
      return headerField(linkKind, "family")![1];
    case "ifindex":
      return headerField(linkKind, "index")![1];
    case "table":
      return routeKind.attributes.table[2];
  }
}

/** The names of those fields of kinds that a predicate itself knows. */
const known: Readonly<Record<string, Common>> = {
  family: "family",
  index: "ifindex",
  table: "table",
};

/**
 * Finds what a name means. After the name of a kind it is a field of that kind. "family", "ifindex" and
 * "table" alone are a predicate's own; any other name is that field of every kind that has one.
 *
 * @param name The name, its parts separated by dots.
 * @returns The fields.
 * @throws {ExpressionError} At the first part that there is not.
 */
export function findFields(name: Token): Field[] {
  const parts = partsOf(name);
  const [first, ...rest] = parts;
  if (rest.length === 0 && isCommon(first.text)) {
    const place: Place = { kind: "common", key: first.text };
    const way = { levels: [], guards: [] };
    return [{ name: first.text, guards: [], place, shape: commonCodec(first.text).shape, way }];
  }
  const kind = objectKinds.find(({ name }) => name === first.text);
  if (kind !== undefined) return follow([wayInto(kind)], rest, kind.name);
  return follow(objectKinds.map(wayInto), parts, "");
}

function isCommon(name: string): name is Common {
  return Object.values<string>(known).includes(name);
}

function partsOf(name: Token): Token[] {
  let at = name.at;
  return name.text.split(".").map((text) => {
    const part = { ...name, text, value: text, at };
    at += text.length + 1;
    return part;
  });
}

function wayInto(kind: ObjectKind<object>): Way {
  return { kind, levels: [{ set: kind.attributes, path: [] }], guards: [isOfKind(kind)] };
}

/** Says that a message is about an object of a kind. */
export function isOfKind({ newType, deleteType }: ObjectKind<object>): Predicate {
  return { type: deleteType === undefined ? newType : [newType, deleteType] };
}

/** Goes from field to field. */
function follow(ways: Way[], [part, ...rest]: readonly Token[], before: string): Field[] {
  const name = before === "" ? part.text : `${before}.${part.text}`;
  const fields = ways.flatMap((way) => fieldIn(way, part.text, name) ?? []);
  if (fields.length === 0) throw unknown(ways, part, before);
  if (rest.length === 0) return fields;
  const inner = fields.flatMap(open);
  if (inner.length === 0) {
    throw new ExpressionError(`${name} has no fields that can be asked for`, rest[0], []);
  }
  return follow(inner, rest, name);
}

function unknown(ways: Way[], part: Token, before: string): ExpressionError {
  const names = [...new Set(ways.flatMap(namesIn))];
  if (before !== "") {
    const problem = `${before} has no field ${JSON.stringify(part.text)}`;
    return new ExpressionError(problem, part, names, nearest(part.text, names));
  }
  const starts = [...objectKinds.map(({ name }) => name), "action", ...Object.values(known)];
  const near = nearest(part.text, [...starts, ...names]);
  const problem = `There is no kind and no field ${JSON.stringify(part.text)}`;
  return new ExpressionError(problem, part, starts, near);
}

function namesIn({ kind, levels }: Way): string[] {
  const header = levels.length === 1 ? Object.keys(kind!.header.fields) : [];
  return [...header, ...Object.keys(levels.at(-1)!.set)];
}

function headerField(
  { header: { fields } }: ObjectKind<object>,
  name: string,
): readonly [offset: number, scalar: Scalar<unknown>] | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** The field of a name at the end of a way. */
function fieldIn(way: Way, part: string, name: string): Field | undefined {
  const { kind, levels, guards } = way;
  const { set, path } = levels.at(-1)!;
  const [offset, scalar] = levels.length === 1 ? headerField(kind!, part) ?? [] : [];
  const [type, , codec] = Object.hasOwn(set, part) ? set[part] : [];
  const shape = (scalar ?? codec)?.shape;
  if (levels.length === 1 && Object.hasOwn(known, part) && (scalar ?? codec) !== undefined) {
    return { name, guards, place: { kind: "common", key: known[part] }, shape, way };
  }
  if (offset !== undefined) return { name, guards, place: { kind: "header", offset }, shape, way };
  if (type === undefined) return undefined;
  const place: Place = { kind: "attribute", header: kind!.header.size, path: [...path, type] };
  return { name, guards, place, shape, way, length: lengthOf(way, part) };
}

/** Where the length is of the prefix that an address has. */
function lengthOf({ kind, levels }: Way, part: string): Field["length"] {
  if (levels.length > 1) return undefined;
  const own = headerField(kind!, `${part}Length`);
  const [offset] = own ?? headerField(kind!, "prefixLength") ?? [];
  return offset === undefined ? undefined : { offset, network: own !== undefined };
}

/** The ways into the attributes within a field. */
function open(field: Field): Way[] {
  return formatsOf(field).flatMap(({ shape, place, guards, way }) => {
    if (shape?.kind !== "attributes" || place.kind !== "attribute") return [];
    return [{ ...way, guards, levels: [...way.levels, { set: shape.set(), path: place.path }] }];
  });
}

/**
 * Tells the formats apart that a field may have.
 *
 * @param field The field.
 * @returns For each format the field with what selects it; itself alone where nothing does.
 */
export function formatsOf(field: Field): Field[] {
  const { shape, way, guards } = field;
  if (shape?.kind !== "selected") return [field];
  const keys = new Map<Shaped, string[]>();
  for (const [key, codec] of Object.entries(shape.formats())) {
    keys.set(codec, [...keys.get(codec) ?? [], key]);
  }
  return Array.from(keys, ([codec, values]) => ({
    ...field,
    shape: codec.shape,
    guards: [...guards, selects(way, shape.selector, values)],
  }));
}

/** Says that the field that selects a format has one of the values: a sibling, or one of an object around it. */
function selects(way: Way, selector: string, values: readonly string[]): Predicate {
  for (let depth = way.levels.length; depth > 0; depth--) {
    const at = fieldIn({ ...way, levels: way.levels.slice(0, depth) }, selector, selector);
    if (at?.shape?.kind === "number") return numberTest(at.place, at.shape, values.map(Number));
    if (at?.place.kind === "attribute") return attributeTest(at.place, { string: values });
  }
  throw new Error(`No field ${selector} selects a format`); // no table is so
}
