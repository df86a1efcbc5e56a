import { type ALUOp, ExtLen, JumpBitsNotSet, JumpEqual, RegX } from "./constants.ts";
import { ProgramError } from "./errors.ts";
import type { Instruction, NamedInstruction, Program, RawInstruction } from "./instructions.ts";
import {
  Class,
  extensionOffset,
  Mode,
  negate,
  returnA,
  scratchWords,
  Size,
  sourceX,
  tax,
  Test,
  txa,
} from "./opcodes.ts";
import { parse } from "./parse.ts";

/**
 * Assembles a program.
 *
 * Whether the kernel would run it is another question, which the VM answers: jumps and the meaning of raw
 * instructions are not looked at.
 *
 * @param program Instructions, or text in the syntax of the kernel's `bpf_asm`.
 * @returns The instructions as the kernel takes them; those that are raw already stay as they are.
 * @throws {ProgramError} When a field does not fit, with the instruction's number and the field's name, and when
 * something is no instruction.
 * @throws {ProgramSyntaxError} When the text is no program.
 */
export function assemble(program: Program): RawInstruction[] {
  if (typeof program === "string") return parse(program);
  if (Array.isArray(program)) return program.map(assembleInstruction);
  throw new ProgramError(`The program is ${program}: expected text or an array of instructions`);
}

/**
 * Assembles one instruction.
 *
 * @param instruction The instruction.
 * @param index Its number, for the errors.
 * @returns The instruction as the kernel takes it.
 * @throws {ProgramError} When a field does not fit.
 */
export function assembleInstruction(instruction: Instruction, index: number): RawInstruction {
  if (typeof instruction !== "object" || instruction === null) {
    throw new ProgramError(`${JSON.stringify(instruction)} is no instruction`, { index });
  }
  const checked = new Checked(instruction, index);
  return "kind" in instruction ? encode(instruction, checked) : {
    op: checked.number("op", 0, 0xffff),
    jt: checked.number("jt", 0, 0xff),
    jf: checked.number("jf", 0, 0xff),
    k: checked.word("k"),
  };
}

function encode(instruction: NamedInstruction, checked: Checked): RawInstruction {
  switch (instruction.kind) {
    case "LoadConstant":
      return raw(loadInto(checked) | Mode.Constant, checked.word("val"));
    case "LoadScratch":
      return raw(loadInto(checked) | Mode.Scratch, checked.number("n", 0, scratchWords - 1));
    case "LoadAbsolute":
      return raw(Class.Load | Mode.Absolute | size(checked), checked.word("off"));
    case "LoadIndirect":
      return raw(Class.Load | Mode.Indirect | size(checked), checked.word("off"));
    case "LoadMemShift":
      return raw(Class.LoadX | Mode.MemShift | Size.Byte, checked.word("off"));
    case "LoadExtension": {
      const num = checked.number("num", 0, 0xfff);
      if (num === ExtLen) return raw(Class.Load | Mode.Length, 0);
      return raw(Class.Load | Mode.Absolute | Size.Word, extensionOffset + num);
    }
    case "StoreScratch": {
      const store = checked.register("src") === RegX ? Class.StoreX : Class.Store;
      return raw(store, checked.number("n", 0, scratchWords - 1));
    }
    case "ALUOpConstant":
      return raw(Class.ALU | operation(checked), checked.word("val"));
    case "ALUOpX":
      return raw(Class.ALU | sourceX | operation(checked), 0);
    case "NegateA":
      return raw(Class.ALU | negate, 0);
    case "Jump":
      return raw(Class.Jump | Test.Always, checked.word("skip"));
    case "JumpIf":
      return jump(checked, 0, checked.word("val"));
    case "JumpIfX":
      return jump(checked, sourceX, 0);
    case "RetA":
      return raw(Class.Return | returnA, 0);
    case "RetConstant":
      return raw(Class.Return, checked.word("val"));
    case "TAX":
      return raw(Class.Misc | tax, 0);
    case "TXA":
      return raw(Class.Misc | txa, 0);
    default:
      return checked.fail("kind", "no instruction");
  }
}

function raw(op: number, k: number): RawInstruction {
  return { op, jt: 0, jf: 0, k };
}

function loadInto(checked: Checked): number {
  return checked.register("dst") === RegX ? Class.LoadX : Class.Load;
}

function size(checked: Checked): number {
  switch (checked.value("size")) {
    case 1:
      return Size.Byte;
    case 2:
      return Size.Half;
    case 4:
      return Size.Word;
    default:
      return checked.fail("size", "not 1, 2 or 4");
  }
}

function operation(checked: Checked): ALUOp {
  const op = checked.number("op", 0, 0xa0);
  if (op % 0x10 !== 0 || op === negate) checked.fail("op", "none of the constants ALUOp*");
  return op as ALUOp;
}

/** For each comparison the machine's own one, and whether it is the other way round. */
const tests: readonly (readonly [test: number, swapped: boolean])[] = [
  [Test.Equal, false],
  [Test.Equal, true],
  [Test.Greater, false],
  [Test.GreaterOrEqual, true],
  [Test.GreaterOrEqual, false],
  [Test.Greater, true],
  [Test.BitsSet, false],
  [Test.BitsSet, true],
];

function jump(checked: Checked, source: number, k: number): RawInstruction {
  const [test, swapped] = tests[checked.number("cond", JumpEqual, JumpBitsNotSet)];
  const skipTrue = checked.number("skipTrue", 0, 0xff);
  const skipFalse = checked.number("skipFalse", 0, 0xff);
  const [jt, jf] = swapped ? [skipFalse, skipTrue] : [skipTrue, skipFalse];
  return { op: Class.Jump | test | source, jt, jf, k };
}

/** The fields of an instruction, which may hold anything. */
class Checked {
  readonly #fields: Record<string, unknown>;
  readonly #index: number;

  constructor(instruction: Instruction, index: number) {
    this.#fields = instruction as unknown as Record<string, unknown>;
    this.#index = index;
  }

  value(field: string): unknown {
    return this.#fields[field];
  }

  /** Says what is wrong with a field. */
  fail(field: string, problem: string): never {
    const { kind } = this.#fields;
    const value = this.#fields[field];
    const text = typeof value === "string" ? JSON.stringify(value) : String(value);
    const of = kind === undefined || field === "kind" ? "" : ` of ${kind}`;
    throw new ProgramError(`${field}${of} is ${text}, ${problem}`, { index: this.#index, field });
  }

  number(field: string, low: number, high: number): number {
    const value = this.#fields[field];
    if (typeof value === "number" && Number.isInteger(value) && value >= low && value <= high) {
      return value;
    }
    return this.fail(field, `not a whole number from ${low} to ${high}`);
  }

  /** A number of 32 bits, signed or not. */
  word(field: string): number {
    return this.number(field, -0x8000_0000, 0xffff_ffff) >>> 0;
  }

  register(field: string): number {
    const value = this.#fields[field];
    return value === 0 || value === 1 ? value : this.fail(field, "neither RegA nor RegX");
  }
}
