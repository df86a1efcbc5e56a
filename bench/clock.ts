/** The part of Deno's namespace that is used. */
interface DenoNamespace {
  dlopen(name: string, symbols: object): { symbols: { clock_gettime: ClockGettime } };
}

type ClockGettime = (clock: number, time: BigInt64Array) => number;

/** Real for a compiler that has Bun's types, `any` for Deno's. */
type BunFfi = typeof import("bun:ffi");

interface Process {
  getBuiltinModule(name: "bun:ffi"): BunFfi;
}

const CLOCK_MONOTONIC = 1;

function open(): ClockGettime {
  const { Deno, process } = globalThis as unknown as { Deno?: DenoNamespace; process: Process };
  const library = "libc.so.6";
  if (Deno !== undefined) {
    const parameters = ["i32", "buffer"];
    return Deno.dlopen(library, { clock_gettime: { parameters, result: "i32" } })
      .symbols.clock_gettime;
  }
  const { dlopen } = process.getBuiltinModule("bun:ffi");
  const { symbols } = dlopen(library, { clock_gettime: { args: ["i32", "ptr"], returns: "i32" } });
  return symbols.clock_gettime as unknown as ClockGettime;
}

/**
 * Opens the clock that all processes share: both runtimes count from their own start.
 *
 * @returns Gives CLOCK_MONOTONIC in nanoseconds.
 */
export function monotonicClock(): () => number {
  const gettime = open();
  const time = new BigInt64Array(new ArrayBuffer(16)); // struct timespec
  return () => {
    gettime(CLOCK_MONOTONIC, time);
    return Number(time[0]) * 1e9 + Number(time[1]);
  };
}
