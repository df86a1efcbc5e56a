import type { AttributeDecoder } from "../../attribute_decoder.ts";
import type { AttributeEncoder } from "../../attribute_encoder.ts";
import { AttributeError } from "../../errors.ts";
import type { Shaped } from "./shape.ts";

/**
 * What a table's values are decoded into and encoded from, with what stands around it. A
 * sub-message looks up in it the sibling, or the field of an outer object, that selects its format.
 */
export interface Scope {
  /** The object itself: the fields that are known so far. */
  readonly object: Readonly<Record<string, unknown>>;
  /** The object around this one. */
  readonly outer?: Scope;
  /** How many objects are around this one, 0 by default. */
  readonly depth?: number;
}

/** How the value of one attribute is written. */
export interface Codec<T> extends Shaped {
  /**
   * Reads the decoder's current attribute. Throws an {@link AttributeError} when the data are no such
   * value. Codecs that contain others call {@link decodeValue} instead.
   */
  decode(ad: AttributeDecoder, scope: Scope): T;
  /** Does the same where nothing but the place of the attribute's data in memory matters, without a decoder. */
  readonly at?: (memory: Uint8Array, start: number, end: number, scope: Scope) => T;
  /** Adds the value as one attribute of the given type, or as several. */
  encode(ae: AttributeEncoder, type: number, value: T, scope: Scope): void;
  /** Whether the value is an array of which each occurrence of the attribute carries one element. */
  readonly multiple?: boolean;
  /** Whether the data are attributes, so that the attribute's type may have the bit `NLA_F_NESTED`. */
  readonly nested?: boolean;
  /** Whether decoding must wait until all siblings are known. */
  readonly late?: boolean;
  /** Finds the attributes within a value's data, where there are any: they name the path to an offending one. */
  readonly inner?: (data: Uint8Array, scope: Scope) => Iterable<AttributeRun>;
}

/** Attributes that stand one after the other: in a message, within an attribute, in one of its parts. */
export interface AttributeRun {
  /** What they are. */
  readonly set: AttributeSet;
  /** Their bytes, a view of the message's. */
  readonly data: Uint8Array;
  /** The object that they are of, with the fields of the header before them, and what stands around it. */
  readonly scope: Scope;
}

/**
 * Makes the reading half of a codec for which nothing but the place of the attribute's data matters.
 *
 * @param at Reads a value.
 * @returns The half.
 */
export function inPlace<T>(
  at: NonNullable<Codec<T>["at"]>,
): Required<Pick<Codec<T>, "at" | "decode">> {
  return { at, decode: ({ memory, offset, end }, scope) => at(memory, offset, end, scope) };
}

/**
 * One attribute: its number, its name in the kernel's headers, how its value is written and, where
 * `ip -j` prints it, under which key and in which form; a form of undefined leaves the key out.
 */
export type AttributeEntry<T> = readonly [
  type: number,
  name: string,
  codec: Codec<T>,
  jsonKey?: string,
  jsonForm?: (value: T) => unknown,
];

/**
 * The attributes of one kind of object, by the names of the object's fields. Decoding, encoding, the
 * names in errors and the JSON keys all come from it.
 */
// deno-lint-ignore no-explicit-any
export type AttributeSet<T extends object = any> = {
  readonly [K in keyof T]-?: AttributeEntry<Exclude<T[K], undefined>>;
};

/**
 * Attributes that the library does not know, or whose data are not what it expects: their bytes, or
 * a list where the attribute stands several times, under "attribute" and their type with its flag bits.
 */
export interface RawAttributes {
  /** The data of the attribute of this type. */
  [attribute: `attribute${number}`]: Uint8Array | Uint8Array[] | undefined;
}

/** Names an attribute that has no other name. @param type Its type. @returns Such as "attribute99". */
export function attributeName(type: number): string {
  return `attribute${type}`;
}

/**
 * The fields of an object in the order of its attributes, where those of one field do not stand
 * together: on some machines the kernel pads before each 64-bit integer.
 */
export const scatteredOrder: WeakMap<object, string[]> = new WeakMap<object, string[]>();

/** Encodes the value of a field; an error about it then begins with the names of the attribute and the field. */
function encodeField(
  [type, name, codec]: AttributeEntry<unknown>,
  field: string,
  ae: AttributeEncoder,
  value: unknown,
  scope: Scope,
): void {
  try {
    codec.encode(ae, type, value, scope);
    if (ae.error !== undefined) throw ae.error;
  } catch (error) {
    if (error instanceof AttributeError) {
      throw new AttributeError(`${name} (${field}): ${error.message}`, { cause: error });
    }
    // What no type checker has seen may be anything, and fail anywhere.
    if (!(error instanceof TypeError)) throw error;
    throw new AttributeError(`${name} (${field}): ${String(value)} is no such value`, {
      cause: error,
    });
  }
}

