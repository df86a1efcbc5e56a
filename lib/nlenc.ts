/**
 * Native-endian integers and C strings, as netlink messages carry them.
 *
 * Every reader and writer takes exactly as many bytes as its type has and throws a `RangeError`
 * otherwise: a wrong length means a wrong message, never a value to guess at.
 *
 * @example
 * ```ts
 * import { string, uint32, uint32Bytes } from "@netlink/netlink/nlenc";
 *
 * console.log(uint32(uint32Bytes(1500)), string(new Uint8Array([0x6c, 0x6f, 0])));
 * // 1500 lo
 * ```
 *
 * @module
 */

/** Whether this machine stores the least significant byte first. */
export const littleEndian: boolean = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function view(bytes: Uint8Array, size: number): DataView {
  if (bytes.length !== size) {
    throw new RangeError(`Expected ${size} byte${size === 1 ? "" : "s"}, got ${bytes.length}`);
  }
  return new DataView(bytes.buffer, bytes.byteOffset, size);
}

/** Throws a `RangeError` that names the type when an integer does not fit between two bounds, or is none. */
function check<T extends number | bigint>(name: string, value: T, low: T, high: T): void {
  const whole = typeof value === typeof low &&
    (typeof value === "bigint" || Number.isInteger(value));
  if (whole && value >= low && value <= high) return;
  const [given, wanted] = typeof low === "bigint"
    ? [`${value}`, ", a bigint"]
    : [typeof value === "bigint" ? `${value}n` : `${value}`, ""];
  throw new RangeError(
    `${given} is not a ${name}: expected a whole number from ${low} to ${high}${wanted}`,
  );
}

/**
 * Stores an unsigned 8-bit integer.
 *
 * @param bytes Exactly 1 byte to write to.
 * @param value From 0 to 255.
 */
export function putUint8(bytes: Uint8Array, value: number): void {
  check("uint8", value, 0, 0xff);
  view(bytes, 1).setUint8(0, value);
}

/**
 * Stores an unsigned 16-bit integer in native byte order.
 *
 * @param bytes Exactly 2 bytes to write to.
 * @param value From 0 to 65535.
 */
export function putUint16(bytes: Uint8Array, value: number): void {
  check("uint16", value, 0, 0xffff);
  view(bytes, 2).setUint16(0, value, littleEndian);
}

/**
 * Stores an unsigned 32-bit integer in native byte order.
 *
 * @param bytes Exactly 4 bytes to write to.
 * @param value From 0 to 4294967295.
 */
export function putUint32(bytes: Uint8Array, value: number): void {
  check("uint32", value, 0, 0xffffffff);
  view(bytes, 4).setUint32(0, value, littleEndian);
}

/**
 * Stores an unsigned 64-bit integer in native byte order.
 *
 * @param bytes Exactly 8 bytes to write to.
 * @param value From 0 to 2^64 - 1.
 */
export function putUint64(bytes: Uint8Array, value: bigint): void {
  check("uint64", value, 0n, 0xffff_ffff_ffff_ffffn);
  view(bytes, 8).setBigUint64(0, value, littleEndian);
}

/**
 * Stores a signed 32-bit integer in native byte order.
 *
 * @param bytes Exactly 4 bytes to write to.
 * @param value From -2147483648 to 2147483647.
 */
export function putInt32(bytes: Uint8Array, value: number): void {
  check("int32", value, -0x8000_0000, 0x7fff_ffff);
  view(bytes, 4).setInt32(0, value, littleEndian);
}

/**
 * Reads an unsigned 8-bit integer.
 *
 * @param bytes Exactly 1 byte.
 * @returns From 0 to 255.
 */
export function uint8(bytes: Uint8Array): number {
  return view(bytes, 1).getUint8(0);
}

/**
 * Reads an unsigned 16-bit integer in native byte order.
 *
 * @param bytes Exactly 2 bytes.
 * @returns From 0 to 65535.
 */
export function uint16(bytes: Uint8Array): number {
  return view(bytes, 2).getUint16(0, littleEndian);
}

/**
 * Reads an unsigned 32-bit integer in native byte order.
 *
 * @param bytes Exactly 4 bytes.
 * @returns From 0 to 4294967295.
 */
export function uint32(bytes: Uint8Array): number {
  return view(bytes, 4).getUint32(0, littleEndian);
}

/**
 * Reads an unsigned 64-bit integer in native byte order.
 *
 * @param bytes Exactly 8 bytes.
 * @returns From 0 to 2^64 - 1.
 */
export function uint64(bytes: Uint8Array): bigint {
  return view(bytes, 8).getBigUint64(0, littleEndian);
}

/**
 * Reads a signed 32-bit integer in native byte order.
 *
 * @param bytes Exactly 4 bytes.
 * @returns From -2147483648 to 2147483647.
 */
export function int32(bytes: Uint8Array): number {
  return view(bytes, 4).getInt32(0, littleEndian);
}

/**
 * Encodes an unsigned 8-bit integer.
 *
 * @param value From 0 to 255.
 * @returns A new array of 1 byte.
 */
export function uint8Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(1);
  putUint8(bytes, value);
  return bytes;
}

/**
 * Encodes an unsigned 16-bit integer in native byte order.
 *
 * @param value From 0 to 65535.
 * @returns A new array of 2 bytes.
 */
export function uint16Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(2);
  putUint16(bytes, value);
  return bytes;
}

/**
 * Encodes an unsigned 32-bit integer in native byte order.
 *
 * @param value From 0 to 4294967295.
 * @returns A new array of 4 bytes.
 */
export function uint32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  putUint32(bytes, value);
  return bytes;
}

/**
 * Encodes an unsigned 64-bit integer in native byte order.
 *
 * @param value From 0 to 2^64 - 1.
 * @returns A new array of 8 bytes.
 */
export function uint64Bytes(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  putUint64(bytes, value);
  return bytes;
}

/**
 * Encodes a signed 32-bit integer in native byte order.
 *
 * @param value From -2147483648 to 2147483647.
 * @returns A new array of 4 bytes.
 */
export function int32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  putInt32(bytes, value);
  return bytes;
}

/**
 * Encodes a string as UTF-8 with the NUL that C expects at its end.
 *
 * @param text The string. C takes it to end at its first NUL. Half a surrogate pair becomes U+FFFD.
 * @returns A new array, one byte longer than the text.
 */
export function bytes(text: string): Uint8Array {
  return encoder.encode(text + "\0");
}

/**
 * Decodes a C string: UTF-8 without the NULs at its end.
 *
 * @param bytes The string's bytes, with or without a NUL at the end.
 * @returns The text. Bytes that are no UTF-8 become U+FFFD.
 */
export function string(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  // TextDecoder costs more than a short interface name is worth.
  if (end > 32) return decoder.decode(bytes.subarray(0, end));
  let text = "";
  for (let i = 0; i < end; i++) {
    const byte = bytes[i];
    if (byte > 0x7f) return decoder.decode(bytes.subarray(0, end));
    text += String.fromCharCode(byte);
  }
  return text;
}
