import { attributeHeader, findAttribute, findNested } from "./attribute_search.ts";
import { littleEndian } from "./byte_order.ts";
import type { FilterMessage } from "./predicate.ts";
import { Attribute, Header, kindMask } from "./rtnetlink.ts";

/** Length of a nexthop of a route without its attributes, `struct rtnexthop` in linux/rtnetlink.h. */
const nexthopHeader = 8;

/** Reads what predicates are about from a message. Offsets are from the start of the message's data. */
export class MessageReader {
  /** The message's type. */
  readonly type: number;
  /** The message's flags. */
  readonly flags: number;
  /** The kind of object, {@link Kind}. */
  readonly kind: number;
  readonly #data: DataView;

  /** @param message The message. */
  constructor({ header: { type, flags }, data }: FilterMessage) {
    this.type = type;
    this.flags = flags;
    this.kind = type & kindMask;
    this.#data = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  /**
   * Reads a number.
   *
   * @param offset Where it is.
   * @param size Its length in bytes.
   * @param big Whether it is big-endian.
   * @returns The number; undefined where the data ends before it.
   */
  number(offset: number, size: 1 | 2 | 4, big = false): number | undefined {
    if (offset + size > this.#data.byteLength) return undefined;
    const little = littleEndian && !big;
    if (size === 1) return this.#data.getUint8(offset);
    return size === 2 ? this.#data.getUint16(offset, little) : this.#data.getUint32(offset, little);
  }

  /**
   * Searches an attribute.
   *
   * @param header Length of the fixed structure.
   * @param path The types, from the outermost attribute.
   * @returns Where its header is; -1 when it is not there.
   */
  find(header: number, [type, ...types]: readonly number[]): number {
    let at = findAttribute(this.#data, header, type);
    for (const type of types) if (at >= 0) at = findNested(this.#data, at, type);
    return at;
  }

  /**
   * Gives the value of an attribute.
   *
   * @param at Where its header is.
   * @returns The value's bytes.
   */
  bytes(at: number): Uint8Array {
    const { buffer, byteOffset } = this.#data;
    const length = this.number(at, 2)! - attributeHeader;
    return new Uint8Array(buffer, byteOffset + at + attributeHeader, length);
  }

  /**
   * Reads the value of an attribute as a number.
   *
   * @param at Where its header is; -1 when it is not there.
   * @param size The number's length in bytes.
   * @param big Whether it is big-endian.
   * @returns The number; undefined where the value has another length.
   */
  value(at: number, size: 1 | 2 | 4, big = false): number | undefined {
    if (at < 0 || this.number(at, 2) !== attributeHeader + size) return undefined;
    return this.number(at + attributeHeader, size, big);
  }

  /**
   * Finds the links of a route with several nexthops.
   *
   * @returns The index of each nexthop's link.
   */
  nexthopLinks(): number[] {
    const links: number[] = [];
    const at = this.find(Header.Route, [Attribute.RouteNexthops]);
    if (at < 0) return links;
    const end = at + this.number(at, 2)!;
    for (let next = at + attributeHeader; next + nexthopHeader <= end;) {
      const length = this.number(next, 2)!;
      if (length < nexthopHeader || length > end - next) break;
      links.push(this.number(next + 4, 4)!);
      next += (length + 3) & ~3;
    }
    return links;
  }
}
