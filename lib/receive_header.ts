import { type Libc, type Memory, offsetAddress } from "../ffi/libc.ts";
import { C, cmsghdr, iovec, msghdr, sockaddrNl } from "../ffi/structs.ts";
import type { Source } from "./message.ts";

/** Where the parts of a message header stand in its memory, each at a multiple of 8. */
const place = { header: 0, iov: 56, name: 72, control: 88 } as const;

/** Room for two control messages, the group and the namespace id, of 24 bytes each. */
const controlSize = 48;

/** What recvmsg(2) takes: a `msghdr` with room for an address, with one buffer and with control messages. */
export class ReceiveHeader {
  readonly #libc: Libc;
  readonly #memory: Memory;
  /** What the `msghdr` points to. */
  readonly #buffer: Memory;

  /**
   * @param libc libc.
   * @param buffer What to receive into.
   */
  constructor(libc: Libc, buffer: Memory) {
    this.#libc = libc;
    this.#memory = libc.allocate(place.control + controlSize);
    this.#buffer = buffer;
    const { view, address } = this.#memory;
    const pointer = (at: number, to: Memory["address"]) => view.setBigUint64(at, BigInt(to), true);
    pointer(place.header + msghdr.name, offsetAddress(address, place.name));
    pointer(place.header + msghdr.iov, offsetAddress(address, place.iov));
    pointer(place.header + msghdr.control, offsetAddress(address, place.control));
    view.setUint32(place.header + msghdr.iovLength, 1, true);
    pointer(place.iov + iovec.base, buffer.address);
    view.setUint32(place.iov + iovec.length, this.#buffer.bytes.length, true);
  }

  /**
   * Receives a datagram if there is one.
   *
   * @param fd The socket.
   * @returns Its length before it was cut to the buffer, or the negative errno.
   */
  receive(fd: number): number {
    const { view, address } = this.#memory;
    view.setUint32(place.header + msghdr.nameLength, sockaddrNl.size, true);
    view.setUint32(place.header + msghdr.controlLength, controlSize, true);
    return this.#libc.recvmsg(fd, address, C.MSG_DONTWAIT | C.MSG_TRUNC);
  }

  /** Where the datagram came from that was received last. */
  source(): Source {
    const { view } = this.#memory;
    const source: Source = {
      pid: view.getUint32(place.name + sockaddrNl.pid, true),
      groups: view.getUint32(place.name + sockaddrNl.groups, true),
    };
    const end = place.control +
      Math.min(view.getUint32(place.header + msghdr.controlLength, true), controlSize);
    for (let at: number = place.control; at + cmsghdr.size + 4 <= end;) {
      const length = view.getUint32(at + cmsghdr.length, true);
      if (length < cmsghdr.size) break;
      if (view.getInt32(at + cmsghdr.level, true) === C.SOL_NETLINK) {
        const type = view.getInt32(at + cmsghdr.type, true);
        if (type === C.NETLINK_PKTINFO) source.group = view.getUint32(at + cmsghdr.size, true);
        if (type === C.NETLINK_LISTEN_ALL_NSID) {
          source.nsid = view.getInt32(at + cmsghdr.size, true);
        }
      }
      at += Math.ceil(length / 8) * 8;
    }
    return source;
  }
}
