import { align } from "./align.ts";
import {
  type Attribute,
  attributeHeaderLength,
  type ByteOrder,
  isLittle,
  typeMask,
} from "./attribute.ts";
import { AttributeError } from "./errors.ts";
import { int32At, uint16At, uint32At, uint64At } from "./integers.ts";
import { littleEndian, string } from "./nlenc.ts";

/**
 * A cursor over attributes. It starts before the first one; {@link AttributeDecoder.next} moves it on.
 *
 * @example
 * ```ts
 * import { AttributeDecoder, AttributeEncoder } from "@netlink/netlink";
 *
 * const attributes = new AttributeEncoder();
 * attributes.string(3, "eth0");
 * attributes.uint32(4, 1500);
 *
 * const decoder = new AttributeDecoder(attributes.encode());
 * while (decoder.next()) {
 *   switch (decoder.type) {
 *     case 3:
 *       console.log("name", decoder.string());
 *       break;
 *     case 4:
 *       console.log("mtu", decoder.uint32());
 *   }
 * }
 * ```
 */
export class AttributeDecoder {
  /** What it reads, in place; the offsets below are in it. */
  readonly memory: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  /** Where the current attribute's header starts. */
  #at = -1;
  #next: number;
  #length = 0;
  #type = 0;
  #little = littleEndian;
  #order: ByteOrder = "native";

