import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { dial as dialRoute, Group } from "../../lib/rtnetlink/mod.ts";
import { dial, Family } from "../../mod.ts";
import type { Case, Measure, Sample, Setting } from "../case.ts";
import { monotonicClock } from "../clock.ts";
import { addressNumber, eventAddress } from "../messages.ts";
import { type Program, programContender } from "../program.ts";
import { announce } from "../say.ts";
import { quantile } from "../statistics.ts";

/** How long an event takes from the request of another process that causes it to whoever waits for it. */
export const latency: Case = {
  name: "latency",
  title: "From the request that causes an event to the callback",
  units: { median: "ns", p99: "ns" },
  sizes: [200],
  variants: { raw: ["c", "deno", "bun", "go"], typed: ["deno", "bun"] },
  open: (setting) => programContender(setting, (program) => sample(program, setting)),
};

/** Microseconds between two requests: by then everybody waits again. */
const pause = 1500;

/** The program in C causes the events, and tells for each when it was about to. */
async function sample(program: Program, { peers, size }: Setting): Promise<Sample> {
  const sender = peers.find(({ name }) => name === "c");
  if (sender === undefined) {
    throw new Error("the events come from the program in C, which is not there");
  }
  await program.ask(); // until it is ready
  const [file] = sender.command;
  const { stdout } = await promisify(execFile)(file, ["stamp", `${size}`, `${pause}`]);
  const stamps: number[] = JSON.parse(stdout);
  const { arrivals } = await program.answer();
  const times = stamps.map((stamp, i) => arrivals![i] - stamp);
  return { values: { median: quantile(times, 0.5), p99: quantile(times, 0.99) } };
}

const first = addressNumber("10.0.0.0");

/** When each event arrived, in their order: an address comes and goes, then the next one. */
class Arrivals {
  readonly times: number[] = [];
  readonly #now = monotonicClock();

  /** Takes the event of an address at this moment. */
  add(address: () => number): void {
    const count = this.times.push(this.#now());
    if (address() - first !== (count - 1) >> 1) throw new Error("Another event");
  }
}

async function raw(arrivals: Arrivals, count: number): Promise<void> {
  using conn = dial(Family.Route);
  conn.joinGroup(Group.Ipv4Ifaddr);
  announce();
  while (arrivals.times.length < count) {
    for (const message of await conn.receive()) arrivals.add(() => eventAddress(message));
  }
}

async function typed(arrivals: Arrivals, count: number): Promise<void> {
  using rt = dialRoute();
  announce();
  for await (const event of rt.subscribe({ kinds: ["address"] })) {
    if (event.kind === "address") arrivals.add(() => addressNumber(event.object.local!));
    if (arrivals.times.length === count) return;
  }
}

/** Raw is `receive`, typed `subscribe`. */
export function prepare(variant: string, size: number): Measure {
  return async () => {
    const arrivals = new Arrivals();
    await (variant === "raw" ? raw : typed)(arrivals, size);
    return { values: {}, arrivals: arrivals.times };
  };
}
