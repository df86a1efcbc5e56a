import { dial, type Link } from "../../lib/rtnetlink/mod.ts";
import { littleEndian } from "../../lib/nlenc.ts";
import { AttributeDecoder, type Message, type Portion } from "../../mod.ts";
import type { Case, Measure } from "../case.ts";
import { ip, ipBatch } from "../ip.ts";
import { getLinks, linkHeader, linkIndex, linkIndexPlace, messageHeader } from "../messages.ts";
import { timed } from "../timed.ts";

/** The group that the links are in which are made for this. */
const group = 7;

let present = 1; // the loopback

/** All links: as messages with all attributes walked, the same where they were received, and as objects. */
export const links: Case = {
  name: "links",
  title: "Dump of links",
  units: { time: "ns", cpu: "ns" },
  sizes: [1, 100, 1000],
  quickSizes: [1, 1000],
  variants: {
    raw: ["c", "deno", "bun", "go"],
    portions: ["deno", "bun"],
    typed: ["deno", "bun", "node", "python", "ip"],
  },
  operations: (size) => Math.ceil(4000 / (size + 3)),
  expect: (size) => ({ count: size }),
  prepare(size) {
    ipBatch(Array.from(
      { length: size - present },
      (_, i) => `link add ifb${present + i} group ${group} type ifb`,
    ));
    present = size;
  },
  clean() {
    if (present > 1) ip("link", "delete", "group", `${group}`);
    present = 1;
  },
};

function walk(messages: readonly Message[]): Record<string, number> {
  let sum = 0;
  let types = 0;
  for (const message of messages) {
    sum += linkIndex(message);
    const decoder = new AttributeDecoder(message.data, linkHeader);
    while (decoder.next()) types += decoder.type;
  }
  return { count: messages.length, sum, types };
}

async function walkPortions(portions: AsyncIterable<Portion>): Promise<Record<string, number>> {
  let [count, sum, types] = [0, 0, 0];
  for await (const { memory, starts, ends } of portions) {
    const view = new DataView(memory.buffer, memory.byteOffset);
    for (let i = 0; i < starts.length; i++) {
      const start = starts[i] + messageHeader;
      count++;
      sum += view.getInt32(start + linkIndexPlace, littleEndian);
      const decoder = new AttributeDecoder(memory, start + linkHeader, ends[i]);
      while (decoder.next()) types += decoder.type;
    }
  }
  return { count, sum, types };
}

function look(links: readonly Link[]): Record<string, number> {
  let [sum, names] = [0, 0];
  for (const { index, name = "" } of links) {
    sum += index;
    names += name.length;
  }
  return { count: links.length, sum, names };
}

/** Raw is `execute` and `AttributeDecoder`, portions `executePortions` and the same, typed the service of links. */
export function prepare(variant: string, _size: number, operations: number): Measure {
  const rt = dial();
  if (variant === "typed") return () => timed(operations, () => rt.links.list(), look);
  const dump = variant === "raw"
    ? async () => walk(await rt.conn.execute(getLinks()))
    : () => walkPortions(rt.conn.executePortions(getLinks()));
  return () => timed(operations, dump, (seen) => seen);
}
