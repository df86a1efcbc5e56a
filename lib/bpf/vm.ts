import { assemble } from "./assemble.ts";
import { findAttribute, findNested } from "./attribute_search.ts";
import { check } from "./check.ts";
import {
  ALUOpAdd,
  ALUOpAnd,
  ALUOpDiv,
  ALUOpMod,
  ALUOpMul,
  ALUOpOr,
  ALUOpShiftLeft,
  ALUOpShiftRight,
  ALUOpSub,
  ALUOpXor,
  ExtALUXorX,
  ExtInterfaceIndex,
  ExtLinkLayerType,
  ExtNetlinkAttr,
  ExtNetlinkAttrNested,
  ExtRand,
} from "./constants.ts";
import type { Program, RawInstruction } from "./instructions.ts";
import {
  Class,
  extensionOffset,
  Mode,
  networkOffset,
  returnA,
  scratchWords,
  Size,
  sourceX,
  Test,
  txa,
} from "./opcodes.ts";

/**
 * Runs a program as the kernel does for a datagram that came to a netlink socket.
 *
 * Extensions that ask about a network packet answer as they do there: 0, but those for the index and the
 * type of the packet's link end the program with A. The number of the processor is always 0 here.
 *
 * A VM keeps nothing from one run to the next.
 *
 * @example
 * ```ts
 * import { VM } from "@netlink/netlink/bpf";
 *
 * // The first 16 bytes of what is at least 20 bytes long.
 * const vm = new VM(`
 *         ld #len
 *         jge #20, keep
 *         ret #0
 *   keep: ret #16
 * `);
 * console.log(vm.run(new Uint8Array(32)), vm.run(new Uint8Array(8))); // 16 0
 * ```
 */
export class VM {
  readonly #program: readonly RawInstruction[];

  /**
   * Makes a machine for a program.
   *
   * @param program Instructions, raw or not, or text in the syntax of the kernel's `bpf_asm`.
   * @throws {ProgramError} When it cannot be assembled, and when the kernel would refuse it with EINVAL.
   * It may still refuse a long program for want of memory: see `net.core.optmem_max` in socket(7).
   */
  constructor(program: Program) {
    this.#program = assemble(program);
    check(this.#program);
  }

  /**
   * Runs the program.
   *
   * @param packet The packet; for a netlink socket the whole datagram, from its first header on.
   * @returns What the program returns: how many bytes of the packet are kept. 0 drops it, and a number
   * greater than its length keeps all of it.
   */
  run(packet: Uint8Array): number {
    return run(this.#program, new DataView(packet.buffer, packet.byteOffset, packet.byteLength));
  }
}

/** Runs a checked program. */
function run(program: readonly RawInstruction[], packet: DataView): number {
  const scratch = new Uint32Array(scratchWords);
  let a = 0;
  let x = 0;
  for (let index = 0;; index++) {
    const { op, jt, jf, k } = program[index];
    const operand = op & sourceX ? x : k;
    switch (op & 0x07) {
      case Class.Load: {
        const value = load(op, k, packet, a, x, scratch);
        if (value === outside) return 0;
        if (value === noLink) return a;
        a = value;
        break;
      }
      case Class.LoadX: {
        const memShift = (op & 0xe0) === Mode.MemShift;
        const value = memShift ? read(packet, k, 1) : load(op, k, packet, a, x, scratch);
        if (value === outside) return 0;
        x = memShift ? 4 * (value & 0x0f) : value;
        break;
      }
      case Class.Store:
        scratch[k] = a;
        break;
      case Class.StoreX:
        scratch[k] = x;
        break;
      case Class.ALU: {
        const operation = op & 0xf0;
        if ((operation === ALUOpDiv || operation === ALUOpMod) && operand === 0) return 0;
        a = compute(operation, a, operand);
        break;
      }
      case Class.Jump:
        if (op === (Class.Jump | Test.Always)) index += k;
        else index += compare(op & 0xf0, a, operand) ? jt : jf;
        break;
      case Class.Return:
        return op & returnA ? a : k;
      case Class.Misc:
        if ((op & ~0x07) === txa) a = x;
        else x = a;
    }
  }
}

/** Instead of a value: it would have been outside of the packet. */
const outside = -1;

/** Instead of a value: there is no link to ask about. */
const noLink = -2;

function load(
  op: number,
  k: number,
  packet: DataView,
  a: number,
  x: number,
  scratch: Uint32Array,
): number {
  switch (op & 0xe0) {
    case Mode.Constant:
      return k;
    case Mode.Scratch:
      return scratch[k];
    case Mode.Length:
      return packet.byteLength;
    case Mode.Indirect:
      return read(packet, (x + k) >>> 0, sizeOf(op));
    default:
      if (k >= extensionOffset) return extension(k - extensionOffset, packet, a, x);
      return read(packet, k, sizeOf(op));
  }
}

function sizeOf(op: number): number {
  return (op & 0x18) === Size.Word ? 4 : (op & 0x18) === Size.Half ? 2 : 1;
}

function read(packet: DataView, offset: number, size: number): number {
  // What counts from the network header counts from the start of a netlink message.
  const at = offset >= networkOffset ? offset - networkOffset : offset;
  if (at + size > packet.byteLength) return outside;
  return size === 4
    ? packet.getUint32(at)
    : size === 2
    ? packet.getUint16(at)
    : packet.getUint8(at);
}

function extension(num: number, packet: DataView, a: number, x: number): number {
  switch (num) {
    case ExtInterfaceIndex:
    case ExtLinkLayerType:
      return noLink;
    case ExtNetlinkAttr:
      return Math.max(0, findAttribute(packet, a, x));
    case ExtNetlinkAttrNested:
      return Math.max(0, findNested(packet, a, x));
    case ExtALUXorX:
      return (a ^ x) >>> 0;
    case ExtRand:
      return Math.floor(Math.random() * 0x1_0000_0000);
    default:
      return 0;
  }
}

function compute(operation: number, a: number, b: number): number {
  switch (operation) {
    case ALUOpAdd:
      return (a + b) >>> 0;
    case ALUOpSub:
      return (a - b) >>> 0;
    case ALUOpMul:
      return Math.imul(a, b) >>> 0;
    case ALUOpDiv:
      return (a / b) >>> 0;
    case ALUOpMod:
      return a % b;
    case ALUOpOr:
      return (a | b) >>> 0;
    case ALUOpAnd:
      return (a & b) >>> 0;
    case ALUOpXor:
      return (a ^ b) >>> 0;
    // Of the number of bits to shift by, JavaScript heeds the lowest five, as the kernel does.
    case ALUOpShiftLeft:
      return (a << b) >>> 0;
    case ALUOpShiftRight:
      return a >>> b;
    default:
      return -a >>> 0; // BPF_NEG
  }
}

function compare(test: number, a: number, b: number): boolean {
  switch (test) {
    case Test.Equal:
      return a === b;
    case Test.Greater:
      return a > b;
    case Test.GreaterOrEqual:
      return a >= b;
    default:
      return (a & b) !== 0; // BPF_JSET
  }
}
