import { align } from "./align.ts";
import { attributeHeaderLength, type ByteOrder, isLittle, Nested, typeMask } from "./attribute.ts";
import { AttributeError } from "./errors.ts";
import { putUint16, putUint32, putUint64 } from "./integers.ts";
import { bytes as cString } from "./nlenc.ts";

/** How many bytes an encoder has room for at first. */
const startSize = 1024;

const nothing = new Uint8Array(0);

/** Memory to build in that no encoder has now: of one after the other only the first has to allocate it. */
let spare: Uint8Array | undefined;

/**
 * Builds the attributes of a message, or all of its data. A step that cannot be encoded is remembered, and
 * {@link AttributeEncoder.encode} throws the first one's error.
 *
 * @example
 * ```ts
 * import { AttributeEncoder } from "@netlink/netlink";
 *
 * const IFLA_IFNAME = 3, IFLA_LINKINFO = 18, IFLA_INFO_KIND = 1;
 * const attributes = new AttributeEncoder();
 * attributes.string(IFLA_IFNAME, "br0");
 * attributes.nested(IFLA_LINKINFO, (info) => info.string(IFLA_INFO_KIND, "bridge"));
 * console.log(attributes.encode().length); // 24
 * ```
 */
export class AttributeEncoder {
  /** The byte order of the integers that follow; "native" by default, and inherited by nested encoders. */
  byteOrder: ByteOrder = "native";
  #memory: Uint8Array;
  #length: number;
  /** What `encode` gave, if nothing was added since. */
  #encoded: Uint8Array | undefined;
  #error: unknown;

  /**
   * Begins with nothing, or with the fixed structure that stands before the attributes of a message.
   *
   * @param header The structure, whose length is a multiple of four; copied.
   */
  constructor(header: Uint8Array = nothing) {
    this.#memory = spare ?? new Uint8Array(startSize);
    spare = undefined;
    this.#length = 0;
    this.#reserve(header.length);
    this.#memory.set(header);
    this.#length = header.length;
  }

  /**
   * Adds raw data.
   *
   * @param type The attribute's type.
   * @param b The data, at most 65531 bytes; copied.
   */
  bytes(type: number, b: Uint8Array): void {
    if (!(b instanceof Uint8Array)) return this.#fail(type, "its data are no Uint8Array");
    const at = this.#add(type, b.length);
    if (at >= 0) this.#memory.set(b, at);
  }

  /**
   * Adds a string as UTF-8 with a NUL at its end.
   *
   * @param type The attribute's type.
   * @param s The string; without NULs of its own or halves of surrogate pairs.
   */
  string(type: number, s: string): void {
    if (typeof s !== "string") this.#fail(type, `${s} is no string`);
    else if (s.includes("\0")) this.#fail(type, "its string has a NUL inside");
    else if (!s.isWellFormed()) {
      this.#fail(type, "its string has half a surrogate pair, which is no text");
    } else if (!this.#ascii(type, s)) this.bytes(type, cString(s));
  }

  /** Adds a string of ASCII, for which a TextEncoder would take ten times as long; gives false for any other. */
  #ascii(type: number, s: string): boolean {
    for (let i = 0; i < s.length; i++) if (s.charCodeAt(i) > 0x7f) return false;
    const at = this.#add(type, s.length + 1);
    if (at < 0) return true;
    for (let i = 0; i < s.length; i++) this.#memory[at + i] = s.charCodeAt(i);
    this.#memory[at + s.length] = 0;
    return true;
  }

  /**
   * Adds a flag, an attribute without data.
   *
   * @param type The attribute's type.
   * @param v Whether to add it.
   */
  flag(type: number, v: boolean): void {
    if (v) this.#add(type, 0);
  }

  /** Adds an unsigned 8-bit integer. @param type The attribute's type. @param v From 0 to 255. */
  uint8(type: number, v: number): void {
    const at = this.#integer(type, "uint8", 1, v, 0, 0xff);
    if (at >= 0) this.#memory[at] = v;
  }

