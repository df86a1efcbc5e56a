/**
 * The command line: `deno run --allow-ffi cli.ts monitor`, `bun cli.ts show link`.
 *
 * @example
 * ```ts
 * import { main } from "@netlink/netlink/cli";
 *
 * await main(["--version"]);
 * ```
 *
 * @module
 */
import { parseArgs } from "node:util";
import config from "./deno.json" with { type: "json" };
import { NetNSGoneError, OpError } from "./lib/errors.ts";
import { humanLine, objectLine } from "./lib/monitor/human.ts";
import { monitor, type MonitorOptions, type MonitorRecord } from "./lib/monitor/monitor.ts";
import { ExpressionError } from "./lib/rtnetlink/expression/error.ts";
import { parsePredicate } from "./lib/rtnetlink/expression/parser.ts";
import type { KindName } from "./lib/rtnetlink/object_kind.ts";
import { isBrokenPipe, LineOutput, openTerminal, type Terminal } from "./lib/terminal.ts";

const kinds: readonly KindName[] = [
  "link",
  "address",
  "route",
  "neighbour",
  "rule",
  "nexthop",
  "netconf",
  "nsid",
  "prefix",
];

const families: Readonly<Record<string, number>> = { inet: 2, inet6: 10 };

const colors = ["auto", "always", "never"];

const optionTypes = {
  json: { type: "boolean" },
  snapshot: { type: "boolean" },
  netns: { type: "string" },
  "all-nsid": { type: "boolean" },
  family: { type: "string" },
  dev: { type: "string" },
  filter: { type: "string" },
  color: { type: "string" },
  count: { type: "string" },
  timeout: { type: "string" },
  help: { type: "boolean" },
  version: { type: "boolean" },
} as const;

type Option = keyof typeof optionTypes;

/** What each option takes and does. */
const explanations: Readonly<Record<Option, [value: string, text: string]>> = {
  json: ["", "one object a line instead of text"],
  snapshot: ["", `what is there first, then a record "synced"`],
  netns: ["NS", `another namespace: a name of "ip netns", a path, or a process id`],
  "all-nsid": ["", "also the namespaces that have an id in this one"],
  family: ["FAMILY", "only inet or inet6"],
  dev: ["NAME", "only what belongs to this link"],
  filter: ["EXPR", "only what this holds for, such as 'link.mtu < 1500 or route'"],
  color: ["WHEN", `${colors.join(", ")}; default auto`],
  count: ["N", "ends after N records"],
  timeout: ["SECONDS", "ends after this time"],
  help: ["", "this text"],
  version: ["", "the version"],
};

/** A command: what it does, and the kinds and options that it takes. */
interface Command {
  readonly summary: string;
  readonly kinds: readonly KindName[];
  readonly options: readonly Option[];
}

const commands: Readonly<Record<string, Command>> = {
  monitor: {
    summary: "Prints what changes in the network, as it changes: + new, ~ changed, - gone.",
    kinds,
    options: Object.keys(optionTypes) as Option[],
  },
  show: {
    summary: "Prints what is there in the network.",
    kinds: kinds.filter((kind) => kind !== "prefix"), // the kernel tells of prefixes and forgets them
    options: ["json", "netns", "family", "dev", "filter", "color", "help", "version"],
  },
};

const exitCodes = "Exit codes: 0 done, 2 usage, 3 the system refused, 130 interrupted.\n";

/** How long in milliseconds an interrupted program waits for a reader that does not read. */
const flushLimit = 500;

/** A mistake in the arguments: what is wrong and what is allowed. */
class UsageError extends Error {}

/** What the arguments ask for. */
interface Arguments {
  command: string;
  options: MonitorOptions;
  json: boolean;
  color: string;
  count: number;
  timeout?: number;
}

/**
 * Runs the command line.
 *
 * @param args The arguments; those of the process by default.
 * @returns The exit code: 0 done, 2 wrong usage, 3 refused by the system, 130 and 143 ended by SIGINT and SIGTERM.
 */
export async function main(args?: readonly string[]): Promise<number> {
  const terminal = openTerminal();
  try {
    const parsed = parse(args ?? terminal.args);
    if (typeof parsed === "string") {
      const output = new LineOutput(terminal);
      output.push(parsed.trimEnd());
      await output.flush();
      return 0;
    }
    return await run(parsed, terminal);
  } catch (error) {
    return explain(error, terminal);
  }
}

function explain(error: unknown, terminal: Terminal): number {
  if (isBrokenPipe(error)) return 0;
  if (!(error instanceof Error)) throw error;
  terminal.writeError(`${error.message}\n`);
  return error instanceof UsageError ? 2 : 3;
}

