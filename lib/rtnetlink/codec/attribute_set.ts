import { Nested } from "../../attribute.ts";
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

type Fields = Record<string, unknown>;
type Index = Array<readonly [field: string, codec: Codec<unknown>] | undefined>;

const indexes = new WeakMap<AttributeSet, Index>();

function indexOf(set: AttributeSet): Index {
  let index = indexes.get(set);
  if (index === undefined) {
    index = [];
    for (const field of Object.keys(set)) index[set[field][0]] = [field, set[field][2]];
    indexes.set(set, index);
  }
  return index;
}

/**
 * Reads the current attribute with a codec, once its flag bits are known to be ones that the codec's
 * attributes may have: none, or `NLA_F_NESTED` where the data are attributes.
 *
 * @param codec How the value is written.
 * @param ad A decoder that stands on the attribute.
 * @param scope What stands around it.
 * @returns The value.
 * @throws {AttributeError} When the flag bits or the data are not such a value's.
 */
export function decodeValue<T>(codec: Codec<T>, ad: AttributeDecoder, scope: Scope): T {
  if (ad.typeFlags !== 0 && !(codec.nested && ad.typeFlags === Nested)) {
    throw new AttributeError(
      `Attribute ${ad.type} has the unexpected flag bits 0x${ad.typeFlags.toString(16)}`,
    );
  }
  return codec.decode(ad, scope);
}

/** Decodes the current attribute into its field. Returns false when it must be kept raw instead. */
function decodeField(
  object: Fields,
  field: string,
  codec: Codec<unknown>,
  ad: AttributeDecoder,
  scope: Scope,
): boolean {
  try {
    if (codec.multiple) {
      const value = decodeValue(codec, ad, scope);
      ((object[field] ??= []) as unknown[]).push(value);
    } else if (object[field] === undefined) {
      object[field] = decodeValue(codec, ad, scope);
    } else {
      return false;
    }
    return true;
  } catch (error) {
    if (error instanceof AttributeError) return false;
    throw error;
  }
}

/** Names an attribute that has no other name. @param type Its type. @returns Such as "attribute99". */
export function attributeName(type: number): string {
  return `attribute${type}`;
}

function rawKeyOf(ad: AttributeDecoder): string {
  return attributeName(ad.type | ad.typeFlags);
}

function keepRaw(object: Fields, ad: AttributeDecoder): void {
  const key = rawKeyOf(ad);
  const before = object[key] as Uint8Array | Uint8Array[] | undefined;
  if (Array.isArray(before)) before.push(ad.bytes());
  else object[key] = before === undefined ? ad.bytes() : [before, ad.bytes()];
}

/** Keeps the current attribute raw at the place of the given field, which gives way if it has no value. */
function keepRawAt(object: Fields, field: string, ad: AttributeDecoder): void {
  const entries = Object.entries(object);
  const from = entries.findIndex(([name]) => name === field);
  const key = rawKeyOf(ad);
  const later = object[key] as Uint8Array | Uint8Array[] | undefined;
  for (const [name] of entries.slice(from)) delete object[name];
  for (const [name, value] of entries.slice(from)) {
    if (name !== key && (name !== field || value !== undefined)) object[name] = value;
    if (name === field) object[key] = later === undefined ? ad.bytes() : [ad.bytes(), later].flat();
  }
}

/**
 * The fields of an object in the order of its attributes, where those of one field do not stand
 * together: on some machines the kernel pads before each 64-bit integer.
 */
const scatteredOrder = new WeakMap<object, string[]>();

/** Remembers the order of attributes that the order of the fields cannot tell. */
function rememberOrder(object: Fields, index: Index, ad: AttributeDecoder): void {
  const order: string[] = [];
  /** How many attributes of a field came so far: those after its values are raw. */
  const counts = new Map<string, number>();
  ad.rewind();
  while (ad.next()) {
    const [field, codec] = index[ad.type] ?? [rawKeyOf(ad)];
    const count = counts.get(field) ?? 0;
    counts.set(field, count + 1);
    const value = object[field];
    const values = codec?.multiple && Array.isArray(value)
      ? value.length
      : Number(value !== undefined);
    order.push(codec !== undefined && count >= values ? rawKeyOf(ad) : field);
  }
  scatteredOrder.set(object, order);
}

