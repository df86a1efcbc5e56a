import { Errno } from "../../ffi/errno.ts";
import { C } from "../../ffi/structs.ts";
import { ConnOption } from "../options.ts";
import type { RawInstruction } from "../bpf/instructions.ts";
import type { Datagram } from "./datagram.ts";

/** The limit of a buffer at the start and without a privilege, net.core.rmem_max and net.core.wmem_max. */
const usualBuffer = 212_992;

/** The smallest limits of what waits and of what is sent, SOCK_MIN_RCVBUF and SOCK_MIN_SNDBUF. */
const smallestBuffers = { read: 2304, write: 4608 } as const;

/** The most that a limit is set to before it is doubled: half of INT_MAX. */
const largestBuffer = 0x3fff_ffff;

/** The most instructions of a BPF program, `BPF_MAXINSNS`. */
const longestProgram = 4096;

/** What the kernel knows about a connection's socket. */
export interface KernelSocket {
  /** The netlink family. */
  readonly family: number;
  /** The port id; 0 until it is bound. */
  readonly pid: number;
  /** The path of the network namespace that it was opened in; "" is the process's own. */
  readonly netNS: string;
  /** The multicast groups that it has joined. */
  readonly groups: ReadonlySet<number>;
  /** The options that are on. */
  readonly options: ReadonlySet<ConnOption>;
  /** The BPF program that is attached. It is not run. */
  readonly program?: readonly RawInstruction[];
  /** The limit in bytes of what waits for it, as the kernel counts it. */
  readonly readBuffer: number;
  /** The limit in bytes of what it sends, as the kernel counts it. */
  readonly writeBuffer: number;
  /** How many datagrams were dropped because the limit was reached. */
  readonly drops: number;
}

/** A netlink socket as the kernel has it: how it is set, and what waits to be received. */
export class NetlinkSocket implements KernelSocket {
  readonly family: number;
  readonly netNS: string;
  pid = 0;
  readonly groups: Set<number> = new Set();
  readonly options: Set<ConnOption> = new Set();
  program?: readonly RawInstruction[];
  readBuffer: number = usualBuffer;
  writeBuffer: number = usualBuffer;
  drops = 0;
  readonly #queue: Datagram[] = [];
  /** What is left of dumps. */
  readonly #dump: Datagram[] = [];
  /** How many bytes wait, as the kernel counts them. */
  #allocated = 0;
  /** Whether ENOBUFS is still to be told. */
  #overrun = false;
  /** Whether all is dropped until what waits is received, NETLINK_S_CONGESTED. */
  #congested = false;

  /**
   * @param family The netlink family.
   * @param netNS The path of the namespace that it is opened in.
   */
  constructor(family: number, netNS: string) {
    this.family = family;
    this.netNS = netNS;
  }

  /** Whether a receive has something to tell. */
  get readable(): boolean {
    return this.#queue.length > 0 || this.#overrun;
  }

  /**
   * Queues a datagram, or drops it where there is no room.
   *
   * @param datagram The datagram.
   */
  deliver(datagram: Datagram): void {
    if (datagram.dump) {
      this.#dump.push(datagram);
      this.#continueDump(this.readBuffer - 1);
      return;
    }
    const size = this.#allocated + countedSize(datagram.bytes.length);
    if (!this.#congested && (this.#allocated === 0 || size <= this.readBuffer)) {
      this.#enqueue(datagram);
      return;
    }
    this.drops++;
    if (this.options.has(ConnOption.NoENOBUFS)) return;
    this.#overrun ||= !this.#congested;
    this.#congested = true;
  }

