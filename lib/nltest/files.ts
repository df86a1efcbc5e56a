import { Errno } from "../../ffi/errno.ts";
import { NetlinkSocket } from "./netlink_socket.ts";
import type { Epoll } from "./poller.ts";

/** The first descriptor: so high that it is no real one, should it ever get to a real system call. */
const firstDescriptor = 1_000_000;

/** A file that stands for a network namespace. */
export class NamespaceFile {
  /** Its path. */
  readonly path: string;

  /** @param path Its path. */
  constructor(path: string) {
    this.path = path;
  }
}

/** A counter as eventfd(2) makes it. */
export class EventCounter {
  /** The count. */
  count = 0n;

  /** Whether there is something to read. */
  get readable(): boolean {
    return this.count > 0n;
  }
}

/** What a descriptor can stand for. */
export type File = NetlinkSocket | Epoll | EventCounter | NamespaceFile;

/** The files that are open, by descriptor. */
export class Files {
  readonly #files = new Map<number, File>();

  /** How many are open. */
  get count(): number {
    return this.#files.size;
  }

  /** The sockets among them, in the order in which they were opened. */
  get sockets(): NetlinkSocket[] {
    return [...this.#files.values()].filter((file) => file instanceof NetlinkSocket);
  }

  /**
   * Opens a file.
   *
   * @param file The file.
   * @returns The lowest descriptor that is free.
   */
  open(file: File): number {
    let fd = firstDescriptor;
    while (this.#files.has(fd)) fd++;
    this.#files.set(fd, file);
    return fd;
  }

  /**
   * Finds a file.
   *
   * @param fd Its descriptor.
   * @returns The file, if it is open.
   */
  get(fd: number): File | undefined {
    return this.#files.get(fd);
  }

  /**
   * Does something with a file of a kind.
   *
   * @param fd Its descriptor.
   * @param kind Its class.
   * @param fn Gets it.
   * @returns What the function returns, or a negative error number.
   */
  use<T extends File>(
    fd: number,
    // deno-lint-ignore no-explicit-any
    kind: new (...args: any[]) => T,
    fn: (file: T) => number,
  ): number {
    const file = this.#files.get(fd);
    if (file === undefined) return -Errno.EBADF;
    return file instanceof kind ? fn(file) : -Errno.EINVAL;
  }

  /**
   * Closes a file.
   *
   * @param fd Its descriptor.
   * @returns 0, or a negative error number.
   */
  close(fd: number): number {
    return this.#files.delete(fd) ? 0 : -Errno.EBADF;
  }
}
