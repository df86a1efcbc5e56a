import { spawn } from "node:child_process";
import type { Case, Contender, Sample, Setting } from "../case.ts";
import { command } from "../commands.ts";
import { activity } from "../resources.ts";

/** What an open monitor costs while nothing happens, beside a script that waits. */
export const idle: Case = {
  name: "idle",
  title: "Ten seconds of an open monitor while nothing happens",
  units: { wakeups: "count", cpu: "ns" },
  sizes: [1],
  variants: { monitor: ["deno", "bun", "binary"], script: ["deno", "bun", "binary"] },
  warmUps: 0,
  together: true,
  open,
};

/** How long a program may still be busy after its start, and how long a sample takes, in milliseconds. */
const settling = 3000;
const window = 10_000;

async function open({ peer, variant, quick }: Setting): Promise<Contender> {
  const [file, ...args] = variant === "monitor"
    ? [...command(peer.name, "cli.ts"), "monitor", "--snapshot", "--json", "--timeout", "600"]
    : command(peer.name, "bench/scripts/wait.ts");
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve, reject) => {
    child.stdout!.on("data", resolve);
    child.on("error", reject);
    child.on("close", () => reject(new Error(`${file} has ended`)));
  });
  const pid = child.pid!;
  const shorter = quick ? 10 : 1;
  await delay(settling / shorter);
  return {
    async sample(): Promise<Sample> {
      const before = activity(pid);
      await delay(window / shorter);
      const { cpu, wakeups } = activity(pid);
      return {
        values: {
          wakeups: shorter * (wakeups - before.wakeups),
          cpu: shorter * (cpu - before.cpu),
        },
      };
    },
    close() {
      child.kill("SIGKILL");
    },
  };
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
