import * as ext from "./constants.ts";
import { Test } from "./opcodes.ts";

/** The words of `bpf_asm` for extensions, after a "#"; the first of several for one is the one that is printed. */
export const extensionWords: Readonly<Record<string, number>> = {
  proto: ext.ExtProto,
  type: ext.ExtType,
  poff: ext.ExtPayloadOffset,
  ifidx: ext.ExtInterfaceIndex,
  nla: ext.ExtNetlinkAttr,
  nlan: ext.ExtNetlinkAttrNested,
  mark: ext.ExtMark,
  queue: ext.ExtQueue,
  hatype: ext.ExtLinkLayerType,
  rxhash: ext.ExtRXHash,
  cpu: ext.ExtCPUID,
  vlan_tci: ext.ExtVLANTag,
  vlan_avail: ext.ExtVLANTagPresent,
  vlan_pr: ext.ExtVLANTagPresent,
  vlan_tpid: ext.ExtVLANProto,
  rand: ext.ExtRand,
};

/** The word for the packet's length, which is no extension in the kernel's eyes. */
export const lengthWord = "len";

/** Arithmetic and logic, and whether the constant is printed in hexadecimal. */
export const aluWords: Readonly<Record<string, readonly [op: ext.ALUOp, hexadecimal: boolean]>> = {
  add: [ext.ALUOpAdd, false],
  sub: [ext.ALUOpSub, false],
  mul: [ext.ALUOpMul, false],
  div: [ext.ALUOpDiv, false],
  mod: [ext.ALUOpMod, false],
  or: [ext.ALUOpOr, true],
  and: [ext.ALUOpAnd, true],
  xor: [ext.ALUOpXor, true],
  lsh: [ext.ALUOpShiftLeft, false],
  rsh: [ext.ALUOpShiftRight, false],
};

/** Comparisons, and whether they are the other way round; these have only one label. */
export const jumpWords: Readonly<Record<string, readonly [test: number, swapped: boolean]>> = {
  jeq: [Test.Equal, false],
  jgt: [Test.Greater, false],
  jge: [Test.GreaterOrEqual, false],
  jset: [Test.BitsSet, false],
  jneq: [Test.Equal, true],
  jne: [Test.Equal, true],
  jle: [Test.Greater, true],
  jlt: [Test.GreaterOrEqual, true],
};
