import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import {
  command,
  delay,
  has,
  makeNamespace,
  type Namespace,
  noNamespaces,
  onDeno,
  type Running,
  startScript,
  startUnprivileged,
  test,
} from "./harness.ts";
import { netlinkSockets } from "./netlink.ts";

const skip = noNamespaces;

function cli(ns: Namespace, ...args: string[]): Running {
  return startScript("cli.ts", ...args, "--netns", `${ns.pid}`);
}

/** Waits until programs have joined a group of netlink in a namespace: only they have one there. */
async function subscribed(ns: Namespace, count: number): Promise<void> {
  for (let i = 0; i < 500; i++) {
    const members = netlinkSockets(ns).filter(({ family, groups }) => family === 0 && groups !== 0);
    if (members.length === count) return await delay(100); // and to have looked
    await delay(20);
  }
  assert.fail("they have not subscribed");
}

async function ended(running: Running): Promise<[code: number, stdout: string, stderr: string]> {
  const code = await running.exit;
  return [code, running.stdout, running.stderr];
}

/** What a program printed, without the time before each line. */
function untimed(text: string): string {
  return text.replace(/^\d\d:\d\d:\d\d\.\d{3} /gm, "");
}

/** Makes w0, with the index 70, and its peer w1. */
const make = "link add w0 index 70 type veth peer name w1";

test("watch says what happened, for eyes and as JSON", { skip }, async () => {
  const cases: Array<[lines: string[], text: string, facts: object]> = [
    [["link del w0"], "- link      w0               deleted\n", { reason: "deleted" }],
    [
      ["link del w0", "link add w0 index 71 type ifb"],
      "~ link      w0               recreated, index 70 -> 71\n",
      { reason: "recreated", index: 71 },
    ],
    [
      ["link del w0", make],
      "~ link      w0               recreated with the same index\n",
      { reason: "recreated", index: 70 },
    ],
    [
      ["link set w0 name w9"],
      "~ link      w0               renamed w0 -> w9\n",
      { reason: "renamed", name: "w9" },
    ],
  ];
  await Promise.all(cases.map(async ([lines, text, facts]) => {
    await using ns = await makeNamespace();
    ns.ip(make);
    const running = [cli(ns, "watch", "w0"), cli(ns, "watch", "w0", "--json")];
    await subscribed(ns, 2);
    assert.equal(ns.batch(lines), 0);
    const [plain, json] = await Promise.all(running.map(ended));
    assert.deepEqual([plain[0], untimed(plain[1]), plain[2]], [0, text, ""]);
    assert.deepEqual([json[0], json[2]], [0, ""]);
    const { time, ...rest } = JSON.parse(json[1]);
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    assert.deepEqual(rest, { ifname: "w0", ifindex: 70, restart: true, ...facts });
    assert.equal(json[1].indexOf("\n"), json[1].length - 1);
  }));
});

test("watch says where an interface moved, and takes an alternative name", { skip }, async () => {
  await using ns = await makeNamespace();
  await using other = await makeNamespace();
  assert.equal(ns.batch([make, "link property add dev w0 altname another-name-for-this"]), 0);
  const running = cli(ns, "watch", "another-name-for-this", "--color", "always");
  await subscribed(ns, 1);
  ns.ip(`link set w0 netns ${other.pid}`);
  const [code, stdout] = await ended(running);
  assert.equal(code, 0);
  const place = "moved to the namespace with id 0, index 70";
  const colored = `\x1b[31m-\x1b[0m \x1b[36mlink      \x1b[0m\x1b[1m${
    "w0".padEnd(16)
  }\x1b[0m ${place}\n`;
  assert.ok(stdout.endsWith(colored), JSON.stringify(stdout));
});

