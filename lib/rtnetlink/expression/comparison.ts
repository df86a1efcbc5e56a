import type { Predicate } from "../../bpf/predicate.ts";
import type { Shape } from "../codec/shape.ts";
import { encodeText } from "../codec/scalar.ts";
import { AddressFamily } from "../constants.ts";
import { ExpressionError } from "./error.ts";
import { type Field, formatsOf } from "./field.ts";
import { checkRange, numberTests } from "./numbers.ts";
import { all, any, type AttributePlace, attributeTest, numberTest, type Stored } from "./place.ts";
import type { Token } from "./tokens.ts";
import { bytesOf, type Comparison, type Item, type Prefix, prefixOf, truthOf } from "./values.ts";

/** A field whose value can be compared, and what it is. */
type Comparable<K extends Shape["kind"]> = Field & { readonly shape: Shape & { readonly kind: K } };

/**
 * Says that one of the fields that a name means has a value. Fields that can never have it are left out.
 *
 * @param fields The fields.
 * @param name The name in the expression, for the errors.
 * @param comparison How the value is compared.
 * @returns The predicate.
 * @throws {ExpressionError} When no field can be compared so, or none can have such a value.
 */
export function compare(
  fields: readonly Field[],
  name: Token,
  comparison: Comparison,
): Predicate {
  const test = positiveTest(fields, name, comparison);
  if (comparison.operator.text !== "!=") return test;
  return all([any(fields.map(present)), { not: test }]);
}

/** Says that a message has a field. */
function present({ guards, place, shape }: Field): Predicate {
  const isThere = place.kind === "attribute"
    ? attributeTest(place)
    : numberTest(place, shape as Stored, {}); // there is nothing else
  return all([...guards, isThere]);
}

/** The same for all operators but "!=", which is taken for "==". */
function positiveTest(
  fields: readonly Field[],
  name: Token,
  comparison: Comparison,
): Predicate {
  const { operator, items } = comparison;
  const parts: Predicate[] = [];
  const numbers: Comparable<"number">[] = [];
  // "has" asks for the bits of all values, the others for one of them.
  const asked = operator.text === "has" ? [items] : items.map((item) => [item]);
  const problems = new Map<readonly Item[], ExpressionError>();
  const taken = new Set<readonly Item[]>();
  for (const field of fields.flatMap(formatsOf)) {
    const fitting = asked.filter((items) => {
      const problem = problemOf(field, name, { operator, items });
      if (problem === undefined) taken.add(items);
      else if (!problems.has(items)) problems.set(items, problem);
      return problem === undefined;
    });
    if (fitting.length === 0) continue;
    const test = valueTest(field, name, { operator, items: fitting.flat() });
    parts.push(all([...field.guards, test]));
    if (isOf(field, "number")) numbers.push(field);
  }
  const nobodys = asked.find((items) => !taken.has(items));
  if (nobodys !== undefined) throw problems.get(nobodys)!;
  if (numbers.length === parts.length) checkRange(numbers, name.text, items);
  return any(parts);
}

/** What is wrong with a comparison for a field. */
function problemOf(
  field: Field,
  name: Token,
  comparison: Comparison,
): ExpressionError | undefined {
  try {
    valueTest(field, name, comparison);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return error;
  }
}

/**
 * Says that one of the fields that a name means is there and, where it is true or false, true.
 *
 * @param fields The fields.
 * @param name The name in the expression, for the errors.
 * @param next What comes after it.
 * @returns The predicate.
 * @throws {ExpressionError} When they are always there.
 */
export function exists(fields: readonly Field[], name: Token, next: Token): Predicate {
  const parts = fields.flatMap(({ guards, place, shape }) => {
    if (place.kind !== "attribute") return [];
    const test = shape?.kind === "boolean" ? { uint8: 1 } : {};
    return [all([...guards, attributeTest(place, test)])];
  });
  if (parts.length > 0) return any(parts);
  throw new ExpressionError(`${name.text} is always there`, next, operators);
}

/** The operators that compare. */
export const operators: readonly string[] = [
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "in",
  "has",
].map((operator) => `"${operator}"`);

function isOf<K extends Shape["kind"]>(field: Field, kind: K): field is Comparable<K> {
  return field.shape?.kind === kind;
}

