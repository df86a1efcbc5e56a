/**
 * Checks who imports whom: that the house stands as it was drawn.
 *
 * Imports are read by regular expression, which is enough because `deno fmt` lays them out.
 *
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import process from "node:process";

/**
 * The layers from the bottom up: a file imports from its own layer or a lower one.
 *
 * In all these tables "lib/bpf/" is a folder with everything in it, "lib/attribute*" is every file
 * that begins so, and anything else is one file.
 */
const layers: string[][] = [
  ["lib/bpf/"], // at the bottom, because it imports nothing else
  ["ffi/errno.ts", "ffi/structs.ts", "ffi/symbols.ts"],
  ["lib/errors.ts", "lib/attribute_policy.ts"], // all of lib/ that ffi/ knows
  ["ffi/libc.ts", "ffi/reactor.ts"],
  ["ffi/deno.ts", "ffi/bun.ts"],
  ["ffi/load.ts"],
  [
    "lib/align.ts",
    "lib/copier.ts",
    "lib/hold.ts",
    "lib/nlenc.ts",
    "lib/queue.ts",
    "lib/terminal.ts",
  ],
  ["lib/integers.ts", "lib/items.ts"],
  ["lib/message.ts", "lib/attribute*"],
  ["lib/options.ts", "lib/deadline.ts", "lib/debug*", "lib/netns*"],
  ["lib/datagram.ts", "lib/receive_header.ts", "lib/sock_filter.ts", "lib/socket.ts"],
  ["lib/acknowledgement.ts", "lib/exchange.ts", "lib/inbox.ts"],
  ["lib/dispatcher.ts"],
  ["lib/sender.ts"],
  ["lib/requests.ts"],
  ["lib/conn.ts"],
  ["lib/rtnetlink/"], // what messages mean: a connection names the attributes in errors by it
  ["lib/dial.ts"],
  ["lib/nltest.ts", "lib/nltest/"],
  ["lib/rtnetlink/dump.ts", "lib/rtnetlink/service/", "lib/rtnetlink/mod.ts"], // what asks the kernel
  ["lib/monitor/"],
  ["lib/cli/"],
  ["mod.ts", "cli.ts"],
  [".ci/", "tests/", "bench/"],
];

/** Files that only these may import. */
const importers: [files: string[], by: string[]][] = [
  [["ffi/load.ts"], ["lib/dial.ts", "tests/"]],
  [["ffi/deno.ts", "ffi/bun.ts"], ["ffi/load.ts"]],
  [["lib/nltest.ts"], ["tests/", "bench/"]],
  [["lib/nltest/"], ["lib/nltest.ts", "lib/nltest/"]],
  [["tests/"], ["tests/"]],
  [["bench/"], ["bench/"]],
  [[".ci/"], [".ci/", "tests/"]],
];

/** What lib/ gets as arguments: of these it imports the types, but where a system is made. */
const typesOnly = {
  of: ["ffi/reactor.ts"],
  but: ["lib/nltest/kernel.ts"],
};

/** What is published: it needs nothing but itself, and only the adapters touch the runtimes' FFI. */
const production = ["ffi/", "lib/", "mod.ts", "cli.ts"];
const adapters = ["ffi/deno.ts", "ffi/bun.ts"];

/** What a file may import besides modules of the project. */
const others: Record<string, string[]> = { "cli.ts": ["node:util", "./deno.json"] };

// Strings are matched first, because they may hold what looks like a comment.
const token = /"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[^]*?\*\/|\/\/.*/g;

/** Finds what a file imports and re-exports, and which of it is gone when the program runs. */
function importsOf(text: string): { specifier: string; type: boolean }[] {
  const code = text.replace(token, (part) => part.startsWith('"') ? part : " ");
  const names = String.raw`\{[^}]*\}|\*(?:\s+as\s+\w+)?|\w+(?:,\s*\{[^}]*\})?`;
  const statement = `^(?:import|export)\\s+(type\\s+)?(?:(?:${names})\\s+from\\s+)?"([^"]+)"`;
  const call = String.raw`(typeof\s+)?\bimport\((?:\s*"([^"]+)")?`;
  const matches = [statement, call].flatMap((pattern) => [...code.matchAll(RegExp(pattern, "gm"))]);
  return matches.map(([, type, specifier = "what it computes"]) => ({
    specifier,
    type: type !== undefined,
  }));
}

