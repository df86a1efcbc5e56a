import { int32At, uint16At, uint32At, uint64At } from "../../integers.ts";
import { littleEndian, string as cString } from "../../nlenc.ts";
import type { AttributeDecoder } from "../../attribute_decoder.ts";
import type { AttributeEncoder } from "../../attribute_encoder.ts";
import { AttributeError } from "../../errors.ts";
import { type Codec, inPlace } from "./attribute_set.ts";

/** A value of fixed size: an attribute by itself, a field of a struct, an element of an array. */
export interface Scalar<T> extends Codec<T> {
  /** Size in bytes. */
  readonly size: number;
  /** Reads it from memory in which it stands at an offset. */
  get(memory: Uint8Array, offset: number): T;
  /** Writes it into a struct. */
  set(view: DataView, offset: number, value: T): void;
}

/** Runs `fn` with integers in network byte order. */
function bigEndian<R>(coder: AttributeDecoder | AttributeEncoder, fn: () => R): R {
  const before = coder.byteOrder;
  coder.byteOrder = "big";
  try {
    return fn();
  } finally {
    coder.byteOrder = before;
  }
}

/** Checks that a value of a struct's field fits, as an encoder does for an attribute's. */
function whole<T extends number | bigint>(name: string, value: T, low: T, high: T): T {
  const bigint = typeof value === "bigint";
  const fits = (bigint ? typeof low === "bigint" : Number.isInteger(value)) && value >= low &&
    value <= high;
  if (!fits) {
    const given = bigint && typeof low === "number" ? `${value}n` : value;
    throw new AttributeError(
      `${given} is not a ${name}: expected a whole number from ${low} to ${high}`,
    );
  }
  return (typeof low === "bigint" ? BigInt(value) : value) as T;
}

/** Unsigned 8-bit integer. */
export const u8: Scalar<number> = {
  size: 1,
  get: (memory, offset) => memory[offset],
  set: (view, offset, value) => view.setUint8(offset, whole("uint8", value, 0, 0xff)),
  decode: (ad) => ad.uint8(),
  encode: (ae, type, value) => ae.uint8(type, value),
  shape: { kind: "number", size: 1 },
};

/** Unsigned 16-bit integer. */
export const u16: Scalar<number> = {
  size: 2,
  get: (memory, offset) => uint16At(memory, offset),
  set: (view, offset, value) =>
    view.setUint16(offset, whole("uint16", value, 0, 0xffff), littleEndian),
  decode: (ad) => ad.uint16(),
  encode: (ae, type, value) => ae.uint16(type, value),
  shape: { kind: "number", size: 2 },
};

/** Unsigned 32-bit integer. */
export const u32: Scalar<number> = {
  size: 4,
  get: (memory, offset) => uint32At(memory, offset),
  set: (view, offset, value) =>
    view.setUint32(offset, whole("uint32", value, 0, 0xffff_ffff), littleEndian),
  decode: (ad) => ad.uint32(),
  encode: (ae, type, value) => ae.uint32(type, value),
  shape: { kind: "number", size: 4 },
};

/** Unsigned 64-bit integer. */
export const u64: Scalar<bigint> = {
  size: 8,
  get: (memory, offset) => uint64At(memory, offset),
  set: (view, offset, value) =>
    view.setBigUint64(offset, whole("uint64", value, 0n, 0xffff_ffff_ffff_ffffn), littleEndian),
  decode: (ad) => ad.uint64(),
  encode: (ae, type, value) => ae.uint64(type, value),
  shape: { kind: "number", size: 8 },
};

/** Signed 8-bit integer. */
export const s8: Scalar<number> = {
  size: 1,
  get: (memory, offset) => memory[offset] << 24 >> 24,
  set: (view, offset, value) => view.setInt8(offset, whole("int8", value, -0x80, 0x7f)),
  decode: (ad) => ad.int8(),
  encode: (ae, type, value) => ae.int8(type, value),
  shape: { kind: "number", size: 1, signed: true },
};

