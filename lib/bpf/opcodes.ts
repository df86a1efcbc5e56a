/**
 * What the operation of a raw instruction is made of, linux/bpf_common.h and linux/filter.h.
 */

/** The kind of operation, `BPF_CLASS`. */
export const Class = {
  /** `BPF_LD` */
  Load: 0,
  /** `BPF_LDX` */
  LoadX: 1,
  /** `BPF_ST` */
  Store: 2,
  /** `BPF_STX` */
  StoreX: 3,
  /** `BPF_ALU` */
  ALU: 4,
  /** `BPF_JMP` */
  Jump: 5,
  /** `BPF_RET` */
  Return: 6,
  /** `BPF_MISC` */
  Misc: 7,
} as const;

/** How much is loaded, `BPF_SIZE`. */
export const Size = {
  /** `BPF_W` */
  Word: 0x00,
  /** `BPF_H` */
  Half: 0x08,
  /** `BPF_B` */
  Byte: 0x10,
} as const;

/** From where it is loaded, `BPF_MODE`. */
export const Mode = {
  /** `BPF_IMM` */
  Constant: 0x00,
  /** `BPF_ABS` */
  Absolute: 0x20,
  /** `BPF_IND` */
  Indirect: 0x40,
  /** `BPF_MEM` */
  Scratch: 0x60,
  /** `BPF_LEN` */
  Length: 0x80,
  /** `BPF_MSH` */
  MemShift: 0xa0,
} as const;

/** The other operand is X, not the constant, `BPF_X`. */
export const sourceX = 0x08;

/** `BPF_NEG`: the one operation of the ALU that has no other operand. */
export const negate = 0x80;

/** Comparisons, `BPF_JMP`. */
export const Test = {
  /** `BPF_JA` */
  Always: 0x00,
  /** `BPF_JEQ` */
  Equal: 0x10,
  /** `BPF_JGT` */
  Greater: 0x20,
  /** `BPF_JGE` */
  GreaterOrEqual: 0x30,
  /** `BPF_JSET` */
  BitsSet: 0x40,
} as const;

/** `BPF_RET`: what A holds is returned, `BPF_A`. */
export const returnA = 0x10;

/** `BPF_MISC`: X becomes A, `BPF_TAX`. */
export const tax = 0x00;

/** `BPF_MISC`: A becomes X, `BPF_TXA`. */
export const txa = 0x80;

/** Where the extensions begin among the offsets of absolute loads, `SKF_AD_OFF`. */
export const extensionOffset = 0xffff_f000;

/** The offset that stands for the start of the network header, which is that of a netlink message, `SKF_NET_OFF`. */
export const networkOffset = 0xfff0_0000;

/** How many words of scratch memory there are, `BPF_MEMWORDS`. */
export const scratchWords = 16;
