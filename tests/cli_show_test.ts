import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import {
  command,
  delay,
  makeNamespace,
  type Namespace,
  noNamespaces,
  onDeno,
  type Running,
  start,
  startScript,
  startUnprivileged,
  test,
} from "./harness.ts";
import { comparable, ipObjects, type Json } from "./ip_objects.ts";
import { withFlatEncap } from "./route_arbitraries.ts";

const skip = noNamespaces;

function show(ns: Namespace, ...args: string[]): Running {
  return startScript("cli.ts", "show", ...args, "--netns", `${ns.pid}`);
}

/** The lines that a run printed, once it has ended well. */
async function lines(running: Running): Promise<string[]> {
  assert.equal(await running.exit, 0, running.stderr);
  assert.equal(running.stderr, "");
  return running.stdout.split("\n").slice(0, -1);
}

async function objects(running: Running): Promise<Json[]> {
  return (await lines(running)).map((line) => JSON.parse(line));
}

/** Makes something of every kind, and waits until the kernel has told what it finds out later. */
async function furnish(ns: Namespace, other: Namespace): Promise<void> {
  ns.run("sysctl", "-qw", "net.ipv6.conf.default.addr_gen_mode=1");
  const failed = ns.batch([
    "link add v0 type veth peer name v1",
    `link add v2 type veth peer name v3 netns ${other.pid}`,
    "link add br0 type bridge",
    "link add vx0 type vxlan external dstport 4789",
    "link set v1 master br0",
    ...["v0", "v1", "br0", "vx0"].map((name) => `link set ${name} up`),
    "addr add 10.0.0.1/24 dev v0",
    "addr add 2001:db8::1/64 dev v0 nodad",
    "nexthop add id 1 via 10.0.0.254 dev v0",
    "nexthop add id 2 group 1",
    "route add 10.1.0.0/16 via 10.0.0.2",
    "route add 10.2.0.0/16 nhid 2",
    "route add 10.3.0.0/16 encap ip id 5 dst 10.0.0.9 dev vx0 table 1000",
    "route add 10.4.0.0/16 nexthop via 10.0.0.2 weight 3 nexthop dev br0",
    "route add blackhole 2001:db8:1::/48",
    "neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0",
    "rule add from 10.0.0.0/8 lookup 1000 pref 5",
  ]);
  assert.equal(failed, 0);
  for (let attempt = 0; attempt < 40; attempt++) {
    const states = ns.ipJson("link show").map(({ operstate }) => operstate);
    if (states.join() === "UNKNOWN,UP,UP,DOWN,UP,UNKNOWN") return;
    await delay(100);
  }
  assert.fail(JSON.stringify(ns.ipJson("link show").map(({ operstate }) => operstate)));
}

test("show --json prints the objects that ip -j -d prints, one a line", { skip }, async () => {
  await using ns = await makeNamespace();
  await using other = await makeNamespace();
  await furnish(ns, other);
  const kinds = [
    "link",
    "address",
    "nexthop",
    "route",
    "neighbour",
    "rule",
    "netconf",
    "nsid",
  ] as const;
  const printed = ipObjects(ns, kinds);
  const all = (await objects(show(ns, "--json"))).map((json) => withFlatEncap(json) as Json);
  const wanted = kinds.flatMap((kind) => printed[kind]);
  assert.ok(wanted.length > 50);
  assert.deepEqual(comparable(all), comparable(wanted));
  for (const kind of ["link", "nsid"] as const) {
    assert.deepEqual(
      comparable(await objects(show(ns, kind, "--json"))),
      comparable(printed[kind]),
    );
  }
});

test("show prints lines for eyes", { skip }, async () => {
  await using ns = await makeNamespace();
  await using other = await makeNamespace();
  await furnish(ns, other);
  const plain = await lines(show(ns));
  const wanted = [
    "link      lo               UNKNOWN mtu 65536 00:00:00:00:00:00",
    "link      v1               UP veth on v0 master br0 (bridge) mtu 1500 ",
    "address   v0               10.0.0.1/24 scope global",
    "route     10.1.0.0/16      via 10.0.0.2 dev v0 proto boot",
    "route     blackhole 2001:db8:1::/48 dev lo metric 1024 proto boot",
    "neighbour 10.0.0.2         dev v0 02:00:00:00:00:02 PERMANENT",
    "rule      5:               from 10.0.0.0/8 lookup 1000",
    "nexthop   id 2             group 1 proto unspec",
    "netconf   v0               inet forwarding off ",
    "nsid      0",
  ];
  for (const start of wanted) {
    assert.ok(plain.some((line) => line.startsWith(start)), `${start} in\n${plain.join("\n")}`);
  }
  const colored = await lines(show(ns, "--color", "always"));
  assert.ok(colored.every((line) => line.startsWith("\x1b[36m")));
  assert.deepEqual(colored.map((line) => stripVTControlCharacters(line).trimEnd()), plain);
});

