/**
 * What the tests share: a test that says why it is skipped, private network namespaces, and the
 * command line in a process of its own, on the runtime that runs the test.
 */
import {
  type ChildProcess,
  execFileSync,
  spawn,
  type SpawnOptions,
  spawnSync,
} from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import process from "node:process";
import { test as run } from "node:test";
import { fileURLToPath } from "node:url";

/** How long in milliseconds the kernel may take to make a network namespace before it counts as unable. */
const namespaceLimit = 5000;

/** The program that runs the tests: the same one runs what they start. */
const runtime = process.execPath;

/** Whether the tests run on Deno. */
export const onDeno: boolean = "Deno" in globalThis;

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * A test that may be skipped. The reason becomes a part of its name, as no reporter keeps it.
 *
 * @param name What is tested.
 * @param options `skip`: why it cannot run here, if it cannot.
 * @param fn The test.
 */
export function test(
  name: string,
  options: { skip?: string | false },
  fn: () => void | Promise<void>,
): void {
  run(options.skip ? `${name} # skip: ${options.skip}` : name, { skip: Boolean(options.skip) }, fn);
}

/** Tells whether a program is installed. */
export function has(program: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Gives a child's exit code, or undefined when it takes longer than the limit. */
function exitWithin(child: ChildProcess, limit: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), limit);
    const end = (code: number) => {
      clearTimeout(timer);
      resolve(code);
    };
    child.on("exit", (code) => end(code ?? 1));
    child.on("error", () => end(1));
  });
}

async function whyNoNamespaces(): Promise<string | false> {
  for (const program of ["unshare", "nsenter", "ip"]) {
    if (!has(program)) return `${program} is not installed`;
  }
  // A kernel whose network lock is stuck never answers, and the child cannot be killed: it is left behind.
  const child = spawn("unshare", ["-n", "true"], { stdio: "ignore", detached: true });
  const code = await exitWithin(child, namespaceLimit);
  if (code === 0) return false;
  child.unref();
  return code === undefined
    ? "the kernel does not answer"
    : "network namespaces cannot be made here";
}

/** Why the tests that need network namespaces cannot run here; false when they can. */
export const noNamespaces: string | false = await whyNoNamespaces();

/** Tells why what the whole machine's administrator may do cannot be done here; false when it can. */
export function whyNoPrivilege(): string | false {
  const users = readFileSync("/proc/self/uid_map", "utf8");
  const own = process.getuid?.() === 0 && /^\s*0\s+0\s+4294967295\s*$/.test(users);
  return own ? false : "it needs a privilege in the first user namespace";
}

/** A network namespace of the test's own. */
export interface Namespace extends AsyncDisposable {
  /** A process that lives in it, and as long as it. */
  readonly pid: number;
  /** Runs a program in it and gives what it prints; throws when it fails. */
  run(program: string, ...args: string[]): string;
  /** Runs `ip` in it with words separated by spaces. */
  ip(words: string): string;
  /** Runs lines of `ip` in it, one after the other in one process; gives how many of them failed. */
  batch(lines: string[]): number;
  /** Gives what `ip -j` prints, parsed; nothing printed is an empty list. */
  // deno-lint-ignore no-explicit-any
  ipJson(words: string): any[];
}

/** Makes a network namespace with its loopback up. It ends when `await using` disposes of it. */
export async function makeNamespace(): Promise<Namespace> {
  const holder = spawn("unshare", [
    "-n",
    "sh",
    "-c",
    "ip link set lo up && echo up && exec sleep 1000",
  ], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    holder.stdout!.once("data", () => resolve());
    holder.once("exit", () => reject(new Error("the namespace's process has ended")));
  });
  const ended = new Promise<void>((resolve) => holder.once("close", () => resolve()));
  const pid = holder.pid!;
  const enter = (program: string, ...args: string[]) =>
    execFileSync("nsenter", ["-t", `${pid}`, "-n", program, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 1 << 28,
    });
  return {
    pid,
    run: enter,
    ip: (words) => enter("ip", ...words.split(" ")),
    batch(lines) {
      const { stderr } = spawnSync(
        "nsenter",
        ["-t", `${pid}`, "-n", "ip", "-force", "-batch", "-"],
        {
          input: lines.join("\n"),
          encoding: "utf8",
        },
      );
      return stderr.split("\n").filter((line) => line.startsWith("Command failed")).length;
    },
    ipJson: (words) => JSON.parse(enter("ip", "-j", ...words.split(" ")).trim() || "[]"),
    [Symbol.asyncDispose]() {
      holder.kill("SIGKILL");
      holder.stdout!.destroy();
      return ended;
    },
  };
}

/** The command that runs a script of the repository on the runtime of the test, with no more permissions than users give. */
export function command(script: string, ...args: string[]): [program: string, args: string[]] {
  const file = `${root}${script}`;
  return [runtime, onDeno ? ["run", "--no-check", "--allow-ffi", file, ...args] : [file, ...args]];
}

/** A program that was started, with what it has printed so far. */
export interface Running {
  readonly child: ChildProcess;
  /** What it has printed to standard output. */
  stdout: string;
  /** What it has printed to standard error. */
  stderr: string;
  /** Its exit code as a shell gives it: 128 and the signal's number when a signal ended it. */
  readonly exit: Promise<number>;
  /** Waits until its standard output passes a check. */
  until(check: (stdout: string) => boolean, limit?: number): Promise<void>;
}

/** Starts a program whose output is collected. */
export function start(program: string, args: string[], options: SpawnOptions = {}): Running {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  const watchers = new Set<() => void>();
  const running: Running = {
    child,
    stdout: "",
    stderr: "",
    // Deno gives the codes from 129 on as signals.
    exit: new Promise((resolve) =>
      child.on("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal!]))
    ),
    until(check, limit = 20_000) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          watchers.delete(look);
          reject(
            new Error(
              `waited in vain; printed so far: ${running.stdout.slice(-2000)} ${running.stderr}`,
            ),
          );
        }, limit);
        const look = () => {
          if (!check(running.stdout)) return;
          clearTimeout(timer);
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      });
    },
  };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    running.stdout += text;
    for (const look of [...watchers]) look();
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => running.stderr += text);
  return running;
}

/** Starts a program in a namespace without any privilege; its output is collected. */
export function startUnprivileged(ns: Namespace, [program, args]: [string, string[]]): Running {
  const drop = ["--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"];
  if (!whyNoPrivilege()) drop.push("--clear-groups"); // a user namespace may forbid that
  return start("nsenter", ["-t", `${ns.pid}`, "-n", "setpriv", ...drop, program, ...args]);
}

/** Starts a script of the repository on the runtime of the test. */
export function startScript(script: string, ...args: string[]): Running {
  return start(...command(script, ...args));
}

/** Waits for a time in milliseconds. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
