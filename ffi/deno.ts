import {
  type Libc,
  type Memory,
  type RawCalls,
  type Runtime,
  type Waiter,
  withErrno,
} from "./libc.ts";
import type { Architecture } from "./structs.ts";
import {
  blockingSymbols,
  libraryNames,
  type Parameter,
  pointerSymbols,
  symbols,
} from "./symbols.ts";

// A pointer is a usize: given as a bigint made once, that is the fastest way in.
const nativeTypes = {
  int: "i32",
  uint32: "u32",
  uint64: "u64",
  size: "usize",
  pointer: "usize",
} as const;

function foreign(
  parameters: readonly Parameter[],
  result: "i32" | "pointer" = "i32",
  nonblocking = false,
): Deno.ForeignFunction {
  return { parameters: parameters.map((parameter) => nativeTypes[parameter]), result, nonblocking };
}

function openLibrary(): Deno.DynamicLibrary<Deno.ForeignLibraryInterface>["symbols"] {
  const table: Record<string, Deno.ForeignFunction> = {};
  for (const [name, parameters] of Object.entries(symbols)) table[name] = foreign(parameters);
  for (const [name, parameters] of Object.entries(pointerSymbols)) {
    table[name] = foreign(parameters, "pointer");
  }
  for (const [name, parameters] of Object.entries(blockingSymbols)) {
    table[name] = foreign(parameters, "i32", true);
  }
  const failures: string[] = [];
  for (const name of libraryNames) {
    try {
      return Deno.dlopen(name, table).symbols;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) {
        throw new Error("Deno refuses access to libc: run it with --allow-ffi", { cause: error });
      }
      failures.push(`${error}`);
    }
  }
  throw new Error(`No libc could be opened: ${failures.join("; ")}`);
}

function allocate(size: number): Memory {
  // The buffer comes first and the views over it second, or it may move.
  const buffer = new ArrayBuffer(size);
  const bytes = new Uint8Array(buffer);
  const address = BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)));
  return { bytes, view: new DataView(buffer), address };
}

/** Keeps a pending call from keeping the process alive, or lets it again; a Deno without these two always does. */
type OpReferences = {
  refOpPromise(op: Promise<unknown>): void;
  unrefOpPromise(op: Promise<unknown>): void;
};

function opReferences(): OpReferences | undefined {
  const { internal } = Deno as unknown as { internal: symbol };
  return (Deno as unknown as Record<symbol, { core?: OpReferences }>)[internal]?.core;
}

class DenoWaiter implements Waiter {
  readonly #epollWait: (...args: unknown[]) => Promise<number>;
  readonly #references = opReferences();
  #pending: Promise<number> | undefined;
  #alive = false;

  constructor(epollWait: (...args: unknown[]) => Promise<number>) {
    this.#epollWait = epollWait;
  }

  async wait(epoll: number, events: bigint, max: number): Promise<number> {
    this.#pending = this.#epollWait(epoll, events, max, -1);
    if (!this.#alive) this.#references?.unrefOpPromise(this.#pending);
    try {
      return await this.#pending;
    } finally {
      this.#pending = undefined;
    }
  }

  keepAlive(alive: boolean): void {
    if (alive === this.#alive) return;
    this.#alive = alive;
    if (this.#pending === undefined) return;
    if (alive) this.#references?.refOpPromise(this.#pending);
    else this.#references?.unrefOpPromise(this.#pending);
  }

  stop(): void {} // the thread is one of the runtime's pool
}

/**
 * Opens libc through Deno's FFI.
 *
 * @returns libc and a waiter that blocks in a call on Deno's thread pool.
 * @throws {Error} When libc is not found or `--allow-ffi` is missing.
 */
export function openDeno(): Runtime {
  const library = openLibrary();
  const { __errno_location, calloc } = library as Record<
    keyof typeof pointerSymbols,
    (...args: number[]) => Deno.PointerObject
  >;
  const errno = new Int32Array(Deno.UnsafePointerView.getArrayBuffer(__errno_location(), 4));
  const libc: Libc = {
    ...withErrno(library as unknown as RawCalls, errno),
    architecture: Deno.build.arch as Architecture,
    nowhere: 0n,
    size: BigInt,
    allocate,
    reserve(size) {
      const place = calloc(1, size);
      const buffer = Deno.UnsafePointerView.getArrayBuffer(place, size);
      const address = BigInt(Deno.UnsafePointer.value(place));
      return { bytes: new Uint8Array(buffer), view: new DataView(buffer), address };
    },
  };
  return {
    libc,
    waiter: new DenoWaiter(library.epoll_wait as (...args: unknown[]) => Promise<number>),
  };
}
