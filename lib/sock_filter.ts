import { Errno } from "../ffi/errno.ts";
import type { Libc, Memory } from "../ffi/libc.ts";
import { sockFilter } from "../ffi/structs.ts";
import type { RawInstruction } from "./bpf/instructions.ts";
import { OpError } from "./errors.ts";

/**
 * Writes a program as the kernel takes it, an array of `struct sock_filter` in linux/filter.h.
 *
 * @param libc Gives the memory.
 * @param op The operation, for the errors.
 * @param program The instructions.
 * @returns The memory.
 * @throws {OpError} When something is no raw instruction, or has a number that does not fit and would be cut.
 */
export function writeProgram(
  libc: Libc,
  op: string,
  program: readonly RawInstruction[],
): Memory {
  const fail = (message: string): never => {
    throw new OpError(op, { errno: Errno.EINVAL, message });
  };
  if (!Array.isArray(program)) fail(`the program is ${program}, no array of raw instructions`);
  const memory = libc.allocate(Math.max(1, program.length) * sockFilter.size);
  program.forEach((instruction, i) => {
    const number = (field: keyof RawInstruction, low: number, high: number): number => {
      const value = instruction?.[field];
      if (Number.isInteger(value) && value >= low && value <= high) return value;
      return fail(`${field} of instruction ${i} is ${value}, no number from ${low} to ${high}`);
    };
    const at = i * sockFilter.size;
    memory.view.setUint16(at + sockFilter.code, number("op", 0, 0xffff), true);
    memory.view.setUint8(at + sockFilter.jt, number("jt", 0, 0xff));
    memory.view.setUint8(at + sockFilter.jf, number("jf", 0, 0xff));
    memory.view.setUint32(at + sockFilter.k, number("k", -0x8000_0000, 0xffff_ffff), true);
  });
  return memory;
}
