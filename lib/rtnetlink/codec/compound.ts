import { AttributeDecoder } from "../../attribute_decoder.ts";
import { AttributeEncoder } from "../../attribute_encoder.ts";
import { AttributeError } from "../../errors.ts";
import {
  attributeName,
  type AttributeRun,
  type AttributeSet,
  type Codec,
  encodeAttributes,
  inPlace,
  lookUp,
  type RawAttributes,
  type Scope,
} from "./attribute_set.ts";
import { type AttributesDecoder, decoderOf, decodeValue } from "./decode_attributes.ts";
import { compileAfter, compileArray, type ReadArray } from "./compile.ts";
import { rememberFlag, typeOf } from "./nested_flag.ts";
import type { Scalar } from "./scalar.ts";
import type { Struct } from "./struct.ts";

/** How deep objects may be nested. The kernel's own stay below ten; hostile ones stay raw below this. */
const depthLimit = 32;

/** The scope of an object that may be nested in another one. */
function scopeOf(object: object, outer?: Scope): Scope {
  const depth = outer === undefined ? 0 : (outer.depth ?? 0) + 1;
  if (depth > depthLimit) {
    throw new AttributeError(`Attributes are nested more than ${depthLimit} deep`);
  }
  return { object: object as Record<string, unknown>, outer, depth };
}

/**
 * Attributes within an attribute.
 *
 * @param set The attributes within; a thunk, so that tables may refer to each other in any order.
 * @param flagged Whether the kernel sets the bit `NLA_F_NESTED` on it, as it does where the interface is younger than 5.2.
 * @returns How to read and write them as an object.
 */
export function nest<T extends object>(
  set: () => AttributeSet<T>,
  flagged = false,
): Codec<T & RawAttributes> {
  let decoder: AttributesDecoder | undefined;
  return {
    shape: { kind: "attributes", set },
    nested: true,
    inner: (data, outer) => [{ set: set(), data, scope: scopeOf({}, outer) }],
    decode(ad, outer) {
      decoder ??= decoderOf(set());
      const object = {} as T & RawAttributes;
      decoder.decode(ad.memory, ad.offset, ad.end, scopeOf(object, outer));
      return rememberFlag(object, ad, flagged);
    },
    encode(ae, type, value, outer) {
      ae.do(typeOf(type, value, flagged), () => {
        const nested = new AttributeEncoder();
        encodeAttributes(set(), nested, scopeOf(value, outer));
        return nested.encode();
      });
    },
  };
}

/**
 * An attribute that is read once all its siblings are known: one within which something is
 * {@link selected} by a sibling that may come after it.
 *
 * @param codec How it is written.
 * @returns How to read and write it.
 */
export function late<T>(codec: Codec<T>): Codec<T> {
  return { ...codec, late: true };
}

/**
 * An attribute that stands once for each element.
 *
 * @param codec How one element is written.
 * @returns How to read and write the elements as an array.
 */
export function multi<T>(codec: Codec<T>): Codec<T[]> {
  // The table's walk calls a codec with `multiple` once for each element, see Codec.
  return { ...codec, multiple: true, shape: { kind: "list" } } as unknown as Codec<T[]>;
}

/** The elements of an array as attributes: those of all types that are there are written alike. */
function* elementsWithin(
  element: Codec<unknown>,
  data: Uint8Array,
  outer: Scope,
  name?: string,
): Generator<AttributeRun> {
  const set: Record<string, AttributeSet[string]> = {};
  const ad = new AttributeDecoder(data);
  while (ad.next()) set[ad.type] = [ad.type, name ?? attributeName(ad.type), element];
  yield { set, data, scope: scopeOf({}, outer) };
}

/**
 * An array as an attribute within which each element is an attribute, whose type is its place.
 *
 * @param codec How one element is written.
 * @param options `first`: the type of the first element, 1 by default; `type`: the type of all of them, where it is
 * always the same, and `name`: its name in the kernel's headers; `flagged`: whether the kernel sets `NLA_F_NESTED`
 * on the outer attribute.
 * @returns How to read and write the elements as an array.
 */