/** The names of fields that hold attributes without another name. */
export const rawKey: RegExp = /^attribute(\d+)$/;

/**
 * Encodes the fields of an object as attributes, in the order in which the fields stand.
 *
 * @param set The attributes.
 * @param ae Gets the attributes.
 * @param scope The object and what stands around it; fields that are undefined are left out.
 * @param header Names of fields that are no attributes, as they stand in the fixed header before them.
 * @throws {AttributeError} When a field is not in the table, or its value is not one of its codec's.
 */
export function encodeAttributes(
  set: AttributeSet,
  ae: AttributeEncoder,
  scope: Scope,
  header: Readonly<Record<string, unknown>> = {},
): void {
  const order = scatteredOrder.get(scope.object);
  if (order !== undefined) return encodeScattered(set, ae, scope, header, order);
  for (const field of Object.keys(scope.object)) {
    const value = scope.object[field];
    if (value === undefined || isOfHeader(header, field)) continue;
    const entry = entryOf(set, field);
    for (const one of valuesOf(entry, field, value)) encodeField(entry, field, ae, one, scope);
  }
}

function isOfHeader(header: Readonly<Record<string, unknown>>, field: string): boolean {
  return Object.hasOwn(header, field) || field === "shortLength";
}

/** Encodes fields whose order is not that of the attributes, which is known. */
function encodeScattered(
  set: AttributeSet,
  ae: AttributeEncoder,
  scope: Scope,
  header: Readonly<Record<string, unknown>>,
  order: readonly string[],
): void {
  /** What waits for its turn, by field. */
  const waiting = new Map<string, Array<() => void>>();
  for (const field of Object.keys(scope.object)) {
    const value = scope.object[field];
    if (value === undefined || isOfHeader(header, field)) continue;
    const entry = entryOf(set, field);
    const turns = valuesOf(entry, field, value)
      .map((one) => () => encodeField(entry, field, ae, one, scope));
    waiting.set(field, turns);
  }
  for (const field of order) waiting.get(field)?.shift()?.();
  for (const rest of waiting.values()) rest.forEach((encode) => encode());
}

/** The entry of a field; one of its own for an attribute that is kept raw. */
function entryOf(set: AttributeSet, field: string): AttributeEntry<unknown> {
  if (Object.hasOwn(set, field)) return set[field];
  const raw = rawKey.exec(field);
  if (raw !== null) return [Number(raw[1]), field, rawCodec];
  throw new AttributeError(
    `Unknown field "${field}": expected one of ${Object.keys(set).join(", ")}`,
  );
}

const rawCodec: Codec<Uint8Array> = {
  decode: (ad) => ad.bytes(),
  encode: (ae, type, value) => ae.bytes(type, value),
};

/** The values that become an attribute each. */
function valuesOf(
  [, name, { multiple }]: AttributeEntry<unknown>,
  field: string,
  value: unknown,
): unknown[] {
  if (!multiple) return rawKey.test(field) && Array.isArray(value) ? value : [value];
  if (Array.isArray(value)) return value;
  throw new AttributeError(`${name} (${field}): ${String(value)} is no array`);
}

/**
 * Gives what `ip -j` prints for the attributes of an object: those which the table gives a key.
 *
 * @param set The attributes.
 * @param object The object.
 * @returns Keys and values in the order of the table.
 */
export function attributesToJson<T extends object>(
  set: AttributeSet<T>,
  object: T,
): Record<string, unknown> {
  const json: Record<string, unknown> = {};
  for (const field of Object.keys(set) as Array<keyof T>) {
    const [, , , key, form] = set[field];
    const value = object[field];
    if (key === undefined || value === undefined) continue;
    const printed = form === undefined ? value : form(value as Exclude<T[keyof T], undefined>);
    if (printed !== undefined) json[key] = printed;
  }
  return json;
}

/**
 * Looks up a field by name in an object and, where it has none, in those around it.
 *
 * @param scope Where to begin.
 * @param field The name of the field.
 * @returns Its value, or undefined.
 */
export function lookUp(scope: Scope | undefined, field: string): unknown {
  for (let at = scope; at !== undefined; at = at.outer) {
    if (at.object[field] !== undefined) return at.object[field];
  }
  return undefined;
}
