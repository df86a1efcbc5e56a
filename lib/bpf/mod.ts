/**
 * Classic BPF, the programs that decide in the kernel which datagrams get to a socket: an assembler, a
 * disassembler, text in the syntax of the kernel's `bpf_asm`, and a machine that checks and runs programs
 * as the kernel does. The instructions are those of golang.org/x/net/bpf, under the same names.
 *
 * Numbers in packets are loaded as big-endian, but netlink's are in the machine's own order.
 *
 * @example
 * ```ts
 * import { assemble, JumpEqual, JumpIf, LoadAbsolute, RetConstant } from "@netlink/netlink/bpf";
 * import { dial, Family } from "@netlink/netlink";
 *
 * using conn = dial(Family.Route, { groups: 1 }); // RTNLGRP_LINK
 * conn.setBPF(assemble([
 *   LoadAbsolute({ off: 4, size: 2 }), // nlmsg_type
 *   JumpIf({ cond: JumpEqual, val: 0x1100, skipTrue: 1 }), // RTM_DELLINK, 17, on a little-endian machine
 *   RetConstant({ val: 0 }), // anything else is dropped
 *   RetConstant({ val: 0xffffffff }), // this is kept whole
 * ]));
 * ```
 *
 * @module
 */
export { assemble } from "./assemble.ts";
export * from "./constants.ts";
export { disassemble } from "./disassemble.ts";
export { ProgramError, type ProgramErrorDetails, ProgramSyntaxError } from "./errors.ts";
export { filter } from "./filter.ts";
export { format } from "./format.ts";
export * from "./instructions.ts";
export { matches } from "./matches.ts";
export {
  type AttributeTest,
  type FieldTest,
  type FilterMessage,
  type NumberTest,
  type Predicate,
  PredicateError,
} from "./predicate.ts";
export { VM } from "./vm.ts";
