import {
  type Libc,
  type Memory,
  type RawCalls,
  type Runtime,
  type Waiter,
  withErrno,
} from "./libc.ts";
import { OpError } from "../lib/errors.ts";
import type { Architecture } from "./structs.ts";
import {
  blockingSymbols,
  libraryNames,
  type Parameter,
  pointerSymbols,
  symbols,
} from "./symbols.ts";

/** Real for a compiler that has Bun's types, `any` for Deno's. */
type BunFfi = typeof import("bun:ffi");

/** A worker of Bun's, which may or may not keep the process alive. */
type BunWorker = Worker & { ref(): void; unref(): void };

/** The oldest Bun whose workers wake a program that waits for them. */
const oldest = "1.3.4";

interface BunNamespace {
  version: string;
  semver: { order(one: string, other: string): number };
}

interface Process {
  arch: string;
  getBuiltinModule(name: string): unknown;
}

const nativeTypes = {
  int: "i32",
  uint32: "u32",
  uint64: "u64",
  size: "usize",
  pointer: "ptr",
} as const;

function foreign(
  parameters: readonly Parameter[],
  returns = "i32",
): { args: string[]; returns: string } {
  return { args: parameters.map((parameter) => nativeTypes[parameter]), returns };
}

function openLibrary(
  ffi: BunFfi,
): { name: string; calls: Record<string, (...args: unknown[]) => number> } {
  const table: Record<string, unknown> = {};
  for (const [name, parameters] of Object.entries(symbols)) table[name] = foreign(parameters);
  for (const [name, parameters] of Object.entries(pointerSymbols)) {
    table[name] = foreign(parameters, "ptr");
  }
  const failures: string[] = [];
  for (const name of libraryNames) {
    try {
      const library = ffi.dlopen(name, table as Parameters<BunFfi["dlopen"]>[1]);
      return {
        name,
        calls: library.symbols as unknown as Record<string, (...args: unknown[]) => number>,
      };
    } catch (error) {
      failures.push(`${error}`);
    }
  }
  throw new Error(`No libc could be opened: ${failures.join("; ")}`);
}

/** What runs on the other thread: it blocks in epoll_wait whenever it is told to, and answers with the count. */
function workerSource(library: string): string {
  const table = { epoll_wait: foreign(blockingSymbols.epoll_wait) };
  return `import { dlopen } from "bun:ffi";
const { epoll_wait } = dlopen(${JSON.stringify(library)}, ${JSON.stringify(table)}).symbols;
onmessage = ({ data: [epoll, events, max] }) => postMessage(epoll_wait(epoll, events, max, -1));`;
}

class BunWaiter implements Waiter {
  readonly #library: string;
  #worker: BunWorker | undefined;
  #url: string | undefined;
  #alive = false;

  constructor(library: string) {
    this.#library = library;
  }

  wait(epoll: number, events: number, max: number): Promise<number> {
    const worker = this.#worker ??= this.#start();
    if (this.#alive) worker.ref();
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<number>) => {
        worker.unref(); // between two waits it has nothing to do
        resolve(data);
      };
      worker.onerror = (event: ErrorEvent) => {
        this.stop();
        reject(new OpError("wait", { message: `the waiting thread failed: ${event.message}` }));
      };
      worker.postMessage([epoll, events, max]);
    });
  }

  keepAlive(alive: boolean): void {
    this.#alive = alive;
    if (alive) this.#worker?.ref();
    else this.#worker?.unref();
  }

  stop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #start(): BunWorker {
    // A worker from a blob needs no file of its own, also in a compiled program. It is read on the other
    // thread at a time that nobody tells, and so never revoked.
    this.#url ??= URL.createObjectURL(new Blob([workerSource(this.#library)]));
    const worker = new Worker(this.#url, { type: "module" }) as BunWorker;
    worker.unref();
    return worker;
  }
}

/**
 * Opens libc through Bun's FFI.
 *
 * @returns libc and a waiter that blocks in a worker.
 * @throws {Error} When libc is not found, and where Bun is too old.
 */
export function openBun(): Runtime {
  const { Bun, process } = globalThis as unknown as { Bun: BunNamespace; process: Process };
  if (Bun.semver.order(Bun.version, oldest) < 0) {
    throw new Error(`Bun ${Bun.version} is too old: use ${oldest} or newer`);
  }
  const ffi = process.getBuiltinModule("bun:ffi") as BunFfi;
  const { name, calls } = openLibrary(ffi);
  const { __errno_location, calloc } = calls as unknown as Record<
    keyof typeof pointerSymbols,
    (...args: number[]) => Parameters<BunFfi["toArrayBuffer"]>[0]
  >;
  const errno = new Int32Array(ffi.toArrayBuffer(__errno_location(), 0, 4));
  function allocate(size: number): Memory {
    // The buffer comes first and the views over it second, or Bun moves it.
    const buffer = new ArrayBuffer(size);
    const bytes = new Uint8Array(buffer);
    return { bytes, view: new DataView(buffer), address: ffi.ptr(bytes) };
  }
  const libc: Libc = {
    ...withErrno(calls as unknown as RawCalls, errno),
    architecture: process.arch === "arm64" ? "aarch64" : "x86_64" as Architecture,
    nowhere: 0,
    size: (bytes) => bytes,
    allocate,
    reserve(size) {
      const address = calloc(1, size);
      const buffer = ffi.toArrayBuffer(address, 0, size);
      return { bytes: new Uint8Array(buffer), view: new DataView(buffer), address };
    },
  };
  return { libc, waiter: new BunWaiter(name) };
}
