import { type ALUOp, type Extension, type JumpTest, RegA, type Register } from "./constants.ts";

/** What tells instructions apart. */
export interface Named<Kind extends string> {
  /** The instruction's name. */
  readonly kind: Kind;
}

/** The fields that make an instruction, of which some may be left out. */
export type Fields<I, Optional extends keyof I> =
  & Omit<I, "kind" | Optional>
  & Partial<Pick<I, Optional>>;

/**
 * Makes instructions of one kind: plain objects. It may be called with or without `new`. Values are
 * checked when the program is assembled; numbers of 32 bits may be negative and mean their complement to 2^32.
 */
export interface Constructor<I, Optional extends keyof I = never> {
  /** Makes an instruction. */
  (
    ...fields: object extends Fields<I, Optional> ? [fields?: Fields<I, Optional>]
      : [fields: Fields<I, Optional>]
  ): I;
  /** Makes an instruction. */
  new (
    ...fields: object extends Fields<I, Optional> ? [fields?: Fields<I, Optional>]
      : [fields: Fields<I, Optional>]
  ): I;
}

function constructor<C>(defaults: object): C {
  return function (fields?: object) {
    return { ...defaults, ...fields };
  } as C;
}

/** One instruction as the kernel takes it, `struct sock_filter` in linux/filter.h. */
export interface RawInstruction {
  /** The operation, 16 bits. */
  op: number;
  /** How many instructions to skip when a condition holds, 8 bits. */
  jt: number;
  /** How many instructions to skip when it does not, 8 bits. */
  jf: number;
  /** The operation's constant, 32 bits. */
  k: number;
}

/** Makes a {@link RawInstruction}; what is left out is 0. */
export const RawInstruction: Constructor<RawInstruction, "jt" | "jf" | "k"> = constructor({
  jt: 0,
  jf: 0,
  k: 0,
});

/** Loads a constant into a register. */
export interface LoadConstant extends Named<"LoadConstant"> {
  /** The register. */
  dst: Register;
  /** The constant, 32 bits. */
  val: number;
}

/** Makes a {@link LoadConstant}: of 0 into A, where nothing else is said. */
export const LoadConstant: Constructor<LoadConstant, "dst" | "val"> = constructor({
  kind: "LoadConstant",
  dst: RegA,
  val: 0,
});

/** Loads a word of scratch memory into a register. The kernel refuses to read what may not have been stored. */
export interface LoadScratch extends Named<"LoadScratch"> {
  /** The register. */
  dst: Register;
  /** The word's number, from 0 to 15. */
  n: number;
}

/** Makes a {@link LoadScratch}, into A where nothing else is said. */
export const LoadScratch: Constructor<LoadScratch, "dst"> = constructor({
  kind: "LoadScratch",
  dst: RegA,
});

/** Loads a big-endian number from the packet into A. Outside of the packet it ends the program with 0. */
export interface LoadAbsolute extends Named<"LoadAbsolute"> {
  /** Where the number starts, 32 bits. From -0x100000 on it counts from the network header, as `SKF_NET_OFF` does. */
  off: number;
  /** Its length in bytes. */
  size: 1 | 2 | 4;
}

/** Makes a {@link LoadAbsolute}, from the packet's start where nothing else is said. */
export const LoadAbsolute: Constructor<LoadAbsolute, "off"> = constructor({
  kind: "LoadAbsolute",
  off: 0,
});

/** Loads a big-endian number at the offset X + `off` from the packet into A, as {@link LoadAbsolute} does. */
export interface LoadIndirect extends Named<"LoadIndirect"> {
  /** What is added to X, modulo 2^32. */
  off: number;
  /** The number's length in bytes. */
  size: 1 | 2 | 4;
}

/** Makes a {@link LoadIndirect}, at X itself where nothing else is said. */
export const LoadIndirect: Constructor<LoadIndirect, "off"> = constructor({
  kind: "LoadIndirect",
  off: 0,
});

/**
 * Loads into X four times the lower four bits of a byte of the packet: the length of an IPv4 header whose
 * first byte it is. Outside of the packet it ends the program with 0.
 */
export interface LoadMemShift extends Named<"LoadMemShift"> {
  /** Where the byte is, 32 bits. */
  off: number;
}

/** Makes a {@link LoadMemShift}, of the packet's first byte where nothing else is said. */
export const LoadMemShift: Constructor<LoadMemShift, "off"> = constructor({
  kind: "LoadMemShift",
  off: 0,
});

/** Asks the kernel about the packet; the answer is in A. */
export interface LoadExtension extends Named<"LoadExtension"> {
  /** What is asked. */
  num: Extension;
}

/** Makes a {@link LoadExtension}. */
export const LoadExtension: Constructor<LoadExtension> = constructor({ kind: "LoadExtension" });

