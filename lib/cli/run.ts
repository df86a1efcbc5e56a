import { longestTimer } from "../deadline.ts";
import { OpError } from "../errors.ts";
import type { MonitorOptions } from "../monitor/monitor.ts";
import { ExpressionError } from "../rtnetlink/expression/error.ts";
import { LineOutput, type Terminal } from "../terminal.ts";
import { type Arguments, type Run, timedOut, UsageError } from "./command.ts";

/** How long in milliseconds an interrupted program waits for a reader that does not read. */
const flushLimit = 500;

/**
 * Runs a command until it is done, its time is over, or a signal ends it.
 *
 * @param command The command.
 * @param args What it is to do.
 * @param terminal The process.
 * @returns The exit code.
 */
export async function run(command: Run, args: Arguments, terminal: Terminal): Promise<number> {
  const { color, timeout } = args;
  const stop = new AbortController();
  const output = new LineOutput(terminal, () => stop.abort());
  let signalCode = 0;
  const interrupt = (code: number) => () => {
    if (signalCode !== 0) terminal.exit(signalCode); // asked twice
    signalCode = code;
    stop.abort();
  };
  terminal.onSignal("SIGINT", interrupt(130));
  terminal.onSignal("SIGTERM", interrupt(143));
  const timer = timeout === undefined
    ? undefined
    : setTimeout(() => stop.abort(timedOut), Math.min(timeout * 1000, longestTimer));
  const colored = !args.json &&
    (color === "always" || color === "auto" && terminal.isTerminal && !terminal.noColor);
  let code: number;
  try {
    code = await command(args, { terminal, output, signal: stop.signal, colored });
  } catch (error) {
    throw usageOf(error, args.options.netNS);
  } finally {
    clearTimeout(timer);
  }
  const flushed = output.flush();
  await (signalCode === 0
    ? flushed
    : Promise.race([flushed, new Promise((resolve) => setTimeout(resolve, flushLimit))]));
  return signalCode || code;
}

/** A namespace that is not there is a mistake of the user, not a refusal, as is an expression that is none. */
function usageOf(error: unknown, netNS: MonitorOptions["netNS"]): unknown {
  if (error instanceof ExpressionError) return new UsageError(`${error.message}\n${error.excerpt}`);
  const missing = error instanceof OpError &&
    ["ENOENT", "ENOTDIR", "EINVAL"].includes(error.code ?? "");
  if (netNS === undefined || !missing || error.op !== "dial") return error;
  const name = typeof netNS === "object" ? netNS.pid : netNS;
  return new UsageError(
    `Unknown namespace "${name}": expected a name of "ip netns" (in /run/netns), the path of a namespace, or a process id`,
  );
}
