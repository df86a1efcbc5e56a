import { basename } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { PeerName } from "./case.ts";

/** The repository. */
export const root: string = fileURLToPath(new URL("..", import.meta.url));

/** Where whatever the harness builds and installs is kept. */
export const cache: string = `${root}node_modules/.cache/netlink-bench`;

/** The runtimes: those in node_modules, as the tests have them. */
export const runtimes = {
  deno: `${root}node_modules/.bin/deno`,
  bun: `${root}node_modules/.bin/bun`,
} as const;

/** The scripts that are started as users do: the command line, one that prints, one that waits. */
export const scripts = ["cli.ts", "bench/scripts/hello.ts", "bench/scripts/wait.ts"] as const;

/**
 * The command that runs a script with no more permissions than it needs.
 *
 * @param peer Deno, Bun, or the single binary that was made of the script.
 * @param script The script.
 */
export function command(peer: PeerName, script: (typeof scripts)[number]): string[] {
  switch (peer) {
    case "deno":
      return [runtimes.deno, "run", "--allow-ffi", root + script];
    case "bun":
      return [runtimes.bun, root + script];
    default:
      return [binary(script)];
  }
}

/** The single binary that is made of a script. */
export function binary(script: (typeof scripts)[number]): string {
  return `${cache}/${basename(script, ".ts")}`;
}

/** The command that runs this program again on the runtime that runs it. */
export function again(args: readonly string[]): string[] {
  const run = "Deno" in globalThis ? ["run", "--allow-all"] : [];
  return [process.execPath, ...run, `${root}bench/run.ts`, ...args];
}
