import { Nested } from "../../attribute.ts";
import type { AttributeDecoder } from "../../attribute_decoder.ts";

/** The objects and arrays whose attribute came with the bit `NLA_F_NESTED` against the table's word, or without it. */
const unusualFlag = new WeakMap<object, boolean>();

/**
 * Remembers whether the current attribute has the bit `NLA_F_NESTED`, so that it is encoded as it came.
 *
 * @param value The object or array that it became.
 * @param ad The decoder.
 * @param flagged Whether the kernel sets the bit on such an attribute, or wants it.
 * @returns The value.
 */
export function rememberFlag<T extends object>(
  value: T,
  ad: AttributeDecoder,
  flagged: boolean,
): T {
  const found = (ad.typeFlags & Nested) !== 0;
  if (found !== flagged) unusualFlag.set(value, found);
  return value;
}

/**
 * The type of the attribute that a value becomes, with the bit `NLA_F_NESTED` or without.
 *
 * @param type The type without it.
 * @param value The value: the very one that was decoded is encoded as it came.
 * @param flagged As for {@link rememberFlag}.
 * @returns The type.
 */
export function typeOf(type: number, value: object, flagged: boolean): number {
  return unusualFlag.get(value) ?? flagged ? type | Nested : type;
}
