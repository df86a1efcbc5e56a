import assert from "node:assert/strict";
import { accessSync, constants } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { onDeno, type Running, start, startScript, test } from "./harness.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const deno = onDeno ? process.execPath : `${root}node_modules/.bin/deno`;

function whyNoDeno(): string | false {
  try {
    accessSync(deno, constants.X_OK);
    return false;
  } catch {
    return "deno is not installed";
  }
}

/** What a Deno without any permission has: Deno itself adds them all where it is started without one. */
const denied = ["read", "write", "net", "env", "sys", "run", "ffi"].map((name) => `--deny-${name}`);

/** Runs a script without any permission and without a terminal to ask on. */
function startRestricted(script: string, ...args: string[]): Running {
  return start(deno, ["run", "--no-check", "--no-prompt", ...denied, `${root}${script}`, ...args]);
}

async function refusal(child: Running): Promise<{ code: string; message: string }> {
  assert.equal(await child.exit, 0, child.stderr);
  const { instance, op, ...rest } = JSON.parse(child.stdout);
  assert.equal(instance, true);
  assert.equal(op, "dial");
  return rest;
}

test("dial() works where it should", { skip: false }, async () => {
  const child = startScript("tests/children/dial_elsewhere.ts", "here");
  assert.equal(await child.exit, 0, child.stderr);
  assert.equal(child.stdout, "dialled\n");
});

test("dial() says that netlink is a part of Linux", { skip: false }, async () => {
  const { code, message } = await refusal(
    startScript("tests/children/dial_elsewhere.ts", "darwin"),
  );
  assert.equal(code, "ENOSYS");
  assert.equal(message, "dial: Netlink is a part of Linux, this is darwin");
});

test("dial() names the runtimes that it needs", { skip: whyNoDeno() }, async () => {
  const { code, message } = await refusal(
    start(deno, ["run", "--no-check", "-A", `${root}tests/children/dial_elsewhere.ts`, "node"]),
  );
  assert.equal(code, "ENOSYS");
  assert.match(message, /v26\.10\.0.*Deno or Bun/);
});

test("dial() names the permission that it needs", { skip: whyNoDeno() }, async () => {
  const child = startRestricted("tests/children/dial_elsewhere.ts", "here");
  const { message } = await refusal(child);
  assert.match(message, /--allow-ffi/);
});

test("imports need no permission and do nothing", { skip: whyNoDeno() }, async () => {
  for (
    const child of [
      startRestricted("tests/children/import_all.ts"),
      startScript("tests/children/import_all.ts"),
    ]
  ) {
    assert.equal(await child.exit, 0, child.stderr);
    assert.equal(child.stdout, "imported\n");
    assert.equal(child.stderr, "");
  }
});