function valueTest(field: Field, name: Token, comparison: Comparison): Predicate {
  const { operator, items } = comparison;
  const { shape, place } = field;
  if (isOf(field, "number") && field.shape.size <= 4) return numberTests(field, comparison);
  // Only the numbers of the fixed structure are no attributes.
  if (place.kind !== "attribute") throw incomparable(field, name);
  const test = equality(field, place);
  if (test === undefined) throw incomparable(field, name);
  if (!["==", "!=", "in"].includes(operator.text)) {
    const problem = `${field.name} is ${described[shape!.kind]}`;
    throw new ExpressionError(problem, operator, ['"=="', '"!="', '"in"']);
  }
  const range = items.find(({ to }) => to !== undefined)?.to;
  if (range !== undefined) {
    const problem = `${field.name} is ${described[shape!.kind]}, of which there are no ranges`;
    throw new ExpressionError(problem, range, ['","', '"]"']);
  }
  return any(items.map(({ from }) => test(from, operator.text === "in")));
}

/** What is said in errors of what a field is. */
const described: Readonly<Record<Shape["kind"], string>> = {
  number: "a 64-bit number",
  boolean: "true or false",
  flag: "true or false",
  text: "a text",
  bytes: "a row of bytes",
  address: "an address",
  structure: "a structure",
  list: "a list",
  attributes: "an object with fields of its own",
  selected: "one of several formats",
};

function incomparable({ name, shape }: Field, spot: Token): ExpressionError {
  const what = shape === undefined ? "of a form of its own" : described[shape.kind];
  return new ExpressionError(
    `${name} is ${what} and cannot be compared, only whether it is there`,
    spot,
    [`${name} alone`],
  );
}

/** What says that an attribute has a value, or lies in a prefix; undefined where that cannot be told. */
function equality(
  field: Field,
  place: AttributePlace,
): ((token: Token, within: boolean) => Predicate) | undefined {
  const { shape } = field;
  switch (shape?.kind) {
    case "flag":
      return (token) => truthOf(token) ? attributeTest(place) : { or: [] };
    case "boolean":
      return (token) => attributeTest(place, { uint8: truthOf(token) ? 1 : 0 });
    case "text":
      return ({ value }) =>
        attributeTest(place, shape.terminated ? { string: value } : { bytes: encodeText(value) });
    case "bytes":
      return (token) => attributeTest(place, { bytes: bytesOf(token) });
    case "address":
      return (token, within) =>
        addressTest(field, place, token, prefixOf(token, shape.size), within);
    default:
      return undefined;
  }
}

/** Families by the length of their addresses. */
const families: Readonly<Record<number, number[]>> = {
  4: [AddressFamily.Inet, AddressFamily.Ipmr],
  16: [AddressFamily.Inet6, AddressFamily.Ip6mr],
};

const lengthByte = { size: 1 } as const;

function addressTest(
  { name, length: at }: Field,
  place: AttributePlace,
  token: Token,
  { bytes, length }: Prefix,
  within: boolean,
): Predicate {
  if (length === undefined) return attributeTest(place, { bytes });
  if (!within && at === undefined) {
    throw new ExpressionError(`${name} has no prefix, but may lie in one`, token, [
      "an address",
      `"${name} in ${token.text}"`,
    ]);
  }
  if (!within && at?.network && hasBitsBehind(bytes, length)) {
    throw new ExpressionError(`${token.text} has bits behind its prefix`, token, [
      "the first address of a network",
    ]);
  }
  const parts: Predicate[] = [];
  // A network lies in another one when its prefix is not the shorter one.
  if (!within || at?.network) {
    const value = within ? { min: length } : length;
    parts.push(numberTest({ kind: "header", offset: at!.offset }, lengthByte, value));
  }
  // The network of all addresses is not said.
  if (at?.network && length === 0) parts.push({ family: families[bytes.length] });
  else parts.push(attributeTest(place, within ? { bytes, bits: length } : { bytes }));
  return all(parts);
}

function hasBitsBehind(bytes: Uint8Array, length: number): boolean {
  return bytes.some((byte, i) => (byte & 0xff >> Math.min(8, Math.max(0, length - 8 * i))) !== 0);
}
