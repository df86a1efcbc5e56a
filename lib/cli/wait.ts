import { ConditionError } from "../monitor/wait/condition.ts";
import { waitFor } from "../monitor/wait/wait.ts";
import { type Arguments, type Context, timedOut, UsageError } from "./command.ts";

/**
 * Waits until conditions hold: `wait`. With `--json` it prints what it found about each.
 *
 * @param args The conditions.
 * @param context What to work with.
 * @returns The exit code: 1 when they did not hold in time.
 */
export async function runWait(args: Arguments, context: Context): Promise<number> {
  const { operands, options: { netNS }, json, timeout } = args;
  const { terminal, output, signal } = context;
  const { met, findings } = await waitFor(operands, { netNS, signal }).catch(asUsage);
  if (!met && signal.reason !== timedOut) return 0; // somebody ended it
  if (json) { for (const finding of findings) output.push(JSON.stringify(finding)); }
  if (met) return 0;
  const unmet = findings.filter(({ met }) => !met);
  const texts = unmet.map(({ condition, fact }) => `${condition} (${fact})`);
  terminal.writeError(`Not met within ${timeout} s: ${texts.join("; ")}\n`);
  return 1;
}

function asUsage(error: unknown): never {
  throw error instanceof ConditionError ? new UsageError(error.message) : error;
}
