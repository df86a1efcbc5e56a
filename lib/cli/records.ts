import { NetNSGoneError } from "../errors.ts";
import { monitor } from "../monitor/monitor.ts";
import type { MonitorRecord } from "../monitor/record.ts";
import type { Arguments, Context } from "./command.ts";

/**
 * Prints records as they come: `monitor`. It ends well, too, when its namespace is gone.
 *
 * @param args What to print.
 * @param context What to work with.
 * @returns The exit code.
 */
export async function runMonitor(args: Arguments, context: Context): Promise<number> {
  const { output, terminal, colored } = context;
  const text = args.json ? jsonLine : (await import("../monitor/text/human.ts")).humanLine;
  try {
    for await (const record of monitor({ ...args.options, signal: context.signal })) {
      output.push(text(record, colored));
      if (record.sequence >= args.count) break;
      if (output.full) await output.flush();
    }
  } catch (error) {
    if (!(error instanceof NetNSGoneError)) throw error;
    terminal.writeError(`${error.message}\n`);
  }
  return 0;
}

/**
 * Prints the objects that are there: `show`.
 *
 * @param args What to print.
 * @param context What to work with.
 * @returns The exit code.
 */
export async function runShow(args: Arguments, context: Context): Promise<number> {
  const { output, signal, colored } = context;
  const text = args.json ? jsonObject : (await import("../monitor/text/human.ts")).objectLine;
  for await (const record of monitor({ ...args.options, snapshot: true, signal })) {
    if (record.action === "synced") break;
    output.push(text(record, colored));
    if (output.full) await output.flush();
  }
  return 0;
}

/** The record as the contract has it: of a previous state it says only what has changed. */
function jsonLine({ previous: _previous, ...record }: MonitorRecord): string {
  return jsonText(record);
}

function jsonObject({ object }: MonitorRecord): string {
  return jsonText(object);
}

/** JSON without the controls that it allows, as names and aliases may hold anything: 0x9b alone steers some terminals. */
function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\x7f-\x9f]/g,
    (control) => `\\u00${control.charCodeAt(0).toString(16)}`,
  );
}
