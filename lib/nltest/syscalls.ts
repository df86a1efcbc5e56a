import { Errno } from "../../ffi/errno.ts";
import type { Address, RawCalls } from "../../ffi/libc.ts";
import { C, sockaddrNl, sockFilter, sockFprog } from "../../ffi/structs.ts";
import { string } from "../nlenc.ts";
import type { RawInstruction } from "../bpf/instructions.ts";
import type { AddressSpace } from "./address_space.ts";
import { EventCounter, type Files, NamespaceFile } from "./files.ts";
import { copy, MessageHeader, writeName } from "./message_header.ts";
import { NetlinkSocket } from "./netlink_socket.ts";
import { Epoll, type Poller } from "./poller.ts";

/** The port id of a kernel's first socket. */
export const firstPort = 1;

/** One more than the highest netlink family, `MAX_LINKS` in linux/netlink.h. */
const familyCount = 32;

/** What of the write buffer a datagram cannot use. */
const writeOverhead = 32;

/** How the library names the namespace that the thread is in. */
const ownNetNS = "/proc/thread-self/ns/net";

/** What the system calls work on. */
export interface Parts {
  /** Where their arguments point to. */
  readonly space: AddressSpace;
  /** What their descriptors stand for. */
  readonly files: Files;
  /** Who waits. */
  readonly poller: Poller;
  /** Gets each datagram that is sent to the kernel. */
  onSend(socket: NetlinkSocket, datagram: Uint8Array): void;
}

/** The system calls that the library needs to speak netlink. Each gives its result or a negative error number. */
export class Syscalls implements Partial<RawCalls> {
  readonly #parts: Parts;
  readonly #space: AddressSpace;
  readonly #files: Files;
  /** The namespace that the thread is in. */
  #netNS = "";

  /** @param parts What they work on. */
  constructor(parts: Parts) {
    this.#parts = parts;
    this.#space = parts.space;
    this.#files = parts.files;
  }

  socket(_domain: number, _type: number, family: number): number {
    if (family >= familyCount) return -Errno.EPROTONOSUPPORT;
    return this.#files.open(new NetlinkSocket(family, this.#netNS));
  }

