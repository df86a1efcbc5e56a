import { type Condition, join, type Test, type Variable } from "./condition.ts";

/** What to do with a datagram: to keep or to drop it, or to look at a variable. */
export type Diagram = boolean | Decision;

/** What to do for each value of a variable. */
export interface Decision {
  /** Tells it from others of the same diagram. */
  readonly id: number;
  /** The variable. */
  readonly variable: Variable;
  /** From which value on what is to be done, beginning with 0. */
  readonly cases: readonly Case[];
}

/** What to do from a value on. */
export interface Case {
  /** The value. */
  readonly from: number;
  /** What to do. */
  readonly then: Diagram;
}

/**
 * How much work a diagram may be, in instructions of the kernel's own machine that its program becomes:
 * as many as fit, with 8 bytes each, into the 20480 bytes that every kernel gives a socket for such things.
 */
const maxCost = 2400;

/** What the kernel makes of one comparison, and of loading one variable. */
const comparisonCost = 2;
const loadCost = 15;

/** What is not longer than by this factor is short enough not to look for anything shorter. */
const goodEnough = 1.1;

/**
 * Makes a diagram of a condition: what has to be looked at, in which order, and equal parts once.
 *
 * @param condition The condition for keeping a datagram.
 * @returns The diagram. It keeps also what could not be decided for want of room.
 */
export function makeDiagram(condition: Condition): Diagram {
  const decisions = new Decisions();
  return shortest(condition, decisions) ?? new Expansion(decisions, true).build(condition)!;
}

/** The decisions of a diagram, equal ones once. */
class Decisions {
  readonly #known = new Map<string, Decision>();

  /** Decides; where that makes no difference there is nothing to decide. */
  decide(variable: Variable, cases: readonly Case[]): Diagram {
    const merged = cases.filter(({ then }, i) => then !== cases[i - 1]?.then);
    if (merged.length === 1) return merged[0].then;
    const names = merged.map(({ from, then }) =>
      `${from}:${typeof then === "object" ? then.id : then}`
    );
    const key = `${variable.order} ${names.join()}`;
    let decision = this.#known.get(key);
    if (decision === undefined) {
      decision = { id: this.#known.size, variable, cases: merged };
      this.#known.set(key, decision);
    }
    return decision;
  }
}

/**
 * Makes a short diagram. To look at a variable only once on each way, and to remember it, is good where many
 * parts are about the same variables, but may need a copy of other parts for each thing to remember: then it is
 * shorter to decide one part after the other. Undefined when there is no room for it.
 */
function shortest(condition: Condition, decisions: Decisions): Diagram | undefined {
  const whole = new Expansion(decisions, undefined).build(condition);
  if (typeof condition === "boolean" || condition.kind === "test") return whole;
  if (whole !== undefined && costOf(whole) <= goodEnough * leastCost(condition)) return whole;
  const { kind, parts } = condition;
  const half = parts.length >> 1;
  const first = shortest(join(kind, parts.slice(0, half)), decisions);
  if (first === undefined) return whole;
  const second = shortest(join(kind, parts.slice(half)), decisions);
  if (second === undefined) return whole;
  const inTurn = replace(first, kind === "all", second, decisions);
  const cost = costOf(inTurn);
  if (whole !== undefined && costOf(whole) <= cost) return whole;
  return cost <= maxCost ? inTurn : undefined;
}

/** What a diagram costs that makes every comparison of a condition exactly once. */
function leastCost(condition: Condition): number {
  const tests = new Set<string>();
  const variables = new Set<Variable>();
  forEachTest(condition, ({ variable, operator, constant }) => {
    tests.add(`${variable.order}${operator}${constant}`);
    variables.add(variable);
  });
  return loadCost * variables.size + comparisonCost * tests.size;
}

/** Goes on with another diagram where one keeps, or where it drops. */
function replace(diagram: Diagram, end: boolean, by: Diagram, decisions: Decisions): Diagram {
  const replaced = new Map<Diagram, Diagram>([[end, by], [!end, !end]]);
  const visit = (part: Diagram): Diagram => {
    let result = replaced.get(part);
    if (result === undefined) {
      const { variable, cases } = part as Decision;
      const moved = cases.map(({ from, then }) => ({ from, then: visit(then) }));
      replaced.set(part, result = decisions.decide(variable, moved));
    }
    return result;
  };
  return visit(diagram);
}

/** The length of the program that the kernel makes of a diagram. */
function costOf(diagram: Diagram): number {
  const seen = new Set<Diagram>();
  const visit = (part: Diagram): number => {
    if (typeof part === "boolean" || seen.has(part)) return 0;
    seen.add(part);
    const own = loadCost + (part.cases.length - 1) * comparisonCost;
    return part.cases.reduce((sum, { then }) => sum + visit(then), own);
  };
  return visit(diagram);
}

/** Makes diagrams in which every way looks at each variable at most once, in their order. */
class Expansion {
  readonly #decisions: Decisions;
  /** What becomes of a part for which there is no room. */
  readonly #rest: true | undefined;
  readonly #built = new Map<string, Diagram>();
  #cost = 0;

