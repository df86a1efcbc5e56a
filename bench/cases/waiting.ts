import { dial, Family } from "../../mod.ts";
import type { Case, Measure } from "../case.ts";
import { getLoopback, linkIndex } from "../messages.ts";
import { timed } from "../timed.ts";

/** Round trips while other sockets of the process wait for events that never come; the variant is their number. */
export const waiting: Case = {
  name: "waiting",
  title: "Round trip while 1 or 1,000 other sockets wait",
  units: { time: "ns", cpu: "ns" },
  sizes: [1],
  variants: { 1: ["deno", "bun", "go"], 1000: ["deno", "bun", "go"] },
  operations: () => 4000,
  expect: () => ({ index: 1 }),
};

/** Waits with `receive`, then measures `execute`. */
export async function prepare(
  variant: string,
  _size: number,
  operations: number,
): Promise<Measure> {
  for (let i = 0; i < Number(variant); i++) {
    dial(Family.Route).receive().then(() => {
      throw new Error("There was to be no event");
    });
  }
  await new Promise((resolve) => setTimeout(resolve, 50)); // until the thread waits for them
  const conn = dial(Family.Route);
  const request = getLoopback();
  return () =>
    timed(
      operations,
      () => conn.execute(request),
      ([reply]) => ({ index: linkIndex(reply) }),
    );
}
