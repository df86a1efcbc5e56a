/** What the kernel allows an attribute to be, `NL_POLICY_TYPE_ATTR_*` in linux/netlink.h; absent is what it does not tell. */
export interface AttributePolicy {
  /** What the attribute holds, `NL_ATTR_TYPE_*`. */
  type?: number;
  /** The name of `type`: "flag", "u8", "s32", "uint", "binary", "string", "nul-string", "nested", "nested-array", "bitfield32", ... */
  typeName?: string;
  /** The least value of an integer, signed or not as the type is. */
  minValue?: bigint;
  /** The greatest value of an integer. */
  maxValue?: bigint;
  /** The least length of the data in bytes. */
  minLength?: number;
  /** The greatest length of the data in bytes; of a string without the NUL at its end. */
  maxLength?: number;
  /** Which policy of the family's dump is for the attributes within, where there are any. */
  policyIndex?: number;
  /** The highest type of the attributes within. */
  maxType?: number;
  /** The bits that a `bitfield32` may have. */
  bitfield32Mask?: number;
  /** The bits that an unsigned integer may have. */
  mask?: bigint;
}

/** The names of `NL_ATTR_TYPE_*`, by number. */
export const policyTypeNames: Readonly<Record<number, string | undefined>> = {
  1: "flag",
  2: "u8",
  3: "u16",
  4: "u32",
  5: "u64",
  6: "s8",
  7: "s16",
  8: "s32",
  9: "s64",
  10: "binary",
  11: "string",
  12: "nul-string",
  13: "nested",
  14: "nested-array",
  15: "bitfield32",
  16: "sint",
  17: "uint",
};

/** What types are called in a sentence, where it is not by their names. */
const words: Readonly<Record<string, string | undefined>> = {
  "binary": "value",
  "nul-string": "NUL-terminated string",
  "nested": "nest",
  "nested-array": "nest of nests",
};

type Bound = number | bigint | undefined;

/** Puts a range into words, if there is one. */
function range(low: Bound, high: Bound, unit = ""): string {
  if (low === undefined && high === undefined) return "";
  if (low === undefined) return ` of at most ${high}${unit}`;
  if (high === undefined) return ` of at least ${low}${unit}`;
  return low === high ? ` of ${low}${unit}` : ` of ${low} to ${high}${unit}`;
}

function lengths(low?: number, high?: number): string {
  return range(low, high, (high ?? low) === 1 ? " byte" : " bytes");
}

/** How many bits an integer has of which every value is allowed; undefined where that is not so. */
function unbounded({ typeName = "", minValue, maxValue }: AttributePolicy): number | undefined {
  const [, sign, size] = /^([us])(\d+)$/.exec(typeName) ?? [];
  const bits = Number(size);
  const whole = sign === "u"
    ? minValue === 0n && maxValue === BigInt.asUintN(bits, -1n)
    : sign === "s" && minValue === -(1n << BigInt(bits - 1)) && maxValue === ~minValue;
  return whole ? bits : undefined;
}

/**
 * Puts a policy into words that go after "must be".
 *
 * @param policy What the kernel allows.
 * @returns Such as "a string of at most 15 bytes", "a u8 of 0 to 2", "a u32 of 4 bytes" where any will do.
 */
export function describePolicy(policy: AttributePolicy): string {
  const { typeName = "binary", minValue, maxValue, minLength, maxLength } = policy;
  const bits = unbounded(policy);
  const mask = policy.mask ?? policy.bitfield32Mask;
  return (/^s\d/.test(typeName) ? "an " : "a ") + (words[typeName] ?? typeName) +
    (bits === undefined ? range(minValue, maxValue) : lengths(bits / 8, bits / 8)) +
    lengths(minLength, maxLength) +
    (mask === undefined ? "" : ` within the bits 0x${mask.toString(16)}`);
}
