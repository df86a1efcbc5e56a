import { Nested } from "../../attribute.ts";
import { AttributeDecoder } from "../../attribute_decoder.ts";
import { AttributeEncoder } from "../../attribute_encoder.ts";
import { AttributeError } from "../../errors.ts";
import { type AttributeSet, type Codec, decodeAttributes, encodeAttributes, lookUp, type RawAttributes, type Scope } from "./attribute_set.ts";
import type { Scalar } from "./scalar.ts";

/** Encodes the attributes of a nested object. */
function encodeSet(set: AttributeSet, object: object, outer: Scope): Uint8Array {
  const ae = new AttributeEncoder();
  encodeAttributes(set, ae, { object: object as Record<string, unknown>, outer });
  return ae.encode();
}

/**
 * Attributes within an attribute.
 *
 * @param set The attributes within; a thunk, so that tables may refer to each other in any order.
 * @param flagged Whether the kernel sets the bit `NLA_F_NESTED` on it, as it does where the interface is younger than 5.2.
 * @returns How to read and write them as an object.
 */
export function nest<T extends object>(set: () => AttributeSet<T>, flagged = false): Codec<T & RawAttributes> {
  return {
    inner: set,
    decode(ad, outer) {
      const object = {} as T & RawAttributes;
      ad.nested((nested) => decodeAttributes(set(), nested, { object: object as Record<string, unknown>, outer }));
      return object;
    },
    encode(ae, type, value, outer) {
      ae.do(flagged ? type | Nested : type, () => encodeSet(set(), value, outer));
    },
  };
}

/**
 * An attribute that stands once for each element.
 *
 * @param codec How one element is written.
 * @returns How to read and write the elements as an array.
 */
export function multi<T>(codec: Codec<T>): Codec<T[]> {
  // The table's walk calls a codec with `multiple` once for each element, see Codec.
  return { ...codec, multiple: true } as unknown as Codec<T[]>;
}

/**
 * An array as an attribute within which each element is an attribute, whose type is its place.
 *
 * @param codec How one element is written.
 * @param options `first`: the type of the first element, 1 by default; `type`: the type of all of them, where it is
 * always the same; `flagged`: whether the kernel sets `NLA_F_NESTED` on the outer attribute.
 * @returns How to read and write the elements as an array.
 */
export function indexedArray<T>(
  codec: Codec<T>,
  { first = 1, type: fixed, flagged = false }: { first?: number; type?: number; flagged?: boolean } = {},
): Codec<T[]> {
  return {
    inner: codec.inner,
    decode: (ad, scope) =>
      ad.nested((nested) => {
        const elements: T[] = [];
        while (nested.next()) {
          if (nested.type !== (fixed ?? first + elements.length)) {
            throw new AttributeError(`Element ${elements.length} of an array has type ${nested.type}`);
          }
          elements.push(codec.decode(nested, scope));
        }
        return elements;
      }),
    encode(ae, type, value, scope) {
      ae.do(flagged ? type | Nested : type, () => {
        const nested = new AttributeEncoder();
        value.forEach((element, i) => codec.encode(nested, fixed ?? first + i, element, scope));
        return nested.encode();
      });
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
  return {
    decode: (ad) =>
      ad.do((bytes) => {
        if (bytes.length % scalar.size !== 0) {
          throw new AttributeError(`${bytes.length} bytes are no array of elements of ${scalar.size}`);
        }
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        return Array.from({ length: bytes.length / scalar.size }, (_, i) => scalar.get(view, i * scalar.size));
      }),
    encode: (ae, type, value) =>
      ae.do(type, () => {
        const bytes = new Uint8Array(value.length * scalar.size);
        const view = new DataView(bytes.buffer);
        value.forEach((element, i) => scalar.set(view, i * scalar.size, element));
        return bytes;
      }),
  };
}

/**
 * An attribute whose format another field selects: a sibling, or a field of an object around it.
 *
 * @param selector The name of the field that selects.
 * @param formats The formats by the selector's value. Under a value that is not there the attribute stays raw.
 * @returns How to read and write it in the selected format.
 */
export function selected<T>(selector: string, formats: () => Readonly<Record<string | number, Codec<T>>>): Codec<T> {
  const select = (scope: Scope): Codec<T> => {
    const key = lookUp(scope, selector) as string | number | undefined;
    const table = formats();
    if (key === undefined || !Object.hasOwn(table, key)) {
      throw new AttributeError(`No format for ${selector} ${key}: expected one of ${Object.keys(table).join(", ")}`);
    }
    return table[key];
  };
  return {
    late: true,
    inner: (scope) => {
      const key = lookUp(scope, selector) as string | number | undefined;
      return key === undefined ? undefined : formats()[key]?.inner?.(scope);
    },
    decode: (ad, scope) => select(scope).decode(ad, scope),
    encode: (ae, type, value, scope) => select(scope).encode(ae, type, value, scope),
  };
}
