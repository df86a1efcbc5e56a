/**
 * The gate: everything that can be checked without running the library, then the tests. Nothing in it
 * needs a network. The last line counts the checks and the tests of both runtimes.
 *
 * @module
 */
Deno.chdir(new URL("..", import.meta.url));

const deno = Deno.execPath();
const exported: string[] = Object.values(JSON.parse(Deno.readTextFileSync("deno.json")).exports);
const checks: [name: string, command: string[]][] = [
  ["format", [deno, "fmt", "--check"]],
  ["lint", [deno, "lint"]],
  ["types for Deno", [deno, "check"]],
  ["types for Bun", ["node_modules/.bin/tsc", "--project", ".ci/bun", "--pretty", "false"]],
  ["documentation", [deno, "doc", "--lint", ...exported]],
  ["publication", [deno, "publish", "--dry-run", "--allow-dirty"]],
  ["imports", [deno, "run", "--allow-all", ".ci/imports.ts"]],
];

/** Runs a check; gives what it printed if it failed. */
async function failure([program, ...args]: string[]): Promise<string | undefined> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("").trim();
  if (success) return undefined;
  if (!program.endsWith("/tsc")) return text;
  // Deno's adapter is the one file that needs Deno's types, which the types for Bun exclude.
  const errors = text.split(/\n(?=\S)/).filter((error) => !error.startsWith("ffi/deno.ts("));
  return errors.length > 0 ? errors.join("\n") : undefined;
}

const failed: string[] = [];
for (const [name, command] of checks) {
  const text = await failure(command);
  console.log(text === undefined ? `${name} ok` : `${name} FAILED\n\n${text}\n`);
  if (text !== undefined) failed.push(name);
}

// `npm test`, because that is what people are told to run. Its last line is held back, to be added to.
const tests = new Deno.Command("npm", {
  args: ["--silent", "test"],
  stdin: "null",
  stdout: "piped",
}).spawn();
const held: string[] = [""];
for await (const text of tests.stdout.pipeThrough(new TextDecoderStream())) {
  held.push(...(held.pop() + text).split("\n"));
  for (const line of held.splice(0, held.length - 2)) console.log(line);
}
const { success } = await tests.status;
const counted = held[0].match(/^(\d+) passed, (\d+) failed(.*)$/);
if (!counted) console.log(held.join("\n"));
const [, passed, lost, rest] = counted ?? ["", "0", "1", ""];
for (const name of failed) console.log(`failed: ${name}`);
console.log(
  `${Number(passed) + checks.length - failed.length} passed, ${
    Number(lost) + failed.length
  } failed${rest}`,
);
Deno.exitCode = success && counted && failed.length === 0 ? 0 : 1;
