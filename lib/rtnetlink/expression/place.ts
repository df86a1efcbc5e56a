import type { AttributeTest, NumberTest, Predicate } from "../../bpf/predicate.ts";

/** Where in a message a value is. */
export type Place =
  | {
    /** Where a predicate itself knows. */
    readonly kind: "common";
    readonly key: "family" | "ifindex" | "table";
  }
  | {
    /** In the fixed structure. */
    readonly kind: "header";
    readonly offset: number;
  }
  | {
    /** In an attribute. */
    readonly kind: "attribute";
    /** Length of the fixed structure. */
    readonly header: number;
    /** The types, from the outermost attribute. */
    readonly path: readonly number[];
  };

/** A place in an attribute. */
export type AttributePlace = Place & { readonly kind: "attribute" };

/** A number that can be compared: how it is stored. */
export interface Stored {
  /** Its length in bytes. */
  readonly size: number;
  /** Its byte order: that of the machine by default. */
  readonly byteOrder?: "big";
}

/**
 * Says that a number is one of those that are wanted.
 *
 * @param place Where it is.
 * @param stored How it is stored there, in 1, 2 or 4 bytes.
 * @param value Which numbers are wanted.
 * @returns The predicate.
 */
export function numberTest(
  place: Place,
  { size, byteOrder }: Stored,
  value: NumberTest,
): Predicate {
  const order = byteOrder === undefined ? {} : { byteOrder };
  switch (place.kind) {
    case "common":
      return { [place.key]: value };
    case "header":
      return { field: { offset: place.offset, size: size as 1 | 2 | 4, value, ...order } };
    case "attribute":
      return attributeTest(place, { [`uint${8 * size}`]: value, ...order });
  }
}

/**
 * Says that an attribute is there, and what its value must be.
 *
 * @param place Where it is.
 * @param test What its value must be; by default anything.
 * @returns The predicate.
 */
export function attributeTest(
  { header, path }: AttributePlace,
  test: Omit<AttributeTest, "header" | "path"> = {},
): Predicate {
  return { attribute: { header, path, ...test } };
}

/**
 * Joins predicates.
 *
 * @param parts The predicates.
 * @returns The predicate that all of them hold: one object where no two are about the same.
 */
export function all(parts: readonly Predicate[]): Predicate {
  const joined: Predicate = {};
  for (const part of parts) {
    if (Object.keys(part).some((key) => Object.hasOwn(joined, key))) return { and: parts };
    Object.assign(joined, part);
  }
  return joined;
}

/**
 * Joins predicates.
 *
 * @param parts The predicates.
 * @returns The predicate that at least one of them holds.
 */
export function any(parts: readonly Predicate[]): Predicate {
  return parts.length === 1 ? parts[0] : { or: parts };
}
