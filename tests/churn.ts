/** A namespace in which things never cease to change. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { type Namespace, start } from "./harness.ts";

/** Starts a process that makes changes in a namespace, the same lines of `ip` again and again; those that fail do not matter. */
export function churn(ns: Namespace, lines: readonly string[], pause = 0): AsyncDisposable {
  const folder = mkdtempSync(`${tmpdir()}/churn-`);
  writeFileSync(`${folder}/lines`, lines.join("\n"));
  const alive = `kill -0 ${process.pid} 2>/dev/null`; // a test that is killed ends nothing
  const script =
    `while ${alive}; do ip -force -batch ${folder}/lines 2>/dev/null; sleep ${pause}; done`;
  const { child, exit } = start("nsenter", ["-t", `${ns.pid}`, "-n", "sh", "-c", script]);
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exit;
      rmSync(folder, { recursive: true });
    },
  };
}
