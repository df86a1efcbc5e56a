import type { Architecture } from "./structs.ts";
import type { Parameter, symbols } from "./symbols.ts";

/** An address in memory, in the form that the runtime's FFI takes fastest. */
export type Address = number | bigint;

/** Memory that C and the program share. It stays where it is as long as this object is referenced. */
export interface Memory {
  /** The memory as bytes. */
  readonly bytes: Uint8Array;
  /** The memory as fields. */
  readonly view: DataView;
  /** Where it is. */
  readonly address: Address;
}

/** The values that stand for a function's parameters. */
type Arguments<P extends readonly Parameter[]> = {
  -readonly [I in keyof P]: P[I] extends "pointer" | "size" ? Address
    : P[I] extends "uint64" ? bigint
    : number;
};

/** The functions of the table {@link symbols}, as the runtime's FFI binds them: -1 and errno say that one failed. */
export type RawCalls = {
  readonly [K in keyof typeof symbols]: (...args: Arguments<typeof symbols[K]>) => number;
};

/** libc as the library sees it: every function returns its result, or the negative errno when it failed. */
export interface Libc extends RawCalls {
  /** The machine, on which the layout of `epoll_event` depends. */
  readonly architecture: Architecture;
  /** The null pointer. */
  readonly nowhere: Address;
  /** Gives a `size_t` in the form that the runtime's FFI takes fastest. */
  size(bytes: number): Address;
  /** Allocates zeroed memory. */
  allocate(size: number): Memory;
  /** Allocates zeroed memory that is never freed: for what another thread may still write while the process ends. */
  reserve(size: number): Memory;
}

/** The one place where the process blocks: another thread, which waits for the sockets of an epoll set. */
export interface Waiter {
  /**
   * Waits until the set has events, without a time limit. One call at a time.
   *
   * @param epoll The epoll set.
   * @param events Gets the events; its memory must stay referenced.
   * @param max How many events fit there.
   * @returns How many there are; negative when the wait was interrupted or failed.
   */
  wait(epoll: number, events: Address, max: number): Promise<number>;
  /** Says whether a wait keeps the process alive. */
  keepAlive(alive: boolean): void;
  /** Ends the other thread. No wait is going on. */
  stop(): void;
}

/** What a runtime's adapter provides. */
export interface Runtime {
  /** libc. */
  readonly libc: Libc;
  /** The thread that waits. */
  readonly waiter: Waiter;
}

/**
 * Turns the bound functions into those of {@link Libc}. errno is only right in the statement after
 * the call, on the same thread and without a call in between: hence one literal for each function.
 *
 * @param raw The functions as the runtime binds them, with results declared as 32-bit integers.
 * @param errno The calling thread's errno.
 * @returns The functions.
 */
export function withErrno(raw: RawCalls, errno: Int32Array): RawCalls {
  return {
    socket(domain, type, protocol) {
      const result = raw.socket(domain, type, protocol);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
    bind(fd, address, length) {
      const result = raw.bind(fd, address, length);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
    getsockname(fd, address, length) {
      const result = raw.getsockname(fd, address, length);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
    setsockopt(fd, level, option, value, length) {
      const result = raw.setsockopt(fd, level, option, value, length);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
    getsockopt(fd, level, option, value, length) {
      const result = raw.getsockopt(fd, level, option, value, length);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
    sendto(fd, buffer, size, flags, address, length) {
      const result = raw.sendto(fd, buffer, size, flags, address, length);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
    recvfrom(fd, buffer, size, flags, address, length) {
      const result = raw.recvfrom(fd, buffer, size, flags, address, length);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
    recvmsg(fd, message, flags) {
      const result = raw.recvmsg(fd, message, flags);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
    close(fd) {
      const result = raw.close(fd);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
    open(path, flags) {
      const result = raw.open(path, flags);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
    setns(fd, type) {
      const result = raw.setns(fd, type);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
    read(fd, buffer, size) {
      const result = raw.read(fd, buffer, size);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
    inotify_init1(flags) {
      const result = raw.inotify_init1(flags);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
    inotify_add_watch(fd, path, mask) {
      const result = raw.inotify_add_watch(fd, path, mask);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
    syscall(number, first, second) {
      const result = raw.syscall(number, first, second);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
    epoll_create1(flags) {
      const result = raw.epoll_create1(flags);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
    epoll_ctl(epoll, operation, fd, event) {
      const result = raw.epoll_ctl(epoll, operation, fd, event);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
    eventfd(value, flags) {
      const result = raw.eventfd(value, flags);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
    eventfd_read(fd, value) {
      const result = raw.eventfd_read(fd, value);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
    eventfd_write(fd, value) {
      const result = raw.eventfd_write(fd, value);
      const error = errno[0];
      return result === -1 ? -error : result;
    },
  };
}

/**
 * Moves an address.
 *
 * @param address An address.
 * @param offset How many bytes to add.
 * @returns The address that many bytes further on.
 */
export function offsetAddress(address: Address, offset: number): Address {
  return typeof address === "bigint" ? address + BigInt(offset) : address + offset;
}
