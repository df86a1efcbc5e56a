/** A way from the first attributes of a message to one of them. */
export interface Path {
  /** Where the first attribute is, in bytes from the start of the datagram. */
  readonly start: number;
  /** The types, from the outermost attribute to the one that is meant. */
  readonly types: readonly number[];
}

/** What can be loaded from a datagram to be compared. */
export type Load =
  /** The length of the datagram. */
  | { readonly kind: "length" }
  /** A number at a fixed offset; swapped is one of two bytes with its least significant byte first. */
  | {
    readonly kind: "packet";
    readonly offset: number;
    readonly size: 1 | 2 | 4;
    readonly swapped: boolean;
  }
  /** Where an attribute is; 0 when it is not there. */
  | { readonly kind: "search"; readonly path: Path }
  /** A number at an offset from the header of an attribute that is there and long enough. */
  | {
    readonly kind: "attribute";
    readonly path: Path;
    readonly offset: number;
    readonly size: 1 | 2 | 4;
    readonly swapped: boolean;
  };

/** Something that has one value for one datagram. */
export interface Variable {
  /** Its place in the order in which a program looks at the variables. */
  readonly order: number;
  /** What it is loaded from. */
  readonly load: Load;
  /** One more than the greatest value. */
  readonly limit: number;
  /** The variable that this one is some bits of. */
  readonly of?: Variable;
  /** These bits. */
  readonly mask: number;
}

/** A comparison of a variable with a constant. */
export interface Test {
  readonly kind: "test";
  readonly key: string;
  readonly variable: Variable;
  /** "eq": is the constant; "ge": is the constant or greater. */
  readonly operator: "eq" | "ge";
  readonly constant: number;
  /** Whether the comparison must hold, or must not. */
  readonly holds: boolean;
}

/** Conditions of which all must hold, or at least one. */
export interface Branch {
  readonly kind: "all" | "any";
  readonly key: string;
  readonly parts: readonly (Test | Branch)[];
}

/** What must be so for a datagram to pass, made of comparisons. The same condition has the same key. */
export type Condition = boolean | Test | Branch;

/**
 * Compares a variable with a constant.
 *
 * @param variable The variable.
 * @param operator The comparison.
 * @param constant The constant.
 * @returns The condition that the comparison holds.
 */
export function test(variable: Variable, operator: "eq" | "ge", constant: number): Condition {
  if (constant >= variable.limit) return false;
  if (operator === "ge" && constant === 0) return true;
  return makeTest(variable, operator, constant, true);
}

function makeTest(
  variable: Variable,
  operator: "eq" | "ge",
  constant: number,
  holds: boolean,
): Test {
  const key = `${variable.order}${holds ? "" : "!"}${operator}${constant}`;
  return { kind: "test", key, variable, operator, constant, holds };
}

/**
 * Turns a condition round.
 *
 * @param condition The condition.
 * @returns The condition that holds where it does not.
 */
export function not(condition: Condition): Condition {
  if (typeof condition === "boolean") return !condition;
  if (condition.kind !== "test") {
    return join(condition.kind === "all" ? "any" : "all", condition.parts.map(not));
  }
  const { variable, operator, constant, holds } = condition;
  return makeTest(variable, operator, constant, !holds);
}

/**
 * Joins conditions.
 *
 * @param conditions The conditions.
 * @returns The condition that all of them hold.
 */
export function all(...conditions: Condition[]): Condition {
  return join("all", conditions);
}

/**
 * Joins conditions.
 *
 * @param conditions The conditions.
 * @returns The condition that at least one of them holds.
 */
export function any(...conditions: Condition[]): Condition {
  return join("any", conditions);
}

/**
 * Joins conditions, and leaves out what makes no difference.
 *
 * @param kind Whether all must hold, or one.
 * @param conditions The conditions.
 * @returns The condition.
 */
export function join(kind: "all" | "any", conditions: readonly Condition[]): Condition {
  const decisive = kind === "any";
  const parts = new Map<string, Test | Branch>();
  for (const condition of conditions) {
    if (condition === decisive) return decisive;
    if (typeof condition === "boolean") continue;
    if (condition.kind === kind) { for (const part of condition.parts) parts.set(part.key, part); }
    else parts.set(condition.key, condition);
  }
  if (parts.size === 0) return !decisive;
  if (parts.size === 1) return parts.values().next().value!;
  const key = `${kind}(${[...parts.keys()].join()})`;
  return { kind, key, parts: [...parts.values()] };
}
