/** What a command line needs of the process that it runs in, on both runtimes and without any permission. */
export interface Terminal {
  /** The arguments. */
  readonly args: readonly string[];
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  /** Whether the user asked for no colours, see https://no-color.org. */
  readonly noColor: boolean;
  /** Writes to standard output, perhaps only a part; gives how many bytes. Other tasks go on meanwhile. */
  write(bytes: Uint8Array): Promise<number>;
  /** Writes to standard error. */
  writeError(text: string): void;
  /** Calls a function whenever a signal comes. */
  onSignal(signal: "SIGINT" | "SIGTERM", fn: () => void): void;
  /** Ends the process. */
  exit(code: number): never;
}

/** The part of Deno's namespace that is used. */
interface DenoNamespace {
  args: string[];
  noColor: boolean;
  stdout: { isTerminal(): boolean; write(bytes: Uint8Array): Promise<number> };
  stderr: { writeSync(bytes: Uint8Array): number };
  addSignalListener(signal: string, fn: () => void): void;
  exit(code: number): never;
}

/** The part of Node's process, as Bun has it, that is used. */
interface Process {
  argv: string[];
  env: Record<string, string | undefined>;
  stdout: { isTTY?: boolean };
  on(signal: string, fn: () => void): void;
  exit(code: number): never;
  getBuiltinModule(name: "node:fs"): {
    write(
      fd: number,
      bytes: Uint8Array,
      done: (error: Error | null, written: number) => void,
    ): void;
    writeSync(fd: number, text: string): number;
  };
}

function denoTerminal(Deno: DenoNamespace): Terminal {
  return {
    args: Deno.args,
    isTerminal: Deno.stdout.isTerminal(),
    noColor: Deno.noColor,
    write: (bytes) => Deno.stdout.write(bytes),
    writeError(text) {
      Deno.stderr.writeSync(new TextEncoder().encode(text));
    },
    onSignal: (signal, fn) => Deno.addSignalListener(signal, fn),
    exit: (code) => Deno.exit(code),
  };
}

function bunTerminal(process: Process): Terminal {
  const fs = process.getBuiltinModule("node:fs");
  return {
    args: process.argv.slice(2),
    get isTerminal() { // what makes it known takes a third of the start
      return process.stdout.isTTY === true;
    },
    noColor: Boolean(process.env.NO_COLOR),
    write: (bytes) =>
      new Promise((resolve, reject) =>
        fs.write(
          1,
          bytes,
          (error, written) =>
            error === null || error === undefined ? resolve(written) : reject(error),
        )
      ),
    writeError(text) {
      fs.writeSync(2, text);
    },
    onSignal: (signal, fn) => process.on(signal, fn),
    exit: (code) => process.exit(code),
  };
}

/**
 * Gives access to the process.
 *
 * @returns The process as a terminal program sees it.
 */
export function openTerminal(): Terminal {
  // Deno makes its own `process` when that is first looked at, which takes longer than the rest of the start.
  const globals = globalThis as unknown as { Deno?: DenoNamespace; process: Process };
  const { Deno } = globals;
  return Deno === undefined ? bunTerminal(globals.process) : denoTerminal(Deno);
}

/** How much text may wait to be written before the writer should pause. */
const highWater = 1 << 20;

/** How long in milliseconds to wait before writing again to an output that takes nothing now. */
const busyDelay = 5;

/** Standard output as lines that are written as soon as they come, without holding up anything else. */
export class LineOutput {
  readonly #terminal: Terminal;
  readonly #onError: () => void;
  readonly #encoder = new TextEncoder();
  #pending = "";
  #writing: Promise<void> | undefined;
  #error: unknown;

  /**
   * @param terminal The process.
   * @param onError Called when a write has failed, which the next call of `push` or `flush` throws.
   */
  constructor(terminal: Terminal, onError: () => void = () => {}) {
    this.#terminal = terminal;
    this.#onError = onError;
  }

  /** Whether so much is waiting that the caller had better wait for {@link LineOutput.flush}. */
  get full(): boolean {
    return this.#pending.length > highWater;
  }

  /**
   * Adds a line.
   *
   * @param line The line, without its end.
   * @throws {unknown} What an earlier write failed with.
   */
  push(line: string): void {
    if (this.#error !== undefined) throw this.#error;
    this.#pending += line + "\n";
    this.#writing ??= this.#write();
  }

  /**
   * Waits until everything is written.
   *
   * @throws {unknown} What a write failed with.
   */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.#error !== undefined) throw this.#error;
  }

  async #write(): Promise<void> {
    try {
      while (this.#pending !== "") {
        let bytes = this.#encoder.encode(this.#pending);
        this.#pending = "";
        while (bytes.length > 0) bytes = bytes.subarray(await this.#writeSome(bytes));
      }
    } catch (error) {
      const message = `Cannot write to standard output: ${(error as Error).message}`;
      this.#error = isBrokenPipe(error) ? error : new Error(message, { cause: error });
      this.#onError();
    }
    this.#writing = undefined;
  }

  async #writeSome(bytes: Uint8Array): Promise<number> {
    try {
      return await this.#terminal.write(bytes);
    } catch (error) {
      if (!isBusy(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, busyDelay));
      return 0;
    }
  }
}

function isBusy(error: unknown): boolean {
  const { name, code } = error as { name?: string; code?: string };
  return name === "WouldBlock" || name === "Interrupted" || code === "EAGAIN" || code === "EINTR";
}

/**
 * Tells whether a write failed because nobody reads any more.
 *
 * @param error What the write failed with.
 */
export function isBrokenPipe(error: unknown): boolean {
  const { name, code } = error as { name?: string; code?: string };
  return name === "BrokenPipe" || code === "EPIPE";
}