test("watch and wait have their exit codes", { skip }, async () => {
  await using ns = await makeNamespace();
  const gone = await makeNamespace();
  const runs: Array<[args: string[], code: number, stdout: string, stderr: RegExp]> = [
    [["watch", "w9"], 3, "", /^get-link: cannot get link w9: .*No such device \(ENODEV\)\n$/],
    [["watch", "lo", "--timeout", "0.4"], 1, "", /^Nothing happened to lo within 0.4 s\n$/],
    [["wait", "lo up lo address", "not", "w9", "exists"], 0, "", /^$/],
    [["wait", "lo up", "--timeout", "0"], 0, "", /^$/],
    [
      ["wait", "lo up", "lo", "mtu", "7", "route default", "--timeout", "0.3"],
      1,
      "",
      /^Not met within 0.3 s: lo mtu 7 \(lo has mtu 65536\); route default \(there is no route default\)\n$/,
    ],
    [
      ["wait", "lo up lo mtu 7", "--timeout", "0", "--json"],
      1,
      '{"condition":"lo up","met":true,"fact":"lo is UNKNOWN"}\n' +
      '{"condition":"lo mtu 7","met":false,"fact":"lo has mtu 65536"}\n',
      /^Not met within 0 s: lo mtu 7 \(lo has mtu 65536\)\n$/,
    ],
  ];
  const started = runs.map(([args]) => cli(ns, ...args));
  const interrupted = [cli(ns, "watch", "lo"), cli(ns, "wait", "w9 up")];
  const left = [cli(gone, "watch", "lo"), cli(gone, "wait", "w9 up")];
  const missing = [
    startScript("cli.ts", "watch", "lo", "--netns", "no-such-name"),
    startScript("cli.ts", "wait", "lo up", "--netns", "no-such-name"),
  ];
  for (const [i, [args, code, stdout, stderr]] of runs.entries()) {
    const [actualCode, actualStdout, actualStderr] = await ended(started[i]);
    assert.deepEqual([actualCode, actualStdout], [code, stdout], `${args}: ${actualStderr}`);
    assert.match(actualStderr, stderr, `${args}`);
  }
  await subscribed(ns, 2);
  for (const running of interrupted) {
    running.child.kill("SIGINT");
    assert.deepEqual(await ended(running), [130, "", ""]);
  }
  await subscribed(gone, 2);
  await gone[Symbol.asyncDispose]();
  for (const running of left) {
    const [code, stdout, stderr] = await ended(running);
    assert.deepEqual([code, stdout], [3, ""]);
    assert.match(stderr, /^[\w-]+: network namespace of process \d+ is gone\n$/);
  }
  for (const running of missing) {
    const [code, , stderr] = await ended(running);
    assert.equal(code, 2);
    assert.match(stderr, /^Unknown namespace "no-such-name": expected .*\n$/);
  }
});

test("wait ends when what it waits for is the case", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
  const running = [
    cli(ns, "wait", "v0", "up", "v0", "address", "10.0.0.1/24", "route", "default"),
    cli(ns, "wait", "v0 up v0 address 10.0.0.1/24 route default", "--json"),
  ];
  await subscribed(ns, 2);
  const lines = [
    "link add v0 type veth peer name v1",
    "link set v1 up",
    "link set v0 up",
    "addr add 10.0.0.1/24 dev v0",
  ];
  assert.equal(ns.batch(lines), 0);
  await delay(200);
  assert.ok(running.every(({ child }) => child.exitCode === null), "the route is not there yet");
  ns.ip("route add default via 10.0.0.9");
  const [plain, json] = await Promise.all(running.map(ended));
  assert.deepEqual(plain, [0, "", ""]);
  assert.deepEqual(json, [
    0,
    '{"condition":"v0 up","met":true,"fact":"v0 is UP"}\n' +
    '{"condition":"v0 address 10.0.0.1/24","met":true,"fact":"v0 has 10.0.0.1/24"}\n' +
    '{"condition":"route default","met":true,"fact":"route default is via 10.0.0.9 dev v0"}\n',
    "",
  ]);
});

test("watch and wait need no privilege, and no permission but --allow-ffi", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.ip(make);
  const running = [["watch", "w0"], ["wait", "w0 gone"]].map((words) => {
    const [program, args] = command("cli.ts", ...words);
    if (onDeno) args.splice(1, 0, "--no-prompt");
    return startUnprivileged(ns, [program, args]);
  });
  await subscribed(ns, 2);
  ns.ip("link del w0");
  for (const [code, , stderr] of await Promise.all(running.map(ended))) {
    assert.deepEqual([code, stderr], [0, ""]);
  }
});

