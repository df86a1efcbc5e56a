import { AttributeDecoder } from "../../attribute_decoder.ts";
import { Nested } from "../../attribute.ts";
import { viewOf } from "../../integers.ts";
import { littleEndian } from "../../nlenc.ts";
import { attributeName, type AttributeSet, type Codec, type Scope } from "./attribute_set.ts";
import { s32, type Scalar, u16, u32, u64, u8 } from "./scalar.ts";

/**
 * Functions made for one table each. To set a field whose name is in a variable takes the engines ten times as long as
 * to set one that the code names, and a link has over a hundred: by loops over tables its decoding takes 20 us, by what
 * is made here 2 to 3.
 *
 * @module
 */

/** How often a table must have served before a function is made for it: a program that asks once does not wait for that. */
export const compileAfter = 16;

/**
 * Decodes attributes, which stand in memory from an offset to another one, into the fields of an object, as long as
 * they are as they usually are: each there once, with nothing unexpected. It gives false, or throws an
 * `AttributeError`, where they are not; fields may be set then, too.
 */
export type DecodeUsual = (
  memory: Uint8Array,
  start: number,
  end: number,
  object: Record<string, unknown>,
  scope: Scope,
) => boolean;

/** Reads so many values of an array that starts at an offset in memory. */
export type ReadArray<T> = (memory: Uint8Array, start: number, count: number) => T[];

/**
 * Makes a function that decodes by a table.
 *
 * @param set The table.
 * @returns The function; undefined where the runtime makes none of text.
 */
export function compileAttributes(set: AttributeSet): DecodeUsual | undefined {
  const entries = Object.entries(set).map(([field, [type, , codec]], i) =>
    new Entry(field, type, codec as Codec<unknown>, i)
  );
  const late = entries.filter(({ codec }) => codec.late);
  return make<DecodeUsual>(
    ["AttributeDecoder", "viewOf", "u16", "keep", ...entries.map(({ name }) => name)],
    `return function (memory, start, end, object, scope) {
      const view = viewOf(memory);
      let ad, previous = -1;
      ${entries.filter(({ bit }) => bit === 1).map(({ seen }) => `let ${seen} = 0;`).join("")}
      ${late.map(({ place }) => `let ${place} = 0;`).join("")}
      for (let at = start; at < end;) {
        if (end - at < 4) return false;
        const length = ${getAt(u16, "u16", "at")}, type = ${getAt(u16, "u16", "at + 2")};
        if (length < 4 || length > end - at) return false;
        switch (type) {
          ${entries.map((entry) => entry.case()).join("\n")}
          default:
            if ([${entries.map(({ type }) => type)}].includes(type & 0x3fff)) return false;
            if (!keep(object, ${adAt("at + 4")})) return false;
        }
        previous = type;
        at += length + 3 & ~3;
      }
      ${late.map((entry) => entry.decodeLate()).join("")}
      return true;
    }`,
    [AttributeDecoder, viewOf, u16, keep, ...entries.map(({ codec }) => codec)],
  );
}

/** Keeps an attribute of a type that is not in the table; false where there is one of its type already. */
function keep(object: Record<string, unknown>, ad: AttributeDecoder): boolean {
  const key = attributeName(ad.fullType);
  if (Object.hasOwn(object, key)) return false;
  object[key] = ad.bytes();
  return true;
}

/** An entry of a table, and the text for it. */
class Entry {
  readonly type: number;
  readonly codec: Codec<unknown>;
  /** What the text calls the codec. */
  readonly name: string;
  /** The variable, and the bit in it, that say whether the attribute came. */
  readonly seen: string;
  readonly bit: number;
  /** The variable with the place of an attribute that must wait for its siblings. */
  readonly place: string;
  readonly #target: string;

  constructor(field: string, type: number, codec: Codec<unknown>, i: number) {
    this.type = type;
    this.codec = codec;
    this.name = `codec${i}`;
    this.seen = `seen${i >> 5}`;
    this.bit = 1 << (i & 31);
    this.place = `place${i}`;
    this.#target = `object[${JSON.stringify(field)}]`;
  }

  /** What to do with the attribute. */
  case(): string {
    const { type, codec, seen, bit, place } = this;
    const target = this.#target;
    const labels = codec.nested ? `case ${type}: case ${type | Nested}:` : `case ${type}:`;
    const value = this.#value("at + 4");
    if (codec.multiple) {
      // The elements of a late one, and those that do not stand together, are left to others.
      if (codec.late) return `${labels} return false;`;
      return `${labels}
        ${this.#check()}
        if (!(${seen} & ${bit})) ${target} = [${value}];
        else if (previous === type) ${target}.push(${value});
        else return false;
        ${seen} |= ${bit};
        break;`;
    }
    const decode = codec.late
      ? `${target} = undefined; ${place} = at + 4;` // keeps its place in the order of the fields
      : `${this.#check()} ${target} = ${value};`;
    return `${labels} if (${seen} & ${bit}) return false; ${seen} |= ${bit}; ${decode} break;`;
  }

