/**
 * A real socket's filter, and random programs and packets to try it with.
 *
 * @module
 */
import { Errno } from "../ffi/errno.ts";
import { load } from "../ffi/load.ts";
import type { Memory } from "../ffi/libc.ts";
import { C, sockaddrNl } from "../ffi/structs.ts";
import { type Conn, dial, Family, OpError } from "../mod.ts";
import type { RawInstruction } from "../lib/bpf/mod.ts";

load(); // here and not in a test: an open library counts as a leak of the test that opens it

/** The longest packet that can be sent. */
const maxLength = 0x1_0000;

/** Where the kernel itself runs a program: a socket with the program as its filter, and one that sends to it. */
export class KernelFilter implements Disposable {
  readonly #receiver: Conn = dial(Family.Usersock);
  readonly #sender: Conn = dial(Family.Usersock);
  readonly #name: Memory = load().libc.allocate(sockaddrNl.size);
  readonly #outgoing: Memory = load().libc.allocate(maxLength);
  readonly #incoming: Memory = load().libc.allocate(maxLength);

  constructor() {
    this.#name.view.setUint16(sockaddrNl.family, C.AF_NETLINK, true);
    this.#name.view.setUint32(sockaddrNl.pid, this.#receiver.pid, true);
  }

  /**
   * Attaches a program.
   *
   * @returns False when the kernel says that it is invalid.
   */
  attach(program: RawInstruction[]): boolean {
    try {
      this.#receiver.setBPF(program);
      return true;
    } catch (error) {
      if (error instanceof OpError && error.code === "EINVAL") return false;
      throw error;
    }
  }

  /**
   * Sends a packet through the filter.
   *
   * @returns How long it is when it arrives; 0 when it does not.
   */
  run(packet: Uint8Array): number {
    const { libc } = load();
    this.#outgoing.bytes.set(packet);
    const sent = libc.sendto(
      this.#sender.syscallConn().fd,
      this.#outgoing.address,
      libc.size(packet.length),
      0,
      this.#name.address,
      sockaddrNl.size,
    );
    if (sent < 0) throw new Error(`sending ${packet.length} bytes gave ${sent}`);
    const received = libc.recvfrom(
      this.#receiver.syscallConn().fd,
      this.#incoming.address,
      libc.size(maxLength),
      C.MSG_DONTWAIT,
      libc.nowhere,
      libc.nowhere,
    );
    if (received >= 0) return received;
    if (received !== -Errno.EAGAIN) throw new Error(`receiving gave ${received}`);
    return 0;
  }

  [Symbol.dispose](): void {
    this.#receiver.close();
    this.#sender.close();
  }
}
