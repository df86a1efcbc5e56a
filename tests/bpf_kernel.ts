/**
 * A real socket's filter, and random programs and packets to try it with.
 *
 * @module
 */
import { Errno } from "../ffi/errno.ts";
import { load } from "../ffi/load.ts";
import type { Memory } from "../ffi/libc.ts";
import { C, iovec, msghdr, sockaddrNl } from "../ffi/structs.ts";
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
  readonly #outgoing: Part = new Part();
  readonly #incoming: Part = new Part();

  constructor() {
    this.#name.view.setUint16(sockaddrNl.family, C.AF_NETLINK, true);
    this.#name.view.setUint32(sockaddrNl.pid, this.#receiver.pid, true);
    this.#outgoing.header.view.setBigUint64(msghdr.name, BigInt(this.#name.address), true);
    this.#outgoing.header.view.setUint32(msghdr.nameLength, sockaddrNl.size, true);
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
    this.#outgoing.set(packet);
    const sent = libc.sendmsg(this.#sender.syscallConn().fd, this.#outgoing.header.address, 0);
    if (sent < 0) throw new Error(`sending ${packet.length} bytes gave ${sent}`);
    const received = libc.recvmsg(
      this.#receiver.syscallConn().fd,
      this.#incoming.header.address,
      C.MSG_DONTWAIT,
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

/** A msghdr with memory of its own. */
class Part {
  readonly header: Memory = load().libc.allocate(msghdr.size);
  readonly #vector: Memory = load().libc.allocate(iovec.size);
  readonly #body: Memory = load().libc.allocate(maxLength);

  constructor() {
    this.#vector.view.setBigUint64(iovec.base, BigInt(this.#body.address), true);
    this.#vector.view.setUint32(iovec.length, maxLength, true);
    this.header.view.setBigUint64(msghdr.iov, BigInt(this.#vector.address), true);
    this.header.view.setUint32(msghdr.iovLength, 1, true);
  }

  set(bytes: Uint8Array): void {
    this.#body.bytes.set(bytes);
    this.#vector.view.setUint32(iovec.length, bytes.length, true);
  }
}
