/** Arbitrary objects of every kind. */
import fc from "fast-check";
import type { ObjectKind } from "../lib/rtnetlink/object_kind.ts";
import { links } from "./link_arbitraries.ts";
import { arbitraryObject } from "./object_helpers.ts";
import { arbitraryNexthop, arbitraryRoute } from "./route_arbitraries.ts";

/** Those with values that depend on one another, which the tables do not tell. */
const special: Record<string, fc.Arbitrary<object>> = {
  link: links,
  route: arbitraryRoute,
  nexthop: arbitraryNexthop,
};

/** Attributes that no kind knows. */
const unknown = fc.record({
  attribute900: fc.uint8Array({ maxLength: 9 }),
  attribute33700: fc.array(fc.uint8Array({ maxLength: 9 }), { minLength: 2, maxLength: 3 }),
}, { requiredKeys: [] });

/** Arbitrary objects of a kind, some with attributes that nobody knows. */
export function objectsOf<T extends object>(kind: ObjectKind<T>): fc.Arbitrary<T> {
  const known = special[kind.name] as fc.Arbitrary<T> ?? arbitraryObject(kind);
  return fc.tuple(known, unknown).map(([object, raw]) => ({ ...object, ...raw }));
}
