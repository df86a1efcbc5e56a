import type { NumberTest, Predicate } from "../../bpf/predicate.ts";
import type { Shape } from "../codec/shape.ts";
import { ExpressionError } from "./error.ts";
import { any, numberTest, type Place } from "./place.ts";
import { type Comparison, type Item, literalOf, numberOf } from "./values.ts";

/** A number that can be compared. */
export interface NumberField {
  /** Where it is. */
  readonly place: Place;
  /** How it is stored, in 1, 2 or 4 bytes. */
  readonly shape: Shape & { readonly kind: "number" };
}

/** Numbers from the first to the second, both included. */
type Span = readonly [low: number, high: number];

/**
 * Says how a number compares. What it cannot be, it is not.
 *
 * @param field The number.
 * @param comparison How it is compared.
 * @returns The predicate.
 * @throws {ExpressionError} When a value is no number, no word of this field, or a range is empty.
 */
export function numberTests(field: NumberField, comparison: Comparison): Predicate {
  const { place, shape } = field;
  const tests = comparison.operator.text === "has"
    ? maskTests(shape, comparison)
    : spanTests(shape, spansOf(shape, comparison));
  return any(tests.map((test) => numberTest(place, shape, test)));
}

/**
 * Checks that one of several numbers can have the values that are written as numbers.
 *
 * @param fields The numbers.
 * @param name The name that means them, for the error.
 * @param items The values.
 * @throws {ExpressionError} At a value that none can have.
 */
export function checkRange(
  fields: readonly NumberField[],
  name: string,
  items: readonly Item[],
): void {
  const bounds = fields.map(({ shape }) => boundsOf(shape));
  const low = bounds.reduce((least, [low]) => Math.min(least, low), 0);
  const high = bounds.reduce((most, [, high]) => Math.max(most, high), 0);
  for (const token of items.flatMap(({ from, to }) => to === undefined ? [from] : [from, to])) {
    const value = literalOf(token);
    if (value === undefined || value >= low && value <= high) continue;
    throw new ExpressionError(`${name} is never ${token.text}`, token, [
      `a number from ${low} to ${high}`,
    ]);
  }
}

function boundsOf({ size, signed }: NumberField["shape"]): Span {
  const count = 2 ** (8 * size);
  return signed ? [-count / 2, count / 2 - 1] : [0, count - 1];
}

/** The numbers that are wanted. */
function spansOf({ words }: NumberField["shape"], { operator, items }: Comparison): Span[] {
  const [first] = items;
  const value = numberOf(first.from, words);
  switch (operator.text) {
    case "<":
      return [[-Infinity, value - 1]];
    case "<=":
      return [[-Infinity, value]];
    case ">":
      return [[value + 1, Infinity]];
    case ">=":
      return [[value, Infinity]];
    default:
      return items.map(({ from, to = from }) => {
        const [low, high] = [numberOf(from, words), numberOf(to, words)];
        if (low <= high) return [low, high];
        throw new ExpressionError(`There is nothing from ${low} to ${high}`, to, [
          "a range that begins with the lower number",
        ]);
      });
  }
}

/** Numbers as they are stored: negative ones stand behind all others. */
function spanTests(shape: NumberField["shape"], spans: readonly Span[]): NumberTest[] {
  const [least, most] = boundsOf(shape);
  const singles: number[] = [];
  const tests: NumberTest[] = [];
  for (const [low, high] of spans) {
    const halves: Span[] = [
      [Math.max(low, 0), Math.min(high, most)],
      [Math.max(low, least) + 2 ** (8 * shape.size), Math.min(high, -1) + 2 ** (8 * shape.size)],
    ];
    for (const [min, max] of halves) {
      if (min === max) singles.push(min);
      else if (min < max) tests.push({ min, max });
    }
  }
  if (singles.length === 1) return [singles[0], ...tests];
  return singles.length > 0 ? [singles, ...tests] : tests;
}

/** That all bits of all values are set. */
function maskTests({ size, words }: NumberField["shape"], { items }: Comparison): NumberTest[] {
  const count = 2 ** (8 * size);
  let mask = 0;
  for (const { from, to } of items) {
    if (to !== undefined) {
      throw new ExpressionError("A range has no bits", to, ["one value or a list of values"]);
    }
    const bits = numberOf(from, words);
    if (bits === 0) {
      throw new ExpressionError(`${from.text} has no bits`, from, ["a value with some"]);
    }
    if (bits >= count || bits < -count / 2) return [];
    mask = (mask | bits) >>> 0;
  }
  mask %= count;
  return [{ mask, value: mask }];
}
