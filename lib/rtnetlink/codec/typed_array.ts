import { AttributeError } from "../../errors.ts";
import type { Codec } from "./attribute_set.ts";

/** The typed arrays that an attribute can be. */
export type NumberArray = Int32Array | Uint32Array | BigUint64Array;

/**
 * How much memory arrays share in bytes. A link has four of them, and to allocate memory for each takes as long as to
 * decode all the rest of the link: 3 us on Deno, 1 us on Bun.
 */
const blockSize = 8 * 1024;

/** The longest array that shares memory, in bytes. */
const longestShared = 1024;

let block = new Uint8Array(0);
/** How much of the block is taken. */
let used = 0;

/** Copies bytes to where an array of any type may stand; gives the offset in the block. */
function copyToBlock(memory: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (used + length > block.length) {
    block = new Uint8Array(new ArrayBuffer(blockSize)); // the buffer first, or Bun moves it
    used = 0;
  }
  const place = used;
  block.set(memory.subarray(start, end), place);
  used = place + length + 7 & ~7;
  return place;
}

/**
 * An array of integers in native byte order as a typed array: cheap to read however many there are.
 *
 * @param type The typed array's constructor.
 * @returns How to read and write it; what is read is a copy, perhaps within memory that arrays share.
 */
export function typedArray<T extends NumberArray>(
  type: {
    readonly BYTES_PER_ELEMENT: number;
    new (buffer: ArrayBufferLike, offset: number, length: number): T;
  },
): Codec<T> {
  const size = type.BYTES_PER_ELEMENT;
  return {
    decode({ memory, offset, end }) {
      const length = end - offset;
      if (length % size !== 0) {
        throw new AttributeError(`${length} bytes are no array of elements of ${size}`);
      }
      if (length > longestShared) {
        return new type(Uint8Array.from(memory.subarray(offset, end)).buffer, 0, length / size);
      }
      const place = copyToBlock(memory, offset, end);
      return new type(block.buffer, place, length / size);
    },
    encode: (ae, type, { buffer, byteOffset, byteLength }) =>
      ae.bytes(type, new Uint8Array(buffer, byteOffset, byteLength)),
  };
}
