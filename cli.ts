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
import { dashed, splitArguments } from "./lib/cli/arguments.ts";
import { type Arguments, type Run, UsageError } from "./lib/cli/command.ts";
import { runMonitor, runShow } from "./lib/cli/records.ts";
import { run } from "./lib/cli/run.ts";
import type { MonitorOptions } from "./lib/monitor/monitor.ts";
import { hasNameLength, maxName } from "./lib/rtnetlink/link/name.ts";
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
  json: "flag",
  snapshot: "flag",
  netns: "value",
  "all-nsid": "flag",
  family: "value",
  dev: "value",
  filter: "value",
  color: "value",
  debounce: "value",
  count: "value",
  timeout: "value",
  help: "flag",
  version: "flag",
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
  debounce: [
    "MS",
    "one record an object, once all is quiet for MS milliseconds or after 10 times MS",
  ],
  count: ["N", "ends after N records"],
  timeout: ["SECONDS", "ends after this time; watch and wait with exit code 1"],
  help: ["", "this text"],
  version: ["", "the version"],
};

/** A command: what it does, what it takes besides options, and which options. */
interface Command {
  /** What does it, or loads it: the monitor's start waits for nothing that other commands need. */
  load(): Run | Promise<Run>;
  readonly summary: string;
  /** What it takes, and how often. */
  readonly operands: string;
  /** What that is. */
  readonly explanation: string;
  /** The kinds of objects that it takes. */
  readonly kinds?: readonly KindName[];
  readonly options: readonly Option[];
}

const shownKinds = kinds.filter((kind) => kind !== "prefix"); // the kernel tells of prefixes and forgets them

/** What a condition may be. */
const conditionHelp = `CONDITION, one or more of, all in one argument or in several:
  IFACE up | down           works (state UP, or UNKNOWN with a carrier), or does not
  IFACE exists | gone
  IFACE carrier
  IFACE mtu N
  IFACE address [ADDR[/LEN]]
                            has this address, or any that is not link-local, ready for use
  route DST [via GATEWAY] [dev IFACE]
                            the main table has a route that packets can go by; DST: default or a network
  not CONDITION`;

const waitOptions: readonly Option[] = ["json", "netns", "color", "timeout", "help", "version"];

const commands: Readonly<Record<string, Command>> = {
  monitor: {
    load: () => runMonitor,
    summary: "Prints what changes in the network, as it changes: + new, ~ changed, - gone.",
    operands: "[KIND...]",
    explanation: `KIND: ${kinds.join(", ")}; default all.`,
    kinds,
    options: Object.keys(optionTypes) as Option[],
  },
  show: {
    load: () => runShow,
    summary: "Prints what is there in the network.",
    operands: "[KIND...]",
    explanation: `KIND: ${shownKinds.join(", ")}; default all.`,
    kinds: shownKinds,
    options: ["json", "netns", "family", "dev", "filter", "color", "help", "version"],
  },
  watch: {
    load: async () => (await import("./lib/cli/watch.ts")).runWatch,
    summary: "Waits until an interface is deleted, recreated or renamed, and prints which.",
    operands: "IFACE",
    explanation: "IFACE: the name of an interface.",
    options: waitOptions,
  },
  wait: {
    load: async () => (await import("./lib/cli/wait.ts")).runWait,
    summary: "Waits until conditions hold, all at the same moment.",
    operands: "CONDITION...",
    explanation: conditionHelp,
    options: waitOptions,
  },
};

const exitCodes =
  "Exit codes: 0 done, 1 not in time, 2 usage, 3 the system refused, 130 interrupted.\n";

/**
 * Runs the command line.
 *
 * @param args The arguments; those of the process by default.
 * @returns The exit code: 0 done, 1 not in time, 2 wrong usage, 3 refused by the system, 130 and 143 ended by SIGINT and
 * SIGTERM.
 */
