import { spawn } from "node:child_process";
import type { Case, Sample, Setting } from "../case.ts";
import { command } from "../commands.ts";

/** How long the command line takes to its first record, above a script that only prints. */
export const startup: Case = {
  name: "startup",
  title:
    "Start of `monitor --snapshot` to its first record, above that of a script to its first line",
  units: { above: "ns", monitor: "ns", script: "ns" },
  sizes: [1],
  variants: { cli: ["deno", "bun", "binary"] },
  open: (setting) => ({ sample: () => sample(setting), close() {} }),
};

async function sample({ peer: { name } }: Setting): Promise<Sample> {
  const script = await firstOutput(command(name, "bench/scripts/hello.ts"));
  const monitor = await firstOutput([
    ...command(name, "cli.ts"),
    "monitor",
    "--snapshot",
    "--json",
  ]);
  return { values: { above: monitor - script, monitor, script } };
}

/** Gives the nanoseconds from the start of a program to the first thing that it prints. */
function firstOutput([file, ...args]: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    let time: number | undefined;
    const start = performance.now();
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout!.once("data", () => {
      time = performance.now() - start;
      child.kill("SIGKILL");
    });
    child.on("error", reject);
    child.on("close", () => {
      if (time === undefined) reject(new Error(`${file} printed nothing`));
      else resolve(time * 1e6);
    });
  });
}
