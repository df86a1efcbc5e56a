import { type AttributeTest, type FieldTest, type Predicate, PredicateError } from "./predicate.ts";

const numberFields = ["type", "flags", "family", "protocol", "table", "ifindex"] as const;

/** The fields of a predicate, in the order in which a program looks at them. */
export const predicateFields: readonly (keyof Predicate)[] = [
  ...numberFields,
  "field",
  "ifname",
  "attribute",
  "and",
  "or",
  "not",
];

const fieldFields: readonly (keyof FieldTest)[] = ["offset", "size", "value", "byteOrder"];

const attributeFields: readonly (keyof AttributeTest)[] = [
  "header",
  "path",
  "uint8",
  "uint16",
  "uint32",
  "byteOrder",
  "string",
  "bytes",
  "bits",
];

/**
 * Checks that a predicate has the form of one: whether its numbers and texts make sense is seen where they are used.
 *
 * @param predicate What is given as a predicate.
 * @param where What it is, for the errors.
 * @throws {PredicateError} When something in it is no object, no array or no bytes where one is expected, and when
 * there is an unknown field.
 */
export function checkPredicate(predicate: Predicate, where: string): void {
  checkFields(predicate, predicateFields, where);
  for (const key of numberFields) checkNumberTest(predicate[key], `${where}.${key}`);
  for (const key of ["and", "or"] as const) {
    const parts: unknown = predicate[key];
    if (parts === undefined) continue;
    if (!Array.isArray(parts)) throw isNo(`${where}.${key}`, parts, "array of predicates");
    parts.forEach((part, i) => checkPredicate(part, `${where}.${key}[${i}]`));
  }
  if (predicate.not !== undefined) checkPredicate(predicate.not, `${where}.not`);
  if (predicate.field !== undefined) checkFieldTest(predicate.field, `${where}.field`);
  if (predicate.attribute !== undefined) {
    checkAttributeTest(predicate.attribute, `${where}.attribute`);
  }
}

function checkFieldTest(test: FieldTest, where: string): void {
  checkFields(test, fieldFields, where);
  checkByteOrder(test.byteOrder, where);
  checkNumberTest(test.value, `${where}.value`);
}

function checkAttributeTest(test: AttributeTest, where: string): void {
  checkFields(test, attributeFields, where);
  checkByteOrder(test.byteOrder, where);
  for (const key of ["uint8", "uint16", "uint32"] as const) {
    checkNumberTest(test[key], `${where}.${key}`);
  }
  const { path, bytes } = test as { readonly [Key in keyof AttributeTest]: unknown };
  if (typeof path !== "number" && !Array.isArray(path)) {
    throw isNo(`${where}.path`, path, "number and no array of numbers");
  }
  if (bytes !== undefined && !(bytes instanceof Uint8Array)) {
    throw isNo(`${where}.bytes`, bytes, "Uint8Array");
  }
}

function checkByteOrder(order: unknown, where: string): void {
  if (order === undefined || order === "native" || order === "big") return;
  throw isNo(`${where}.byteOrder`, order, `byte order: expected "native" or "big"`);
}

function checkNumberTest(test: unknown, where: string): void {
  if (test === undefined || typeof test === "number" || Array.isArray(test)) return;
  if (typeof test !== "object" || test === null) throw isNo(where, test, "test of a number");
  checkFields(test, "mask" in test ? ["mask", "value"] : ["min", "max"], where);
}

function checkFields(object: unknown, known: readonly string[], where: string): void {
  if (typeof object !== "object" || object === null || Array.isArray(object)) {
    throw isNo(where, object, `object with some of the fields ${known.join(", ")}`);
  }
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new PredicateError(`${where} has a field ${unknown}: expected ${known.join(", ")}`);
}

function isNo(where: string, value: unknown, what: string): PredicateError {
  const text = typeof value === "bigint" ? `${value}n` : JSON.stringify(value);
  return new PredicateError(`${where} is ${text}, no ${what}`);
}
