import { Errno } from "../../ffi/errno.ts";
import type { AddressSpace } from "./address_space.ts";
import type { RawCalls } from "../../ffi/libc.ts";
import { symbols } from "../../ffi/symbols.ts";

/** The system calls that can be refused, as in their man pages. */
export type SystemCall =
  | "socket"
  | "bind"
  | "getsockname"
  | "setsockopt"
  | "getsockopt"
  | "sendto"
  | "recvfrom"
  | "recvmsg"
  | "open"
  | "setns"
  | "epoll_create1"
  | "epoll_ctl"
  | "eventfd";

/** Says whether to refuse a system call with these arguments. */
export type Condition = (...args: number[]) => boolean;

type Call = (...args: (number | bigint)[]) => number;
type Refusal = { errno: number; when: Condition };

/** What system calls are to fail. */
export class Refusals {
  /** By the name of the call. */
  readonly #refusals = new Map<string, Set<Refusal>>();

  /**
   * Lets a system call fail from now on.
   *
   * @param call The call.
   * @param errno The error number.
   * @param when Which of them.
   * @returns Ends it when it is disposed of.
   */
  add(call: SystemCall, errno: number, when: Condition): Disposable {
    const refusals = this.#refusals.get(call) ?? new Set();
    this.#refusals.set(call, refusals);
    const refusal = { errno, when };
    refusals.add(refusal);
    return { [Symbol.dispose]: () => void refusals.delete(refusal) };
  }

  /**
   * Makes all functions of the table of symbols out of some: they fail when they are to, and where there is none.
   *
   * @param syscalls The functions.
   * @param space Where their pointers lead.
   * @returns The functions of libc.
   */
  guard(syscalls: Partial<RawCalls>, space: AddressSpace): RawCalls {
    const guarded = Object.keys(symbols).map((name) => {
      const call = (syscalls[name as keyof RawCalls] as Call | undefined)?.bind(syscalls);
      const guard: Call = (...args) => {
        for (const { errno, when } of this.#refusals.get(name) ?? []) {
          if (when(...readable(name, args, space))) return -errno;
        }
        return call?.(...args) ?? -Errno.ENOSYS;
      };
      return [name, guard];
    });
    return Object.fromEntries(guarded);
  }
}

/** Arguments as a test can read them: in the place of the address of an option's value stands the value. */
function readable(name: string, args: (number | bigint)[], space: AddressSpace): number[] {
  const numbers = args.map(Number);
  if (name === "setsockopt") numbers[3] = space.at(numbers[3]).getInt32(0, true);
  return numbers;
}
