import { assemble } from "./assemble.ts";
import type { Program, RawInstruction } from "./instructions.ts";
import {
  Class,
  extensionOffset,
  Mode,
  negate,
  returnA,
  Size,
  sourceX,
  tax,
  Test,
  txa,
} from "./opcodes.ts";
import { aluWords, extensionWords, jumpWords, lengthWord } from "./text_names.ts";

/**
 * Writes a program as text in the syntax of the kernel's `bpf_asm`, an instruction a line. Assembling the
 * text gives the same raw instructions again.
 *
 * What `bpf_asm` has no words for is written as `raw OP, JT, JF, K`, which only this library understands:
 * unknown operations, fields with something in them that the operation does not use, jumps out of the program.
 *
 * @param program The program.
 * @returns The text. Where a jump leads to, there is a label: "L" and the number of the instruction from 0.
 * @throws {ProgramError} When the program cannot be assembled.
 */
export function format(program: Program): string {
  const raws = assemble(program);
  const targets = new Set<number>();
  const lines = raws.map((raw, index) => {
    const line = (raw.op & 0x07) === Class.Jump
      ? formatJump(raw, index + 1, raws.length, targets)
      : formatPlain(raw);
    return line ?? `raw ${hex(raw.op)}, ${raw.jt}, ${raw.jf}, ${hex(raw.k)}`;
  });
  const width = `L${raws.length}: `.length;
  return lines.map((line, index) =>
    `${(targets.has(index) ? `L${index}:` : "").padEnd(width)}${line}\n`
  ).join("");
}

/** Notes the targets of a jump that begins to count at an instruction, and says it in words if they are there. */
function formatJump(
  { op, jt, jf, k }: RawInstruction,
  from: number,
  length: number,
  targets: Set<number>,
): string | undefined {
  const mark = (...skips: number[]): string => {
    for (const skip of skips) targets.add(from + skip);
    return skips.map((skip) => `L${from + skip}`).join(", ");
  };
  if (op === (Class.Jump | Test.Always)) {
    return jt === 0 && jf === 0 && from + k < length ? `jmp ${mark(k)}` : undefined;
  }
  const operand = operandOf(op, k, true);
  const test = op & ~(Class.Jump | sourceX);
  const [word] = wordsOf(jumpWords, ([own, swapped]) => own === test && !swapped);
  if (operand === undefined || word === undefined || from + Math.max(jt, jf) >= length) {
    return undefined;
  }
  const [opposite] = wordsOf(jumpWords, ([own, swapped]) => own === test && swapped);
  if (jf === 0) return `${word} ${operand}, ${mark(jt)}`;
  if (jt === 0 && opposite !== undefined) return `${opposite} ${operand}, ${mark(jf)}`;
  return `${word} ${operand}, ${mark(jt, jf)}`;
}

/** Says an instruction that is no jump in words, if there are any. */
function formatPlain({ op, jt, jf, k }: RawInstruction): string | undefined {
  if (jt !== 0 || jf !== 0) return undefined;
  switch (op) {
    case Class.Load | Mode.Constant:
      return `ld #${hex(k)}`;
    case Class.LoadX | Mode.Constant:
      return `ldx #${hex(k)}`;
    case Class.Load | Mode.Scratch:
      return `ld M[${k | 0}]`;
    case Class.LoadX | Mode.Scratch:
      return `ldx M[${k | 0}]`;
    case Class.Store:
      return `st M[${k | 0}]`;
    case Class.StoreX:
      return `stx M[${k | 0}]`;
    case Class.LoadX | Mode.MemShift | Size.Byte:
      return `ldxb 4*([${k | 0}]&0xf)`;
    case Class.Return:
      return `ret #${k | 0}`;
  }
  switch (op & 0x07) {
    case Class.Load:
      return formatLoad(op, k) ?? withoutConstant(op, k);
    case Class.ALU: {
      const operation = op & ~(Class.ALU | sourceX);
      const [word] = wordsOf(aluWords, ([own]) => own === operation);
      const operand = word && operandOf(op, k, aluWords[word][1]);
      return operand === undefined ? withoutConstant(op, k) : `${word} ${operand}`;
    }
    default:
      return withoutConstant(op, k);
  }
}

function withoutConstant(op: number, k: number): string | undefined {
  if (k !== 0) return undefined;
  switch (op) {
    case Class.Load | Mode.Length:
      return `ld #${lengthWord}`;
    case Class.LoadX | Mode.Length:
      return `ldx #${lengthWord}`;
    case Class.ALU | negate:
      return "neg";
    case Class.Return | returnA:
      return "ret a";
    case Class.Return | sourceX:
      return "ret x";
    case Class.Misc | tax:
      return "tax";
    case Class.Misc | txa:
      return "txa";
    default:
      return undefined;
  }
}

const loads: Readonly<Record<number, string>> = {
  [Size.Word]: "ld",
  [Size.Half]: "ldh",
  [Size.Byte]: "ldb",
};

function formatLoad(op: number, k: number): string | undefined {
  const load = loads[op & 0x18];
  const mode = op & ~0x1f;
  if (load === undefined) return undefined;
  if (mode === Mode.Indirect) return `${load} [x + ${k | 0}]`;
  if (mode !== Mode.Absolute) return undefined;
  const [word] = wordsOf(extensionWords, (num) => num === k - extensionOffset);
  return word === undefined ? `${load} [${k | 0}]` : `${load} #${word}`;
}

/** The other operand: a constant, or X if nothing is said of a constant. */
function operandOf(op: number, k: number, hexadecimal: boolean): string | undefined {
  if (op & sourceX) return k === 0 ? "x" : undefined;
  return `#${hexadecimal ? hex(k) : k | 0}`;
}

function wordsOf<T>(words: Readonly<Record<string, T>>, is: (value: T) => boolean): string[] {
  return Object.keys(words).filter((word) => is(words[word]));
}

function hex(number: number): string {
  return `0x${number.toString(16)}`;
}