test("show prints nothing but what it is asked for", { skip }, async () => {
  await using ns = await makeNamespace();
  await using other = await makeNamespace();
  await furnish(ns, other);
  const words = (list: string[]) => [...new Set(list.map((line) => line.split(" ")[0]))];
  assert.deepEqual(words(await lines(show(ns, "rule", "address"))), ["address", "rule"]);
  const sixth = await objects(show(ns, "route", "rule", "address", "--family", "inet6", "--json"));
  assert.ok(sixth.length > 5);
  assert.ok(sixth.every(({ family }) => family === "inet6"));
  const device = await objects(show(ns, "--dev", "v0", "--json"));
  assert.ok(device.length > 8);
  for (const json of device) assert.match(JSON.stringify(json), /"v0"/);
  assert.deepEqual(await lines(show(ns, "--dev", "nosuch")), []);
  const filter = 'link.name == "v0" or route.table == 1000 or address.address in 10.0.0.0/8';
  assert.deepEqual(words(await lines(show(ns, "--filter", filter))), ["link", "address", "route"]);
  assert.equal((await lines(show(ns, "link", "--filter", filter))).length, 1);
});

test("show refuses what it does not take in one line with exit code 2", {}, async () => {
  const wrong: Array<[args: string[], stderr: RegExp]> = [
    [["lnik"], /^Unknown kind "lnik": expected link, address, .*, nsid\n$/],
    [["prefix"], /^Unknown kind "prefix": expected link, /],
    [["--snapshot"], /^Unknown option of show "--snapshot": expected --json, --netns, .*\n$/],
    [["--count", "3"], /^Unknown option of show "--count": expected --json, --netns, .*\n$/],
    [["--family", "ipx"], /^Unknown --family "ipx": expected inet, inet6\n$/],
    [["--netns", "no-such-name"], /^Unknown namespace "no-such-name": expected .*\n$/],
  ];
  const runs = wrong.map(([args]) => startScript("cli.ts", "show", ...args));
  for (const [i, running] of runs.entries()) {
    assert.equal(await running.exit, 2);
    assert.equal(running.stdout, "");
    assert.match(running.stderr, wrong[i][1]);
  }
});

test("show --help tells what show takes, and --help which commands there are", {}, async () => {
  const help = await lines(startScript("cli.ts", "show", "--help"));
  const text = help.join("\n");
  assert.match(text, /^Usage: show \[KIND\.\.\.\] \[OPTION\.\.\.\]\n/);
  for (const option of ["--json", "--netns", "--family", "--dev", "--filter", "--color"]) {
    assert.ok(text.includes(option), option);
  }
  assert.ok(!text.includes("--snapshot"));
  const commands = (await lines(startScript("cli.ts", "--help"))).join("\n");
  assert.match(commands, /\n {2}monitor +Prints .*\n {2}show +Prints /);
});

test("show ends quietly when nobody reads any more", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.batch(
    Array.from({ length: 2000 }, (_, i) => `route add blackhole 10.${i >> 8}.${i & 255}.0/24`),
  );
  const [program, args] = command("cli.ts", "show", "route", "--json", "--netns", `${ns.pid}`);
  const line = `"$@" | head -1; echo "codes \${PIPESTATUS[0]}"`;
  const running = start("bash", ["-c", line, "bash", program, ...args]);
  assert.equal(await running.exit, 0);
  assert.match(running.stdout, /^\{.*\}\ncodes 0\n$/);
  assert.equal(running.stderr, "");
});

test("show needs no privilege in its own namespace, and no permission but --allow-ffi", {
  skip,
}, async () => {
  await using ns = await makeNamespace();
  const [program, args] = command("cli.ts", "show", "address");
  if (onDeno) args.splice(1, 0, "--no-prompt");
  assert.deepEqual(await lines(startUnprivileged(ns, [program, args])), [
    "address   lo               127.0.0.1/8 scope host",
    "address   lo               ::1/128 scope host",
  ]);
});

test("show --json has no control character that a terminal would obey", { skip }, async () => {
  await using ns = await makeNamespace();
  const alias = "a\x1b[31m\x7f\u009b31m\u00e9";
  ns.run("ip", "link", "set", "lo", "alias", alias);
  const running = startScript("cli.ts", "show", "link", "--json", "--netns", `${ns.pid}`);
  assert.equal(await running.exit, 0);
  assert.match(running.stdout, /^[^\p{Cc}]*\n$/u);
  assert.equal(JSON.parse(running.stdout).ifalias, alias);
});