export async function main(args?: readonly string[]): Promise<number> {
  const terminal = openTerminal();
  try {
    const parsed = await parse(args ?? terminal.args);
    if (typeof parsed === "string") {
      const output = new LineOutput(terminal);
      output.push(parsed.trimEnd());
      await output.flush();
      return 0;
    }
    return await run(await commands[parsed.command].load(), parsed, terminal);
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
async function parse(args: readonly string[]): Promise<Arguments | string> {
  const { values, positionals } = splitArguments(args, optionTypes);
  const [command, ...operands] = positionals;
  if (values.help) return helpFor(command);
  if (values.version) return `netlink ${await version()}`;
  if (command === undefined || !Object.hasOwn(commands, command)) {
    const problem = command === undefined ? "No command" : `Unknown command "${command}"`;
    throw new UsageError(`${problem}: expected ${Object.keys(commands).join(", ")}; see --help`);
  }
  const { kinds, options } = commands[command];
  checkOperands(command, operands);
  for (const name of Object.keys(values)) {
    oneOf(`option of ${command}`, `--${name}`, dashed(options));
  }
  const color = oneOf("--color", values.color ?? "auto", colors);
  return {
    command,
    operands,
    options: {
      kinds: operands.length > 0 ? operands as KindName[] : kinds,
      snapshot: values.snapshot,
      allNSID: values["all-nsid"],
      ...values.dev !== undefined && { device: linkName(values.dev) },
      ...values.netns !== undefined && { netNS: namespace(values.netns) },
      ...values.family !== undefined &&
        { family: families[oneOf("--family", values.family, Object.keys(families))] },
      ...values.filter !== undefined && { filter: values.filter },
      ...values.debounce !== undefined &&
        { debounceMs: number("--debounce", values.debounce, /^(?=.*[1-9])\d{1,9}(\.\d+)?$/) },
    },
    json: values.json ?? false,
    color,
    count: values.count === undefined ? Infinity : number("--count", values.count, /^[1-9]\d*$/),
    ...values.timeout !== undefined &&
      { timeout: number("--timeout", values.timeout, /^\d*\.?\d+$/) },
  };
}

function checkOperands(command: string, operands: readonly string[]): void {
  const { kinds } = commands[command];
  if (kinds !== undefined) operands.forEach((operand) => oneOf("kind", operand, kinds));
  if (command === "watch" && (operands.length !== 1 || operands[0] === "")) {
    throw new UsageError(`watch takes one interface, not "${operands.join(" ")}"`);
  }
}

/** The help for a command, or for all of them. */
function helpFor(name = ""): string {
  if (!Object.hasOwn(commands, name)) {
    const lines = Object.entries(commands).map(([name, { summary }]) =>
      `  ${name.padEnd(10)}${summary}`
    );
    return `Usage: COMMAND [ARGUMENT...] [OPTION...]\n\n${
      lines.join("\n")
    }\n\nCOMMAND --help tells more.\n`;
  }
  const { summary, operands, explanation, options } = commands[name];
  const lines = options.map((option) => {
    const [value, text] = explanations[option];
    return `  ${`--${option} ${value}`.padEnd(18)}${text}`;
  });
  const usage = `Usage: ${name} ${operands} [OPTION...]\n\n${summary}\n`;
  return `${usage}${explanation}\n\n${lines.join("\n")}\n\n${exitCodes}`;
}

function oneOf(what: string, value: string, allowed: readonly string[]): string {
  if (allowed.includes(value)) return value;
  throw new UsageError(`Unknown ${what} "${value}": expected ${allowed.join(", ")}`);
}

function number(what: string, value: string, form: RegExp): number {
  if (form.test(value)) return Number(value);
  throw new UsageError(`${what} "${value}" is not a positive number`);
}

function linkName(text: string): string {
  if (hasNameLength(text)) return text;
  throw new UsageError(`--dev "${text}": a link's name has 1 to ${maxName} bytes`);
}

async function version(): Promise<string> {
  const { default: config } = await import("./deno.json", { with: { type: "json" } });
  return config.version;
}

function namespace(text: string): MonitorOptions["netNS"] {
  return /^\d+$/.test(text) ? { pid: Number(text) } : text;
}

if (import.meta.main) openTerminal().exit(await main());