/** Signed 16-bit integer. */
export const s16: Scalar<number> = {
  size: 2,
  get: (memory, offset) => uint16At(memory, offset) << 16 >> 16,
  set: (view, offset, value) =>
    view.setInt16(offset, whole("int16", value, -0x8000, 0x7fff), littleEndian),
  decode: (ad) => ad.int16(),
  encode: (ae, type, value) => ae.int16(type, value),
  shape: { kind: "number", size: 2, signed: true },
};

/** Signed 32-bit integer. */
export const s32: Scalar<number> = {
  size: 4,
  get: (memory, offset) => int32At(memory, offset),
  set: (view, offset, value) =>
    view.setInt32(offset, whole("int32", value, -0x8000_0000, 0x7fff_ffff), littleEndian),
  decode: (ad) => ad.int32(),
  encode: (ae, type, value) => ae.int32(type, value),
  shape: { kind: "number", size: 4, signed: true },
};

/** Signed 64-bit integer. */
export const s64: Scalar<bigint> = {
  size: 8,
  get: (memory, offset) => BigInt.asIntN(64, uint64At(memory, offset)),
  set: (view, offset, value) =>
    view.setBigInt64(
      offset,
      whole("int64", value, -0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn),
      littleEndian,
    ),
  decode: (ad) => ad.int64(),
  encode: (ae, type, value) => ae.int64(type, value),
  shape: { kind: "number", size: 8, signed: true },
};

/** Unsigned 16-bit integer in network byte order. */
export const be16: Scalar<number> = {
  size: 2,
  get: (memory, offset) => uint16At(memory, offset, false),
  set: (view, offset, value) => view.setUint16(offset, whole("uint16", value, 0, 0xffff)),
  decode: (ad) => bigEndian(ad, () => ad.uint16()),
  encode: (ae, type, value) => bigEndian(ae, () => ae.uint16(type, value)),
  shape: { kind: "number", size: 2, byteOrder: "big" },
};

/** Unsigned 32-bit integer in network byte order. */
export const be32: Scalar<number> = {
  size: 4,
  get: (memory, offset) => uint32At(memory, offset, false),
  set: (view, offset, value) => view.setUint32(offset, whole("uint32", value, 0, 0xffff_ffff)),
  decode: (ad) => bigEndian(ad, () => ad.uint32()),
  encode: (ae, type, value) => bigEndian(ae, () => ae.uint32(type, value)),
  shape: { kind: "number", size: 4, byteOrder: "big" },
};

/** Unsigned 64-bit integer in network byte order. */
export const be64: Scalar<bigint> = {
  size: 8,
  get: (memory, offset) => uint64At(memory, offset, false),
  set: (view, offset, value) =>
    view.setBigUint64(offset, whole("uint64", value, 0n, 0xffff_ffff_ffff_ffffn)),
  decode: (ad) => bigEndian(ad, () => ad.uint64()),
  encode: (ae, type, value) => bigEndian(ae, () => ae.uint64(type, value)),
  shape: { kind: "number", size: 8, byteOrder: "big" },
};

/**
 * Unsigned integer of 4 bytes, or of 8 where the value needs them, `uint` of the kernel's specs.
 * Encoding takes the shorter form that holds the value.
 */
export const uint: Codec<bigint> = {
  decode(ad) {
    return ad.length === 8 ? BigInt(ad.uint32()) : ad.uint64();
  },
  encode(ae, type, value) {
    if (value <= 0xffff_ffffn) ae.uint32(type, Number(value));
    else ae.uint64(type, value);
  },
  shape: { kind: "number", size: 8 },
};

/** Signed integer of 4 bytes, or of 8 where the value needs them, `sint` of the kernel's specs. */
export const sint: Codec<bigint> = {
  decode(ad) {
    return ad.length === 8 ? BigInt(ad.int32()) : ad.int64();
  },
  encode(ae, type, value) {
    if (value >= -0x8000_0000n && value <= 0x7fff_ffffn) ae.int32(type, Number(value));
    else ae.int64(type, value);
  },
  shape: { kind: "number", size: 8, signed: true },
};