  /**
   * Starts before the first attribute.
   *
   * @param bytes The attributes, or what they are in: the decoder reads them in place.
   * @param start Where they start, such as behind the fixed structure of a message's data; 0 by default.
   * @param end Where they end; by default where the bytes do.
   * @throws {RangeError} When the bytes do not reach from `start` to `end`; a `start` behind the end of the bytes is none.
   */
  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    if (!(start >= 0 && end >= 0 && end <= bytes.length)) {
      throw new RangeError(`${start} to ${end} is not within ${bytes.length} bytes`);
    }
    this.memory = bytes;
    this.#start = this.#next = start;
    this.#end = end;
  }

  /** The byte order of the integers; "native" by default, and inherited by nested decoders. */
  get byteOrder(): ByteOrder {
    return this.#order;
  }

  set byteOrder(order: ByteOrder) {
    this.#order = order;
    this.#little = isLittle(order);
  }

  /**
   * Moves on to the next attribute.
   *
   * @returns False when there is none left.
   * @throws {AttributeError} When an attribute is malformed: shorter than its header or longer than what is left.
   */
  next(): boolean {
    for (;;) {
      const at = this.#next;
      const left = this.#end - at;
      if (left <= 0) return false;
      if (left < attributeHeaderLength) {
        throw new AttributeError(
          `${left} bytes at offset ${at - this.#start} are too short for an attribute's header`,
        );
      }
      const length = uint16At(this.memory, at);
      // The kernel never sends them, but other implementations pad with them.
      if (length === 0) {
        this.#next = at + attributeHeaderLength;
        continue;
      }
      if (length < attributeHeaderLength || length > left) {
        throw new AttributeError(
          `Attribute length ${length} at offset ${at - this.#start} is not within 4 and ${left}`,
        );
      }
      this.#at = at;
      this.#next = at + align(length);
      this.#length = length;
      this.#type = uint16At(this.memory, at + 2);
      return true;
    }
  }

  /** Goes back to before the first attribute. */
  rewind(): void {
    this.#next = this.#start;
    this.#at = -1;
  }

  /**
   * Goes back to an attribute.
   *
   * @param offset What {@link AttributeDecoder.offset} was on it.
   * @returns This decoder.
   * @throws {AttributeError} When no attribute stands there.
   */
  goTo(offset: number): this {
    this.#next = Math.max(offset - attributeHeaderLength, this.#start);
    this.next();
    return this;
  }

  /** Type of the current attribute, without its flag bits. */
  get type(): number {
    return this.#type & typeMask;
  }

  /** The flag bits of the current attribute's type: `Nested`, `NetByteOrder`, both or 0. */
  get typeFlags(): number {
    return this.#type & ~typeMask;
  }

  /** Type of the current attribute with its flag bits. */
  get fullType(): number {
    return this.#type;
  }

  /** Where in {@link AttributeDecoder.memory} the current attribute's data start. */
  get offset(): number {
    return this.#at + attributeHeaderLength;
  }

  /** Where they end. */
  get end(): number {
    return this.#at + this.#length;
  }

  /** Length in bytes of the current attribute's header and data. */
  get length(): number {
    return this.#length;
  }

  /** How many attributes there are in all; a malformed one ends the count. */
  get count(): number {
    let count = 0;
    for (let at = this.#start; this.#end - at >= attributeHeaderLength;) {
      const length = uint16At(this.memory, at);
      if (length !== 0) {
        if (length < attributeHeaderLength || length > this.#end - at) break;
        count++;
      }
      at += align(Math.max(length, attributeHeaderLength));
    }
    return count;
  }

  /** Reads the current attribute's data. @returns A copy of them. */
  bytes(): Uint8Array {
    return this.#data().slice();
  }

  /**
   * Reads the current attribute's data as UTF-8 text. Bytes that are no UTF-8 become U+FFFD: where they
   * matter, {@link AttributeDecoder.bytes} gives them as they are.
   *
   * @returns The text without the NULs at its end.
   */
  string(): string {
    return string(this.#data());
  }

  /**
   * Reads a flag, an attribute that says all by being there.
   *
   * @returns True.
   * @throws {AttributeError} When the attribute has data.
   */
  flag(): boolean {
    this.#payload(0, "flag");
    return true;
  }

  /** Reads the data as an unsigned 8-bit integer. @throws {AttributeError} Unless they are 1 byte. */
  uint8(): number {
    return this.memory[this.#payload(1, "uint8")];
  }

  /** Reads the data as an unsigned 16-bit integer. @throws {AttributeError} Unless they are 2 bytes. */
  uint16(): number {
    return uint16At(this.memory, this.#payload(2, "uint16"), this.#little);
  }

  /** Reads the data as an unsigned 32-bit integer. @throws {AttributeError} Unless they are 4 bytes. */
  uint32(): number {
    return uint32At(this.memory, this.#payload(4, "uint32"), this.#little);
  }

  /** Reads the data as an unsigned 64-bit integer. @throws {AttributeError} Unless they are 8 bytes. */
  uint64(): bigint {
    return uint64At(this.memory, this.#payload(8, "uint64"), this.#little);
  }

  /** Reads the data as a signed 8-bit integer. @throws {AttributeError} Unless they are 1 byte. */
  int8(): number {
    return this.memory[this.#payload(1, "int8")] << 24 >> 24;
  }

  /** Reads the data as a signed 16-bit integer. @throws {AttributeError} Unless they are 2 bytes. */
  int16(): number {
    return uint16At(this.memory, this.#payload(2, "int16"), this.#little) << 16 >> 16;
  }

  /** Reads the data as a signed 32-bit integer. @throws {AttributeError} Unless they are 4 bytes. */
  int32(): number {
    return int32At(this.memory, this.#payload(4, "int32"), this.#little);
  }

  /** Reads the data as a signed 64-bit integer. @throws {AttributeError} Unless they are 8 bytes. */
  int64(): bigint {
    return BigInt.asIntN(64, uint64At(this.memory, this.#payload(8, "int64"), this.#little));
  }

  /**
   * Reads the attributes within the current attribute.
   *
   * @param fn Gets a decoder for them, with this one's byte order.
   * @returns What `fn` returns.
   */
  nested<T>(fn: (ad: AttributeDecoder) => T): T {
    const start = this.#payload(this.#length - attributeHeaderLength, "nest");
    const nested = new AttributeDecoder(this.memory, start, this.end);
    nested.byteOrder = this.#order;
    return fn(nested);
  }

  /**
   * Reads the current attribute's data in a way of one's own.
   *
   * @param fn Gets the data in place; it must copy what it keeps.
   * @returns What `fn` returns.
   */
  do<T>(fn: (bytes: Uint8Array) => T): T {
    return fn(this.#data());
  }

  #data(): Uint8Array {
    const start = this.#payload(this.#length - attributeHeaderLength, "bytes");
    const { buffer, byteOffset } = this.memory;
    return new Uint8Array(buffer, byteOffset + start, this.#length - attributeHeaderLength);
  }

  /** Where the data start, once they are known to be as long as they must be. */
  #payload(size: number, what: string): number {
    if (this.#at < 0) throw new AttributeError("There is no current attribute: call next() first");
    const length = this.#length - attributeHeaderLength;
    if (length !== size) {
      throw new AttributeError(
        `Attribute ${this.type} has ${length} bytes of data, not the ${size} of a ${what}`,
      );
    }
    return this.#at + attributeHeaderLength;
  }
}

/**
 * Decodes attributes into a list. {@link AttributeDecoder} is the more comfortable way.
 *
 * @param bytes The attributes; the last one need not be padded.
 * @returns The attributes; each has its own copy of its data.
 * @throws {AttributeError} When an attribute is malformed.
 */
export function unmarshalAttributes(bytes: Uint8Array): Attribute[] {
  const attributes: Attribute[] = [];
  const decoder = new AttributeDecoder(bytes);
  while (decoder.next()) {
    attributes.push({
      length: decoder.length,
      type: decoder.type | decoder.typeFlags,
      data: decoder.bytes(),
    });
  }
  return attributes;
}

/**
 * Reads something that may be malformed and is not worth an error. Internal to the library.
 *
 * @param read Reads it.
 * @returns What `read` returns; undefined when it throws an {@link AttributeError}.
 */
export function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AttributeError) return undefined;
    throw error;
  }
}
