import { execFileSync } from "node:child_process";

/**
 * Runs `ip`.
 *
 * @param args Its arguments.
 */
export function ip(...args: string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "inherit"] });
}

/**
 * Runs lines of `ip`, one after the other in one process.
 *
 * @param lines The lines.
 */
export function ipBatch(lines: readonly string[]): void {
  execFileSync("ip", ["-batch", "-"], {
    input: lines.join("\n"),
    stdio: ["pipe", "ignore", "inherit"],
  });
}