/** A number of one byte that is 0 or 1. Other values are left to the raw attributes. */
export const bool8: Codec<boolean> = {
  decode(ad) {
    const value = ad.uint8();
    if (value > 1) throw new AttributeError(`${value} is not a boolean`);
    return value === 1;
  },
  encode: (ae, type, value) => ae.uint8(type, value ? 1 : 0),
  shape: { kind: "boolean" },
};

/** An attribute that says all by being there. */
export const flag: Codec<boolean> = {
  decode: (ad) => ad.flag(),
  encode: (ae, type, value) => ae.flag(type, value),
  shape: { kind: "flag" },
};

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads text without the NULs at its end.
 *
 * @param memory Where it stands.
 * @param start Where it starts there.
 * @param end Where it ends.
 * @returns The text, which stands for no other bytes but for NULs at the end.
 * @throws {AttributeError} When the bytes are no UTF-8, or have a NUL inside.
 */
export function decodeText(
  memory: Uint8Array,
  start = 0,
  end: number = memory.length,
): string {
  let text = "";
  for (let i = start; i < end; i++) {
    const byte = memory[i];
    // All but short texts of ASCII is left to those who are made for it.
    if (byte === 0 && i === end - 1) return text;
    if (byte === 0 || byte > 0x7f || i > start + longestLooped) {
      return decodeAny(memory.subarray(start, end));
    }
    text += String.fromCharCode(byte);
  }
  return text;
}

/** A longer text is decoded faster at once than letter by letter. */
const longestLooped = 32;

function decodeAny(data: Uint8Array): string {
  const value = cString(data);
  if (value.includes("\0")) throw new AttributeError("A string has a NUL inside");
  if (value.includes("\ufffd")) {
    try {
      strictUtf8.decode(data);
    } catch (cause) {
      throw new AttributeError("A string is no UTF-8", { cause });
    }
  }
  return value;
}

const utf8 = new TextEncoder();

/**
 * Writes text without a NUL at its end.
 *
 * @param value The text.
 * @returns Bytes that {@link decodeText} reads as the same text.
 * @throws {AttributeError} When it has a NUL inside or half a surrogate pair.
 */
export function encodeText(value: string): Uint8Array {
  if (typeof value !== "string") throw new AttributeError(`${value} is no string`);
  if (value.includes("\0")) throw new AttributeError("A string has a NUL inside");
  if (!value.isWellFormed()) throw new AttributeError("A string has half a surrogate pair");
  return utf8.encode(value);
}

/** Text that ends with a NUL. */
export const string: Codec<string> = {
  ...inPlace(decodeText),
  encode: (ae, type, value) => ae.string(type, value),
  shape: { kind: "text", terminated: true },
};

/** Text without a NUL at its end. */
export const text: Codec<string> = {
  ...inPlace(decodeText),
  encode: (ae, type, value) => ae.do(type, () => encodeText(value)),
  shape: { kind: "text", terminated: false },
};

/** Bytes that mean nothing to the library. */
export const bytes: Codec<Uint8Array> = {
  decode: (ad) => ad.bytes(),
  encode: (ae, type, value) => ae.bytes(type, value),
  shape: { kind: "bytes" },
};

/** Bits and a mask of which of them count, `struct nla_bitfield32` in linux/netlink.h. */
export interface Bitfield32 {
  /** The bits' values. */
  value: number;
  /** The bits that are meant. */
  selector: number;
}

/** {@link Bitfield32}. */
export const bitfield32: Codec<Bitfield32> = {
  decode: (ad) =>
    ad.do((data) => {
      if (data.length !== 8) {
        throw new AttributeError(`${data.length} bytes are no bitfield32, which has 8`);
      }
      return { value: u32.get(data, 0), selector: u32.get(data, 4) };
    }),
  encode: (ae, type, { value, selector }) =>
    ae.do(type, () => {
      const view = new DataView(new ArrayBuffer(8));
      u32.set(view, 0, value);
      u32.set(view, 4, selector);
      return new Uint8Array(view.buffer);
    }),
  shape: { kind: "structure" },
};
