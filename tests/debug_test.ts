import assert from "node:assert/strict";
import process from "node:process";
import { drawMessage } from "../lib/debug_mnl.ts";
import { dial, Family, HeaderFlags, Nested } from "../mod.ts";
import { objectKinds } from "../lib/rtnetlink/mod.ts";
import { nestedDeep } from "./byte_arbitraries.ts";
import { command, makeNamespace, noNamespaces, onDeno, start } from "./harness.ts";
import { forge, getLink, silent, test } from "./netlink.ts";

const script = "tests/children/debugging.ts";

/** Runs the script with a value of the variable; in Deno only with a permission that it may read it. */
async function runWith(value: string | undefined, permission = "--allow-env=NLDEBUG") {
  const [program, args] = command(script);
  const index = args.indexOf("--allow-ffi");
  if (index >= 0) args.splice(index, 0, permission);
  const child = start(program, args.filter((arg) => arg !== ""), {
    env: { ...process.env, NLDEBUG: value },
  });
  assert.equal(await child.exit, 0, child.stderr);
  assert.equal(child.stdout, "1\n");
  return child.stderr.split("\n").slice(0, -1);
}

test("Config.debug is told of every message", { skip: false }, async () => {
  const lines: string[] = [];
  using conn = dial(Family.Route, { debug: (line) => lines.push(line) });
  const [link] = await conn.execute(getLink(1, HeaderFlags.Acknowledge));
  const { sequence } = link.header;
  assert.equal(lines.length, 3);
  assert.equal(
    lines[0],
    `nl: send: length 32, type 18, flags request|acknowledge, sequence ${sequence}, pid ${conn.pid}, ` +
      `data 00000000010000000000000000000000`,
  );
  assert.match(lines[1], /^nl: recv: length \d+, type 16, flags 0, sequence \d+, pid \d+, data 00/);
  assert.match(
    lines[2],
    RegExp(`^nl: recv: length 36, type 2 \\(error\\), flags 0x100, sequence ${sequence}, `),
  );
  lines.length = 0;
  await conn.sendMessages([silent, silent]);
  assert.equal(lines.length, 2);
  assert.match(lines[1], /type 1 \(noop\), flags request, .* data none$/);
});

test("NLDEBUG=1 prints every message to standard error", { skip: false }, async () => {
  for (const value of ["1", "level=1"]) {
    const lines = await runWith(value);
    assert.deepEqual(lines.map((line) => line.slice(0, 9)), ["nl: send:", "nl: recv:"]);
  }
});

test("NLDEBUG that is off or may not be read changes nothing", { skip: false }, async () => {
  for (const value of [undefined, "", "0", "level=0"]) assert.deepEqual(await runWith(value), []);
  if (!onDeno) return;
  assert.deepEqual(await runWith("1", ""), []);
  assert.deepEqual(await runWith("1", "--deny-env"), []);
});

test("NLDEBUG with a mistake says so and works as far as it can", { skip: false }, async () => {
  const lines = await runWith("level=1,format=xml");
  assert.equal(lines.length, 3);
  assert.match(lines[0], /^nl: NLDEBUG has "format=xml"/);
});

test("NLDEBUG=format=mnl draws messages as libmnl does", { skip: false }, async () => {
  const lines = await runWith("format=mnl");
  const sent = lines.filter((line) => line.startsWith("nl: send: "));
  assert.deepEqual(
    sent.map((line) => line.slice(10)).map((line) => line.replace(/\b\d{10}\b/g, "#")),
    [
      "----------------\t------------------",
      "|  #  |\t| message length |",
      "| 00018 | R--- |\t|  type | flags  |",
      "|  #  |\t| sequence number|",
      "|  #  |\t|     port ID    |",
      "----------------\t------------------",
      "| 00 00 00 00  |\t|  extra header  |",
      "| 01 00 00 00  |\t|  extra header  |",
      "| 00 00 00 00  |\t|  extra header  |",
      "| 00 00 00 00  |\t|  extra header  |",
      "----------------\t------------------",
    ],
  );
  const received = lines.filter((line) => line.startsWith("nl: recv: ")).join("\n");
  assert.match(received, /\|00007\|--\|00003\|\t\|len \|flags\| type\|/); // IFLA_IFNAME
  assert.match(received, /\| 6c 6f 00 00 {2}\|\t\| {6}data {6}\|\t l o {4}/);
});

test("NLDEBUG=format=mnl knows where the attributes of rtnetlink's objects start", {
  skip: false,
}, async () => {
  const lines: string[] = [];
  process.env.NLDEBUG = "format=mnl";
  using conn = dial(Family.Route, { debug: (line) => lines.push(line) });
  delete process.env.NLDEBUG;
  for (const { newType, getType = newType, header } of objectKinds) {
    lines.length = 0;
    // Enough of it for any structure; as attributes, zeros are malformed and drawn as data.
    const data = new Uint8Array(40);
    await conn.send({ header: { type: getType, flags: HeaderFlags.Request }, data });
    const headerLines = lines.filter((line) => /^nl: send:.*extra header/.test(line));
    assert.equal(4 * headerLines.length, header.size, `type ${getType}`);
  }
});

test("drawMessage() draws attributes that are nested too deep as data", { skip: false }, () => {
  const data = nestedDeep(1 | Nested, 16_000);
  const header = { length: 16 + data.length, type: 16, flags: 0, sequence: 0, pid: 0 };
  const lines = drawMessage({ header, data }, 0);
  assert.equal(lines.filter((line) => line.includes("|len |flags| type|")).length, 32);
  assert.equal(lines.filter((line) => line.includes("     data     ")).length, 16_000 - 32);
});

test("level 2 tells of what is dropped, too", { skip: noNamespaces }, async () => {
  await using ns = await makeNamespace();
  const lines: string[] = [];
  process.env.NLDEBUG = "level=2";
  const config = { netNS: { pid: ns.pid }, debug: (line: string) => lines.push(line) };
  using conn = dial(Family.Route, config);
  delete process.env.NLDEBUG;
  using other = dial(Family.Route, { netNS: { pid: ns.pid } });
  forge(other, conn.pid, new Uint8Array(20));
  await conn.execute(getLink(1));
  assert.ok(lines.includes(`nl: dropped 20 bytes that port ${other.pid} sent`), `${lines}`);
});
