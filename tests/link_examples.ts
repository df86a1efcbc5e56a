/** What the tests of links share: messages about links with what `ip -j -d link show` printed for them. */
import assert from "node:assert/strict";
import type { Link } from "../lib/rtnetlink/link/attributes.ts";
import { LinkFlags, LinkType } from "../lib/rtnetlink/link/constants.ts";
import { linkKind } from "../lib/rtnetlink/link/link.ts";
import { decodeObject, encodeObject, type IpJson } from "../lib/rtnetlink/object_kind.ts";
import { fromHex, rawAttributes, readFixture, toHex } from "./object_helpers.ts";

/**
 * A line of such a fixture: where a set comes from; a link of a namespace with what `ip` of iproute2
 * 6.1 printed for the same bytes, and the commands that made it where they are known; or the name and
 * the flags of a link that others refer to.
 */
export interface LinkExample {
  set: string;
  origin?: string;
  cmd?: string;
  hex?: string;
  json?: IpJson;
  name?: string;
  index?: number;
  flags?: number;
}

/** A link as any message tells of it. */
export const ether: Link = {
  family: 0,
  type: LinkType.Ether,
  index: 4,
  flags: LinkFlags.Up | LinkFlags.Running | LinkFlags.LowerUp,
  change: 0,
  name: "v0",
};

/** Decodes a message about a link. */
export function decodeLink(hex: string): Link {
  return decodeObject(linkKind, fromHex(hex));
}

/** The links of a fixture. */
export function readLinkExamples(file: string): LinkExample[] {
  return readFixture<LinkExample>(file).filter(({ origin }) => origin === undefined);
}

/** Checks the examples of some sets, both ways and as JSON; returns how many there were. */
export function checkLinkExamples(examples: LinkExample[], sets: RegExp): number {
  let count = 0;
  for (const name of new Set(examples.map(({ set }) => set).filter((set) => sets.test(set)))) {
    const known = new Map<number, Link>();
    const lines = examples.filter(({ set }) => set === name);
    for (const { hex, ...link } of lines) {
      const one = hex === undefined ? { ...ether, ...link } as Link : decodeLink(hex);
      if (one.name !== undefined) known.set(one.index, one);
    }
    const lookUp = (index: number) => known.get(index) as { name: string; flags: number };
    for (const { hex, json, cmd } of lines) {
      if (hex === undefined) continue;
      const link = decodeLink(hex);
      const what = `${name} ${link.name} ${cmd ?? ""}`;
      assert.equal(toHex(encodeObject(linkKind, link)), hex, what);
      if (json !== undefined) {
        // What a message was sent for, which a dump never says, is no part of the link.
        const { event: _, ...state } = json;
        const printed = linkKind.toIpJson(link, lookUp);
        assert.deepEqual(printed, state, what);
        assert.equal(JSON.stringify(printed), JSON.stringify(state), what);
      }
      assert.deepEqual(rawAttributes(link), [], what);
      count++;
    }
  }
  return count;
}
