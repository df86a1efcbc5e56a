import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";

/** The machine that a report was made on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Memory in bytes. */
  readonly memory: number;
  readonly kernel: string;
  readonly system: string;
}

/** Looks at this machine. */
export function describeMachine(): Machine {
  const processors = cpus();
  const system = readFileSync("/etc/os-release", "utf8").match(/^PRETTY_NAME="?([^"\n]*)/m);
  return {
    cpu: processors[0].model,
    cores: processors.length,
    memory: totalmem(),
    kernel: `Linux ${release()}`,
    system: system?.[1] ?? "unknown",
  };
}
