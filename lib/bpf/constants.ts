/** A register: {@link RegA} or {@link RegX}. */
export type Register = 0 | 1;

/** The accumulator: what is computed, and compared. */
export const RegA: Register = 0;
/** The index register: an offset into the packet, or the other operand. */
export const RegX: Register = 1;

/** An arithmetic or logic operation, one of the constants `ALUOp*`; its value is that of linux/bpf_common.h. */
export type ALUOp = 0x00 | 0x10 | 0x20 | 0x30 | 0x40 | 0x50 | 0x60 | 0x70 | 0x90 | 0xa0;

/** Addition modulo 2^32, `BPF_ADD`. */
export const ALUOpAdd: ALUOp = 0x00;
/** Subtraction modulo 2^32, `BPF_SUB`. */
export const ALUOpSub: ALUOp = 0x10;
/** Multiplication modulo 2^32, `BPF_MUL`. */
export const ALUOpMul: ALUOp = 0x20;
/** Unsigned division, `BPF_DIV`; by an X of 0 it ends the program with 0. */
export const ALUOpDiv: ALUOp = 0x30;
/** Bitwise or, `BPF_OR`. */
export const ALUOpOr: ALUOp = 0x40;
/** Bitwise and, `BPF_AND`. */
export const ALUOpAnd: ALUOp = 0x50;
/** Shift to the left, `BPF_LSH`; of an X only the lowest 5 bits count. */
export const ALUOpShiftLeft: ALUOp = 0x60;
/** Shift to the right that brings in zeros, `BPF_RSH`; of an X only the lowest 5 bits count. */
export const ALUOpShiftRight: ALUOp = 0x70;
/** Remainder of the unsigned division, `BPF_MOD`; by an X of 0 it ends the program with 0. */
export const ALUOpMod: ALUOp = 0x90;
/** Bitwise exclusive or, `BPF_XOR`. */
export const ALUOpXor: ALUOp = 0xa0;

/**
 * A comparison of register A with a value, one of the constants `Jump*`. All are of unsigned numbers.
 * The machine has only four of them; the others swap the two ways to go on.
 */
export type JumpTest = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** A is the value, `BPF_JEQ`. */
export const JumpEqual: JumpTest = 0;
/** A is not the value; `BPF_JEQ` swapped. */
export const JumpNotEqual: JumpTest = 1;
/** A is greater than the value, `BPF_JGT`. */
export const JumpGreaterThan: JumpTest = 2;
/** A is less than the value; `BPF_JGE` swapped. */
export const JumpLessThan: JumpTest = 3;
/** A is greater than the value or the same, `BPF_JGE`. */
export const JumpGreaterOrEqual: JumpTest = 4;
/** A is less than the value or the same; `BPF_JGT` swapped. */
export const JumpLessOrEqual: JumpTest = 5;
/** A has at least one of the value's bits, `BPF_JSET`. */
export const JumpBitsSet: JumpTest = 6;
/** A has none of the value's bits; `BPF_JSET` swapped. */
export const JumpBitsNotSet: JumpTest = 7;

/**
 * What the kernel can be asked about a packet besides its bytes, one of the constants `Ext*`. But for
 * {@link ExtLen} the numbers are those of linux/filter.h, `SKF_AD_*`.
 */
export type Extension = number;

/** The packet's length in bytes, `BPF_LEN`. The number is golang.org/x/net/bpf's own. */
export const ExtLen: Extension = 1;
/** The Ethernet protocol, `SKF_AD_PROTOCOL`; 0 for a netlink message. */
export const ExtProto: Extension = 0;
/** Whom the packet was for, `SKF_AD_PKTTYPE`; 0 for a netlink message. */
export const ExtType: Extension = 4;
/** Index of the link it came by, `SKF_AD_IFINDEX`. A netlink message came by none: the program ends with A. */
export const ExtInterfaceIndex: Extension = 8;
/**
 * Searches attributes, `SKF_AD_NLATTR`: A is the offset of the first one and X the wanted type. A becomes
 * the offset of the first attribute of that type, 0 when there is none before the packet's end.
 */
export const ExtNetlinkAttr: Extension = 12;
/** Searches as {@link ExtNetlinkAttr} does within the attribute whose offset is in A, `SKF_AD_NLATTR_NEST`. */
export const ExtNetlinkAttrNested: Extension = 16;
/** The packet's mark, `SKF_AD_MARK`; 0 for a netlink message. */
export const ExtMark: Extension = 20;
/** The queue it came by, `SKF_AD_QUEUE`; 0 for a netlink message. */
export const ExtQueue: Extension = 24;
/** Hardware type of the link it came by, `SKF_AD_HATYPE`. A netlink message came by none: the program ends with A. */
export const ExtLinkLayerType: Extension = 28;
/** The hash of its flow, `SKF_AD_RXHASH`; 0 for a netlink message. */
export const ExtRXHash: Extension = 32;
/** The number of the processor that runs the program, `SKF_AD_CPU`. */
export const ExtCPUID: Extension = 36;
/** A becomes A exclusive or X, `SKF_AD_ALU_XOR_X`: the same as {@link ALUOpXor} with X. */
export const ExtALUXorX: Extension = 40;
/** The VLAN tag, `SKF_AD_VLAN_TAG`; 0 for a netlink message. */
export const ExtVLANTag: Extension = 44;
/** Whether there is a VLAN tag, `SKF_AD_VLAN_TAG_PRESENT`; 0 for a netlink message. */
export const ExtVLANTagPresent: Extension = 48;
/** Where the payload starts, `SKF_AD_PAY_OFFSET`; 0 for a netlink message. */
export const ExtPayloadOffset: Extension = 52;
/** A random number, `SKF_AD_RANDOM`. */
export const ExtRand: Extension = 56;
/** The VLAN protocol, `SKF_AD_VLAN_TPID`; 0 for a netlink message. */
export const ExtVLANProto: Extension = 60;

/** How many instructions a program may have, `BPF_MAXINSNS`. */
export const maxInstructions = 4096;
