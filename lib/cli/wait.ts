import { waitFor } from "../monitor/wait.ts";
import { type Arguments, type Context, timedOut } from "./command.ts";

/** What a condition may be. */
export const conditionHelp = `CONDITION, one or more of, all in one argument or in several:
  IFACE up | down           works (state UP, or UNKNOWN with a carrier), or does not
  IFACE exists | gone
  IFACE carrier
  IFACE mtu N
  IFACE address [ADDR[/LEN]]
                            has this address, or any that is not link-local, ready for use
  route DST [via GATEWAY] [dev IFACE]
                            the main table has a route that packets can go by; DST: default or a network
  not CONDITION`;

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
  const { met, findings } = await waitFor(operands, { netNS, signal });
  if (!met && signal.reason !== timedOut) return 0; // somebody ended it
  if (json) { for (const finding of findings) output.push(JSON.stringify(finding)); }
  if (met) return 0;
  const unmet = findings.filter(({ met }) => !met);
  const texts = unmet.map(({ condition, fact }) => `${condition} (${fact})`);
  terminal.writeError(`Not met within ${timeout} s: ${texts.join("; ")}\n`);
  return 1;
}
