import { littleEndian, swap } from "./byte_order.ts";
import { all, any, type Condition, join, not, test, type Variable } from "./condition.ts";
import type { Spans } from "./predicate.ts";
import type { Variables } from "./variables.ts";

/** A number that is stored somewhere: programs load its parts as big-endian. */
export interface StoredNumber {
  /** Its length in bytes. */
  readonly size: 1 | 2 | 4;
  /** Whether its most significant byte comes first; else it is in the machine's order. */
  readonly big: boolean;
  /** Gives the variable for some of its bytes. */
  at(offset: number, size: 1 | 2 | 4): Variable;
}

/**
 * Says by comparisons that a number is one of those that are wanted.
 *
 * @param variables Makes the variables.
 * @param number The number.
 * @param wanted Which are wanted.
 * @returns The condition.
 */
export function isWanted(
  variables: Variables,
  number: StoredNumber,
  { mask, spans }: Spans,
): Condition {
  const { size, big } = number;
  const loaded = (value: number) => big ? value : swap(value, size);
  const whole = number.at(0, size);
  if (mask !== undefined) {
    const ours = mask % whole.limit;
    const bits = variables.bits(whole, loaded(ours));
    return join(
      "any",
      spans.map(([value]) => {
        if (value >= whole.limit || (value & ~ours) !== 0) return false;
        return ours === 0 || test(bits, "eq", loaded(value));
      }),
    );
  }
  return join(
    "any",
    spans.map(([low, high]) => {
      if (low === high) return low < whole.limit && test(whole, "eq", loaded(low));
      return all(atLeast(number, size, low), not(atLeast(number, size, high + 1)));
    }),
  );
}

/** That the lowest bytes of a number are not below a bound. */
function atLeast(number: StoredNumber, size: number, bound: number): Condition {
  if (bound === 0) return true;
  if (bound >= 2 ** (8 * size)) return false;
  if (number.big || !littleEndian || number.size === 1) {
    return test(number.at(0, number.size), "ge", bound);
  }
  if (size === 4 && bound <= 0xffff) {
    return any(not(test(number.at(2, 2), "eq", 0)), atLeast(number, 2, bound));
  }
  // The byte with the highest place is the last one.
  const top = size - 1;
  const digit = Math.floor(bound / 2 ** (8 * top));
  const rest = bound % 2 ** (8 * top);
  const byte = number.at(top, 1);
  if (rest === 0) return test(byte, "ge", digit);
  return any(test(byte, "ge", digit + 1), all(test(byte, "eq", digit), atLeast(number, top, rest)));
}
