import { AttributeError } from "../../errors.ts";
import { parseAddress } from "../codec/network.ts";
import { AddressFamily } from "../constants.ts";

/** An address with the length of its network's prefix. */
export interface IpPrefix {
  /** `AddressFamily.Inet` or `AddressFamily.Inet6`. */
  family: number;
  /** The address. */
  address: string;
  /** The length of the prefix in bits. */
  length: number;
  /** Whether the text said the length, which else is that of a whole address. */
  explicit: boolean;
}

/**
 * Tells the family of an address.
 *
 * @param field The field that has it, for the error.
 * @param text The address.
 * @returns `AddressFamily.Inet` or `AddressFamily.Inet6`.
 * @throws {AttributeError} When it is no address.
 */
export function familyOf(field: string, text: string): number {
  return parse(field, text).length === 4 ? AddressFamily.Inet : AddressFamily.Inet6;
}

/**
 * Reads an address that may have the length of a prefix behind it.
 *
 * @param field The field that has it, for the error.
 * @param text Such as "10.0.0.1", "10.0.0.0/8", "2001:db8::/32".
 * @returns Its parts.
 * @throws {AttributeError} When it is no such thing.
 */
export function parsePrefix(field: string, text: string): IpPrefix {
  const [address, length, ...rest] = `${text}`.split("/");
  const bits = 8 * parse(field, address).length;
  const explicit = length !== undefined;
  if (rest.length > 0 || explicit && !(/^\d{1,3}$/.test(length) && Number(length) <= bits)) {
    throw new AttributeError(
      `${field} is "${text}": the length of a prefix of ${address} is a number from 0 to ${bits}`,
    );
  }
  const family = bits === 32 ? AddressFamily.Inet : AddressFamily.Inet6;
  return { family, address, length: explicit ? Number(length) : bits, explicit };
}

function parse(field: string, text: string): Uint8Array {
  try {
    return parseAddress(`${text}`);
  } catch (error) {
    throw new AttributeError(`${field}: ${(error as Error).message}`);
  }
}
