/**
 * Runs before each test file under Deno. Deno's `node:test` switches the sanitizers off test by test,
 * whatever the command line says, and knows no default timeout: here both get into the definition.
 *
 * @module
 */
const register = Deno.test;
const soak = Math.max(1, Number(Deno.env.get("SOAK") ?? 1));

function test(definition: Deno.TestDefinition): void {
  // Where the test stands in its file, which Deno would otherwise look for here.
  const frame = new Error().stack?.match(/file:\S+_test\.ts:\d+:\d+/);
  Object.assign(definition.fn, { [Symbol.for("Deno.test.location")]: frame?.[0] });
  register({
    ...definition,
    sanitizeExit: true,
    sanitizeOps: true,
    sanitizeResources: true,
    timeout: soak * 60_000,
  });
}

Object.defineProperty(Deno, "test", { value: test });
