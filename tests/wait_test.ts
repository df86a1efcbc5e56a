import assert from "node:assert/strict";
import { NetNSGoneError } from "../mod.ts";
import { ConditionError, waitFor, type WaitResult } from "../lib/monitor/mod.ts";
import { delay, makeNamespace, type Namespace, noNamespaces } from "./harness.ts";
import { assertGivenBack, resources, test } from "./netlink.ts";

const skip = noNamespaces;

function waitIn(ns: Namespace, conditions: string[], signal?: AbortSignal): Promise<WaitResult> {
  return waitFor(conditions, { netNS: { pid: ns.pid }, signal });
}

/** Waits for conditions that do not hold yet, and lets lines of `ip` make them hold; gives how long that took to be told. */
async function told(ns: Namespace, conditions: string[], lines: string[]): Promise<number> {
  const waiting = waitIn(ns, conditions);
  const early = await Promise.race([waiting, delay(60)]);
  assert.equal(early, undefined, `${conditions} held before they could`);
  assert.equal(ns.batch(lines), 0);
  const begun = performance.now();
  const { met } = await waiting;
  assert.equal(met, true);
  return performance.now() - begun;
}

test("waitFor() tells within 100 ms that conditions hold", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.ip("link add v0 type veth peer name v1");
  ns.ip("link set v1 up");
  const steps: Array<[conditions: string[], lines: string[]]> = [
    [["v0 up"], ["link set v0 up"]],
    [["v0 address 10.0.0.1/24", "v0 up"], ["addr add 10.0.0.1/24 dev v0"]],
    [["route default via 10.0.0.9 dev v0"], ["route add default via 10.0.0.9"]],
    [["v0 down", "not route default"], ["link set v1 down"]], // nobody tells that the route is not usable
    [["v0 up route default"], ["link set v1 up"]],
    [["not route default"], ["link set v0 down"]], // nobody tells that the route is gone
    [["w0 exists", "v0 gone"], ["link set v0 name w0"]],
    [["w0 mtu 1300"], ["link set w0 mtu 1300"]],
    [["w0 gone"], ["link del w0"]],
  ];
  const times: number[] = [];
  for (const [conditions, lines] of steps) times.push(await told(ns, conditions, lines));
  // On a busy machine some take longer.
  const late = times.filter((time) => time > 100);
  assert.ok(late.length < times.length / 2, `${times.map(Math.round)}`);
});

test("waitFor() waits until an address can be used", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.ip("link add v0 type veth peer name v1");
  const settings = [
    "conf.v0.addr_gen_mode=1",
    "conf.v0.router_solicitation_delay=0",
    "neigh.v0.retrans_time_ms=150",
  ];
  for (const setting of settings) ns.run("sysctl", "-qw", `net.ipv6.${setting}`);
  ns.batch(["link set v0 up", "link set v1 up"]);
  await told(ns, ["v0 address 2001:db8::1"], ["addr add 2001:db8::1/64 dev v0"]);
  assert.ok(
    !ns.ipJson("addr show dev v0")[0].addr_info.some((json: object) => "tentative" in json),
  );
});

test(
  "waitFor() is not taken in by what the kernel has removed without a word",
  { skip },
  async () => {
    await using ns = await makeNamespace();
    const failed = ns.batch([
      "link add v0 type veth peer name v1",
      "link set v0 up",
      "link set v1 up",
      "addr add 10.0.0.1/24 dev v0",
      "route add 10.9.0.0/16 via 10.0.0.9",
    ]);
    assert.equal(failed, 0);
    const controller = new AbortController();
    const waiting = waitIn(ns, ["v0 up", "w9 exists", "route 10.9.0.0/16"], controller.signal);
    await delay(60);
    const flap = ["link set v0 down", "link set v0 up", "link add w9 type ifb"]; // takes the route away
    assert.equal(ns.batch(flap), 0);
    await delay(150);
    controller.abort();
    assert.deepEqual(await waiting, {
      met: false,
      findings: [
        { condition: "v0 up", met: true, fact: "v0 is UP" },
        { condition: "w9 exists", met: true, fact: "there is a link w9" },
        { condition: "route 10.9.0.0/16", met: false, fact: "there is no route 10.9.0.0/16" },
      ],
    });
  },
);

test("waitFor() looks before it heeds the signal, and leaves nothing open", { skip }, async () => {
  await using ns = await makeNamespace();
  const before = resources();
  const aborted = AbortSignal.abort();
  const { met } = await waitIn(ns, ["lo up", "lo address 127.0.0.1"], aborted);
  assert.equal(met, true);
  const unmet = await waitIn(ns, ["lo up lo mtu 1"], aborted);
  assert.deepEqual(unmet, {
    met: false,
    findings: [
      { condition: "lo up", met: true, fact: "lo is UNKNOWN" },
      { condition: "lo mtu 1", met: false, fact: "lo has mtu 65536" },
    ],
  });
  const controller = new AbortController();
  const waiting = waitIn(ns, ["v0 up"], controller.signal);
  await delay(60);
  controller.abort();
  assert.equal((await waiting).met, false);
  await assertGivenBack(before);
});

test("waitFor() rejects bad conditions, and when its namespace is gone", { skip }, async () => {
  await assert.rejects(waitFor(["lo upp"]), ConditionError);
  await assert.rejects(waitFor("lo up" as unknown as string[]), ConditionError);
  const ns = await makeNamespace();
  const waiting = waitIn(ns, ["v0 up"]);
  const rejected = assert.rejects(waiting, NetNSGoneError);
  await delay(60);
  await ns[Symbol.asyncDispose]();
  await rejected;
});

test("waitFor() keeps up with a storm", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.ip("link add w0 type ifb");
  const waiting = waitIn(ns, ["route 10.9.0.0/16", "w0 up"]);
  await delay(60);
  const storm = Array.from(
    { length: 3000 },
    (_, i) => `route add blackhole 10.${100 + (i >> 8)}.${i & 255}.0/24`,
  );
  assert.equal(ns.batch(["link set w0 up", ...storm, "route add 10.9.0.0/16 dev w0"]), 0);
  assert.equal((await waiting).met, true);
});
