import { drawMessage } from "./debug_mnl.ts";
import { Family } from "./options.ts";
import { headerFlagsString, HeaderType, headerTypeString, type Message } from "./message.ts";

/** The environment variable that turns debugging on for all connections. */
const variable = "NLDEBUG";

/** How much to tell, and how. */
export interface DebugSettings {
  /** 0: nothing; 1: every message; 2: also what is dropped. */
  level: number;
  /** Whether a message is drawn as libmnl does instead of in one line. */
  mnl: boolean;
}

/**
 * Lengths in bytes of the structures that stand before the attributes in rtnetlink's messages, by the
 * first of the four types that share each. The tables that know them by name are too many files to
 * load for every connection.
 */
// deno-fmt-ignore
const routeHeaderSizes: Readonly<Record<number, number>> = {
  16: 16, 20: 8, 24: 12, 28: 12, 32: 12, 36: 20, 40: 20, 44: 20, 48: 4, 52: 12, 64: 4, 68: 16, 72: 12,
  80: 4, 84: 8, 88: 4, 92: 12, 100: 20, 104: 8, 108: 16, 112: 8, 116: 8, 120: 8,
};

/** Is told of all that a connection sends and receives. */
export interface Debugger {
  /** Is told of a message that was sent. */
  sent(message: Message): void;
  /** Is told of a message that came. */
  received(message: Message): void;
  /** Is told in words of something that was dropped. */
  note(text: string): void;
}

/** Writes lines about it. */
class LineDebugger implements Debugger {
  readonly #write: (line: string) => void;
  readonly #settings: DebugSettings;
  readonly #family: number;

  /**
   * @param write Gets the lines, without newlines.
   * @param settings How much to tell, and how.
   * @param family The netlink family.
   */
  constructor(write: (line: string) => void, settings: DebugSettings, family: number) {
    this.#write = write;
    this.#settings = settings;
    this.#family = family;
  }

  sent(message: Message): void {
    this.#tell("send", message);
  }

  received(message: Message): void {
    this.#tell("recv", message);
  }

  note(text: string): void {
    if (this.#settings.level >= 2) this.#write(`nl: ${text}`);
  }

  #tell(direction: string, message: Message): void {
    if (this.#settings.level < 1) return;
    const lines = this.#settings.mnl
      ? drawMessage(message, this.#attributesStart(message))
      : [describeMessage(message)];
    for (const line of lines) this.#write(`nl: ${direction}: ${line}`);
  }

  #attributesStart({ header: { type }, data }: Message): number {
    if (type === HeaderType.Error || type === HeaderType.Noop) return data.length;
    if (type === HeaderType.Done || this.#family !== Family.Route) return 4; // as genlmsghdr and nfgenmsg have
    return routeHeaderSizes[type - type % 4] ?? 4;
  }
}

function describeMessage({ header, data }: Message): string {
  const { length, type, flags, sequence, pid } = header;
  const name = type <= HeaderType.Overrun ? ` (${headerTypeString(type)})` : "";
  const hex = Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `length ${length}, type ${type}${name}, flags ${headerFlagsString(flags)}, ` +
    `sequence ${sequence}, pid ${pid}, data ${hex || "none"}`;
}

interface Globals {
  Deno?: {
    permissions: { querySync(permission: { name: "env"; variable: string }): { state: string } };
    env: { get(name: string): string | undefined };
  };
  process: { env: Record<string, string | undefined> };
}

/** Reads the variable, where that is allowed without a question. */
function readVariable(): string | undefined {
  // Deno makes its own `process` when that is first looked at, which takes longer than a connection.
  const globals = globalThis as unknown as Globals;
  const { Deno } = globals;
  if (Deno === undefined) return globals.process.env[variable];
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" ? Deno.env.get(variable) : undefined;
}

/**
 * Reads what `NLDEBUG` says: "1", or some of "level=N" and "format=mnl" joined by commas.
 *
 * @returns The settings; undefined when the variable is empty, unset, or may not be read. What is
 * not understood in it is told on standard error and otherwise ignored.
 */
function debugSettings(): DebugSettings | undefined {
  const value = readVariable();
  if (!value) return undefined;
  const settings: DebugSettings = { level: 1, mnl: false };
  for (const part of value.split(",")) {
    const level = /^(?:level=)?(\d)$/.exec(part);
    if (level !== null) settings.level = Number(level[1]);
    else if (part === "format=mnl") settings.mnl = true;
    else writeError(`nl: ${variable} has "${part}", but knows only 1, level=N and format=mnl`);
  }
  return settings;
}

/**
 * Makes what tells of a connection's messages, if anybody wants to know.
 *
 * @param write Who wants to know; without it, standard error if `NLDEBUG` says so.
 * @param family The netlink family, on which depends where a message's attributes start.
 * @returns The debugger.
 */
export function makeDebugger(
  write: ((line: string) => void) | undefined,
  family: number,
): Debugger | undefined {
  const settings = debugSettings();
  if (write === undefined && settings === undefined) return undefined;
  return new LineDebugger(write ?? writeError, settings ?? { level: 1, mnl: false }, family);
}

function writeError(line: string): void {
  console.error(line);
}
