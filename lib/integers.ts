import { littleEndian } from "./nlenc.ts";

/**
 * Integers read and written byte by byte, where they stand: making a DataView of each message would take longer than reading the
 * integers that are in most. None of them looks whether the bytes are there.
 *
 * @module
 */

/**
 * Reads an unsigned 16-bit integer.
 *
 * @param bytes The memory.
 * @param at Where it starts.
 * @param little Whether the least significant byte comes first; by default as on this machine.
 * @returns The integer.
 */
export function uint16At(bytes: Uint8Array, at: number, little: boolean = littleEndian): number {
  return little ? bytes[at] | bytes[at + 1] << 8 : bytes[at] << 8 | bytes[at + 1];
}

/**
 * Reads an unsigned 32-bit integer, as {@link uint16At} does.
 *
 * @param bytes The memory.
 * @param at Where it starts.
 * @param little Whether the least significant byte comes first.
 * @returns The integer.
 */
export function uint32At(bytes: Uint8Array, at: number, little: boolean = littleEndian): number {
  return int32At(bytes, at, little) >>> 0;
}

/**
 * Reads a signed 32-bit integer, as {@link uint16At} does.
 *
 * @param bytes The memory.
 * @param at Where it starts.
 * @param little Whether the least significant byte comes first.
 * @returns The integer.
 */
export function int32At(bytes: Uint8Array, at: number, little: boolean = littleEndian): number {
  return little
    ? bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24
    : bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
}

/** What was viewed last, and the view of it. */
let viewed: Uint8Array | undefined;
let view: DataView;

/**
 * Gives a view of memory. Where many integers of the same memory are read, that of before serves.
 *
 * @param bytes The memory.
 * @returns The view.
 */
export function viewOf(bytes: Uint8Array): DataView {
  if (bytes !== viewed) {
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    viewed = bytes;
  }
  return view;
}

/**
 * Reads an unsigned 64-bit integer, as {@link uint16At} does.
 *
 * @param bytes The memory.
 * @param at Where it starts.
 * @param little Whether the least significant byte comes first.
 * @returns The integer.
 */
export function uint64At(bytes: Uint8Array, at: number, little: boolean = littleEndian): bigint {
  return viewOf(bytes).getBigUint64(at, little);
}

/**
 * Writes the lowest 16 bits of an integer, signed or not.
 *
 * @param bytes The memory.
 * @param at Where it starts.
 * @param value The integer.
 * @param little Whether the least significant byte comes first; by default as on this machine.
 */
export function putUint16(
  bytes: Uint8Array,
  at: number,
  value: number,
  little: boolean = littleEndian,
): void {
  bytes[little ? at : at + 1] = value;
  bytes[little ? at + 1 : at] = value >> 8;
}

/**
 * Writes the lowest 32 bits of an integer, as {@link putUint16} does.
 *
 * @param bytes The memory.
 * @param at Where it starts.
 * @param value The integer.
 * @param little Whether the least significant byte comes first.
 */
export function putUint32(
  bytes: Uint8Array,
  at: number,
  value: number,
  little: boolean = littleEndian,
): void {
  putUint16(bytes, little ? at : at + 2, value, little);
  putUint16(bytes, little ? at + 2 : at, value >> 16, little);
}

/**
 * Writes the lowest 64 bits of an integer, as {@link putUint16} does.
 *
 * @param bytes The memory.
 * @param at Where it starts.
 * @param value The integer.
 * @param little Whether the least significant byte comes first.
 */
export function putUint64(
  bytes: Uint8Array,
  at: number,
  value: bigint,
  little: boolean = littleEndian,
): void {
  putUint32(bytes, little ? at : at + 4, Number(BigInt.asUintN(32, value)), little);
  putUint32(bytes, little ? at + 4 : at, Number(BigInt.asUintN(32, value >> 32n)), little);
}
