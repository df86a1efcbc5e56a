import { align } from "./align.ts";
import { AttributeError } from "./errors.ts";
import { littleEndian } from "./nlenc.ts";

/** Length of an attribute's header in bytes, `NLA_HDRLEN`. */
export const attributeHeaderLength = 4;

/** Bit of an attribute's type that says that its data are attributes, `NLA_F_NESTED` in linux/netlink.h. */
export const Nested = 0x8000;

/** Bit of an attribute's type that says that its data are in network byte order, `NLA_F_NET_BYTEORDER`. */
export const NetByteOrder = 0x4000;

/** The bits of an attribute's type that are its type, `NLA_TYPE_MASK`. */
export const typeMask = 0x3fff;

/** The order in which the bytes of an integer stand; "native" is this machine's. */
export type ByteOrder = "native" | "big" | "little";

/**
 * Resolves a byte order.
 *
 * @param order The byte order.
 * @returns Whether it is little-endian on this machine.
 */
export function isLittle(order: ByteOrder): boolean {
  return order === "native" ? littleEndian : order === "little";
}

/** A netlink attribute, `struct nlattr` in linux/netlink.h. */
export interface Attribute {
  /** Length in bytes of the attribute's header of four bytes and its data, without padding. */
  length: number;
  /** Its type, with the bits {@link Nested} and {@link NetByteOrder}. */
  type: number;
  /** Its data. */
  data: Uint8Array;
}

/** An attribute to be encoded: its length follows from its data unless it is given. */
export type AttributeInit = Partial<Attribute> & { type: number; data: Uint8Array };

/**
 * Encodes attributes one after the other. {@link AttributeEncoder} is the more comfortable way.
 *
 * @param attributes The attributes; a `length` that is given must fit the data.
 * @returns Their bytes, each padded to a multiple of four.
 * @throws {AttributeError} When a length does not fit its data, or a length or a type is more than 65535.
 */
export function marshalAttributes(attributes: AttributeInit[]): Uint8Array {
  const lengths = attributes.map(({ length, type, data }) => {
    if (type !== (type & 0xffff)) {
      throw new AttributeError(`Attribute type ${type} is not a whole number from 0 to 65535`);
    }
    if (!(data instanceof Uint8Array)) {
      throw new AttributeError(`The data of attribute ${type & typeMask} are no Uint8Array`);
    }
    const exact = attributeHeaderLength + data.length;
    if (length && length !== exact) {
      throw new AttributeError(
        `Attribute ${type & typeMask} has length ${length}, but its data make it ${exact}`,
      );
    }
    if (exact > 0xffff) {
      throw new AttributeError(
        `Attribute ${type & typeMask} is ${exact} bytes long, more than 65535`,
      );
    }
    return exact;
  });
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + align(length), 0));
  const view = new DataView(bytes.buffer);
  let offset = 0;
  attributes.forEach(({ type, data }, i) => {
    view.setUint16(offset, lengths[i], littleEndian);
    view.setUint16(offset + 2, type, littleEndian);
    bytes.set(data, offset + attributeHeaderLength);
    offset += align(lengths[i]);
  });
  return bytes;
}
