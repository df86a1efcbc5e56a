/** Dials where the globals say what the argument names, and prints the error. */
import { openTerminal } from "../../lib/terminal.ts";
import { dial, Family, OpError } from "../../mod.ts";

const [where] = openTerminal().args;
const write = console.log;

function pretend(globals: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}

const onDeno = "Deno" in globalThis;
if (where === "darwin" && onDeno) pretend({ Deno: { build: { os: "darwin" } } });
if (where === "darwin" && !onDeno) pretend({ process: { platform: "darwin" } });
if (where === "node") {
  pretend({ Deno: undefined, Bun: undefined, process: { platform: "linux", version: "v26.10.0" } });
}
try {
  dial(Family.Usersock);
  write("dialled");
} catch (error) {
  const { op, code, message } = error as OpError;
  write(JSON.stringify({ instance: error instanceof OpError, op, code, message }));
}
