/** Dials where the globals say what the argument names, and prints the error. */
import { openTerminal } from "../../lib/terminal.ts";
import { dial, Family, OpError } from "../../mod.ts";

const [where] = openTerminal().args;
const write = console.log;

/** Bun's name for itself cannot be changed, so that Deno has to play Node. */
const pretended: Record<string, Record<string, unknown>> = {
  here: {},
  darwin: "Deno" in globalThis
    ? { Deno: { build: { os: "darwin" } } }
    : { process: { platform: "darwin" } },
  node: { Deno: undefined, process: { platform: "linux", version: "v26.10.0" } },
};
for (const [name, value] of Object.entries(pretended[where])) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
try {
  dial(Family.Usersock);
  write("dialled");
} catch (error) {
  const { op, code, message } = error as OpError;
  write(JSON.stringify({ instance: error instanceof OpError, op, code, message }));
}
