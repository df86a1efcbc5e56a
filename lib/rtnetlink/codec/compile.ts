import type { AttributeDecoder } from "../../attribute_decoder.ts";
import { Nested } from "../../attribute.ts";
import { attributeName, type AttributeSet, type Codec, type Scope } from "./attribute_set.ts";
import type { Scalar } from "./scalar.ts";

/**
 * Functions made for one table each. To set a field whose name is in a variable takes the engines ten times as long as
 * to set one that the code names, and a link has over a hundred: its decoding takes 20 us by loops over tables, and 2
 * by what is made here.
 *
 * @module
 */

/** How often a table must have served before a function is made for it: a program that asks once does not wait for that. */
export const compileAfter = 16;

/**
 * Decodes attributes into the fields of an object as long as they are as they usually are: each there once, with
 * nothing unexpected. It gives false, or throws an `AttributeError`, where they are not; fields are set then, too.
 */
export type DecodeUsual = (
  ad: AttributeDecoder,
  object: Record<string, unknown>,
  scope: Scope,
) => boolean;

/** Keeps an attribute of a type that is not in the table; false where there is one of its type already. */
function keep(object: Record<string, unknown>, ad: AttributeDecoder): boolean {
  const key = attributeName(ad.fullType);
  if (Object.hasOwn(object, key)) return false;
  object[key] = ad.bytes();
  return true;
}

/**
 * Makes a function that decodes by a table.
 *
 * @param set The table.
 * @returns The function; undefined where the runtime makes none of text.
 */
export function compileAttributes(set: AttributeSet): DecodeUsual | undefined {
  const fields = Object.keys(set);
  const codecs = fields.map((field): Codec<unknown> => set[field][2]);
  const cases = fields.map((field, i) => caseOf(set[field][0], field, codecs[i], i));
  const late = fields.flatMap((field, i) =>
    codecs[i].late ? [{ place: `late${i}`, decode: `${fieldOf(field)} = ${valueOf(i)}` }] : []
  );
  const known = fields.map((field) => set[field][0]).join();
  return make<DecodeUsual>(
    ["keep", ...codecs.map((_, i) => `c${i}`)],
    `return function (ad, object, scope) {
      let previous = -1;
      ${codecs.map((_, i) => i % 32 === 0 ? `let seen${i >> 5} = 0;` : "").join("")}
      ${late.map(({ place }) => `let ${place} = 0;`).join("")}
      while (ad.next()) {
        const type = ad.fullType;
        switch (type) {
          ${cases.join("\n")}
          default:
            if ([${known}].includes(ad.type) || !keep(object, ad)) return false;
        }
        previous = type;
      }
      ${late.map(({ place, decode }) => `if (${place}) { ad.goTo(${place}); ${decode}; }`).join("")}
      return true;
    }`,
    [keep, ...codecs],
  );
}

/** What to do with an attribute of the table. */
function caseOf(type: number, field: string, codec: Codec<unknown>, i: number): string {
  const labels = codec.nested ? `case ${type}: case ${type | Nested}:` : `case ${type}:`;
  const [seen, bit] = [`seen${i >> 5}`, `${1 << (i & 31)}`];
  const target = fieldOf(field);
  if (codec.multiple) {
    // The elements of a late one, and those that do not stand together, are left to others.
    if (codec.late) return `${labels} return false;`;
    return `${labels}
      if (!(${seen} & ${bit})) ${target} = [${valueOf(i)}];
      else if (previous === type) ${target}.push(${valueOf(i)});
      else return false;
      ${seen} |= ${bit};
      break;`;
  }
  const decode = codec.late
    ? `${target} = undefined; late${i} = ad.offset;` // keeps its place in the order of the fields
    : `${target} = ${valueOf(i)};`;
  return `${labels} if (${seen} & ${bit}) return false; ${seen} |= ${bit}; ${decode} break;`;
}

function valueOf(i: number): string {
  return `c${i}.decode(ad, scope)`;
}

/**
 * Makes a function that reads a struct.
 *
 * @param fields The struct's fields with their places.
 * @returns The function; undefined where the runtime makes none of text.
 */
export function compileStruct<T>(
  fields: Readonly<Record<string, readonly [offset: number, scalar: Scalar<unknown>]>>,
): ((memory: Uint8Array, offset: number) => T) | undefined {
  const scalars = Object.values(fields).map(([, scalar]) => scalar);
  const parts = Object.entries(fields).map(([name, [offset]], i) =>
    `${JSON.stringify(name)}: s${i}.get(memory, offset + ${offset})`
  );
  const text = `return function (memory, offset) { return { ${parts.join()} }; }`;
  return make(scalars.map((_, i) => `s${i}`), text, scalars);
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

function fieldOf(name: string): string {
  return `object[${JSON.stringify(name)}]`;
}
