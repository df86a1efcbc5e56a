import { decodeObject, encodeObject, type ObjectKind } from "../object_kind.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Makes a check of objects against the fields of a filter. Texts that mean the same, such as two
 * spellings of an address, are the same.
 *
 * @param kind The kind of object.
 * @param filter The fields that objects must have; what is undefined is not asked for. Of nested objects, too, only
 * the fields that are there count, and of `flags` only the bits that are set.
 * @returns Whether an object has them.
 */
export function matcher<T extends object>(
  kind: ObjectKind<T>,
  filter: Partial<T>,
): (object: T) => boolean {
  const wanted: Partial<T> = {};
  const canonical = decodeObject(kind, encodeObject(kind, filter));
  for (const name of Object.keys(filter) as Array<keyof T>) {
    if (filter[name] !== undefined) wanted[name] = canonical[name];
  }
  const entries = Object.entries(wanted);
  return (object) => containsAll(object as Fields, entries);
}

function contains(object: unknown, wanted: unknown): boolean {
  if (wanted instanceof Uint8Array) {
    return object instanceof Uint8Array && object.length === wanted.length &&
      object.every((byte, i) => byte === wanted[i]);
  }
  if (Array.isArray(wanted)) {
    return Array.isArray(object) && object.length === wanted.length &&
      wanted.every((element, i) => contains(object[i], element));
  }
  if (typeof wanted !== "object" || wanted === null) return object === wanted;
  if (typeof object !== "object" || object === null) return false;
  return containsAll(object as Fields, Object.entries(wanted));
}

function containsAll(object: Fields, wanted: ReadonlyArray<[string, unknown]>): boolean {
  for (const [name, value] of wanted) {
    if (value === undefined) continue;
    const found = object[name];
    if (!(name === "flags" ? hasBits(found, value) : contains(found, value))) return false;
  }
  return true;
}

function hasBits(found: unknown, wanted: unknown): boolean {
  return typeof found === "number" && ((wanted as number) & ~found) === 0;
}
