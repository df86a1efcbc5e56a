import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { makeNamespace, noNamespaces, start, test } from "./harness.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The README's command that makes it. */
const [, ...build] = /`(bun build --compile .*?)`/.exec(
  readFileSync(`${root}README.md`, "utf8"),
)![1]
  .split(" ");

test("the single binary works outside of the repository", { skip: noNamespaces }, async () => {
  await using ns = await makeNamespace();
  const folder = mkdtempSync(`${tmpdir()}/netlink-`);
  try {
    const program = `${folder}/netlink`;
    const args = build.map((word) => word === "netlink" ? program : word);
    execFileSync(`${root}node_modules/.bin/bun`, args, { cwd: root, stdio: "pipe" });
    const { version } = JSON.parse(readFileSync(`${root}deno.json`, "utf8"));
    assert.equal(
      execFileSync(program, ["--version"], { encoding: "utf8" }),
      `netlink ${version}\n`,
    );
    const options = ["--json", "--netns", `${ns.pid}`];
    const filter = ["--filter", "link.name == v0"];
    const running = start(program, ["monitor", "link", ...filter, ...options, "--snapshot"], {
      cwd: folder,
    });
    await running.until((text) => text.includes('"synced"'));
    ns.ip("link add v0 type bridge");
    await running.until((text) => text.includes('"ifname":"v0"'));
    running.child.kill("SIGINT");
    assert.equal(await running.exit, 130);
    const waited = start(program, ["wait", "v0", "exists", ...options], { cwd: folder });
    assert.equal(await waited.exit, 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