  /**
   * Takes out the datagram that is to be received.
   *
   * @returns The datagram, or a negative error number.
   */
  receive(): Datagram | number {
    const datagram = this.#overrun ? -Errno.ENOBUFS : this.#queue.shift() ?? -Errno.EAGAIN;
    this.#overrun = false;
    if (typeof datagram !== "number") {
      this.#allocated -= countedSize(datagram.bytes.length);
      this.#continueDump(this.readBuffer / 2);
    }
    if (this.#queue.length === 0) this.#congested = false;
    return datagram;
  }

  /**
   * Sets an option of 32 bits.
   *
   * @param level SOL_NETLINK or SOL_SOCKET.
   * @param option The option.
   * @param value Its value.
   * @returns 0, or a negative error number.
   */
  setOption(level: number, option: number, value: number): number {
    if (level === C.SOL_NETLINK) return this.#setNetlinkOption(option, value);
    if (level !== C.SOL_SOCKET) return -Errno.ENOPROTOOPT;
    const limit = Math.min(value >>> 0, usualBuffer);
    const forced = Math.min(Math.max(value | 0, 0), largestBuffer);
    if (option === C.SO_DETACH_FILTER) return this.#detach();
    else if (option === C.SO_RCVBUF) this.#setReadBuffer(limit);
    else if (option === C.SO_RCVBUFFORCE) this.#setReadBuffer(forced);
    else if (option === C.SO_SNDBUF) this.#setWriteBuffer(limit);
    else if (option === C.SO_SNDBUFFORCE) this.#setWriteBuffer(forced);
    else return -Errno.ENOPROTOOPT;
    return 0;
  }

  /**
   * Reads an option.
   *
   * @param level SOL_NETLINK or SOL_SOCKET.
   * @param option The option.
   * @returns Its value, or a negative error number.
   */
  option(level: number, option: number): number[] | number {
    if (level === C.SOL_NETLINK && isFlag(option)) return [Number(this.options.has(option))];
    if (level !== C.SOL_SOCKET) return -Errno.ENOPROTOOPT;
    if (option === C.SO_RCVBUF) return [this.readBuffer];
    if (option === C.SO_SNDBUF) return [this.writeBuffer];
    if (option !== C.SO_MEMINFO) return -Errno.ENOPROTOOPT;
    return [this.#allocated, this.readBuffer, 0, this.writeBuffer, 0, 0, 0, 0, this.drops];
  }

  /**
   * Attaches a BPF program.
   *
   * @param program The program.
   * @returns 0, or a negative error number.
   */
  attach(program: readonly RawInstruction[]): number {
    const returns = ((program.at(-1)?.op ?? 0) & 7) === 6; // BPF_CLASS, BPF_RET in linux/bpf_common.h
    if (!returns || program.length > longestProgram) return -Errno.EINVAL;
    this.program = program;
    return 0;
  }

  #detach(): number {
    if (this.program === undefined) return -Errno.ENOENT;
    this.program = undefined;
    return 0;
  }

  #setReadBuffer(limit: number): void {
    this.readBuffer = Math.max(2 * limit, smallestBuffers.read);
  }

  #setWriteBuffer(limit: number): void {
    this.writeBuffer = Math.max(2 * limit, smallestBuffers.write);
  }

  #setNetlinkOption(option: number, value: number): number {
    if (option === C.NETLINK_ADD_MEMBERSHIP || option === C.NETLINK_DROP_MEMBERSHIP) {
      if (value === 0) return -Errno.EINVAL;
      if (option === C.NETLINK_ADD_MEMBERSHIP) this.groups.add(value >>> 0);
      else this.groups.delete(value >>> 0);
      return 0;
    }
    if (!isFlag(option)) return -Errno.ENOPROTOOPT;
    if (value === 0) this.options.delete(option);
    else this.options.add(option);
    if (option === ConnOption.NoENOBUFS && value !== 0) this.#congested = false;
    return 0;
  }

  /** Makes the next piece of a dump when no more than some bytes wait. */
  #continueDump(limit: number): void {
    if (this.#dump.length > 0 && this.#allocated <= limit) this.#enqueue(this.#dump.shift()!);
  }

  #enqueue(datagram: Datagram): void {
    this.#queue.push(datagram);
    this.#allocated += countedSize(datagram.bytes.length);
  }
}

function isFlag(option: number): option is ConnOption {
  return (Object.values(ConnOption) as number[]).includes(option);
}

/**
 * How much of the receive buffer a datagram takes: with its bookkeeping it stands in a block of
 * memory of 576 bytes or of a power of two, and the buffer's own structure comes on top.
 */
function countedSize(length: number): number {
  const [bookkeeping, structure, smallest] = [320, 256, 576];
  const block = Math.ceil(length / 64) * 64 + bookkeeping;
  return structure + (block <= smallest ? smallest : 2 ** Math.ceil(Math.log2(block)));
}