/** Gives what the arguments ask for, or the text to print instead. */
function parse(args: readonly string[]): Arguments | string {
  const { values, positionals } = split(args);
  const [command, ...names] = positionals;
  if (values.help) return helpFor(command);
  if (values.version) return `netlink ${config.version}`;
  if (command === undefined || !Object.hasOwn(commands, command)) {
    const problem = command === undefined ? "No command" : `Unknown command "${command}"`;
    throw new UsageError(`${problem}: expected ${Object.keys(commands).join(", ")}; see --help`);
  }
  const { kinds, options } = commands[command];
  for (const name of names) oneOf("kind", name, kinds);
  for (const name of Object.keys(values)) {
    oneOf(`option of ${command}`, `--${name}`, dashed(options));
  }
  const color = oneOf("--color", values.color ?? "auto", colors);
  return {
    command,
    options: {
      kinds: names.length > 0 ? names as KindName[] : kinds,
      snapshot: command === "show" || values.snapshot,
      allNSID: values["all-nsid"],
      device: values.dev,
      ...values.netns !== undefined && { netNS: namespace(values.netns) },
      ...values.family !== undefined &&
        { family: families[oneOf("--family", values.family, Object.keys(families))] },
      ...values.filter !== undefined && { filter: expression(values.filter) },
    },
    json: values.json ?? false,
    color,
    count: values.count === undefined ? Infinity : number("--count", values.count, /^[1-9]\d*$/),
    ...values.timeout !== undefined &&
      { timeout: number("--timeout", values.timeout, /^\d+(\.\d+)?$/) },
  };
}

function split(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: optionTypes, allowPositionals: true });
  } catch (error) {
    const [problem] = (error as Error).message.split(/\. |\n/);
    throw new UsageError(`${problem}: expected ${dashed(Object.keys(optionTypes)).join(", ")}`);
  }
}

function dashed(options: readonly string[]): string[] {
  return options.map((name) => `--${name}`);
}

/** The help for a command, or for all of them. */
function helpFor(name = ""): string {
  if (!Object.hasOwn(commands, name)) {
    const lines = Object.entries(commands).map(([name, { summary }]) =>
      `  ${name.padEnd(10)}${summary}`
    );
    return `Usage: COMMAND [KIND...] [OPTION...]\n\n${
      lines.join("\n")
    }\n\nCOMMAND --help tells more.\n`;
  }
  const { summary, kinds, options } = commands[name];
  const lines = options.map((option) => {
    const [value, text] = explanations[option];
    return `  ${`--${option} ${value}`.padEnd(18)}${text}`;
  });
  const usage = `Usage: ${name} [KIND...] [OPTION...]\n\n${summary}\n`;
  return `${usage}KIND: ${kinds.join(", ")}; default all.\n\n${lines.join("\n")}\n\n${exitCodes}`;
}

function oneOf(what: string, value: string, allowed: readonly string[]): string {
  if (allowed.includes(value)) return value;
  throw new UsageError(`Unknown ${what} "${value}": expected ${allowed.join(", ")}`);
}

function number(what: string, value: string, form: RegExp): number {
  if (form.test(value)) return Number(value);
  throw new UsageError(`${what} "${value}" is not a positive number`);
}

function expression(text: string): MonitorOptions["filter"] {
  try {
    return parsePredicate(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new UsageError(`${error.message}\n${error.excerpt}`);
  }
}

function namespace(text: string): MonitorOptions["netNS"] {
  return /^\d+$/.test(text) ? { pid: Number(text) } : text;
}

async function run(
  { command, options, json, color, count, timeout }: Arguments,
  terminal: Terminal,
): Promise<number> {
  const stop = new AbortController();
  const output = new LineOutput(terminal, () => stop.abort());
  let code = 0;
  const interrupt = (signalCode: number) => () => {
    if (code !== 0) terminal.exit(code); // asked twice
    code = signalCode;
    stop.abort();
  };
  terminal.onSignal("SIGINT", interrupt(130));
  terminal.onSignal("SIGTERM", interrupt(143));
  const timer = timeout === undefined ? undefined : setTimeout(() => stop.abort(), timeout * 1000);
  const colored = color === "always" ||
    color === "auto" && terminal.isTerminal && !terminal.noColor;
  const once = command === "show";
  try {
    for await (const record of monitor({ ...options, signal: stop.signal })) {
      if (once && record.action === "synced") break;
      if (json) output.push(once ? JSON.stringify(record.object) : jsonLine(record));
      else output.push(once ? objectLine(record, colored) : humanLine(record, colored));
      if (record.sequence >= count) break;
      if (output.full) await output.flush();
    }
  } catch (error) {
    if (!(error instanceof NetNSGoneError)) throw usageOf(error, options.netNS);
    terminal.writeError(`${error.message}\n`);
  } finally {
    clearTimeout(timer);
  }
  const flushed = output.flush();
  await (code === 0
    ? flushed
    : Promise.race([flushed, new Promise((resolve) => setTimeout(resolve, flushLimit))]));
  return code;
}

/** A namespace that is not there is a mistake of the user, not a refusal. */
function usageOf(error: unknown, netNS: MonitorOptions["netNS"]): unknown {
  const missing = error instanceof OpError &&
    ["ENOENT", "ENOTDIR", "EINVAL"].includes(error.code ?? "");
  if (netNS === undefined || !missing || error.op !== "dial") return error;
  const name = typeof netNS === "object" ? netNS.pid : netNS;
  return new UsageError(
    `Unknown namespace "${name}": expected a name of "ip netns" (in /run/netns), the path of a namespace, or a process id`,
  );
}

/** The record as the contract has it: previous states are for eyes. */
function jsonLine({ previous: _previous, ...record }: MonitorRecord): string {
  return JSON.stringify(record);
}

if (import.meta.main) openTerminal().exit(await main());