test("monitor --debounce counts what it prints", { skip }, async () => {
  await using ns = await makeNamespace();
  const args = ["monitor", "link", "--debounce", "200"];
  const counted = cli(ns, ...args, "--json", "--snapshot", "--count", "4");
  const plain = cli(ns, ...args, "--count", "2");
  await counted.until((text) => text.includes('"synced"'));
  await subscribed(ns, 2);
  const burst = ["link set lo mtu 1500", "link set lo mtu 9000", "link add w0 type ifb"];
  assert.equal(ns.batch(burst), 0);
  const [code, stdout] = await ended(counted);
  assert.equal(code, 0);
  const records = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(records.map(({ sequence, action }) => [sequence, action]), [
    [1, "snapshot"],
    [2, "synced"],
    [3, "new"],
    [4, "new"],
  ]);
  assert.deepEqual(records[2].changed, { mtu: [65536, 9000] });
  assert.equal("previous" in records[2], false);
  assert.equal("changed" in records[3], false);
  const lines = untimed((await ended(plain))[1]).split("\n");
  assert.equal(lines[0], "~ link      lo               mtu 65536 -> 9000");
  assert.ok(lines[1].startsWith("+ link      w0               DOWN ifb mtu 1500 "), lines[1]);
});

test("monitor says what became of a link", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
  const lines = ["link add v0 type veth peer name v1", "link add br0 type bridge"];
  assert.equal(ns.batch([...lines, "link set v0 up"]), 0);
  const running = cli(ns, "monitor", "link");
  await subscribed(ns, 1);
  const steps: Array<[line: string, told: string]> = [
    [
      "link set v1 up",
      "~ link      v0               carrier found, operstate LOWERLAYERDOWN -> UP",
    ],
    [
      "link set v1 down",
      "~ link      v0               carrier lost, operstate UP -> LOWERLAYERDOWN",
    ],
    [
      "link set v0 down",
      "~ link      v0               switched off, operstate LOWERLAYERDOWN -> DOWN",
    ],
    [
      "link set v0 up",
      "~ link      v0               switched on, no carrier, operstate DOWN -> LOWERLAYERDOWN",
    ],
    ["link set v0 name w0", "~ link      w0               renamed v0 -> w0"],
    ["link set w0 promisc on", "~ link      w0               flags +PROMISC, promiscuity 0 -> 1"],
    ["link set w0 master br0", "joined br0"],
    ["link set w0 nomaster", "left br0"],
  ];
  for (const [line, told] of steps) {
    ns.ip(line);
    await running.until((text) => untimed(text).includes(told));
  }
  running.child.kill("SIGINT");
  assert.equal(await running.exit, 130);
});

test("watch on a terminal is coloured and ends at Ctrl-C", {
  skip: skip || (has("tmux") ? false : "tmux is not installed"),
}, async () => {
  await using ns = await makeNamespace();
  ns.ip(make);
  const [program, args] = command("cli.ts", "watch", "w0", "--netns", `${ns.pid}`);
  const line = [program, ...args].join(" ");
  const folder = mkdtempSync(`${tmpdir()}/tmux-`);
  const tmux = (...words: string[]) => execFileSync("tmux", ["-S", `${folder}/socket`, ...words]);
  const shows = async (text: string) => {
    for (let i = 0; i < 200; i++) {
      if (tmux("capture-pane", "-p", "-e").toString().includes(text)) return;
      await delay(50);
    }
    assert.fail(tmux("capture-pane", "-p", "-e").toString());
  };
  const shell =
    `trap : INT; unset NO_COLOR; ${line}; echo first $?; ${line}; echo second $?; sleep 60`;
  tmux("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "20", "sh", "-c", shell);
  try {
    await subscribed(ns, 1);
    assert.equal(ns.batch(["link del w0", make]), 0);
    await shows("\x1b[33m~");
    await shows("first 0");
    await subscribed(ns, 1);
    tmux("send-keys", "C-c");
    await shows("second 130");
  } finally {
    tmux("kill-server");
    rmSync(folder, { recursive: true });
  }
});
