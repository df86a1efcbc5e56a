/**
 * Finds and builds those who take part.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import process from "node:process";
import type { Peer, PeerName } from "./case.ts";
import { binary, cache, root, runtimes, scripts } from "./commands.ts";

/** Somebody who cannot take part. */
export interface MissingPeer {
  readonly name: PeerName;
  readonly label: string;
  /** Why not. */
  readonly reason: string;
  /** How to get it, as a command. */
  readonly how: string;
}

/** How to find somebody. */
interface Finder {
  readonly name: PeerName;
  readonly label: string;
  /** What it takes of Debian. */
  readonly debian: readonly string[];
  /** What it takes of npm, in {@link cache}. */
  readonly npm?: string;
  /** Builds what must be built; gives the versions and the command, or throws. */
  find(): { version: string; command: string[] };
}

const peers = `${root}bench/peers`;

const finders: readonly Finder[] = [
  {
    name: "c",
    label: "C, libmnl",
    debian: ["gcc", "libc6-dev", "libmnl-dev"],
    find() {
      const folder = `${peers}/c`;
      const sources = readdirSync(folder).filter((name) => name.endsWith(".c"))
        .map((name) => `${folder}/${name}`);
      const program = `${cache}/c`;
      const made = `${program}-${process.pid}`; // another run may be about it, too
      run("gcc", "-O2", "-Wall", "-Wextra", "-o", made, ...sources, "-lmnl");
      renameSync(made, program);
      return {
        version: `libmnl ${packageVersion("libmnl-dev")}, gcc ${
          run("gcc", "-dumpfullversion")
        } -O2`,
        command: [program],
      };
    },
  },
  {
    name: "deno",
    label: "Deno",
    debian: [],
    find: () => ({
      version: run(runtimes.deno, "--version").split(/\s/)[1],
      command: [runtimes.deno, "run", "--allow-all", `${root}bench/measure.ts`],
    }),
  },
  {
    name: "bun",
    label: "Bun",
    debian: [],
    find: () => ({
      version: run(runtimes.bun, "--version"),
      command: [runtimes.bun, `${root}bench/measure.ts`],
    }),
  },
  {
    name: "binary",
    label: "single binary",
    debian: [],
    find() {
      const build = ["build", "--compile", "--bytecode", "--format=esm"];
      for (const script of scripts) {
        run(runtimes.bun, ...build, root + script, "--outfile", binary(script));
      }
      return { version: `bun ${build.join(" ")}`, command: [] };
    },
  },
  {
    name: "go",
    label: "Go, mdlayher/netlink",
    debian: ["golang-go", "golang-github-mdlayher-netlink-dev"],
    find() {
      const program = `${cache}/go`;
      const env = {
        ...process.env,
        GO111MODULE: "off",
        GOPATH: "/usr/share/gocode", // where Debian puts libraries
        GOCACHE: `${cache}/go-cache`,
      };
      execFileSync("go", ["build", "-o", program, "."], { cwd: `${peers}/go`, env, stdio: "pipe" });
      const library = packageVersion("golang-github-mdlayher-netlink-dev");
      return {
        version: `mdlayher/netlink ${library}, ${run("go", "version").split(" ")[2]}`,
        command: [program],
      };
    },
  },
  {
    name: "node",
    label: "Node, npm netlink",
    debian: [],
    npm: "netlink@0.3.0",
    find() {
      const file = `${cache}/node_modules/netlink/package.json`;
      const { version } = JSON.parse(readFileSync(file, "utf8"));
      return {
        version: `netlink ${version}, Node ${run("node", "--version").slice(1)}`,
        command: ["node", `${peers}/node/peer.mjs`, cache],
      };
    },
  },
  {
    name: "python",
    label: "Python, pyroute2",
    debian: ["python3-pyroute2"],
    find() {
      const python = "/usr/bin/python3"; // Debian's, which has Debian's packages
      run(python, "-c", "import pyroute2");
      return {
        version: `pyroute2 ${packageVersion("python3-pyroute2")}, ${run(python, "--version")}`,
        command: [python, `${peers}/python/peer.py`],
      };
    },
  },
  {
    name: "ip",
    label: "ip -j, spawned",
    debian: ["iproute2"],
    find: () => ({
      version: `${run("ip", "-V").split(", ")[1]}, Node ${run("node", "--version").slice(1)}`,
      command: ["node", `${peers}/ip/peer.mjs`],
    }),
  },
];

/** Runs a program to its end and gives what it printed. */
function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })
    .trim();
}

/** The version of a Debian package; empty where it did not come from one. */
function packageVersion(name: string): string {
  try {
    return run("dpkg-query", "--show", "--showformat=${Version}", name);
  } catch {
    return "";
  }
}

/**
 * Finds all who can take part.
 *
 * @param names Whom to look for.
 * @returns Those who are there, and why the others are not.
 */
export function findPeers(
  names: readonly PeerName[],
): { found: Peer[]; missing: MissingPeer[] } {
  mkdirSync(cache, { recursive: true });
  const found: Peer[] = [];
  const missing: MissingPeer[] = [];
  for (const { name, label, find, debian, npm } of finders) {
    if (!names.includes(name)) continue;
    try {
      found.push({ name, label, ...find() });
    } catch (error) {
      const [reason] = (error as Error).message.split("\n");
      const how = npm === undefined
        ? `apt-get install ${debian.join(" ")}`
        : `npm install --prefix ${cache} ${npm}`;
      missing.push({ name, label, reason, how });
    }
  }
  return { found, missing };
}

/** Installs what all peers need, from Debian (as root) and from npm (into the cache). */
export function installPeers(): void {
  mkdirSync(cache, { recursive: true });
  const stdio = ["ignore", "inherit", "inherit"] as const;
  const packages = finders.flatMap(({ debian }) => debian);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  execFileSync("apt-get", ["-qq", "update"], { stdio: [...stdio], env });
  execFileSync("apt-get", ["-qq", "install", "--no-install-recommends", ...packages], {
    stdio: [...stdio],
    env,
  });
  for (const { npm } of finders) {
    if (npm === undefined) continue;
    execFileSync("npm", ["install", "--prefix", cache, "--ignore-scripts", "--no-audit", npm], {
      stdio: [...stdio],
    });
  }
}
