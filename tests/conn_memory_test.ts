import assert from "node:assert/strict";
import { command, onDeno, start, test } from "./harness.ts";

test(
  "50,000 requests and 5,000 aborted calls leave nothing in memory",
  { skip: false },
  async () => {
    const [program, args] = command("tests/children/memory.ts");
    if (onDeno) args.splice(1, 0, "--v8-flags=--expose-gc");
    const child = start(program, args);
    assert.equal(await child.exit, 0, child.stderr);
    const { bytes, listeners, highest } = JSON.parse(child.stdout);
    assert.ok(bytes < 500_000, `${bytes} bytes are left`); // ten for each request
    assert.equal(listeners, 0);
    assert.ok(highest <= 10, `${highest} listeners at once for 10 calls at once`);
  },
);