  /** Adds an unsigned 16-bit integer. @param type The attribute's type. @param v From 0 to 65535. */
  uint16(type: number, v: number): void {
    const at = this.#integer(type, "uint16", 2, v, 0, 0xffff);
    if (at >= 0) putUint16(this.#memory, at, v, isLittle(this.byteOrder));
  }

  /** Adds an unsigned 32-bit integer. @param type The attribute's type. @param v From 0 to 4294967295. */
  uint32(type: number, v: number): void {
    const at = this.#integer(type, "uint32", 4, v, 0, 0xffff_ffff);
    if (at >= 0) putUint32(this.#memory, at, v, isLittle(this.byteOrder));
  }

  /** Adds an unsigned 64-bit integer. @param type The attribute's type. @param v From 0 to 2^64 - 1. */
  uint64(type: number, v: bigint | number): void {
    const at = this.#integer(type, "uint64", 8, v, 0n, 0xffff_ffff_ffff_ffffn);
    if (at >= 0) putUint64(this.#memory, at, BigInt(v), isLittle(this.byteOrder));
  }

  /** Adds a signed 8-bit integer. @param type The attribute's type. @param v From -128 to 127. */
  int8(type: number, v: number): void {
    const at = this.#integer(type, "int8", 1, v, -0x80, 0x7f);
    if (at >= 0) this.#memory[at] = v;
  }

  /** Adds a signed 16-bit integer. @param type The attribute's type. @param v From -32768 to 32767. */
  int16(type: number, v: number): void {
    const at = this.#integer(type, "int16", 2, v, -0x8000, 0x7fff);
    if (at >= 0) putUint16(this.#memory, at, v, isLittle(this.byteOrder));
  }

  /** Adds a signed 32-bit integer. @param type The attribute's type. @param v From -2^31 to 2^31 - 1. */
  int32(type: number, v: number): void {
    const at = this.#integer(type, "int32", 4, v, -0x8000_0000, 0x7fff_ffff);
    if (at >= 0) putUint32(this.#memory, at, v, isLittle(this.byteOrder));
  }

  /** Adds a signed 64-bit integer. @param type The attribute's type. @param v From -2^63 to 2^63 - 1. */
  int64(type: number, v: bigint | number): void {
    const at = this.#integer(type, "int64", 8, v, -0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn);
    if (at >= 0) putUint64(this.#memory, at, BigInt(v), isLittle(this.byteOrder));
  }

  /**
   * Adds an attribute that holds attributes, with the bit `Nested` in its type.
   *
   * @param type The attribute's type.
   * @param fn Gets an encoder to add them with, which has this one's byte order.
   */
  nested(type: number, fn: (ae: AttributeEncoder) => void): void {
    this.do(type | Nested, () => {
      const nested = new AttributeEncoder();
      nested.byteOrder = this.byteOrder;
      fn(nested);
      return nested.encode();
    });
  }

  /**
   * Adds data that a function makes.
   *
   * @param type The attribute's type.
   * @param fn Returns the data; what it throws, {@link AttributeEncoder.encode} throws.
   */
  do(type: number, fn: () => Uint8Array): void {
    if (this.#error !== undefined) return;
    try {
      this.bytes(type, fn());
    } catch (error) {
      this.#error = error;
    }
  }

  /** The first error of any step so far, which {@link AttributeEncoder.encode} will throw; undefined for none. */
  get error(): unknown {
    return this.#error;
  }

  /**
   * Ends the building.
   *
   * @returns The bytes of the structure, if there is one, and the attributes: the caller's own.
   * @throws {AttributeError} When a value did not fit its attribute; else the first error of any step.
   */
  encode(): Uint8Array {
    if (this.#error !== undefined) throw this.#error;
    if (this.#encoded === undefined) {
      spare = this.#memory;
      this.#memory = this.#encoded = spare.slice(0, this.#length); // no room is left in it
      return this.#encoded;
    }
    return this.#encoded.slice();
  }

  #integer<T extends number | bigint>(
    type: number,
    name: string,
    size: number,
    value: number | bigint,
    low: T,
    high: T,
  ): number {
    const bigint = typeof value === "bigint";
    const whole = bigint ? typeof low === "bigint" : Number.isInteger(value);
    if (whole && value >= low && value <= high) return this.#add(type, size);
    const given = bigint && typeof low === "number" ? `${value}n` : value;
    this.#fail(type, `${given} is not a ${name}: expected a whole number from ${low} to ${high}`);
    return -1;
  }

  /** Adds an attribute's header and room for its data. Returns where the data go, or -1 after an error. */
  #add(type: number, size: number): number {
    if (this.#error !== undefined) return -1;
    if (type !== (type & 0xffff)) {
      this.#error = new AttributeError(
        `Attribute type ${type} is not a whole number from 0 to 65535`,
      );
      return -1;
    }
    const length = attributeHeaderLength + size;
    if (length > 0xffff) {
      this.#fail(
        type,
        `it is ${length} bytes long, more than the 65535 that its length field can say`,
      );
      return -1;
    }
    const at = this.#length;
    const end = at + align(length);
    this.#reserve(end);
    putUint16(this.#memory, at, length);
    putUint16(this.#memory, at + 2, type);
    for (let i = at + length; i < end; i++) this.#memory[i] = 0; // others have built here before
    this.#length = end;
    return at + attributeHeaderLength;
  }

  /** Makes room for so many bytes in all. */
  #reserve(size: number): void {
    if (size <= this.#memory.length) return;
    const memory = new Uint8Array(Math.max(size, startSize, 2 * this.#memory.length));
    memory.set(this.#memory.subarray(0, this.#length));
    this.#memory = memory;
    this.#encoded = undefined;
  }

  #fail(type: number, why: string): void {
    this.#error ??= new AttributeError(`Attribute ${type & typeMask} cannot be encoded: ${why}`);
  }
}
