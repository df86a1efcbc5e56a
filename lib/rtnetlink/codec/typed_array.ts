import { AttributeError } from "../../errors.ts";
import type { Codec } from "./attribute_set.ts";

/** The typed arrays that an attribute can be. */
export type NumberArray = Int32Array | Uint32Array | BigUint64Array;

/**
 * An array of integers in native byte order as a typed array: cheap to read however many there are.
 *
 * @param type The typed array's constructor.
 * @returns How to read and write it; what is read is a copy.
 */
export function typedArray<T extends NumberArray>(
  type: { readonly BYTES_PER_ELEMENT: number; new (buffer: ArrayBuffer): T },
): Codec<T> {
  return {
    shape: { kind: "list" },
    decode: (ad) =>
      ad.do((bytes) => {
        if (bytes.length % type.BYTES_PER_ELEMENT !== 0) {
          throw new AttributeError(
            `${bytes.length} bytes are no array of elements of ${type.BYTES_PER_ELEMENT}`,
          );
        }
        const buffer = new ArrayBuffer(bytes.length);
        new Uint8Array(buffer).set(bytes);
        return new type(buffer);
      }),
    encode: (ae, type, { buffer, byteOffset, byteLength }) =>
      ae.bytes(type, new Uint8Array(buffer, byteOffset, byteLength)),
  };
}
