import { AttributeError } from "../../errors.ts";
import { int32At } from "../../integers.ts";
import { type Codec, inPlace } from "./attribute_set.ts";
import type { Scalar } from "./scalar.ts";

/**
 * Writes an address of 4 or 16 bytes as inet_ntop(3) does.
 *
 * @param memory Where the IPv4 or IPv6 address stands.
 * @param start Where it starts there.
 * @param end Where it ends.
 * @returns Such as "10.0.0.1" or "2001:db8::1".
 * @throws {AttributeError} When the bytes are neither 4 nor 16.
 */
export function formatAddress(
  memory: Uint8Array,
  start = 0,
  end: number = memory.length,
): string {
  if (end - start === 4) return formatIPv4(memory, start);
  if (end - start === 16) return formatIPv6(memory, start);
  throw new AttributeError(`${end - start} bytes are no IP address, which has 4 or 16`);
}

const decimalOf: readonly string[] = Array.from({ length: 256 }, (_, byte) => `${byte}`);
const dotted: readonly string[] = decimalOf.map((decimal) => `.${decimal}`);

/** Addresses that were written before, at a place that follows from the address: many routes have one gateway. */
const writtenKeys = new Int32Array(256);
const writtenTexts: string[] = Array(256).fill("0.0.0.0");

function formatIPv4(memory: Uint8Array, at: number): string {
  const key = int32At(memory, at);
  const place = (key ^ key >>> 8 ^ key >>> 16 ^ key >>> 24) & 0xff;
  if (writtenKeys[place] === key) return writtenTexts[place];
  const text = decimalOf[memory[at]] + dotted[memory[at + 1]] + dotted[memory[at + 2]] +
    dotted[memory[at + 3]];
  writtenKeys[place] = key;
  writtenTexts[place] = text;
  return text;
}

function formatIPv6(memory: Uint8Array, at: number): string {
  const word = (i: number) => memory[at + 2 * i] << 8 | memory[at + 2 * i + 1];
  // The longest run of two or more zeros, the first of several.
  let [start, length] = [-1, 1];
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && word(end) === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
    i = end;
  }
  const embedded = start === 0 && (length === 6 || length === 5 && word(5) === 0xffff);
  let text = "";
  for (let i = 0; i < (embedded ? 6 : 8); i++) {
    if (i === start) {
      text += "::";
      i += length - 1;
    } else {
      text += word(i).toString(16);
      if (i < 7 && i + 1 !== start) text += ":";
    }
  }
  return embedded ? text + formatIPv4(memory, at + 12) : text;
}

/**
 * Reads an IPv4 or IPv6 address as inet_pton(3) does.
 *
 * @param text Such as "10.0.0.1" or "2001:db8::1".
 * @returns Its 4 or 16 bytes.
 * @throws {AttributeError} When it is no address.
 */
export function parseAddress(text: string): Uint8Array {
  const bytes = `${text}`.includes(":") ? parseIPv6(text) : parseIPv4(`${text}`);
  if (bytes === undefined) throw new AttributeError(`"${text}" is no IP address`);
  return bytes;
}

function parseIPv4(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  if (!parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return Uint8Array.from(parts, Number);
}

function parseIPv6(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((run, i) => parseWords(run, i === halves.length - 1));
  if (head === undefined || halves.length === 2 && tail === undefined) return undefined;
  if (halves.length === 1) return head.length === 16 ? Uint8Array.from(head) : undefined;
  if (head.length + tail!.length > 14) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(head);
  bytes.set(tail!, 16 - tail!.length);
  return bytes;
}

/** The bytes of a run of hexadecimal words; at the end of the address, it may end in an IPv4 address. */
function parseWords(run: string, atEnd: boolean): number[] | undefined {
  if (run === "") return [];
  const bytes: number[] = [];
  const words = run.split(":");
  for (const [i, word] of words.entries()) {
    const last = atEnd && i === words.length - 1 ? parseIPv4(word) : undefined;
    if (last !== undefined) {
      bytes.push(...last);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(word)) return undefined;
      const value = parseInt(word, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}

/** An IPv4 or IPv6 address as text; how long the data are tells which. */
export const ipAddress: Codec<string> = {
  ...inPlace(formatAddress),
  encode: (ae, type, value) => ae.do(type, () => parseAddress(value)),
  shape: { kind: "address" },
};

const hexOf: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => byte.toString(16).padStart(2, "0"),
);

/**
 * Writes a hardware address as colon-separated hexadecimal bytes.
 *
 * @param memory Where the address stands; it may be of any length.
 * @param start Where it starts there.
 * @param end Where it ends.
 * @returns Such as "02:00:00:00:00:01".
 */
export function formatHardwareAddress(
  memory: Uint8Array,
  start = 0,
  end: number = memory.length,
): string {
  if (start === end) return "";
  let text = hexOf[memory[start]];
  for (let i = start + 1; i < end; i++) text += `:${hexOf[memory[i]]}`;
  return text;
}

/**
 * Reads a hardware address.
 *
 * @param text Bytes in hexadecimal, separated by colons; none is the empty address.
 * @returns Its bytes.
 * @throws {AttributeError} When it is no such address.
 */
export function parseHardwareAddress(text: string): Uint8Array {
  if (text === "") return new Uint8Array();
  if (typeof text !== "string" || !/^[0-9a-f]{1,2}(:[0-9a-f]{1,2})*$/i.test(text)) {
    throw new AttributeError(`"${text}" is no hardware address`);
  }
  return Uint8Array.from(text.split(":"), (byte) => parseInt(byte, 16));
}

/** A hardware address as text: colon-separated hexadecimal bytes, however many there are. */
export const hardwareAddress: Codec<string> = {
  ...inPlace(formatHardwareAddress),
  encode: (ae, type, value) => ae.do(type, () => parseHardwareAddress(value)),
  shape: { kind: "bytes" },
};

/** An IPv4 address as a field of a struct. */
export const ipv4: Scalar<string> = addressScalar(4);

/** An IPv6 address as a field of a struct. */
export const ipv6: Scalar<string> = addressScalar(16);

function addressScalar(size: 4 | 16): Scalar<string> {
  const check = (length: number): void => {
    if (length !== size) throw new AttributeError(`${length} bytes are no address of ${size}`);
  };
  const parse = (text: string): Uint8Array => {
    const bytes = parseAddress(text);
    check(bytes.length);
    return bytes;
  };
  return {
    size,
    get: (memory, offset) => formatAddress(memory, offset, offset + size),
    set(view, offset, value) {
      new Uint8Array(view.buffer, view.byteOffset + offset, size).set(parse(value));
    },
    ...inPlace((memory, start, end) => {
      check(end - start);
      return formatAddress(memory, start, end);
    }),
    encode: (ae, type, value) => ae.do(type, () => parse(value)),
    shape: { kind: "address", size },
  };
}
