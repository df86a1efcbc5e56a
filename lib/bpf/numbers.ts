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
  /** Gives the variable for some of its bytes, of two also in the other order. */
  at(offset: number, size: 1 | 2 | 4, swapped?: boolean): Variable;
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
  const bounds = spans.filter(([low, high]) => low < high)
    .flatMap(([low, high]) => [low, high + 1]).filter((bound) => bound < whole.limit);
  const way: Way = {
    byBytes: bounds.every((bound) => bound % 0x100 === 0),
    wide: bounds.some((bound) => bound > 0xffff),
  };
  return join(
    "any",
    spans.map(([low, high]) => {
      if (low === high) return low < whole.limit && test(whole, "eq", loaded(low));
      return all(atLeast(number, low, way), not(atLeast(number, high + 1, way)));
    }),
  );
}

/** How a number is compared with all its bounds. */
interface Way {
  /** One byte of a half decides: to swap the bytes of the half would cost more. */
  readonly byBytes: boolean;
  /** The upper half is compared with more than 0. */
  readonly wide: boolean;
}

/** That a number is not below a bound. */
function atLeast(number: StoredNumber, bound: number, { byBytes, wide }: Way): Condition {
  const { size, big } = number;
  if (bound >= 2 ** (8 * size)) return false;
  if (big || !littleEndian || size === 1) return test(number.at(0, size), "ge", bound);
  // The upper half comes first: programs look at variables in the order in which they are asked for.
  const half = size === 4 ? number.at(2, 2, wide) : undefined;
  const [high, low] = [Math.floor(bound / 0x1_0000), bound % 0x1_0000];
  const lowEnough = byBytes
    ? test(number.at(1, 1), "ge", low / 0x100)
    : test(number.at(0, 2, true), "ge", low);
  if (half === undefined) return lowEnough;
  if (high === 0) return any(not(test(half, "eq", 0)), lowEnough);
  return any(test(half, "ge", high + 1), all(test(half, "eq", high), lowEnough));
}
