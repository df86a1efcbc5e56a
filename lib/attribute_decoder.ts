import { align } from "./align.ts";
import {
  type Attribute,
  attributeHeaderLength,
  type ByteOrder,
  isLittle,
  typeMask,
} from "./attribute.ts";
import { AttributeError } from "./errors.ts";
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
  #view: DataView;
  #start: number;
  #end: number;
  /** Where the current attribute's header starts. */
  #at = -1;
  #next: number;
  #length = 0;
  #type = 0;
  #little = littleEndian;
  #order: ByteOrder = "native";

  /** Starts before the first attribute. @param bytes The attributes; the decoder reads them in place. */
  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#start = this.#next = 0;
    this.#end = bytes.byteLength;
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
          `${left} bytes at offset ${at} are too short for an attribute's header`,
        );
      }
      const length = this.#view.getUint16(at, littleEndian);
      // The kernel never sends them, but other implementations pad with them.
      if (length === 0) {
        this.#next = at + attributeHeaderLength;
        continue;
      }
      if (length < attributeHeaderLength || length > left) {
        throw new AttributeError(
          `Attribute length ${length} at offset ${at} is not within 4 and ${left}`,
        );
      }
      this.#at = at;
      this.#next = at + align(length);
      this.#length = length;
      this.#type = this.#view.getUint16(at + 2, littleEndian);
      return true;
    }
  }

  /** Goes back to before the first attribute. */
  rewind(): void {
    this.#next = this.#start;
    this.#at = -1;
  }

  /** Type of the current attribute, without its flag bits. */
  get type(): number {
    return this.#type & typeMask;
  }

  /** The flag bits of the current attribute's type: `Nested`, `NetByteOrder`, both or 0. */
  get typeFlags(): number {
    return this.#type & ~typeMask;
  }

  /** Length in bytes of the current attribute's header and data. */
  get length(): number {
    return this.#length;
  }

  /** How many attributes there are in all; a malformed one ends the count. */
  get count(): number {
    let count = 0;
    for (let at = this.#start; this.#end - at >= attributeHeaderLength;) {
      const length = this.#view.getUint16(at, littleEndian);
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
    return this.#view.getUint8(this.#payload(1, "uint8"));
  }

  /** Reads the data as an unsigned 16-bit integer. @throws {AttributeError} Unless they are 2 bytes. */
  uint16(): number {
    return this.#view.getUint16(this.#payload(2, "uint16"), this.#little);
  }

  /** Reads the data as an unsigned 32-bit integer. @throws {AttributeError} Unless they are 4 bytes. */
  uint32(): number {
    return this.#view.getUint32(this.#payload(4, "uint32"), this.#little);
  }

  /** Reads the data as an unsigned 64-bit integer. @throws {AttributeError} Unless they are 8 bytes. */
  uint64(): bigint {
    return this.#view.getBigUint64(this.#payload(8, "uint64"), this.#little);
  }

  /** Reads the data as a signed 8-bit integer. @throws {AttributeError} Unless they are 1 byte. */
  int8(): number {
    return this.#view.getInt8(this.#payload(1, "int8"));
  }

  /** Reads the data as a signed 16-bit integer. @throws {AttributeError} Unless they are 2 bytes. */
  int16(): number {
    return this.#view.getInt16(this.#payload(2, "int16"), this.#little);
  }

  /** Reads the data as a signed 32-bit integer. @throws {AttributeError} Unless they are 4 bytes. */
  int32(): number {
    return this.#view.getInt32(this.#payload(4, "int32"), this.#little);
  }

  /** Reads the data as a signed 64-bit integer. @throws {AttributeError} Unless they are 8 bytes. */
  int64(): bigint {
    return this.#view.getBigInt64(this.#payload(8, "int64"), this.#little);
  }

  /**
   * Reads the attributes within the current attribute.
   *
   * @param fn Gets a decoder for them, with this one's byte order.
   * @returns What `fn` returns.
   */
  nested<T>(fn: (ad: AttributeDecoder) => T): T {
    const nested = new AttributeDecoder(this.#data());
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
    const at = this.#payload(this.#length - attributeHeaderLength, "bytes");
    return new Uint8Array(
      this.#view.buffer,
      this.#view.byteOffset + at,
      this.#length - attributeHeaderLength,
    );
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
