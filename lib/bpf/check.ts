import {
  ALUOpDiv,
  ALUOpMod,
  ALUOpShiftLeft,
  ALUOpShiftRight,
  ALUOpXor,
  ExtVLANProto,
  maxInstructions,
} from "./constants.ts";
import { ProgramError } from "./errors.ts";
import type { RawInstruction } from "./instructions.ts";
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

/**
 * Checks a program as the kernel does before it attaches it to a socket, `bpf_check_classic` in
 * net/core/filter.c: what passes here, the kernel refuses only for want of memory.
 *
 * @param program The raw instructions.
 * @throws {ProgramError} Where the kernel would refuse it with EINVAL.
 */
export function check(program: readonly RawInstruction[]): void {
  if (program.length === 0) throw new ProgramError("The program is empty");
  if (program.length > maxInstructions) {
    throw new ProgramError(
      `The program has ${program.length} instructions, more than ${maxInstructions}`,
    );
  }
  program.forEach((raw, index) => checkInstruction(raw, index, program.length));
  const index = program.length - 1;
  if ((program[index].op & 0x07) !== Class.Return) {
    throw new ProgramError("the last one is no return", { index, field: "op" });
  }
  checkScratch(program);
}

function checkInstruction({ op, jt, jf, k }: RawInstruction, index: number, length: number): void {
  const fail = (field: keyof RawInstruction, problem: string): never => {
    throw new ProgramError(problem, { index, field });
  };
  const checkSkip = (field: keyof RawInstruction, skip: number): void => {
    const left = length - index - 1;
    if (skip >= left) fail(field, `it skips ${skip} instructions, but only ${left} follow`);
  };
  if (!isKnown(op)) fail("op", `there is no operation 0x${op.toString(16)}`);
  switch (op) {
    case Class.ALU | ALUOpDiv:
    case Class.ALU | ALUOpMod:
      if (k === 0) fail("k", "it divides by 0");
      break;
    case Class.ALU | ALUOpShiftLeft:
    case Class.ALU | ALUOpShiftRight:
      if (k >= 32) fail("k", `it shifts by ${k} bits`);
      break;
    case Class.Store:
    case Class.StoreX:
    case Class.Load | Mode.Scratch:
    case Class.LoadX | Mode.Scratch:
      if (k >= scratchWords) fail("k", `there is no scratch word ${k}`);
      break;
    case Class.Load | Mode.Absolute | Size.Word:
    case Class.Load | Mode.Absolute | Size.Half:
    case Class.Load | Mode.Absolute | Size.Byte:
      if (k >= extensionOffset && !isExtension(k - extensionOffset)) {
        fail("k", `there is no extension ${k - extensionOffset}`);
      }
      break;
    case Class.Jump | Test.Always:
      checkSkip("k", k);
      break;
    default:
      if ((op & 0x07) !== Class.Jump) break;
      checkSkip("jt", jt);
      checkSkip("jf", jf);
  }
}

/** Whether the kernel knows an operation. */
function isKnown(op: number): boolean {
  const rest = op & ~0x07;
  switch (op & 0x07) {
    case Class.Load:
      return rest <= Size.Byte + Mode.Indirect && (rest & 0x18) !== 0x18 && rest >= Mode.Absolute ||
        rest === Mode.Constant || rest === Mode.Scratch || rest === Mode.Length;
    case Class.LoadX:
      return rest === Mode.Constant || rest === Mode.Scratch || rest === Mode.Length ||
        rest === (Mode.MemShift | Size.Byte);
    case Class.Store:
    case Class.StoreX:
      return rest === 0;
    case Class.ALU:
      return rest === negate || rest <= (ALUOpXor | sourceX) && (rest & 0xf0) !== negate;
    case Class.Jump:
      return rest === Test.Always || rest >= Test.Equal && rest <= (Test.BitsSet | sourceX);
    case Class.Return:
      return rest === 0 || rest === returnA;
    default:
      return rest === tax || rest === txa;
  }
}

/** The kernel's extensions have every fourth number. */
function isExtension(num: number): boolean {
  return num % 4 === 0 && num <= ExtVLANProto;
}

/**
 * Checks that no word of scratch memory is read that may not have been stored. As in the kernel one pass
 * suffices, because jumps go only forward; and as there, what stands behind a return counts as reached.
 */
function checkScratch(program: readonly RawInstruction[]): void {
  /** By instruction: the words that are stored on every way that jumps to it. */
  const reached = new Uint16Array(program.length).fill(0xffff);
  let stored = 0;
  program.forEach(({ op, jt, jf, k }, index) => {
    stored &= reached[index];
    const jumpTo = (skip: number) => reached[index + 1 + skip] &= stored;
    switch (op) {
      case Class.Store:
      case Class.StoreX:
        stored |= 1 << k;
        break;
      case Class.Load | Mode.Scratch:
      case Class.LoadX | Mode.Scratch:
        if (!(stored & 1 << k)) {
          throw new ProgramError(`scratch word ${k} may not have been stored before`, {
            index,
            field: "k",
          });
        }
        break;
      case Class.Jump | Test.Always:
        jumpTo(k);
        stored = 0xffff;
        break;
      default:
        if ((op & 0x07) !== Class.Jump) break;
        jumpTo(jt);
        jumpTo(jf);
        stored = 0xffff;
    }
  });
}
