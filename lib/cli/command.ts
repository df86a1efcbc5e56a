import type { MonitorOptions } from "../monitor/monitor.ts";
import type { LineOutput, Terminal } from "../terminal.ts";

/** What the arguments ask for. */
export interface Arguments {
  /** The command's name. */
  command: string;
  /** What follows it, but for options. */
  operands: string[];
  /** What to monitor or to show, and the namespace for all commands. */
  options: MonitorOptions;
  /** Whether to print JSON. */
  json: boolean;
  /** When to use colours: "auto", "always" or "never". */
  color: string;
  /** After how many records to end. */
  count: number;
  /** After how many seconds to end. */
  timeout?: number;
}

/** What a command works with. */
export interface Context {
  /** The process. */
  readonly terminal: Terminal;
  /** Standard output. */
  readonly output: LineOutput;
  /** Aborted when the command is to end: with the reason {@link timedOut} when its time is over. */
  readonly signal: AbortSignal;
  /** Whether to use colours. */
  readonly colored: boolean;
}

/** The reason of {@link Context.signal} when `--timeout` is over. */
export const timedOut = "timed out";

/** Does what a command does, and gives its exit code. What it throws is explained to the user. */
export type Run = (args: Arguments, context: Context) => Promise<number>;

/** A mistake in the arguments: what is wrong and what is allowed. */
export class UsageError extends Error {}
