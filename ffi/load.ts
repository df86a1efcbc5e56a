import { openBun } from "./bun.ts";
import { openDeno } from "./deno.ts";
import type { Libc } from "./libc.ts";
import { Reactor } from "./reactor.ts";

/** What a socket stands on. */
export interface System {
  /** libc. */
  readonly libc: Libc;
  /** Who waits for descriptors. */
  readonly reactor: Reactor;
}

interface Globals {
  Deno?: { build: { os: string } };
  Bun?: unknown;
  process?: { platform: string; version?: string };
}

let system: System | undefined;

/**
 * Opens libc through the FFI of the runtime, once for the process (or worker) and not before it is needed.
 *
 * @returns libc and the reactor.
 * @throws {Error} On a system other than Linux, in a runtime other than Deno and Bun, without libc, and
 * where Deno's `--allow-ffi` is missing; the next call tries again.
 */
export function load(): System {
  if (system === undefined) {
    const globals = globalThis as Globals;
    const { Deno, Bun } = globals;
    // In Deno the mere look at `process` loads half of Node.
    const platform = Deno === undefined ? globals.process?.platform : Deno.build.os;
    if (platform !== "linux") throw new Error(`Netlink is a part of Linux, this is ${platform}`);
    if (Deno === undefined && Bun === undefined) {
      throw new Error(
        `This runtime has no FFI that the library knows (${globals.process?.version}): use Deno or Bun`,
      );
    }
    const { libc, waiter } = Deno === undefined ? openBun() : openDeno();
    system = { libc, reactor: new Reactor(libc, waiter) };
  }
  return system;
}
