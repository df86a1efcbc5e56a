import { Errno } from "../../ffi/errno.ts";
import type { Address, Waiter } from "../../ffi/libc.ts";
import { C, epollEvent } from "../../ffi/structs.ts";
import { longestTimer } from "../deadline.ts";
import type { AddressSpace } from "./address_space.ts";

/** The machine that is played. */
export const architecture = "x86_64";

const layout = epollEvent[architecture];

/** What can be waited for. */
export interface Pollable {
  /** Whether there is something to read. */
  readonly readable: boolean;
}

type Interest = { file: Pollable; events: number; data: bigint };

/** An epoll set. */
export class Epoll {
  /** By descriptor. */
  readonly #interests = new Map<number, Interest>();

  /**
   * Changes what is waited for.
   *
   * @param operation EPOLL_CTL_ADD, EPOLL_CTL_MOD or EPOLL_CTL_DEL.
   * @param fd The descriptor.
   * @param file What it stands for.
   * @param event The `epoll_event`.
   * @returns 0, or a negative error number.
   */
  control(operation: number, fd: number, file: Pollable, event: DataView): number {
    const known = this.#interests.get(fd)?.file === file;
    if (known === (operation === C.EPOLL_CTL_ADD)) return known ? -Errno.EEXIST : -Errno.ENOENT;
    if (operation === C.EPOLL_CTL_DEL) {
      this.#interests.delete(fd);
      return 0;
    }
    const events = event.getUint32(layout.events, true);
    this.#interests.set(fd, { file, events, data: event.getBigUint64(layout.data, true) });
    return 0;
  }

  /**
   * Takes out what is ready.
   *
   * @param events Gets the `epoll_event` structures.
   * @param max How many fit there.
   * @returns How many there are.
   */
  take(events: DataView, max: number): number {
    let count = 0;
    for (const interest of this.#interests.values()) {
      if (count === max) break;
      if (!(interest.events & C.EPOLLIN) || !interest.file.readable) continue;
      if (interest.events & C.EPOLLONESHOT) interest.events = 0;
      events.setUint32(count * layout.size + layout.events, C.EPOLLIN, true);
      events.setBigUint64(count * layout.size + layout.data, interest.data, true);
      count++;
    }
    return count;
  }
}

/** Who waits for an epoll set, and is told here instead of by a thread. */
export class Poller implements Waiter {
  readonly #space: AddressSpace;
  readonly #files: { get(fd: number): unknown };
  /** The wait that goes on: `look` ends it when something is ready. */
  #waiting: { look(): void; reject(error: unknown): void } | undefined;
  readonly #onIdle: () => void;
  /** Keeps the process alive. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param space Where the events go.
   * @param files What descriptors stand for.
   * @param onIdle Called when a wait begins and nothing is ready.
   */
  constructor(space: AddressSpace, files: { get(fd: number): unknown }, onIdle: () => void) {
    this.#space = space;
    this.#files = files;
    this.#onIdle = onIdle;
  }

  wait(epoll: number, events: Address, max: number): Promise<number> {
    const set = this.#files.get(epoll);
    if (!(set instanceof Epoll)) return Promise.resolve(-Errno.EBADF);
    return new Promise((resolve, reject) => {
      const look = () => {
        const count = set.take(this.#space.at(events), max);
        if (count === 0) return;
        this.#waiting = undefined;
        resolve(count);
      };
      this.#waiting = { look, reject };
      look();
      if (this.#waiting !== undefined) this.#onIdle();
    });
  }

  keepAlive(alive: boolean): void {
    clearTimeout(this.#timer);
    if (alive) this.#timer = setTimeout(() => {}, longestTimer);
  }

  stop(): void {}

  /** Comes when something may have become ready. */
  look(): void {
    this.#waiting?.look();
  }

  /**
   * Lets the calls that wait fail. Where none does, the error is uncaught.
   *
   * @param error Why.
   */
  fail(error: unknown): void {
    // Whoever has sent what it is about is given the time to begin to wait.
    setTimeout(() => {
      const waiting = this.#waiting;
      if (waiting === undefined) throw error;
      this.#waiting = undefined;
      waiting.reject(error);
    });
  }
}
