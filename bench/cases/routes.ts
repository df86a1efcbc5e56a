import { dial, type Route, type RouteConn } from "../../lib/rtnetlink/mod.ts";
import { AttributeDecoder, type Message, type Portion } from "../../mod.ts";
import type { Case, Measure } from "../case.ts";
import { expectRoutes, getRoutes, makeRoutes, removeRoutes, routeTable } from "../many_routes.ts";
import { addressNumber, messageHeader } from "../messages.ts";
import { timed } from "../timed.ts";

/**
 * The routes of a table: as messages with all attributes walked, the same where they were received, as a list of
 * objects, and as a stream of them.
 */
export const routes: Case = {
  name: "routes",
  title: "Dump of routes",
  units: { time: "ns", cpu: "ns" },
  sizes: [1000, 100_000, 1_000_000],
  quickSizes: [1000, 100_000],
  variants: {
    raw: ["c", "deno", "bun", "go"],
    portions: ["deno", "bun"],
    typed: ["deno", "bun", "node", "python", "ip"],
    streamed: ["deno", "bun"],
  },
  largest: { python: 100_000 },
  operations: (size) => Math.ceil(50_000 / size),
  expect: expectRoutes,
  prepare: makeRoutes,
  clean: removeRoutes,
};

/** Size of `struct rtmsg`, with which messages about routes begin. */
const routeHeader = 12;

const RTA_DST = 1;

/** What was seen of routes. */
class Seen {
  count = 0;
  sum = 0;
  types = 0;

  /** Walks the attributes of a route. */
  walk(decoder: AttributeDecoder): void {
    this.count++;
    decoder.byteOrder = "big";
    while (decoder.next()) {
      const { type } = decoder;
      this.types += type;
      if (type === RTA_DST) this.sum += decoder.uint32();
    }
  }
}

async function walk(messages: Promise<Message[]>): Promise<Seen> {
  const seen = new Seen();
  for (const { data } of await messages) seen.walk(new AttributeDecoder(data, routeHeader));
  return seen;
}

async function walkPortions(portions: AsyncIterable<Portion>): Promise<Seen> {
  const seen = new Seen();
  for await (const { memory, starts, ends } of portions) {
    for (let i = 0; i < starts.length; i++) {
      seen.walk(new AttributeDecoder(memory, starts[i] + messageHeader + routeHeader, ends[i]));
    }
  }
  return seen;
}

function look(routes: readonly Route[]): Record<string, number> {
  let [sum, characters] = [0, 0];
  for (const { dst = "" } of routes) {
    sum += addressNumber(dst);
    characters += dst.length;
  }
  return { count: routes.length, sum, characters };
}

/** Streams the routes of a table and looks at each. */
export async function streamRoutes(rt: RouteConn, table: number): Promise<Record<string, number>> {
  let [count, characters] = [0, 0];
  for await (const { dst = "" } of rt.routes.stream({ family: 2, table })) {
    count++;
    characters += dst.length;
  }
  return { count, characters };
}

/**
 * Raw is `execute` and `AttributeDecoder`, portions `executePortions` and the same, typed and streamed are the
 * service of routes.
 */
export function prepare(variant: string, _size: number, operations: number): Measure {
  const rt = dial();
  const { conn } = rt;
  const request = () => getRoutes(routeTable);
  const ways: Record<string, Measure> = {
    raw: () => timed(operations, () => walk(conn.execute(request())), toCheck),
    portions: () => timed(operations, () => walkPortions(conn.executePortions(request())), toCheck),
    typed: () => timed(operations, () => rt.routes.list({ family: 2, table: routeTable }), look),
    streamed: () => timed(operations, () => streamRoutes(rt, routeTable), toCheck),
  };
  return ways[variant];
}

function toCheck(seen: object): Record<string, number> {
  return { ...seen };
}
