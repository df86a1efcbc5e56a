import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import type { Answer, Contender, Sample, Setting } from "./case.ts";

/** How long in milliseconds a measuring program may take for an answer. */
const limit = 300_000;

/** A measuring program in a process of its own: it measures a sample for each line that it gets. */
export class Program {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #rest = "";
  #errors = "";
  #ended: string | undefined;
  #wake: () => void = () => {};

  /**
   * Starts it.
   *
   * @param setting What it is to measure.
   */
  constructor({ name, peer, variant, size, operations }: Setting) {
    const [file, ...args] = peer.command;
    this.#child = spawn(file, [...args, name, variant, `${size}`, `${operations}`], {
      env: { ...process.env, NO_COLOR: "1" },
    });
    this.#child.stdin!.on("error", () => {}); // it has ended, which "close" tells
    this.#child.stdout!.setEncoding("utf8").on("data", (text: string) => this.#read(text));
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => this.#errors += text);
    this.#child.on("error", (error) => this.#end(error.message));
    this.#child.on("close", (code, signal) => this.#end(`it ended with ${signal ?? code}`));
  }

  /** The id of its process. */
  get pid(): number {
    return this.#child.pid!;
  }

  /** Whether there is an answer, or there will be none. */
  get answered(): boolean {
    return this.#lines.length > 0 || this.#ended !== undefined;
  }

  /**
   * Asks for a sample.
   *
   * @returns What the program says first.
   * @throws {Error} When the program ends or takes too long.
   */
  ask(): Promise<Answer> {
    this.#child.stdin!.write("\n");
    return this.answer();
  }

  /**
   * Waits for the next thing that the program says.
   *
   * @returns It.
   * @throws {Error} When the program ends or takes too long.
   */
  async answer(): Promise<Answer> {
    const timer = setTimeout(() => this.#end("it took too long"), limit);
    try {
      while (!this.answered) await new Promise<void>((resolve) => this.#wake = resolve);
    } finally {
      clearTimeout(timer);
    }
    const line = this.#lines.shift();
    if (line === undefined) throw new Error(this.#ended);
    return JSON.parse(line);
  }

  /** Ends it. */
  close(): void {
    this.#child.kill("SIGKILL");
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()!;
    this.#lines.push(...lines);
    this.#wake();
  }

  #end(reason: string): void {
    const lines = this.#errors.trim().split("\n");
    const said = lines.find((line) => /error: /i.test(line)) ?? lines.at(-1);
    this.#ended ??= said ? `${reason}: ${said}` : reason;
    this.#wake();
  }
}

/**
 * Makes a contender of a measuring program.
 *
 * @param setting What it is to measure.
 * @param ask How to get a sample from it.
 * @returns The contender.
 */
export function programContender(
  setting: Setting,
  ask: (program: Program) => Promise<Sample> = (program) => program.ask(),
): Contender {
  const program = new Program(setting);
  return { sample: () => ask(program), close: () => program.close() };
}