/** Finds the runtimes' FFI in a file, but for its comments. */
function foreignOf(text: string): string | undefined {
  return text.replace(token, (part) => part.startsWith("/") ? " " : part)
    .match(/Deno\.dlopen|Deno\.Unsafe\w*|bun:ffi/)?.[0];
}

function among(file: string, entries: string[]): boolean {
  return entries.some((entry) =>
    /[*/]$/.test(entry) ? file.startsWith(entry.replace(/\*$/, "")) : file === entry
  );
}

/** The layer with the entry that names the file most closely. */
function layerOf(file: string): number {
  const lengths = layers.map((layer) =>
    Math.max(0, ...layer.filter((entry) => among(file, [entry])).map(({ length }) => length))
  );
  const longest = Math.max(...lengths);
  return longest === 0 ? -1 : lengths.indexOf(longest);
}

/** Says what is wrong with one file's import of another. */
function judge(file: string, to: string, type: boolean): string[] {
  const problems: string[] = [];
  if (layerOf(to) > layerOf(file)) problems.push("which is above it");
  for (const [named, by] of importers) {
    if (among(to, named) && !among(file, by)) problems.push(`which only ${by.join(" and ")} may`);
  }
  if (
    !type && file.startsWith("lib/") && among(to, typesOnly.of) && !among(file, typesOnly.but)
  ) {
    problems.push(`of which it may have the types: write "import type"`);
  }
  return problems.map((problem) => `${file} imports ${to}, ${problem}`);
}

/**
 * Checks a tree of files.
 *
 * @param files The text of each TypeScript file by its path from the root, such as "lib/conn.ts".
 * @returns What is wrong, a sentence each.
 */
export function checkImports(files: Map<string, string>): string[] {
  const problems: string[] = [];
  const graph = new Map<string, string[]>();
  for (const [file, text] of files) {
    const edges: string[] = [];
    graph.set(file, edges);
    if (layerOf(file) < 0) {
      problems.push(`${file} is in no layer: put it into the table in .ci/imports.ts`);
      continue;
    }
    const foreign = among(file, production) && !among(file, adapters) && foreignOf(text);
    if (foreign) {
      problems.push(`${file} has ${foreign}, which belongs into ${adapters.join(" or ")}`);
    }
    for (const { specifier, type } of importsOf(text)) {
      if (others[file]?.includes(specifier)) continue;
      const to = join(dirname(file), specifier);
      if (!specifier.startsWith(".")) {
        if (type || !among(file, production)) continue;
        problems.push(`${file} imports ${specifier}, but may import only relative paths`);
      } else if (files.has(to)) {
        edges.push(to);
        if (layerOf(to) >= 0) problems.push(...judge(file, to, type));
      } else {
        problems.push(`${file} imports ${to}, which is not there`);
      }
    }
  }
  return [...problems, ...cycles(graph)];
}

/** Finds the cycles of a graph, each told once, from the file at which the search met it. */
function cycles(graph: Map<string, string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  function visit(file: string): void {
    const start = path.indexOf(file);
    if (start >= 0) {
      found.push(`files import each other: ${[...path.slice(start), file].join(" > ")}`);
    }
    if (start >= 0 || done.has(file)) return;
    path.push(file);
    for (const to of new Set(graph.get(file))) visit(to);
    path.pop();
    done.add(file);
  }
  for (const file of graph.keys()) visit(file);
  return found;
}

if (import.meta.main) {
  const root = join(import.meta.dirname!, "..");
  const files = new Map<string, string>();
  for (const path of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    if (path.endsWith(".ts") && !/^(node_modules|\.git)\//.test(path)) {
      files.set(path, readFileSync(join(root, path), "utf8"));
    }
  }
  const problems = checkImports(files);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
