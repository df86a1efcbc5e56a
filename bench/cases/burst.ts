import { spawn } from "node:child_process";
import { NetworkMirror } from "../../lib/monitor/mod.ts";
import { dial as dialRoute, Group } from "../../lib/rtnetlink/mod.ts";
import { dial, Family, OverrunError } from "../../mod.ts";
import type { Answer, Case, Measure, Sample } from "../case.ts";
import { ip } from "../ip.ts";
import { type Program, programContender } from "../program.ts";
import { addressNumber, eventAddress } from "../messages.ts";
import { activity } from "../resources.ts";
import { announce } from "../say.ts";

/** Changes of addresses as fast as `ip` can make them, with the buffers that are the default. */
export const burst: Case = {
  name: "burst",
  title: "Burst of changed addresses, from the first event to the last",
  units: { time: "ns", cpu: "ns", lost: "count" },
  sizes: [20_000],
  quickSizes: [2000],
  variants: {
    raw: ["c", "deno", "bun", "go"],
    typed: ["deno", "bun", "node", "python"],
    mirror: ["deno", "bun"],
  },
  // Each of the addresses comes and goes.
  expect: (size) => ({ sum: size / 2 * (size / 2 - 1) }),
  open: (setting) => programContender(setting, (program) => sample(program, setting.size)),
};

/** The address whose change ends a burst: the last of 10.0.0.0/8 as those of the burst are counted. */
const last = "10.255.255.255";
const first = addressNumber("10.0.0.0");
const lastNumber = addressNumber(last) - first;

function address(number: number): string {
  return `10.${[number >> 16, number >> 8, number].map((part) => part & 0xff).join(".")}/32`;
}

/** Makes the changes, and then the last one until the program has heard of it. */
async function sample(program: Program, size: number): Promise<Sample> {
  await program.ask(); // until it is ready
  const before = activity(program.pid);
  await change(size);
  while (!program.answered) {
    ip("address", "add", `${last}/32`, "dev", "lo");
    ip("address", "delete", `${last}/32`, "dev", "lo");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { values, check } = await program.answer();
  return { values: { ...values, cpu: activity(program.pid).cpu - before.cpu }, check };
}

/** Runs `ip` without holding up who reads the program's answers. */
function change(size: number): Promise<void> {
  const lines = Array.from(
    { length: size },
    (_, i) => `address ${i % 2 === 0 ? "add" : "delete"} ${address(i >> 1)} dev lo\n`,
  );
  return new Promise((resolve, reject) => {
    const child = spawn("ip", ["-batch", "-"], { stdio: ["pipe", "ignore", "inherit"] });
    child.on("error", reject);
    child.on(
      "close",
      (code) => code === 0 ? resolve() : reject(new Error(`ip ended with ${code}`)),
    );
    child.stdin!.end(lines.join(""));
  });
}

/** Counts the events until the last one. */
class Counter {
  #events = 0;
  #sum = 0;
  #first = 0;
  #latest = 0;

  /** Takes the number of an event's address; gives whether it was the last. */
  add(number: number): boolean {
    if (number === lastNumber) return true;
    this.#events++;
    this.#sum += number;
    this.#latest = performance.now();
    if (this.#events === 1) this.#first = this.#latest;
    return false;
  }

  /** What there was of so many events. */
  answer(expected: number): Answer {
    const lost = expected - this.#events;
    const values = { time: (this.#latest - this.#first) * 1e6, lost };
    return lost === 0 ? { values, check: { sum: this.#sum } } : { values };
  }
}

async function raw(counter: Counter): Promise<void> {
  using conn = dial(Family.Route);
  conn.joinGroup(Group.Ipv4Ifaddr);
  announce();
  for (;;) {
    try {
      for (const message of await conn.receive()) {
        if (counter.add(eventAddress(message) - first)) return;
      }
    } catch (error) {
      if (!(error instanceof OverrunError)) throw error;
    }
  }
}

async function typed(counter: Counter): Promise<void> {
  using rt = dialRoute();
  announce();
  for await (const event of rt.subscribe({ kinds: ["address"] })) {
    if (event.kind !== "address") continue; // an overrun
    if (counter.add(addressNumber(event.object.local!) - first)) return;
  }
}

async function mirror(counter: Counter): Promise<void> {
  using mirror = await NetworkMirror.open();
  announce();
  for await (const change of mirror.changes()) {
    if (change.action === "resynced" || change.kind !== "address") continue;
    if (counter.add(addressNumber(change.object.local!) - first)) return;
  }
}

const receivers: Record<string, (counter: Counter) => Promise<void>> = { raw, typed, mirror };

/** Raw is `receive`, typed `subscribe`, mirror the changes of a `NetworkMirror` of everything. */
export function prepare(variant: string, size: number): Measure {
  return async () => {
    const counter = new Counter();
    await receivers[variant](counter);
    return counter.answer(size);
  };
}
