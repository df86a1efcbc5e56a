import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import type { MonitorRecord } from "../lib/monitor/mod.ts";
import {
  command,
  delay,
  has,
  makeNamespace,
  noNamespaces,
  onDeno,
  type Running,
  start,
  startScript,
  startUnprivileged,
  test,
} from "./harness.ts";
import { replay } from "./mirrors.ts";

const skip = noNamespaces;

function cli(...args: string[]): Running {
  return startScript("cli.ts", ...args);
}

/** Ends a program that would go on and gives its exit code. */
async function interrupt(running: Running, signal: NodeJS.Signals = "SIGINT"): Promise<number> {
  running.child.kill(signal);
  return await running.exit;
}

function records(running: Running): MonitorRecord[] {
  const text = running.stdout.slice(0, running.stdout.lastIndexOf("\n") + 1);
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

async function ready(running: Running): Promise<void> {
  await running.until((text) => text.includes('"synced"'));
}

const wrong: Array<[args: string[], stderr: RegExp]> = [
  [[], /^No command: expected monitor, show, watch, wait; see --help\n$/],
  [
    ["frobnicate"],
    /^Unknown command "frobnicate": expected monitor, show, watch, wait; see --help\n$/,
  ],
  [["monitor", "lnik"], /^Unknown kind "lnik": expected link, address, route, .*prefix\n$/],
  [["monitor", "--jsno"], /^Unknown option '--jsno': expected --json, .*--version\n$/],
  [["monitor", "--family", "ipx"], /^Unknown --family "ipx": expected inet, inet6\n$/],
  [["monitor", "--color", "red"], /^Unknown --color "red": expected auto, always, never\n$/],
  [["monitor", "--count", "0"], /^--count "0" is not a positive number\n$/],
  [["monitor", "--timeout", "soon"], /^--timeout "soon" is not a positive number\n$/],
  [["monitor", "--timeout", "."], /^--timeout "." is not a positive number\n$/],
  [["monitor", "--dev", ""], /^--dev "": a link's name has 1 to 15 bytes\n$/],
  [["show", "--dev", "sixteen-bytes-up"], /^--dev "sixteen-bytes-up": a link's name has 1 to 15/],
  [["monitor", "--debounce", "0"], /^--debounce "0" is not a positive number\n$/],
  [["watch"], /^watch takes one interface, not ""\n$/],
  [["watch", "lo", "eth0"], /^watch takes one interface, not "lo eth0"\n$/],
  [["watch", "lo", "--count", "1"], /^Unknown option of watch "--count": expected --json, .*\n$/],
  [["wait"], /^No condition: expected IFACE, route or not\n$/],
  [["wait", "lo", "upp"], /^Bad condition "lo upp": expected up, down, .* after "lo"\n$/],
  [["monitor", "--dev"], /^Option '--dev <value>' argument missing.*\n$/],
  [
    ["monitor", "--filter", "link.mut == 1500"],
    /^Filter expression, position 5: link has no field "mut": did you mean mtu\?\nlink\.mut == 1500\n {5}\^\n$/,
  ],
  [
    ["show", "--filter", "(link"],
    /^Filter expression, position 5: .*: expected "and", "or" or "\)"\n/,
  ],
];

for (const [args, stderr] of wrong) {
  test(`cli refuses ${JSON.stringify(args)} with exit code 2`, {}, async () => {
    const running = cli(...args);
    assert.equal(await running.exit, 2);
    assert.equal(running.stdout, "");
    assert.match(running.stderr, stderr);
  });
}

test("cli --help and --version print to standard output", {}, async () => {
  const help = cli("monitor", "--help");
  assert.equal(await help.exit, 0);
  for (
    const option of [
      "--json",
      "--snapshot",
      "--netns",
      "--all-nsid",
      "--family",
      "--dev",
      "--filter",
      "--color",
      "--debounce",
      "--count",
      "--timeout",
    ]
  ) {
    assert.ok(help.stdout.includes(option), option);
  }
  const { version } = JSON.parse(readFileSync(new URL("../deno.json", import.meta.url), "utf8"));
  const asked = cli("--version");
  assert.equal(await asked.exit, 0);
  assert.equal(asked.stdout, `netlink ${version}\n`);
});

test("cli names a namespace that is not there and exits with 2", { skip }, async () => {
  for (const name of ["no-such-name", "/no/such/path", "/etc/hostname", "4194305"]) {
    const running = cli("monitor", "--netns", name);
    assert.equal(await running.exit, 2, name);
    assert.match(running.stderr, /^Unknown namespace "[^"]+": expected .*\n$/);
  }
});

test("monitor --json gives a record a line, as its contract says", { skip }, async () => {
  await using ns = await makeNamespace();
  const running = cli("monitor", "--json", "--snapshot", "--netns", `${ns.pid}`);
  await ready(running);
  ns.ip("link add v0 type veth peer name v1");
  await running.until((text) => text.includes('"ifname":"v0"'));
  ns.ip("link del v0");
  await running.until((text) =>
    /"delete","kind":"link","key":"\d+","object":\{[^{]*"ifname":"v0"/.test(text)
  );
  assert.equal(await interrupt(running), 130);
  const all = records(running);
  assert.deepEqual(all.map(({ sequence }) => sequence), all.map((_, i) => i + 1));
  const synced = all.findIndex(({ action }) => action === "synced");
  assert.ok(all.slice(0, synced).every(({ action }) => action === "snapshot"));
  assert.ok(all.slice(synced + 1).every(({ action }) => action === "new" || action === "delete"));
  for (const record of all) {
    assert.match(record.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    if (record.action === "synced") continue;
    assert.equal(typeof record.key, "string");
    assert.equal(typeof record.object, "object");
  }
  const lo = all.find(({ kind, key }) => kind === "link" && key === "1");
  assert.equal(lo?.object?.ifname, "lo");
});

test("monitor prints nothing but what it is asked for", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.ip("link add v0 type veth peer name v1");
  ns.ip("link set v0 up");
  const netns = ["--json", "--snapshot", "--netns", `${ns.pid}`];
  const kinds = cli("monitor", "address", "rule", ...netns);
  const family = cli("monitor", "--family", "inet6", ...netns);
  const device = cli("monitor", "--dev", "v0", ...netns);
  await Promise.all([kinds, family, device].map(ready));
  ns.ip("addr add 10.1.0.1/24 dev v0");
  ns.ip("addr add 2001:db8::1/64 dev v0 nodad");
  ns.ip("addr add 10.2.0.1/24 dev lo");
  await kinds.until((text) => text.includes("10.2.0.1"));
  await family.until((text) => text.includes("2001:db8::1"));
  await device.until((text) => text.includes("10.1.0.1") && text.includes("2001:db8::1"));
  await delay(200);
  await Promise.all([kinds, family, device].map((running) => interrupt(running)));

  assert.deepEqual([...new Set(records(kinds).map(({ kind }) => kind))].sort(), [
    "address",
    "rule",
    undefined,
  ]);
  const families = records(family).filter(({ kind }) =>
    kind === "address" || kind === "route" || kind === "rule"
  );
  assert.ok(families.length > 3);
  assert.ok(families.every(({ object }) => object?.family === "inet6"));
  const devices = records(device).filter(({ object }) => object !== undefined);
  assert.ok(devices.length > 3);
  for (const { object } of devices) {
    assert.ok(JSON.stringify(object).includes('"v0"'), JSON.stringify(object));
  }
});

test("monitor ends after --count records, and at --timeout", { skip }, async () => {
  await using ns = await makeNamespace();
  const counted = cli("monitor", "--snapshot", "--json", "--count", "2", "--netns", `${ns.pid}`);
  assert.equal(await counted.exit, 0);
  assert.equal(records(counted).length, 2);
  const timed = cli("monitor", "--timeout", "0.3", "--netns", `${ns.pid}`);
  assert.equal(await timed.exit, 0);
  assert.equal(timed.stdout + timed.stderr, "");
});

test("monitor ends quietly when nobody reads any more", { skip }, async () => {
  await using ns = await makeNamespace();
  const [program, args] = command("cli.ts", "monitor", "--snapshot", "--netns", `${ns.pid}`);
  const line = `"$@" | head -1; echo "codes \${PIPESTATUS[0]}"`;
  const running = start("bash", ["-c", line, "bash", program, ...args]);
  await running.until((text) => text.includes("\n"));
  for (let i = 0; i < 4; i++) {
    ns.ip(`link set lo mtu ${60000 + i}`);
    await delay(100);
  }
  assert.equal(await running.exit, 0);
  assert.match(running.stdout, /\ncodes 0\n$/);
  assert.equal(running.stderr, "");
});

test("monitor ends at SIGINT and SIGTERM also when its output is stuck", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.batch(
    Array.from({ length: 400 }, (_, i) => `route add blackhole 10.${i >> 8}.${i & 255}.0/24`),
  );
  const endBy = async (signal: NodeJS.Signals, code: number) => {
    // A pipe that is full: 400 routes are more than its 64 KiB, and nobody reads.
    const words = ["monitor", "--snapshot", "--json", "--netns", `${ns.pid}`];
    const [program, args] = command("cli.ts", ...words);
    const line = `"$@" & echo $! >&2; wait $!; echo "code $?" >&2`;
    const running = start("bash", ["-c", line, "bash", program, ...args]);
    running.child.stdout!.pause();
    await delay(1500);
    process.kill(Number(running.stderr.split("\n")[0]), signal);
    for (let i = 0; i < 40 && !running.stderr.includes("code"); i++) await delay(100);
    assert.match(running.stderr, new RegExp(`code ${code}\n`));
    running.child.stdout!.resume();
    await running.exit;
  };
  await Promise.all([endBy("SIGINT", 130), endBy("SIGTERM", 143)]);
});

test("monitor says so when it cannot write", { skip }, async () => {
  await using ns = await makeNamespace();
  const [program, args] = command("cli.ts", "monitor", "--snapshot", "--netns", `${ns.pid}`);
  const running = start("sh", ["-c", '"$@" > /dev/full', "sh", program, ...args]);
  assert.equal(await running.exit, 3);
  assert.match(
    running.stderr,
    /^Cannot write to standard output: .*[Nn]o space left on device.*\n$/,
  );
});

test("monitor ends when its namespace is gone", { skip }, async () => {
  const ns = await makeNamespace();
  const running = cli("monitor", "--snapshot", "--json", "--netns", `${ns.pid}`);
  await ready(running);
  await ns[Symbol.asyncDispose]();
  assert.equal(await running.exit, 0);
  assert.equal(running.stderr, `monitor: network namespace of process ${ns.pid} is gone\n`);
});

test("monitor needs no privilege in its own namespace", { skip }, async () => {
  await using ns = await makeNamespace();
  const running = startUnprivileged(ns, command("cli.ts", "monitor", "--snapshot", "--json"));
  await ready(running);
  ns.ip("link add v0 type veth peer name v1");
  await running.until((text) => text.includes('"ifname":"v0"'));
  assert.equal(await interrupt(running), 130);
});

test("monitor tells after a loss how much was lost and what differs", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.ip("link add v0 type veth peer name v1");
  ns.ip("link set v0 up");
  const running = cli("monitor", "--snapshot", "--json", "--netns", `${ns.pid}`);
  await ready(running);
  process.kill(running.child.pid!, "SIGSTOP");
  for (let round = 0; round < 6; round++) {
    const addresses = Array.from({ length: 2500 }, (_, i) => `10.${i >> 8}.${i & 255}.1/24 dev v0`);
    ns.batch(addresses.map((address) => `addr ${round % 2 === 0 ? "add" : "del"} ${address}`));
  }
  ns.ip("addr add 10.200.0.1/24 dev v0");
  process.kill(running.child.pid!, "SIGCONT");
  const shown = ns.ipJson("addr show").flatMap(({ addr_info }) => addr_info);
  const told = () =>
    [...replay(records(running)).values()].filter(({ kind }) => kind === "address");
  await running.until(
    (text) => text.includes('"overrun"') && told().length === shown.length,
    60_000,
  );
  assert.equal(await interrupt(running), 130);
  const overrun = records(running).find(({ action }) => action === "overrun");
  assert.ok(overrun!.drops! > 0);
});

test("monitor --all-nsid tells which namespace an event came from", { skip }, async () => {
  await using here = await makeNamespace();
  await using there = await makeNamespace();
  here.run(
    "ip",
    "link",
    "add",
    "v0",
    "type",
    "veth",
    "peer",
    "name",
    "v1",
    "netns",
    `${there.pid}`,
  );
  const [{ link_netnsid: nsid }] = here.ipJson("link show dev v0");
  const running = cli("monitor", "--json", "--snapshot", "--all-nsid", "--netns", `${here.pid}`);
  await ready(running);
  there.ip("link set v1 mtu 1400");
  await running.until((text) => text.includes('"mtu":1400'));
  assert.equal(await interrupt(running), 130);
  const changed = records(running).find(({ object }) => object?.mtu === 1400);
  assert.equal(changed?.nsid, nsid);
  assert.equal(changed?.object?.ifname, "v1");
});

test(
  "monitor prints one line a change for eyes, in colour only where asked",
  { skip },
  async () => {
    await using ns = await makeNamespace();
    const plain = cli("monitor", "--netns", `${ns.pid}`);
    const colored = cli("monitor", "--color", "always", "--netns", `${ns.pid}`);
    await delay(1500);
    ns.ip("link set lo mtu 9000");
    ns.ip("route add blackhole 10.9.0.0/16");
    ns.ip("route del blackhole 10.9.0.0/16");
    for (const running of [plain, colored]) {
      await running.until((text) => text.split("\n").length > 3);
    }
    await Promise.all([plain, colored].map((running) => interrupt(running)));
    const time = String.raw`^\d\d:\d\d:\d\d\.\d{3}`;
    const lines = plain.stdout.trimEnd().split("\n");
    assert.match(lines[0], new RegExp(`${time} ~ link      lo  +mtu 65536 -> 9000$`));
    assert.match(lines[1], new RegExp(`${time} \\+ route     blackhole 10.9.0.0/16 `));
    assert.match(lines[2], new RegExp(`${time} - route     blackhole 10.9.0.0/16 `));
    assert.equal(lines.length, 3);
    assert.ok(colored.stdout.includes("\x1b[33m~\x1b[0m"));
    const untimed = (text: string) => text.replace(/^\S+/gm, "");
    assert.equal(untimed(stripVTControlCharacters(colored.stdout)), untimed(plain.stdout));
  },
);

test("monitor sleeps while nothing happens", {
  skip: skip || (has("strace") ? false : "strace is not installed"),
}, async () => {
  await using ns = await makeNamespace();
  const running = cli("monitor", "--json", "--snapshot", "--netns", `${ns.pid}`);
  await ready(running);
  await delay(500);
  // The calls that the library makes; those of the runtime's own timers and threads are not its business.
  const calls = "recvfrom,recvmsg,sendto,eventfd2,setsockopt,getsockopt";
  const words = ["-f", "-e", `trace=${calls}`, "-p", `${running.child.pid}`];
  const trace = start("strace", words);
  while (!/ attached/.test(trace.stderr)) await delay(20);
  // A thread of the runtime waits for signals in such a call all the time.
  const noise = /^.*recvfrom\(\d+, (?!.*MSG_DONTWAIT).*$|^strace: .*$/gm;
  const seen = () => trace.stderr.replace(noise, "");
  ns.ip("link set lo mtu 9000"); // shows that the trace sees a wake-up
  await running.until((text) => text.includes('"mtu":9000'));
  // What the change makes doubtful is read again, and after a second or more everything, such as neighbours.
  while (!seen().includes("nlmsg_type=0x1e")) await delay(20);
  await delay(500);
  const busy = seen().length;
  await delay(3000);
  assert.equal(seen().slice(busy), "");
  trace.child.kill("SIGINT");
  await trace.exit;
  assert.equal(await interrupt(running), 130);
});

test("cli needs no permission but --allow-ffi and never asks", {
  skip: skip || (onDeno ? false : "Bun has no permissions"),
}, async () => {
  await using ns = await makeNamespace();
  const [program, args] = command("cli.ts", "monitor", "--timeout", "0.3", "--netns", `${ns.pid}`);
  const running = start(program, ["run", "--no-prompt", ...args.slice(1)]);
  assert.equal(await running.exit, 0);
  assert.equal(running.stderr, "");
});
