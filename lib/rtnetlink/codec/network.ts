import { AttributeError } from "../../errors.ts";
import type { Codec } from "./attribute_set.ts";
import type { Scalar } from "./scalar.ts";

/**
 * Writes an address of 4 or 16 bytes as inet_ntop(3) does.
 *
 * @param bytes An IPv4 or IPv6 address.
 * @returns Such as "10.0.0.1" or "2001:db8::1".
 * @throws {AttributeError} When the bytes are neither 4 nor 16.
 */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.length === 16) return formatIPv6(bytes);
  throw new AttributeError(`${bytes.length} bytes are no IP address, which has 4 or 16`);
}

function formatIPv6(bytes: Uint8Array): string {
  const words = Array.from({ length: 8 }, (_, i) => bytes[2 * i] << 8 | bytes[2 * i + 1]);
  let best = { start: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && words[end] === 0) end++;
    if (end - i > best.length) best = { start: i, length: end - i };
  }
  const embedded = best.start === 0 &&
    (best.length === 6 || best.length === 5 && words[5] === 0xffff);
  const hex = (from: number, to: number) => words.slice(from, to).map((word) => word.toString(16));
  if (embedded) {
    return [
      "::",
      ...hex(best.length, 6).map((word) => word + ":"),
      bytes.subarray(12).join("."),
    ].join("");
  }
  if (best.start < 0) return hex(0, 8).join(":");
  return `${hex(0, best.start).join(":")}::${hex(best.start + best.length, 8).join(":")}`;
}

/**
 * Reads an IPv4 or IPv6 address as inet_pton(3) does.
 *
 * @param text Such as "10.0.0.1" or "2001:db8::1".
 * @returns Its 4 or 16 bytes.
 * @throws {AttributeError} When it is no address.
 */
export function parseAddress(text: string): Uint8Array {
  const bytes = text.includes(":") ? parseIPv6(text) : parseIPv4(text);
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
  decode: (ad) => ad.do(formatAddress),
  encode: (ae, type, value) => ae.do(type, () => parseAddress(value)),
  shape: { kind: "address" },
};

/**
 * Writes a hardware address as colon-separated hexadecimal bytes.
 *
 * @param bytes The address, of any length.
 * @returns Such as "02:00:00:00:00:01".
 */
export function formatHardwareAddress(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
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
  if (!/^[0-9a-f]{1,2}(:[0-9a-f]{1,2})*$/i.test(text)) {
    throw new AttributeError(`"${text}" is no hardware address`);
  }
  return Uint8Array.from(text.split(":"), (byte) => parseInt(byte, 16));
}

/** A hardware address as text: colon-separated hexadecimal bytes, however many there are. */
export const hardwareAddress: Codec<string> = {
  decode: (ad) => ad.do(formatHardwareAddress),
  encode: (ae, type, value) => ae.do(type, () => parseHardwareAddress(value)),
  shape: { kind: "bytes" },
};

/** An IPv4 address as a field of a struct. */
export const ipv4: Scalar<string> = addressScalar(4);

/** An IPv6 address as a field of a struct. */
export const ipv6: Scalar<string> = addressScalar(16);

function addressScalar(size: 4 | 16): Scalar<string> {
  const exactly = (bytes: Uint8Array): Uint8Array => {
    if (bytes.length === size) return bytes;
    throw new AttributeError(`${bytes.length} bytes are no address of ${size}`);
  };
  return {
    size,
    get: (view, offset) =>
      formatAddress(new Uint8Array(view.buffer, view.byteOffset + offset, size)),
    set(view, offset, value) {
      new Uint8Array(view.buffer, view.byteOffset + offset, size).set(exactly(parseAddress(value)));
    },
    decode: (ad) => ad.do((bytes) => formatAddress(exactly(bytes))),
    encode: (ae, type, value) => ae.do(type, () => exactly(parseAddress(value))),
    shape: { kind: "address", size },
  };
}