/** Stores a register in scratch memory. */
export interface StoreScratch extends Named<"StoreScratch"> {
  /** The register. */
  src: Register;
  /** The word's number, from 0 to 15. */
  n: number;
}

/** Makes a {@link StoreScratch}, of A where nothing else is said. */
export const StoreScratch: Constructor<StoreScratch, "src"> = constructor({
  kind: "StoreScratch",
  src: RegA,
});

/** Computes A from A and a constant. */
export interface ALUOpConstant extends Named<"ALUOpConstant"> {
  /** The operation. */
  op: ALUOp;
  /** The other operand, 32 bits. The kernel refuses to divide by 0, and to shift by 32 or more. */
  val: number;
}

/** Makes an {@link ALUOpConstant}; the operand is 0 where nothing else is said. */
export const ALUOpConstant: Constructor<ALUOpConstant, "val"> = constructor({
  kind: "ALUOpConstant",
  val: 0,
});

/** Computes A from A and X. */
export interface ALUOpX extends Named<"ALUOpX"> {
  /** The operation. */
  op: ALUOp;
}

/** Makes an {@link ALUOpX}. */
export const ALUOpX: Constructor<ALUOpX> = constructor({ kind: "ALUOpX" });

/** Makes A its complement to 2^32. */
export type NegateA = Named<"NegateA">;

/** Makes a {@link NegateA}. */
export const NegateA: Constructor<NegateA> = constructor({ kind: "NegateA" });

/** Skips instructions. */
export interface Jump extends Named<"Jump"> {
  /** How many, 32 bits. */
  skip: number;
}

/** Makes a {@link Jump}, which skips nothing where nothing else is said. */
export const Jump: Constructor<Jump, "skip"> = constructor({ kind: "Jump", skip: 0 });

/** Skips instructions according to a comparison of A with a constant. */
export interface JumpIf extends Named<"JumpIf"> {
  /** The comparison. */
  cond: JumpTest;
  /** The constant, 32 bits. */
  val: number;
  /** How many instructions to skip when it holds, from 0 to 255. */
  skipTrue: number;
  /** How many instructions to skip when it does not, from 0 to 255. */
  skipFalse: number;
}

/** Makes a {@link JumpIf}; the numbers are 0 where nothing else is said. */
export const JumpIf: Constructor<JumpIf, "val" | "skipTrue" | "skipFalse"> = constructor({
  kind: "JumpIf",
  val: 0,
  skipTrue: 0,
  skipFalse: 0,
});

/** Skips instructions according to a comparison of A with X. */
export interface JumpIfX extends Named<"JumpIfX"> {
  /** The comparison. */
  cond: JumpTest;
  /** How many instructions to skip when it holds, from 0 to 255. */
  skipTrue: number;
  /** How many instructions to skip when it does not, from 0 to 255. */
  skipFalse: number;
}

/** Makes a {@link JumpIfX}; the numbers are 0 where nothing else is said. */
export const JumpIfX: Constructor<JumpIfX, "skipTrue" | "skipFalse"> = constructor({
  kind: "JumpIfX",
  skipTrue: 0,
  skipFalse: 0,
});

/** Ends the program with A: how many bytes of the packet are kept, of which 0 drops it. */
export type RetA = Named<"RetA">;

/** Makes a {@link RetA}. */
export const RetA: Constructor<RetA> = constructor({ kind: "RetA" });

/** Ends the program with a constant. */
export interface RetConstant extends Named<"RetConstant"> {
  /** How many bytes of the packet are kept, 32 bits: 0 drops it, 0xffffffff keeps all of it. */
  val: number;
}

/** Makes a {@link RetConstant}, which drops the packet where nothing else is said. */
export const RetConstant: Constructor<RetConstant, "val"> = constructor({
  kind: "RetConstant",
  val: 0,
});

/** Copies A to X. */
export type TAX = Named<"TAX">;

/** Makes a {@link TAX}. */
export const TAX: Constructor<TAX> = constructor({ kind: "TAX" });

/** Copies X to A. */
export type TXA = Named<"TXA">;

/** Makes a {@link TXA}. */
export const TXA: Constructor<TXA> = constructor({ kind: "TXA" });

/** An instruction that has a name. */
export type NamedInstruction =
  | LoadConstant
  | LoadScratch
  | LoadAbsolute
  | LoadIndirect
  | LoadMemShift
  | LoadExtension
  | StoreScratch
  | ALUOpConstant
  | ALUOpX
  | NegateA
  | Jump
  | JumpIf
  | JumpIfX
  | RetA
  | RetConstant
  | TAX
  | TXA;

/** One instruction of a program: a raw one has no `kind`. */
export type Instruction = NamedInstruction | RawInstruction;

/** A program: instructions, or text in the syntax of the kernel's `bpf_asm`. */
export type Program = string | readonly Instruction[];
