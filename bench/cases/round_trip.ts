import { dial as dialRoute } from "../../lib/rtnetlink/mod.ts";
import { dial, Family } from "../../mod.ts";
import type { Case, Measure } from "../case.ts";
import { getLoopback, linkIndex } from "../messages.ts";
import { timed } from "../timed.ts";

/** One request and its reply, one after the other. */
export const roundTrip: Case = {
  name: "round_trip",
  title: "Round trip of a request for one link",
  units: { time: "ns", cpu: "ns" },
  sizes: [1],
  variants: {
    raw: ["c", "deno", "bun", "go"],
    typed: ["deno", "bun", "node", "python", "ip"],
  },
  operations: () => 4000,
  expect: () => ({ index: 1 }),
};

/** Raw is `execute`, typed the service of links. */
export function prepare(variant: string, _size: number, operations: number): Measure {
  if (variant === "typed") {
    const rt = dialRoute();
    return () => timed(operations, () => rt.links.get(1), ({ index }) => ({ index }));
  }
  const conn = dial(Family.Route);
  const request = getLoopback();
  return () =>
    timed(
      operations,
      () => conn.execute(request),
      ([reply]) => ({ index: linkIndex(reply) }),
    );
}
