import { assemble, assembleInstruction } from "./assemble.ts";
import {
  type ALUOp,
  ExtLen,
  JumpBitsNotSet,
  JumpBitsSet,
  JumpEqual,
  JumpGreaterOrEqual,
  JumpGreaterThan,
  JumpLessOrEqual,
  JumpLessThan,
  JumpNotEqual,
  type JumpTest,
  RegA,
  RegX,
} from "./constants.ts";
import {
  ALUOpConstant,
  ALUOpX,
  type Instruction,
  Jump,
  JumpIf,
  JumpIfX,
  LoadAbsolute,
  LoadConstant,
  LoadExtension,
  LoadIndirect,
  LoadMemShift,
  LoadScratch,
  type NamedInstruction,
  NegateA,
  type RawInstruction,
  RetA,
  RetConstant,
  StoreScratch,
  TAX,
  TXA,
} from "./instructions.ts";
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

/**
 * Disassembles a program. Assembling the result gives the same raw instructions again, whatever they are.
 *
 * @param program The raw instructions.
 * @returns For each its named instruction; those that no named instruction stands for stay raw, without a
 * `kind`: unknown operations, and fields with something in them that the operation does not use.
 * @throws {ProgramError} When a field does not have the size that the kernel gives it.
 */
export function disassemble(program: readonly RawInstruction[]): Instruction[] {
  return assemble(program).map((raw, index) => {
    const named = decode(raw);
    return named && isSame(assembleInstruction(named, index), raw) ? named : raw;
  });
}

function isSame(a: RawInstruction, b: RawInstruction): boolean {
  return a.op === b.op && a.jt === b.jt && a.jf === b.jf && a.k === b.k;
}

/** Gives an instruction that may stand for the raw one: what does not fit into it is not looked at. */
function decode(raw: RawInstruction): NamedInstruction | undefined {
  const { op, k } = raw;
  switch (op & 0x07) {
    case Class.Load:
    case Class.LoadX:
      return decodeLoad(raw);
    case Class.Store:
      return k < 16 ? StoreScratch({ src: RegA, n: k }) : undefined;
    case Class.StoreX:
      return k < 16 ? StoreScratch({ src: RegX, n: k }) : undefined;
    case Class.ALU:
      return decodeALU(raw);
    case Class.Jump:
      return decodeJump(raw);
    case Class.Return:
      return op & returnA ? RetA() : RetConstant({ val: k });
    default:
      return (op & 0xf8) === txa ? TXA() : (op & 0xf8) === tax ? TAX() : undefined;
  }
}

const sizes: Record<number, 1 | 2 | 4> = { [Size.Byte]: 1, [Size.Half]: 2, [Size.Word]: 4 };

function decodeLoad({ op, k }: RawInstruction): NamedInstruction | undefined {
  const dst = (op & 0x07) === Class.LoadX ? RegX : RegA;
  const size = sizes[op & 0x18];
  if (size === undefined) return undefined;
  switch (op & 0xe0) {
    case Mode.Constant:
      return LoadConstant({ dst, val: k });
    case Mode.Scratch:
      return k < 16 ? LoadScratch({ dst, n: k }) : undefined;
    case Mode.Absolute:
      // Of an extension the size does not matter, and has no place in the named instruction.
      return size === 4 && k >= extensionOffset
        ? LoadExtension({ num: k - extensionOffset })
        : LoadAbsolute({ off: k, size });
    case Mode.Indirect:
      return LoadIndirect({ off: k, size });
    case Mode.MemShift:
      return LoadMemShift({ off: k });
    case Mode.Length:
      return LoadExtension({ num: ExtLen });
    default:
      return undefined;
  }
}

function decodeALU({ op, k }: RawInstruction): NamedInstruction | undefined {
  const operation = op & 0xf0;
  if (operation === negate) return NegateA();
  if (operation > 0xa0) return undefined;
  return op & sourceX
    ? ALUOpX({ op: operation as ALUOp })
    : ALUOpConstant({ op: operation as ALUOp, val: k });
}

/** The comparison for each of the machine's, and the one that holds when it does not. */
const tests: Record<number, readonly [JumpTest, JumpTest]> = {
  [Test.Equal]: [JumpEqual, JumpNotEqual],
  [Test.Greater]: [JumpGreaterThan, JumpLessOrEqual],
  [Test.GreaterOrEqual]: [JumpGreaterOrEqual, JumpLessThan],
  [Test.BitsSet]: [JumpBitsSet, JumpBitsNotSet],
};

function decodeJump({ op, jt, jf, k }: RawInstruction): NamedInstruction | undefined {
  const test = op & 0xf0;
  if (test === Test.Always) return Jump({ skip: k });
  if (tests[test] === undefined) return undefined;
  const [holds, fails] = tests[test];
  const fields = jt === 0
    ? { cond: fails, skipTrue: jf, skipFalse: 0 }
    : { cond: holds, skipTrue: jt, skipFalse: jf };
  return op & sourceX ? JumpIfX(fields) : JumpIf({ ...fields, val: k });
}