export function indexedArray<T>(
  codec: Codec<T>,
  { first = 1, type: fixed, name, flagged = false }: {
    first?: number;
    type?: number;
    name?: string;
    flagged?: boolean;
  } = {},
): Codec<T[]> {
  return {
    shape: { kind: "list" },
    nested: true,
    inner: (data, outer) => elementsWithin(codec, data, outer, name),
    decode: (ad, scope) =>
      ad.nested((nested) => {
        const elements: T[] = [];
        while (nested.next()) {
          if (nested.type !== (fixed ?? first + elements.length)) {
            throw new AttributeError(
              `Element ${elements.length} of an array has type ${nested.type}`,
            );
          }
          elements.push(decodeValue(codec, nested, scope));
        }
        return rememberFlag(elements, ad, flagged);
      }),
    encode(ae, type, value, scope) {
      ae.do(typeOf(type, value, flagged), () => {
        const nested = new AttributeEncoder();
        value.forEach((element, i) => codec.encode(nested, fixed ?? first + i, element, scope));
        return nested.encode();
      });
    },
  };
}

/** An element of an array whose elements have numbers of their own. */
export interface Numbered<T> {
  /** Its number: an id, a place in an array with gaps. */
  number: number;
  /** The element. */
  value: T;
}

/**
 * An array as an attribute within which each element is an attribute, whose type is a number of its
 * own: `nest-type-value` of the kernel's specs, or an array with gaps.
 *
 * @param codec How one element is written.
 * @param flagged Whether the kernel sets `NLA_F_NESTED` on the outer attribute.
 * @returns How to read and write the elements, with their numbers, as an array.
 */
export function numberedArray<T>(codec: Codec<T>, flagged = false): Codec<Array<Numbered<T>>> {
  return {
    shape: { kind: "list" },
    nested: true,
    inner: (data, outer) => elementsWithin(codec, data, outer),
    decode: (ad, scope) =>
      ad.nested((nested) => {
        const elements: Array<Numbered<T>> = [];
        while (nested.next()) {
          elements.push({ number: nested.type, value: decodeValue(codec, nested, scope) });
        }
        return rememberFlag(elements, ad, flagged);
      }),
    encode(ae, type, value, scope) {
      ae.do(typeOf(type, value, flagged), () => {
        const nested = new AttributeEncoder();
        for (const element of value) codec.encode(nested, element.number, element.value, scope);
        return nested.encode();
      });
    },
  };
}

/**
 * Reads a fixed structure and finds the attributes after it.
 *
 * @param header The structure, its padding to a multiple of four included.
 * @param set The attributes.
 * @param data The bytes of both.
 * @param outer What stands around them.
 * @returns The attributes.
 */
export function afterHeader(
  header: Struct<object>,
  set: AttributeSet,
  data: Uint8Array,
  outer?: Scope,
): AttributeRun {
  const start = Math.min(header.size, data.length);
  const scope = scopeOf(header.read(data, 0, start), outer);
  return { set, data: data.subarray(start), scope };
}

/**
 * Reads a fixed structure and the attributes after it as one object.
 *
 * @param header The structure, its padding to a multiple of four included.
 * @param set The attributes.
 * @param memory Where both stand.
 * @param start Where they start there.
 * @param end Where they end.
 * @param outer What stands around them.
 * @returns The object.
 * @throws {AttributeError} When the attributes are malformed.
 */
export function decodeWithHeader<H extends object, T extends object>(
  header: Struct<H>,
  set: AttributeSet<T>,
  memory: Uint8Array,
  start: number,
  end: number,
  outer?: Scope,
): H & T & RawAttributes {
  const middle = Math.min(start + header.size, end);
  const object = header.read(memory, start, middle);
  decoderOf(set).decode(memory, middle, end, scopeOf(object, outer));
  return object as H & T & RawAttributes;
}

