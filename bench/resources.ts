/**
 * What a process takes of the machine, as /proc tells it.
 *
 * @module
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** What the threads of a process did so far. */
export interface Activity {
  /** How long they ran, in nanoseconds. */
  cpu: number;
  /** How often they were woken after they had waited for something. */
  wakeups: number;
}

/** Adds up what the threads of a process did so far; those that have ended are not in it. */
export function activity(pid: number): Activity {
  let [cpu, wakeups] = [0, 0];
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const folder = `/proc/${pid}/task/${thread}`;
    try {
      cpu += Number(readFileSync(`${folder}/schedstat`, "utf8").split(" ")[0]);
      wakeups += field(readFileSync(`${folder}/status`, "utf8"), "voluntary_ctxt_switches");
    } catch {
      // It has just ended.
    }
  }
  return { cpu, wakeups };
}

/** Forgets how much memory a process had at most. */
export function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** How much memory a process has now and had at most since {@link resetPeak}, in bytes. */
export function memory(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return { now: 1024 * field(status, "VmRSS"), peak: 1024 * field(status, "VmHWM") };
}

function field(status: string, name: string): number {
  return Number(status.match(RegExp(`^${name}:\\s+(\\d+)`, "m"))![1]);
}
