import { OpError } from "../lib/errors.ts";
import type { Libc, Memory, Waiter } from "./libc.ts";
import { C, epollEvent } from "./structs.ts";

/** How many events one wait may bring; the rest comes with the next one. */
const maxEvents = 64;

/** Stands for the reactor's own eventfd; watches are counted from 1. */
const wakeupToken = 0;

/** A descriptor that is watched for data to read. */
export interface Watch {
  /**
   * Asks for one call of the watch's function as soon as there is something to read.
   *
   * @param keepAlive Whether the asking keeps the process alive.
   * @throws {OpError} With op "wait" when the system refuses it, such as for want of descriptors.
   */
  arm(keepAlive: boolean): void;
  /** Takes the asking back. */
  disarm(): void;
  /** Ends the watch. Must come before the descriptor is closed. */
  remove(): void;
}

/** Gets the readiness of a watched descriptor, or the error because of which there will be none. It must not throw. */
export type OnReadable = (error?: Error) => void;

type Entry = { fd: number; onReadable: OnReadable; armed: boolean; alive: boolean; added: boolean };

/**
 * Tells when descriptors can be read. However many are watched, one thread waits for them, and none
 * while nobody asks. It is made once for the process; its descriptors live as long as any watch does.
 */
export class Reactor {
  readonly #libc: Libc;
  readonly #waiter: Waiter;
  readonly #layout: { size: number; events: number; data: number };
  readonly #event: Memory;
  readonly #events: Memory;
  readonly #counter: Memory;
  /** By token: descriptors are reused, tokens are not, so a late event finds nobody. */
  readonly #entries = new Map<number, Entry>();
  #nextToken = 1;
  #epoll = -1;
  #wakeup = -1;
  #armed = 0;
  #alive = 0;
  #waiting = false;

  /**
   * @param libc libc.
   * @param waiter The thread that waits.
   */
  constructor(libc: Libc, waiter: Waiter) {
    this.#libc = libc;
    this.#waiter = waiter;
    this.#layout = epollEvent[libc.architecture];
    this.#event = libc.allocate(this.#layout.size);
    this.#events = libc.reserve(this.#layout.size * maxEvents);
    this.#counter = libc.allocate(8);
  }

  /**
   * Watches a descriptor. Nothing happens until the watch is armed.
   *
   * @param fd The descriptor.
   * @param onReadable Called once for each time that the watch was armed.
   * @returns The watch.
   */
  watch(fd: number, onReadable: OnReadable): Watch {
    const token = this.#nextToken++;
    const entry: Entry = { fd, onReadable, armed: false, alive: false, added: false };
    this.#entries.set(token, entry);
    return {
      arm: (keepAlive) => this.#arm(token, entry, keepAlive),
      disarm: () => this.#disarm(entry),
      remove: () => this.#remove(token, entry),
    };
  }

  #arm(token: number, entry: Entry, alive: boolean): void {
    if (entry.alive !== alive) {
      entry.alive = alive;
      if (entry.armed) this.#count(0, alive ? 1 : -1);
    }
    if (entry.armed) return;
    if (this.#epoll < 0) this.#open();
    const operation = entry.added ? C.EPOLL_CTL_MOD : C.EPOLL_CTL_ADD;
    this.#control(operation, entry.fd, C.EPOLLIN | C.EPOLLONESHOT, token);
    entry.added = entry.armed = true;
    this.#count(1, alive ? 1 : 0);
    if (!this.#waiting) this.#run();
  }

  #disarm(entry: Entry): void {
    if (!entry.armed) return;
    this.#settle(entry);
    // The one-shot event stays armed in the set; should it come, it finds an entry that is not.
    if (this.#armed === 0) this.#wake();
  }

  #remove(token: number, entry: Entry): void {
    this.#disarm(entry);
    this.#entries.delete(token);
    if (entry.added) {
      this.#libc.epoll_ctl(this.#epoll, C.EPOLL_CTL_DEL, entry.fd, this.#event.address);
    }
    if (this.#entries.size === 0 && !this.#waiting) this.#close();
  }

  #settle(entry: Entry): void {
    entry.armed = false;
    this.#count(-1, entry.alive ? -1 : 0);
  }

  #count(armed: number, alive: number): void {
    this.#armed += armed;
    this.#alive += alive;
    if (alive !== 0) this.#waiter.keepAlive(this.#alive > 0);
  }

  /** Waits for events as long as anybody asks for one. */
  async #run(): Promise<void> {
    this.#waiting = true;
    try {
      while (this.#armed > 0) {
        const count = await this.#waiter.wait(this.#epoll, this.#events.address, maxEvents);
        // A signal interrupts a wait, as does stopping and continuing the process; a broken set refuses this, too.
        if (count < 0) this.#control(C.EPOLL_CTL_MOD, this.#wakeup, C.EPOLLIN, wakeupToken);
        for (let i = 0; i < count; i++) this.#dispatch(i);
      }
    } catch (error) {
      this.#fail(error as Error);
    } finally {
      this.#waiting = false;
    }
    if (this.#entries.size === 0) this.#close();
  }

  #dispatch(i: number): void {
    const { size, data } = this.#layout;
    const token = Number(this.#events.view.getBigUint64(i * size + data, true));
    if (token === wakeupToken) {
      this.#libc.eventfd_read(this.#wakeup, this.#counter.address);
      return;
    }
    const entry = this.#entries.get(token);
    if (entry === undefined || !entry.armed) return;
    this.#settle(entry);
    entry.onReadable();
  }

  #fail(error: Error): void {
    for (const entry of this.#entries.values()) {
      if (!entry.armed) continue;
      this.#settle(entry);
      entry.onReadable(error);
    }
  }

  #wake(): void {
    if (this.#waiting) this.#libc.eventfd_write(this.#wakeup, 1n);
  }

  #open(): void {
    this.#epoll = this.#check("epoll_create1", this.#libc.epoll_create1(C.EPOLL_CLOEXEC));
    try {
      const flags = C.EFD_CLOEXEC | C.EFD_NONBLOCK;
      this.#wakeup = this.#check("eventfd", this.#libc.eventfd(0, flags));
      this.#control(C.EPOLL_CTL_ADD, this.#wakeup, C.EPOLLIN, wakeupToken);
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  #control(operation: number, fd: number, events: number, token: number): void {
    const { view, address } = this.#event;
    view.setUint32(this.#layout.events, events, true);
    view.setBigUint64(this.#layout.data, BigInt(token), true);
    this.#check("epoll_ctl", this.#libc.epoll_ctl(this.#epoll, operation, fd, address));
  }

  #check(call: string, result: number): number {
    if (result < 0) throw new OpError("wait", { errno: -result, message: call });
    return result;
  }

  #close(): void {
    if (this.#epoll < 0) return;
    this.#waiter.stop();
    this.#libc.close(this.#epoll);
    this.#libc.close(this.#wakeup);
    this.#epoll = this.#wakeup = -1;
    for (const entry of this.#entries.values()) entry.added = false;
  }
}
