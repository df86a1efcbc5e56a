/** What arbitrary objects are made of. */
import fc from "fast-check";

/** A number of so many bits, unsigned. */
export const uint = (bits: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 2 ** bits - 1 });

/** A number of 64 bits, unsigned. */
export const uint64: fc.Arbitrary<bigint> = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

/** An object with all of the fields. */
export const all = (
  fields: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<Record<string, unknown>> => fc.record(fields, { noNullPrototype: true });
