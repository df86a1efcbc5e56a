import { type Libc, type Memory, offsetAddress } from "../ffi/libc.ts";
import { C, cmsghdr, iovec, msghdr, sockaddrNl } from "../ffi/structs.ts";
import type { Source } from "./message.ts";

/** Where the parts of a message header stand in its memory, each at a multiple of 8. */
const place = { header: 0, iov: 56, name: 72, control: 88 } as const;

/** Room for two control messages, the group and the namespace id, of 24 bytes each. */
const controlSize = 48;

/** What sendmsg(2) and recvmsg(2) take: a `msghdr` with its address, its one buffer and its control messages. */
export class SocketHeader {
  readonly #memory: Memory;
  #buffer: Memory;

  /**
   * @param libc libc.
   * @param buffer What to send from or receive into.
   * @param control Whether there may be control messages.
   */
  constructor(libc: Libc, buffer: Memory, control: boolean) {
    this.#memory = libc.allocate(place.control + controlSize);
    this.#buffer = buffer;
    const { view, address } = this.#memory;
    const pointer = (at: number, to: number) =>
      view.setBigUint64(at, BigInt(offsetAddress(address, to)), true);
    pointer(place.header + msghdr.name, place.name);
    pointer(place.header + msghdr.iov, place.iov);
    if (control) pointer(place.header + msghdr.control, place.control);
    view.setUint32(place.header + msghdr.nameLength, sockaddrNl.size, true);
    view.setUint32(place.header + msghdr.iovLength, 1, true);
    view.setUint16(place.name + sockaddrNl.family, C.AF_NETLINK, true);
    this.buffer = buffer;
  }

  /** Where the `msghdr` is. */
  get address(): Memory["address"] {
    return this.#memory.address;
  }

  /** What to send from or receive into. */
  get buffer(): Memory {
    return this.#buffer;
  }

  set buffer(buffer: Memory) {
    this.#buffer = buffer;
    this.#memory.view.setBigUint64(place.iov + iovec.base, BigInt(buffer.address), true);
    this.length = buffer.bytes.length;
  }

  /** How many bytes of the buffer to send, or to receive at most. */
  set length(length: number) {
    this.#memory.view.setUint32(place.iov + iovec.length, length, true);
  }

  /** Makes room again for what a receive writes. */
  prepareReceive(): void {
    const { view } = this.#memory;
    view.setUint32(place.header + msghdr.nameLength, sockaddrNl.size, true);
    view.setUint32(place.header + msghdr.controlLength, controlSize, true);
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