/**
 * Decodes attributes into the fields of an object, in the order in which they come, so that
 * {@link encodeAttributes} gives back the same bytes. What is not understood is kept raw: attributes
 * that are not in the table, whose data or flag bits are not what it expects, or that stand again
 * where one is expected. What differs when it is encoded again is only what the kernel never sends:
 * text with no NUL or several at its end, integers wider than they need to be, holes and padding
 * that are not zero.
 *
 * @param set The attributes to expect.
 * @param ad A decoder that stands before the first attribute.
 * @param scope The object to fill in and what stands around it.
 * @throws {AttributeError} When the attributes are malformed.
 */
export function decodeAttributes(set: AttributeSet, ad: AttributeDecoder, scope: Scope): void {
  const object = scope.object as Fields;
  const index = indexOf(set);
  /** Types of which one was kept raw: those after it must be, too, or their order would be lost. */
  let raw: Set<number> | undefined;
  let late = false;
  let scattered = false;
  let previous = -1;
  while (ad.next()) {
    const entry = index[ad.type];
    const type = ad.type | ad.typeFlags;
    const again = entry === undefined
      ? Object.hasOwn(object, rawKeyOf(ad))
      : Object.hasOwn(object, entry[0]) || raw?.has(ad.type);
    if (again && type !== previous) scattered = true;
    previous = type;
    if (entry === undefined) {
      keepRaw(object, ad);
    } else if (entry[1].late && (entry[1].multiple || !Object.hasOwn(object, entry[0]))) {
      late = true;
      object[entry[0]] = undefined; // keeps its place in the order of the fields
    } else if (
      entry[1].late || raw?.has(ad.type) || !decodeField(object, entry[0], entry[1], ad, scope)
    ) {
      (raw ??= new Set()).add(ad.type);
      keepRaw(object, ad);
    }
  }
  if (late) decodeLate(index, ad, scope);
  if (scattered) rememberOrder(object, index, ad);
}

/** Goes over the attributes again for those which had to wait for their siblings. */
function decodeLate(index: Index, ad: AttributeDecoder, scope: Scope): void {
  const object = scope.object as Fields;
  const done = new Set<number>();
  ad.rewind();
  while (ad.next()) {
    const entry = index[ad.type];
    if (!entry?.[1].late) continue;
    const [field, codec] = entry;
    if (done.has(ad.type)) {
      // Others than the first are raw since the first walk, unless each is an element.
      if (codec.multiple) keepRaw(object, ad);
    } else if (!decodeField(object, field, codec, ad, scope)) {
      done.add(ad.type);
      keepRawAt(object, field, ad);
    } else if (!codec.multiple) {
      done.add(ad.type);
    }
  }
}

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
    if (!(error instanceof AttributeError)) throw error;
    throw new AttributeError(`${name} (${field}): ${error.message}`, { cause: error });
  }
}

const rawKey = /^attribute(\d+)$/;

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
  /** What waits for its turn where the order of the fields is not that of the attributes. */
  const waiting = new Map<string, Array<() => void>>();
  const put = (field: string, encode: () => void): void => {
    if (order === undefined) encode();
    else if (waiting.has(field)) waiting.get(field)!.push(encode);
    else waiting.set(field, [encode]);
  };
  for (const field of Object.keys(scope.object)) {
    const value = scope.object[field];
    if (value === undefined || Object.hasOwn(header, field)) continue;
    const entry = Object.hasOwn(set, field) ? set[field] : undefined;
    if (entry !== undefined) {
      for (const one of entry[2].multiple ? value as unknown[] : [value]) {
        put(field, () => encodeField(entry, field, ae, one, scope));
      }
      continue;
    }
    const raw = rawKey.exec(field);
    if (raw === null) {
      throw new AttributeError(
        `Unknown field "${field}": expected one of ${Object.keys(set).join(", ")}`,
      );
    }
    const type = Number(raw[1]);
    for (const data of [value].flat() as Uint8Array[]) put(field, () => ae.bytes(type, data));
  }
  for (const field of order ?? []) waiting.get(field)?.shift()?.();
  for (const rest of waiting.values()) rest.forEach((encode) => encode());
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
