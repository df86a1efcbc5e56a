import { decodeObject, encodeObject, type ObjectKind } from "../object_kind.ts";

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
  return (object) => contains(object, wanted);
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
  return Object.entries(wanted).every(([name, value]) => {
    if (value === undefined) return true;
    const found = (object as Record<string, unknown>)[name];
    return name === "flags" ? hasBits(found, value) : contains(found, value);
  });
}

function hasBits(found: unknown, wanted: unknown): boolean {
  return typeof found === "number" && ((wanted as number) & ~found) === 0;
}
