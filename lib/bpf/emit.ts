import { littleEndian } from "./byte_order.ts";
import type { Path, Variable } from "./condition.ts";
import {
  ALUOpAnd,
  ALUOpMul,
  ALUOpShiftRight,
  ExtNetlinkAttr,
  ExtNetlinkAttrNested,
} from "./constants.ts";
import type { Case, Decision, Diagram } from "./diagram.ts";
import { Class, extensionOffset, Mode, Size, sourceX, tax, Test, txa } from "./opcodes.ts";
import { pathKey } from "./variables.ts";

/** An instruction and what comes after it: another one, one of two, or nothing. */
export interface Code {
  /** Tells it from others. */
  readonly id: number;
  /** The operation. */
  readonly op: number;
  /** Its constant. */
  readonly k: number;
  /** What comes next, of a comparison if it holds; nothing after a return. */
  readonly next?: Code;
  /** What comes if a comparison does not hold. */
  readonly otherwise?: Code;
}

/**
 * Makes the instructions for a diagram.
 *
 * @param diagram What to do with a datagram.
 * @returns The first instruction. Equal ends of the ways through the program are there once.
 */
export function emit(diagram: Diagram): Code {
  return new Emitter().code(diagram, {});
}

/** What is known to be in the registers: for A the name of a variable or of an attribute's place, for X of a place. */
interface Registers {
  readonly a?: string;
  readonly x?: string;
}

/** An instruction without what comes after it. */
type Step = readonly [op: number, k: number];

const keep = 0xffff_ffff;

/** Swaps the two bytes in A: the product has them in the other order in its upper half. */
const swapHalf: readonly Step[] = [
  [Class.ALU | ALUOpMul, 0x0100_0100],
  [Class.ALU | ALUOpShiftRight, 16],
];

const sizes = { 1: Size.Byte, 2: Size.Half, 4: Size.Word } as const;

class Emitter {
  readonly #codes = new Map<string, Code>();
  readonly #done = new Map<string, Code>();

  /** The instructions for a part of the diagram, when so much is known of the registers. */
  code(diagram: Diagram, registers: Registers): Code {
    if (diagram === true) return this.#make(Class.Return, keep);
    if (diagram === false) return this.#drop();
    const key = `${diagram.id} ${registers.a} ${registers.x}`;
    let code = this.#done.get(key);
    if (code === undefined) {
      const [steps, loaded] = load(diagram.variable, registers);
      code = this.#steps(steps, this.#compare(diagram, loaded));
      this.#done.set(key, code);
    }
    return code;
  }

  #make(op: number, k: number, next?: Code, otherwise?: Code): Code {
    const key = `${op} ${k} ${next?.id} ${otherwise?.id}`;
    let code = this.#codes.get(key);
    if (code === undefined) {
      code = { id: this.#codes.size, op, k, next, otherwise };
      this.#codes.set(key, code);
    }
    return code;
  }

  #steps(steps: readonly Step[], next: Code): Code {
    return steps.reduceRight((code, [op, k]) => this.#make(op, k, code), next);
  }