  /** What to do with it when all its siblings are known. */
  decodeLate(): string {
    return `if (${this.place}) ${this.#target} = ${this.#value(this.place)};`;
  }

  /** What must be so where the function itself reads a plain number. */
  #check(): string {
    const { size } = this.codec as Partial<Scalar<unknown>>;
    return inLine.has(this.codec.decode) ? `if (length !== ${4 + size!}) return false;` : "";
  }

  #value(place: string): string {
    const { codec, name } = this;
    const plain = inLine.get(codec.decode)?.(place);
    if (plain !== undefined) return plain;
    return codec.at !== undefined && !codec.late
      ? `${name}.at(memory, ${place}, at + length, scope)`
      : `${name}.decode((ad ??= new AttributeDecoder(memory, start, end)).goTo(${place}), scope)`;
  }
}

/**
 * How the plainest scalars are read: by what the engines put into the line, also in functions as long as these. Those
 * with words for their values have the same `decode`.
 */
const inLine: ReadonlyMap<Codec<unknown>["decode"], (at: string) => string> = new Map<
  Codec<unknown>["decode"],
  (at: string) => string
>([
  [u8.decode, (at) => `memory[${at}]`],
  [u16.decode, (at) => `view.getUint16(${at}, ${littleEndian})`],
  [u32.decode, (at) => `view.getUint32(${at}, ${littleEndian})`],
  [s32.decode, (at) => `view.getInt32(${at}, ${littleEndian})`],
  // Most are counters that are 0, and one 0n for all of them takes no memory.
  [
    u64.decode,
    (at) =>
      `view.getInt32(${at}) | view.getInt32(${at} + 4) ? view.getBigUint64(${at}, ${littleEndian}) : 0n`,
  ],
]);

function getAt(scalar: Codec<unknown>, name: string, place: string): string {
  return inLine.get(scalar.decode)?.(place) ?? `${name}.get(memory, ${place})`;
}

/** A decoder that stands on an attribute: many tables never need one. */
function adAt(place: string): string {
  return `(ad ??= new AttributeDecoder(memory, start, end)).goTo(${place})`;
}

/**
 * Makes a function that reads a struct. What it gives has the plain prototype, but room for the attributes that
 * will be added: half the time and two thirds of the memory of an object that grows.
 *
 * @param fields The struct's fields with their places.
 * @returns The function; undefined where the runtime makes none of text.
 */
export function compileStruct<T>(
  fields: Readonly<Record<string, readonly [offset: number, scalar: Scalar<unknown>]>>,
): ((memory: Uint8Array, offset: number) => T) | undefined {
  const scalars = Object.values(fields).map(([, scalar]) => scalar);
  const parts = Object.entries(fields).map(([name, [offset]], i) =>
    `this[${JSON.stringify(name)}] = ${getAt(scalars[i], `scalar${i}`, `offset + ${offset}`)};`
  );
  const text = `function Fields(memory, offset) { const view = viewOf(memory); ${parts.join("")} }
    Fields.prototype = Object.prototype;
    return function (memory, offset) { return new Fields(memory, offset); }`;
  return make(["viewOf", ...scalars.map((_, i) => `scalar${i}`)], text, [viewOf, ...scalars]);
}

/**
 * Makes a function that reads values which stand one after the other.
 *
 * @param scalar How one is written.
 * @returns The function; undefined where the runtime makes none of text.
 */
export function compileArray<T>(scalar: Scalar<T>): ReadArray<T> | undefined {
  return make(
    ["viewOf", "scalar"],
    `return function (memory, start, count) {
      const view = viewOf(memory);
      const array = new Array(count);
      for (let i = 0, at = start; i < count; i++, at += ${scalar.size}) {
        array[i] = ${getAt(scalar, "scalar", "at")};
      }
      return array;
    }`,
    [viewOf, scalar],
  );
}

/**
 * Makes a function of text.
 *
 * @param names The names by which the text knows the values.
 * @param text The text of a function's body, in which no value may stand but numbers and quoted names of fields.
 * @param values The values.
 * @returns What the text returns; undefined where the runtime refuses to make functions of text.
 */
function make<T>(names: string[], text: string, values: unknown[]): T | undefined {
  try {
    return new Function(...names, `"use strict"; ${text}`)(...values);
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}
