import assert from "node:assert/strict";
import { test } from "node:test";
import { checkImports } from "../.ci/imports.ts";

/** A house in order, with a file replaced or added. */
function problems(changes: Record<string, string> = {}): string[] {
  const house = {
    "ffi/errno.ts": `export const errno = 1;`,
    "ffi/libc.ts": `import { OpError } from "../lib/errors.ts";`,
    "ffi/deno.ts": `import type { Libc } from "./libc.ts"; Deno.dlopen("libc.so.6", {});`,
    "ffi/bun.ts": `type Ffi = typeof import("bun:ffi");`,
    "ffi/reactor.ts": `import type { Libc } from "./libc.ts";`,
    "ffi/load.ts": `import { a } from "./bun.ts";\nimport { b } from "./deno.ts";`,
    "lib/errors.ts": `import { errno } from "../ffi/errno.ts";`,
    "lib/align.ts": ``,
    "lib/socket.ts": `import type {\n  Libc,\n} from "../ffi/libc.ts";`,
    "lib/conn.ts": ``,
    "lib/dial.ts":
      `/**\n * import { dial } from "@netlink/netlink";\n */\nimport { load } from "../ffi/load.ts";`,
    "lib/bpf/mod.ts": `export * from "./vm.ts";`,
    "lib/bpf/vm.ts": ``,
    "lib/rtnetlink/mod.ts": `export { type A, b } from "../conn.ts";`,
    "lib/monitor/mod.ts": `export * as routes from "../rtnetlink/mod.ts";`,
    "lib/nltest.ts": `import { Conn } from "./conn.ts";`,
    "mod.ts": `export * from "./lib/conn.ts";`,
    "cli.ts": `import "./lib/monitor/mod.ts";`,
    "tests/helpers.ts": `import fc from "fast-check";\nimport { test } from "node:test";`,
    "tests/conn_test.ts": `import "./helpers.ts";\nimport "../lib/nltest.ts";`,
    ...changes,
  };
  return checkImports(new Map(Object.entries(house)));
}

test("checkImports() finds nothing wrong with a house in order", () => {
  assert.deepEqual(problems(), []);
});

const violations: [what: string, file: string, code: string, problem: string][] = [
  [
    "an import from above",
    "lib/socket.ts",
    `export {\n  type Conn,\n} from "./conn.ts";`,
    "lib/socket.ts imports lib/conn.ts, which is above it",
  ],
  [
    "a type from above",
    "lib/socket.ts",
    `type Conn = typeof import("./conn.ts");`,
    "lib/socket.ts imports lib/conn.ts, which is above it",
  ],
  [
    "a way out of lib/bpf/",
    "lib/bpf/vm.ts",
    `import * as errors from "../errors.ts";`,
    "lib/bpf/vm.ts imports lib/errors.ts, which is above it",
  ],
  [
    "more of lib/ than its errors in ffi/",
    "ffi/libc.ts",
    `import { align } from "../lib/align.ts";`,
    "ffi/libc.ts imports lib/align.ts, which is above it",
  ],
  [
    "a reactor made where it should be an argument",
    "lib/socket.ts",
    `import { type Reactor } from "../ffi/reactor.ts";`,
    `lib/socket.ts imports ffi/reactor.ts, of which it may have the types: write "import type"`,
  ],
  [
    "a second place that loads libc",
    "lib/rtnetlink/mod.ts",
    `const { load } = await import("../../ffi/load.ts");`,
    "lib/rtnetlink/mod.ts imports ffi/load.ts, which only lib/dial.ts and tests/ may",
  ],
  [
    "a second importer of an adapter",
    "lib/conn.ts",
    `import { b } from "../ffi/deno.ts";`,
    "lib/conn.ts imports ffi/deno.ts, which only ffi/load.ts may",
  ],
  [
    "the scripted kernel in production",
    "mod.ts",
    `export * from "./lib/nltest.ts";`,
    "mod.ts imports lib/nltest.ts, which only tests/ and bench/ may",
  ],
  [
    "tests in a benchmark",
    "bench/mod.ts",
    `import "../tests/helpers.ts";`,
    "bench/mod.ts imports tests/helpers.ts, which only tests/ may",
  ],
  [
    "a package",
    "cli.ts",
    `import { styleText } from "node:path";`,
    "cli.ts imports node:path, but may import only relative paths",
  ],
  [
    "a computed path",
    "cli.ts",
    `await import(name);`,
    "cli.ts imports what it computes, but may import only relative paths",
  ],
  [
    "a file that is not there",
    "cli.ts",
    `import "./lib/conn.js";`,
    "cli.ts imports lib/conn.js, which is not there",
  ],
  [
    "a file without a layer",
    "lib/util.ts",
    ``,
    "lib/util.ts is in no layer: put it into the table in .ci/imports.ts",
  ],
  [
    "Deno's FFI outside its adapter",
    "lib/conn.ts",
    `new Deno.UnsafePointerView(p);`,
    "lib/conn.ts has Deno.UnsafePointerView, which belongs into ffi/deno.ts or ffi/bun.ts",
  ],
  [
    "Bun's FFI outside its adapter",
    "ffi/libc.ts",
    `process.getBuiltinModule("bun:ffi"); // Deno.dlopen`,
    "ffi/libc.ts has bun:ffi, which belongs into ffi/deno.ts or ffi/bun.ts",
  ],
  [
    "a cycle, of types too",
    "lib/bpf/vm.ts",
    `import type { Program } from "./mod.ts";`,
    "files import each other: lib/bpf/mod.ts > lib/bpf/vm.ts > lib/bpf/mod.ts",
  ],
];

for (const [what, file, code, problem] of violations) {
  test(`checkImports() reports ${what}`, () => {
    assert.deepEqual(problems({ [file]: code }), [problem]);
  });
}