  /** Drops a datagram, but only if it is a single message: another one in it may be wanted. */
  #drop(): Code {
    const length: Step[] = littleEndian
      // Of the length's four bytes the first two are enough: a longer message is kept.
      ? [[Class.Load | Mode.Absolute | Size.Half, 0], ...swapHalf]
      : [[Class.Load | Mode.Absolute | Size.Word, 0]];
    const isWhole = this.#make(
      Class.Jump | Test.Equal | sourceX,
      0,
      this.#make(Class.Return, 0),
      this.#make(Class.Return, keep),
    );
    return this.#steps([...length, [Class.LoadX | Mode.Length, 0]], isWhole);
  }

  #compare({ variable, cases }: Decision, registers: Registers): Code {
    const { mask, of, load } = variable;
    const thenOf = (value: number) => cases.findLast(({ from }) => from <= value)!.then;
    if (of !== undefined && (isBit(mask) || cases.length === 2 && cases[1].from === 1)) {
      const [some, none] = [thenOf(mask), thenOf(0)].map((then) => this.code(then, registers));
      return this.#make(Class.Jump | Test.BitsSet, mask, some, none);
    }
    if (of !== undefined) {
      const known = { x: registers.x };
      return this.#make(Class.ALU | ALUOpAnd, mask, this.#chain(cases, known));
    }
    if (load.kind === "search") {
      const found = this.code(thenOf(1), registers);
      return this.#make(Class.Jump | Test.Equal, 0, this.code(thenOf(0), {}), found);
    }
    return this.#chain(cases, registers);
  }

  /** One comparison after the other, the fewest that tell the cases apart. */
  #chain(cases: readonly Case[], registers: Registers): Code {
    const left = cases.map(({ from, then }, i) => {
      const single = from + 1 === cases[i + 1]?.from;
      return { from, single, then: this.code(then, registers) };
    });
    const comparisons: { op: number; constant: number; then: Code }[] = [];
    while (left.length > 1) {
      const between = left.findIndex(({ single }, i) =>
        single && i > 0 && left[i - 1].then === left[i + 1].then
      );
      const i = between >= 0 ? between : left.findIndex(({ single }) => single);
      const [{ from, then }] = left.splice(i >= 0 ? i : left.length - 1, 1);
      const test = i >= 0 ? Test.Equal : Test.GreaterOrEqual;
      comparisons.push({ op: Class.Jump | test, constant: from, then });
      // What was around a single value is one case now.
      if (between >= 0) left.splice(between - 1, 2, { ...left[between - 1], single: false });
    }
    return comparisons.reduceRight(
      (code, { op, constant, then }) => this.#make(op, constant, then, code),
      left[0].then,
    );
  }
}

function isBit(mask: number): boolean {
  return (mask & (mask - 1)) === 0;
}

/** The instructions that load a variable into A, and what is in the registers then. */
function load({ load, of, order }: Variable, registers: Registers): [Step[], Registers] {
  const name = `variable ${of?.order ?? order}`;
  const known = { ...registers, a: name };
  if (registers.a === name) return [[], known];
  switch (load.kind) {
    case "length":
      return [[[Class.Load | Mode.Length, 0]], known];
    case "packet": {
      const step: Step = [Class.Load | Mode.Absolute | sizes[load.size], load.offset];
      return [load.swapped ? [step, ...swapHalf] : [step], known];
    }
    case "attribute": {
      const steps = intoX(load.path, registers);
      steps.push([Class.Load | Mode.Indirect | sizes[load.size], load.offset]);
      if (load.swapped) steps.push(...swapHalf);
      return [steps, { a: name, x: pathKey(load.path) }];
    }
    case "search":
      return [intoA(load.path, registers), { a: pathKey(load.path) }];
  }
}

/** The instructions that bring the place of an attribute that is there into X. */
function intoX(path: Path, registers: Registers): Step[] {
  if (registers.x === pathKey(path)) return [];
  return [...intoA(path, registers), [Class.Misc | tax, 0]];
}

/** The instructions that bring the place of an attribute into A, where those that it is in are there. */
function intoA({ start, types }: Path, registers: Registers): Step[] {
  const key = pathKey({ start, types });
  if (registers.a === key) return [];
  if (registers.x === key) return [[Class.Misc | txa, 0]];
  const nested = types.length > 1;
  const extension = nested ? ExtNetlinkAttrNested : ExtNetlinkAttr;
  return [
    ...(nested
      ? intoA({ start, types: types.slice(0, -1) }, registers)
      : [[Class.Load | Mode.Constant, start] as const]),
    [Class.LoadX | Mode.Constant, types.at(-1)!],
    [Class.Load | Mode.Absolute | Size.Word, extensionOffset + extension],
  ];
}
