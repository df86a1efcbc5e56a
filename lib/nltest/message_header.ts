import { C, cmsghdr, iovec, msghdr, sockaddrNl } from "../../ffi/structs.ts";
import { ConnOption } from "../options.ts";
import type { AddressSpace } from "./address_space.ts";
import type { Datagram } from "./datagram.ts";

/**
 * Copies what there is room for of a datagram.
 *
 * @param datagram The datagram.
 * @param buffer Gets its beginning.
 * @returns How many of its bytes there was room for.
 */
export function copy({ bytes }: Datagram, buffer: Uint8Array): number {
  const cut = bytes.subarray(0, buffer.length);
  buffer.set(cut);
  return cut.length;
}

/**
 * Writes where a datagram came from.
 *
 * @param name Gets it, as a `sockaddr_nl`.
 * @param datagram The datagram.
 */
export function writeName(name: DataView, { pid, group }: Datagram): void {
  name.setUint32(sockaddrNl.pid, pid, true);
  name.setUint32(sockaddrNl.groups, group > 0 && group <= 32 ? 1 << (group - 1) : 0, true);
}

/** What recvmsg(2) is given: a `msghdr` with one buffer. */
export class MessageHeader {
  readonly #space: AddressSpace;
  readonly #header: DataView;

  /**
   * @param space Where its pointers lead.
   * @param header The `msghdr`.
   */
  constructor(space: AddressSpace, header: DataView) {
    this.#space = space;
    this.#header = header;
  }

  /**
   * Writes what a receive gives.
   *
   * @param datagram The datagram.
   * @param options The options of the socket, on which the control messages depend.
   * @returns How many of its bytes there was room for.
   */
  receive(datagram: Datagram, options: ReadonlySet<ConnOption>): number {
    const { bytes, group, nsid } = datagram;
    const copied = copy(datagram, this.#buffer());
    writeName(this.#space.follow(this.#header, msghdr.name), datagram);
    const controls: [type: number, value: number][] = [];
    if (options.has(ConnOption.PacketInfo)) controls.push([C.NETLINK_PKTINFO, group]);
    if (options.has(ConnOption.ListenAllNSID) && nsid !== undefined) {
      controls.push([C.NETLINK_LISTEN_ALL_NSID, nsid]);
    }
    this.#control(controls);
    this.#header.setInt32(msghdr.flags, copied < bytes.length ? C.MSG_TRUNC : 0, true);
    return copied;
  }

  #buffer(): Uint8Array {
    const part = this.#space.follow(this.#header, msghdr.iov);
    const start = this.#space.follow(part, iovec.base);
    const length = part.getUint32(iovec.length, true);
    return new Uint8Array(start.buffer, start.byteOffset, length);
  }

  /** Writes control messages of 32 bits each. */
  #control(messages: [type: number, value: number][]): void {
    const view = this.#space.follow(this.#header, msghdr.control);
    const distance = Math.ceil((cmsghdr.size + 4) / 8) * 8;
    messages.forEach(([type, value], i) => {
      const at = i * distance;
      view.setBigUint64(at + cmsghdr.length, BigInt(cmsghdr.size + 4), true);
      view.setInt32(at + cmsghdr.level, C.SOL_NETLINK, true);
      view.setInt32(at + cmsghdr.type, type, true);
      view.setInt32(at + cmsghdr.size, value, true);
    });
    this.#header.setUint32(msghdr.controlLength, messages.length * distance, true);
  }
}