  constructor(decisions: Decisions, rest: true | undefined) {
    this.#decisions = decisions;
    this.#rest = rest;
  }

  /** Gives the diagram; undefined if there is no room and it may not keep the rest. */
  build(condition: Condition): Diagram | undefined {
    if (typeof condition === "boolean") return condition;
    const built = this.#built.get(condition.key);
    if (built !== undefined) return built;
    const variable = firstVariable(condition);
    const constants = constantsOf(condition, variable);
    this.#cost += loadCost + constants.size * comparisonCost;
    if (this.#cost > maxCost) return this.#rest;
    const diagram = this.#decide(condition, variable, constants);
    if (diagram !== undefined) this.#built.set(condition.key, diagram);
    return diagram;
  }

  #decide(
    condition: Condition,
    variable: Variable,
    constants: ReadonlySet<number>,
  ): Diagram | undefined {
    // A comparison may turn out otherwise at its constant, and behind it.
    const starts = new Set([0, ...constants, ...[...constants].map((constant) => constant + 1)]);
    starts.delete(variable.limit);
    const sorted = [...starts].sort((a, b) => a - b);
    const cases: Case[] = [];
    for (const [i, from] of sorted.entries()) {
      const to = sorted[i + 1] ?? variable.limit;
      const then = this.build(assume(condition, variable, from, to));
      if (then === undefined) return undefined;
      cases.push({ from, then });
    }
    return this.#decisions.decide(variable, cases);
  }
}

/** Calls a function with every comparison of a condition. */
function forEachTest(condition: Condition, fn: (test: Test) => void): void {
  if (typeof condition === "boolean") return;
  if (condition.kind === "test") fn(condition);
  else for (const part of condition.parts) forEachTest(part, fn);
}

function firstVariable(condition: Condition): Variable {
  let first: Variable | undefined;
  forEachTest(condition, ({ variable }) => {
    if (first === undefined || variable.order < first.order) first = variable;
  });
  return first!;
}

function constantsOf(condition: Condition, variable: Variable): Set<number> {
  const constants = new Set<number>();
  forEachTest(condition, (test) => {
    if (test.variable === variable) constants.add(test.constant);
  });
  return constants;
}

/** What is left of a condition when a variable is known to be within bounds in which no comparison changes. */
function assume(condition: Condition, variable: Variable, from: number, to: number): Condition {
  if (typeof condition === "boolean") return condition;
  if (condition.kind === "test") return assumeTest(condition, variable, from, to);
  const decisive = condition.kind === "any";
  const left: Condition[] = [];
  for (const part of condition.parts) {
    const rest = assume(part, variable, from, to);
    if (rest === decisive) return decisive;
    if (rest !== !decisive) left.push(rest);
  }
  return join(condition.kind, left);
}

function assumeTest(test: Test, variable: Variable, from: number, to: number): Condition {
  const { operator, constant, holds } = test;
  if (test.variable === variable) {
    return (operator === "eq" ? from === constant : from >= constant) === holds;
  }
  // Of a single value all bits are known.
  if (test.variable.of !== variable || to !== from + 1) return test;
  const bits = (from & test.variable.mask) >>> 0;
  return (operator === "eq" ? bits === constant : bits >= constant) === holds;
}
