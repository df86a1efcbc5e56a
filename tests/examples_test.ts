import assert from "node:assert/strict";
import {
  command,
  delay,
  has,
  makeNamespace,
  type Namespace,
  noNamespaces,
  type Running,
  start,
  test,
} from "./harness.ts";

const skip = noNamespaces;

/** Runs an example in a namespace. */
function run(ns: Namespace, name: string, ...args: string[]): Running {
  const [program, rest] = command(`tests/examples/${name}.ts`, ...args);
  return start("nsenter", ["-t", `${ns.pid}`, "-n", program, ...rest]);
}

test("the example connect_namespaces lets two namespaces ping each other", {
  skip: skip || (has("busybox") ? false : "busybox is not installed"),
}, async () => {
  await using here = await makeNamespace();
  await using there = await makeNamespace();
  const paths = [here, there].map(({ pid }) => `/proc/${pid}/ns/net`);
  const running = run(here, "connect_namespaces", ...paths);
  assert.equal(await running.exit, 0, running.stderr);
  assert.equal(running.stdout, "192.0.2.1 is reached via 10.0.0.2 from 10.0.0.1\n");
  for (const address of ["10.0.0.2", "192.0.2.1"]) {
    here.run("busybox", "ping", "-c", "1", "-W", "5", address); // throws when there is no answer
  }
  there.run("busybox", "ping", "-c", "1", "-W", "5", "-I", "192.0.2.1", "10.0.0.1");
});

test("the example ip_address prints what ip -br address prints", { skip }, async () => {
  await using ns = await makeNamespace();
  await using other = await makeNamespace();
  const lines = [
    "link add v0 type veth peer name v1",
    `link add v2 type veth peer name v3 netns ${other.pid}`,
    "link add br0 type bridge",
    "link set v0 up",
    "addr add 10.0.0.1/24 dev v0",
    "addr add 10.0.1.1 peer 10.0.1.2/32 dev v0",
    "addr add 10.0.2.1/24 metric 5 dev v0",
    "addr add 2001:db8::1/64 dev br0 nodad",
  ];
  assert.equal(ns.batch(lines), 0);
  for (let attempt = 0;; attempt++) {
    const running = run(ns, "ip_address");
    assert.equal(await running.exit, 0, running.stderr);
    const wanted = ns.ip("-br addr");
    assert.equal(wanted.split("\n").length, 6);
    if (running.stdout === wanted) break;
    if (attempt === 3) assert.equal(running.stdout, wanted);
    await delay(500); // the kernel takes its time to tell that a link has no carrier
  }
});

test("the example watch_default_route follows the default route", { skip }, async () => {
  await using ns = await makeNamespace();
  const running = run(ns, "watch_default_route");
  const printed = ["there is no default route"];
  const isPrinted = () => running.until((stdout) => stdout === printed.join("\n") + "\n");
  await isPrinted();
  const steps: Array<[lines: string[], text: string]> = [
    [
      ["link add v0 type veth peer name v1", "link set v0 up", "route add default dev v0"],
      "directly over v0",
    ],
    [
      ["addr add 10.0.0.1/24 dev v0", "route replace default via 10.0.0.254"],
      "via 10.0.0.254 over v0",
    ],
    [
      ["route add default via 10.0.0.253 metric 5", "route del default via 10.0.0.254"],
      "via 10.0.0.253 over v0",
    ],
    [["link set v0 down"], "there is no default route"],
  ];
  for (const [lines, text] of steps) {
    assert.equal(ns.batch(lines), 0);
    printed.push(text);
    await isPrinted();
  }
  running.child.kill("SIGKILL");
  await running.exit;
});

test("the example bridge builds a bridge with three ports", { skip }, async () => {
  await using ns = await makeNamespace();
  const running = run(ns, "bridge");
  assert.equal(await running.exit, 0, running.stderr);
  assert.match(
    running.stdout,
    /^port1 (forwards|waits), isolated\nport2 (forwards|waits)\nport3 (forwards|waits)\n$/,
  );
  const ports = ns.ipJson("-d link show master bridge");
  assert.deepEqual(
    ports.map(({ ifname, flags, linkinfo }) => [
      ifname,
      flags.includes("UP"),
      linkinfo.info_slave_data.isolated,
    ]),
    [["port1", true, true], ["port2", true, false], ["port3", true, false]],
  );
});