/**
 * Writes what {@link decodeWithHeader} reads.
 *
 * @param header The structure.
 * @param set The attributes, which stand in the order of the object's fields.
 * @param scope The object and what stands around it.
 * @returns The bytes of both.
 * @throws {AttributeError} When a field is unknown or a value does not fit.
 */
export function encodeWithHeader(
  header: Struct<object>,
  set: AttributeSet,
  scope: Scope,
): Uint8Array {
  const ae = new AttributeEncoder(header.write(scope.object));
  encodeAttributes(set, ae, scope, header.fields);
  return ae.encode();
}

/**
 * A fixed structure and attributes after it within an attribute, `fixed-header` of a sub-message in the kernel's specs.
 *
 * @param header The structure; a thunk, as is `set`.
 * @param set The attributes after it.
 * @param flagged Whether the kernel sets `NLA_F_NESTED` on it.
 * @returns How to read and write both as one object.
 */
export function headedNest<H extends object, T extends object>(
  header: () => Struct<H>,
  set: () => AttributeSet<T>,
  flagged = false,
): Codec<H & T & RawAttributes> {
  return {
    shape: { kind: "structure" },
    nested: true,
    inner: (data, outer) => [afterHeader(header(), set(), data, outer)],
    decode(ad, outer) {
      const object = decodeWithHeader(header(), set(), ad.memory, ad.offset, ad.end, outer);
      return rememberFlag(object, ad, flagged);
    },
    encode(ae, type, value, outer) {
      ae.do(
        typeOf(type, value, flagged),
        () => encodeWithHeader(header(), set(), scopeOf(value, outer)),
      );
    },
  };
}

/**
 * An array of values of fixed size, one after the other.
 *
 * @param scalar How one value is written.
 * @returns How to read and write the values as an array.
 */
export function packedArray<T>(scalar: Scalar<T>): Codec<T[]> {
  let uses = 0;
  let read: ReadArray<T> = (memory, start, count) => {
    if (++uses === compileAfter) read = compileArray(scalar) ?? read;
    return Array.from({ length: count }, (_, i) => scalar.get(memory, start + i * scalar.size));
  };
  return {
    ...inPlace((memory, start, end) => {
      const count = (end - start) / scalar.size;
      if (!Number.isInteger(count)) {
        throw new AttributeError(
          `${end - start} bytes are no array of elements of ${scalar.size}`,
        );
      }
      return read(memory, start, count);
    }),
    encode: (ae, type, value) =>
      ae.do(type, () => {
        const bytes = new Uint8Array(value.length * scalar.size);
        const view = new DataView(bytes.buffer);
        value.forEach((element, i) => scalar.set(view, i * scalar.size, element));
        return bytes;
      }),
    shape: { kind: "list" },
  };
}

/**
 * An attribute whose format another field selects: a sibling, or a field of an object around it.
 *
 * @param selector The name of the field that selects.
 * @param formats The formats by the selector's value. Under a value that is not there the attribute stays raw.
 * @returns How to read and write it in the selected format.
 */
export function selected<T>(
  selector: string,
  formats: () => Readonly<Record<string | number, Codec<T>>>,
): Codec<T> {
  const select = (scope: Scope): Codec<T> => {
    const key = lookUp(scope, selector) as string | number | undefined;
    const table = formats();
    if (key === undefined || !Object.hasOwn(table, key)) {
      throw new AttributeError(
        `No format for ${selector} ${key}: expected one of ${Object.keys(table).join(", ")}`,
      );
    }
    return table[key];
  };
  return {
    shape: { kind: "selected", selector, formats },
    late: true,
    nested: true,
    inner: (data, scope) => select(scope).inner?.(data, scope) ?? [],
    decode: (ad, scope) => decodeValue(select(scope), ad, scope),
    encode: (ae, type, value, scope) => select(scope).encode(ae, type, value, scope),
  };
}
