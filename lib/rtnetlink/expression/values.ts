import { AttributeError } from "../../errors.ts";
import { parseAddress, parseHardwareAddress } from "../codec/network.ts";
import type { Shape, Words } from "../codec/shape.ts";
import { ExpressionError } from "./error.ts";
import { nearest } from "./near.ts";
import { found, type Token } from "./tokens.ts";

/** A value, or values from one to another. */
export interface Item {
  /** The value, or the first one. */
  readonly from: Token;
  /** The last one. */
  readonly to?: Token;
}

/** How the value of a field is compared. */
export interface Comparison {
  /** How. */
  readonly operator: Token;
  /** With what: one value, but for "in" and "has". */
  readonly items: readonly Item[];
}

/** The words that are never values without quotes. */
export const keywords: readonly string[] = ["and", "or", "not", "in", "has"];

/** Sample values, which say more than a description. */
const samples: Partial<Record<Shape["kind"], string>> = {
  boolean: "true or false",
  flag: "true or false",
  text: "a text",
  bytes: "bytes such as 02:00:00:00:00:01",
  address: "an address such as 10.0.0.1 or 2001:db8::1",
};

/**
 * Tells what a value of some shape may be.
 *
 * @param shape The shape.
 * @returns Descriptions and words.
 */
export function valuesOf(shape: Shape): string[] {
  if (shape.kind !== "number") return [samples[shape.kind] ?? "nothing"];
  return ["a number", ...Object.keys(shape.words ?? {}).map(wordOf)];
}

/** How a name of a number is written: "lowerUp" for `LowerUp`. */
function wordOf(name: string): string {
  return name[0].toLowerCase() + name.slice(1);
}

/** Upper and lower case, "_" and "-" make no difference: `LOWER_UP` of `ip` is `lowerUp`, too. */
function plain(word: string): string {
  return word.toLowerCase().replace(/[_-]/g, "");
}

/**
 * Reads a number that is written as one.
 *
 * @param token What stands there.
 * @returns The number; undefined when it is none.
 */
export function literalOf({ kind, text }: Token): number | undefined {
  const [, minus, digits] = /^(-?)(\d+|0x[\da-f]+)$/i.exec(text) ?? [];
  if (kind !== "word" || digits === undefined) return undefined;
  return minus === "" ? Number(digits) : -Number(digits);
}

/**
 * Reads a number or a word that stands for one.
 *
 * @param token What stands there.
 * @param words The words that there are.
 * @returns The number.
 * @throws {ExpressionError} When it is neither.
 */
export function numberOf(token: Token, words: Words = {}): number {
  const { kind, text } = token;
  const expected = valuesOf({ kind: "number", size: 4, words });
  if (kind !== "word") throw new ExpressionError(found(token), token, expected);
  const literal = literalOf(token);
  if (literal !== undefined) return literal;
  const name = Object.keys(words).find((name) => plain(name) === plain(text));
  if (name !== undefined) return words[name];
  const near = nearest(text, expected.slice(1));
  throw new ExpressionError(found(token), token, expected, near);
}

/**
 * Reads what is true or false.
 *
 * @param token What stands there.
 * @returns It.
 * @throws {ExpressionError} When it is neither.
 */
export function truthOf(token: Token): boolean {
  if (token.kind === "word" && ["true", "false"].includes(token.text)) return token.text === "true";
  throw new ExpressionError(found(token), token, [samples.boolean!]);
}

/**
 * Reads bytes as a hardware address is written.
 *
 * @param token What stands there.
 * @returns The bytes.
 * @throws {ExpressionError} When it is no such thing.
 */
export function bytesOf(token: Token): Uint8Array {
  return parsed(token, () => parseHardwareAddress(token.value), [samples.bytes!]);
}

/** An IP address, or some of its bits. */
export interface Prefix {
  /** The address. */
  readonly bytes: Uint8Array;
  /** How many bits count, where that was said. */
  readonly length?: number;
}

/**
 * Reads an IP address that may have the length of a prefix behind it.
 *
 * @param token What stands there.
 * @param size The length that the address must have in bytes, where it is always the same.
 * @returns The address.
 * @throws {ExpressionError} When it is no such thing.
 */
export function prefixOf(token: Token, size?: 4 | 16): Prefix {
  const [address, length, ...rest] = token.value.split("/");
  const bytes = parsed(token, () => parseAddress(address), [samples.address!]);
  if (size !== undefined && bytes.length !== size) {
    const sample = size === 4
      ? "an IPv4 address such as 10.0.0.1"
      : "an IPv6 address such as fd00::1";
    throw new ExpressionError(found(token), token, [sample]);
  }
  if (length === undefined) return { bytes };
  const bits = 8 * bytes.length;
  if (rest.length === 0 && /^\d{1,3}$/.test(length) && Number(length) <= bits) {
    return { bytes, length: Number(length) };
  }
  const spot = { ...token, at: token.at + token.text.indexOf("/") + 1 };
  throw new ExpressionError(found(token), spot, [`a prefix of 0 to ${bits} bits after the slash`]);
}

function parsed<T>(token: Token, parse: () => T, expected: readonly string[]): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof AttributeError)) throw error;
    throw new ExpressionError(found(token), token, expected);
  }
}