  bind(fd: number, address: Address): number {
    return this.#files.use(fd, NetlinkSocket, (socket) => {
      const name = this.#space.at(address);
      const taken = new Set(this.#files.sockets.map(({ pid }) => pid));
      let pid = name.getUint32(sockaddrNl.pid, true);
      if (pid !== 0 && taken.has(pid)) return -Errno.EADDRINUSE;
      for (let port = firstPort; pid === 0; port++) if (!taken.has(port)) pid = port;
      socket.pid = pid;
      const groups = name.getUint32(sockaddrNl.groups, true);
      for (let bit = 0; bit < 32; bit++) if (groups & (1 << bit)) socket.groups.add(bit + 1);
      return 0;
    });
  }

  getsockname(fd: number, address: Address): number {
    return this.#files.use(fd, NetlinkSocket, ({ pid }) => {
      this.#space.at(address).setUint32(sockaddrNl.pid, pid, true);
      return 0;
    });
  }

  setsockopt(fd: number, level: number, option: number, value: Address): number {
    return this.#files.use(fd, NetlinkSocket, (socket) => {
      const view = this.#space.at(value);
      return level === C.SOL_SOCKET && option === C.SO_ATTACH_FILTER
        ? socket.attach(this.#readProgram(view))
        : socket.setOption(level, option, view.getInt32(0, true));
    });
  }

  getsockopt(fd: number, level: number, option: number, value: Address, length: Address): number {
    return this.#files.use(fd, NetlinkSocket, (socket) => {
      const values = socket.option(level, option);
      if (typeof values === "number") return values;
      const size = this.#space.at(length);
      const count = Math.min(values.length, size.getUint32(0, true) / 4);
      const view = this.#space.at(value);
      for (let i = 0; i < count; i++) view.setUint32(4 * i, values[i], true);
      size.setUint32(0, 4 * count, true);
      return 0;
    });
  }

  sendto(fd: number, buffer: Address, length: Address): number {
    const size = Number(length);
    return this.#files.use(fd, NetlinkSocket, (socket) => {
      if (size === 0) return -Errno.ENODATA;
      if (size > socket.writeBuffer - writeOverhead) return -Errno.EMSGSIZE;
      this.#parts.onSend(socket, this.#bytes(buffer, size).slice());
      return size;
    });
  }

  recvfrom(
    fd: number,
    buffer: Address,
    size: Address,
    flags: number,
    address: Address,
    length: Address,
  ): number {
    return this.#files.use(fd, NetlinkSocket, (socket) => {
      const datagram = socket.receive();
      if (typeof datagram === "number") return datagram;
      writeName(this.#space.at(address), datagram);
      this.#space.at(length).setUint32(0, sockaddrNl.size, true);
      const copied = copy(datagram, this.#bytes(buffer, Number(size)));
      return flags & C.MSG_TRUNC ? datagram.bytes.length : copied;
    });
  }

  recvmsg(fd: number, message: Address, flags: number): number {
    return this.#files.use(fd, NetlinkSocket, (socket) => {
      const datagram = socket.receive();
      if (typeof datagram === "number") return datagram;
      const header = new MessageHeader(this.#space, this.#space.at(message));
      const copied = header.receive(datagram, socket.options);
      return flags & C.MSG_TRUNC ? datagram.bytes.length : copied;
    });
  }

  #bytes(address: Address, size: number): Uint8Array {
    const { buffer, byteOffset } = this.#space.at(address);
    return new Uint8Array(buffer, byteOffset, size);
  }

  close(fd: number): number {
    return this.#files.close(fd);
  }

  open(path: Address): number {
    const { buffer, byteOffset } = this.#space.at(path);
    return this.#files.open(new NamespaceFile(string(new Uint8Array(buffer, byteOffset))));
  }

  setns(fd: number): number {
    return this.#files.use(fd, NamespaceFile, ({ path }) => {
      this.#netNS = path === ownNetNS ? "" : path;
      return 0;
    });
  }

  epoll_create1(): number {
    return this.#files.open(new Epoll());
  }

  epoll_ctl(epoll: number, operation: number, fd: number, event: Address): number {
    return this.#files.use(epoll, Epoll, (set) => {
      const file = this.#files.get(fd);
      if (file === undefined) return -Errno.EBADF;
      if (!("readable" in file)) return -Errno.EPERM;
      const result = set.control(operation, fd, file, this.#space.at(event));
      this.#parts.poller.look();
      return result;
    });
  }

  eventfd(): number {
    return this.#files.open(new EventCounter());
  }

  eventfd_read(fd: number, value: Address): number {
    return this.#files.use(fd, EventCounter, (counter) => {
      if (!counter.readable) return -Errno.EAGAIN;
      this.#space.at(value).setBigUint64(0, counter.count, true);
      counter.count = 0n;
      return 0;
    });
  }

  eventfd_write(fd: number, value: bigint): number {
    return this.#files.use(fd, EventCounter, (counter) => {
      counter.count += value;
      this.#parts.poller.look();
      return 0;
    });
  }

  #readProgram(fprog: DataView): RawInstruction[] {
    const length = fprog.getUint16(sockFprog.length, true);
    const filter = this.#space.follow(fprog, sockFprog.filter);
    return Array.from({ length }, (_, i) => {
      const at = i * sockFilter.size;
      return {
        op: filter.getUint16(at + sockFilter.code, true),
        jt: filter.getUint8(at + sockFilter.jt),
        jf: filter.getUint8(at + sockFilter.jf),
        k: filter.getUint32(at + sockFilter.k, true),
      };
    });
  }
}
