import { AttributeError } from "../../errors.ts";
import { formatAddress, parseAddress } from "../../rtnetlink/codec/network.ts";
import { parsePrefix } from "../../rtnetlink/service/ip_prefix.ts";
import {
  type AddressPattern,
  findAddress,
  findCarrier,
  findExistence,
  type Finding,
  findMtu,
  findUsable,
} from "./link_facts.ts";
import type { MirrorKind, MirrorState } from "../mirror.ts";
import { findRoute, type RoutePattern } from "./route_facts.ts";

/** Words that do not make a condition: the message says which, where, and what was expected there. */
export class ConditionError extends Error {
  /** The name of this class. */
  override readonly name: string = "ConditionError";
}

/** Something that can be the case in a network namespace, or not. */
export interface Condition {
  /** The condition in words. */
  readonly text: string;
  /** The kinds of objects that it is about. */
  readonly kinds: readonly MirrorKind[];
  /**
   * Finds out whether it holds.
   *
   * @param state What is there, such as a `NetworkMirror`.
   * @returns Whether it holds, and what is the case.
   */
  check(state: MirrorState): Finding;
}

/**
 * Reads conditions, one after the other:
 *
 * - `IFACE up`: the link is switched on and works: its state is UP, or UNKNOWN with a carrier, as the loopback has.
 * - `IFACE down`: the link is there, but not up.
 * - `IFACE exists`, `IFACE gone`: there is such a link, or none.
 * - `IFACE carrier`: the link is switched on and has a carrier.
 * - `IFACE mtu N`: that is its MTU.
 * - `IFACE address ADDR[/LEN]`: the link has that address, and it can be used: it is not tentative, and no duplicate.
 * - `IFACE address`: the link has any address that can be used and is not only valid on the link, as fe80::1 is.
 * - `route DST [via GATEWAY] [dev IFACE]`: the main table has a route to exactly this network, which packets can go by: it
 *   refuses no packets, and its link has a carrier. DST is `default` or a network such as 10.0.0.0/8, also
 *   0.0.0.0/0 or ::/0 for the default of one family.
 * - `not CONDITION`
 *
 * IFACE is a link's name or an alternative one, but neither "not" nor "route".
 *
 * @param texts Conditions, with one or several of them or only a part of one in each text: it is the words that count.
 * @returns The conditions.
 * @throws {ConditionError} When one makes no sense, or there is none.
 *
 * @example
 * ```ts
 * import { NetworkMirror, parseConditions } from "@netlink/netlink/monitor";
 *
 * using mirror = await NetworkMirror.open();
 * for (const { text, check } of parseConditions(["lo up lo address 127.0.0.1", "not route default"])) {
 *   const { met, fact } = check(mirror);
 *   console.log(`${text}: ${met ? "yes" : "no"}, ${fact}`);
 * }
 * ```
 */
export function parseConditions(texts: readonly string[]): Condition[] {
  if (!Array.isArray(texts)) {
    throw new ConditionError(`A list of conditions is needed, not ${texts}`);
  }
  const words = new Words(texts.flatMap((text) => text.split(/\s+/)).filter((word) => word !== ""));
  const conditions: Condition[] = [];
  do {
    words.begin();
    conditions.push(parseCondition(words));
  } while (words.peek() !== undefined);
  return conditions;
}

/** Words that are read one after the other. */
class Words {
  readonly #words: readonly string[];
  #at = 0;
  #start = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  /** Begins another condition. */
  begin(): void {
    this.#start = this.#at;
  }

  /** The condition as far as it was read. */
  get text(): string {
    return this.#words.slice(this.#start, this.#at).join(" ");
  }

  peek(): string | undefined {
    return this.#words[this.#at];
  }

  next(): string | undefined {
    const word = this.peek();
    if (word !== undefined) this.#at++;
    return word;
  }

  /** Reads the next word if it is the one that may come here. */
  skip(word: string): boolean {
    if (this.peek() !== word) return false;
    this.#at++;
    return true;
  }

  /** Says that the last word that was read, or the end, is not what had to come. */
  fail(expected: string): never {
    const text = this.text;
    if (text === "") throw new ConditionError(`No condition: expected ${expected}`);
    throw new ConditionError(`Bad condition "${text}": expected ${expected}`);
  }

  /** Reads a value; its reader throws when it is none. */
  read<T>(expected: string, reader: (word: string) => T): T {
    const after = this.text;
    const word = this.next();
    const where = after === "" ? expected : `${expected} after "${after}"`;
    if (word === undefined) this.fail(where);
    try {
      return reader(word);
    } catch (error) {
      if (!(error instanceof AttributeError)) throw error;
      this.fail(where);
    }
  }
}

type Check = Pick<Condition, "kinds" | "check">;

function parseCondition(words: Words): Condition {
  const { kinds, check } = parseCheck(words);
  return { text: words.text, kinds, check };
}

function parseCheck(words: Words): Check {
  const first = words.read("IFACE, route or not", linkName);
  if (first === "not") {
    const { kinds, check } = parseCheck(words);
    return {
      kinds,
      check(state) {
        const { met, fact } = check(state);
        return { met: !met, fact };
      },
    };
  }
  if (first === "route") return routeCheck(readRoute(words));
  const verb = words.read(Object.keys(linkChecks).join(", "), (word) => {
    if (Object.hasOwn(linkChecks, word)) return word;
    throw new AttributeError(word);
  });
  return linkChecks[verb](first, words);
}

function linkCheck(check: Condition["check"]): Check {
  return { kinds: [], check }; // links are always held
}

/** What can be said of a link. */
const linkChecks: Readonly<Record<string, (name: string, words: Words) => Check>> = {
  up: (name) => linkCheck((state) => findUsable(state, name, true)),
  down: (name) => linkCheck((state) => findUsable(state, name, false)),
  exists: (name) => linkCheck((state) => findExistence(state, name, true)),
  gone: (name) => linkCheck((state) => findExistence(state, name, false)),
  carrier: (name) => linkCheck((state) => findCarrier(state, name)),
  address(name, words) {
    const pattern = isAddressLike(words.peek()) ? readAddress(words) : undefined;
    return { kinds: ["address"], check: (state) => findAddress(state, name, pattern) };
  },
  mtu(name, words) {
    const mtu = words.read("a number of bytes", wholeNumber);
    return linkCheck((state) => findMtu(state, name, mtu));
  },
};

function routeCheck(pattern: RoutePattern): Check {
  return { kinds: ["route", "nexthop"], check: (state) => findRoute(state, pattern) };
}

function linkName(word: string): string {
  if (!/[/:]/.test(word)) return word;
  throw new AttributeError(word);
}

/** Whether a word is meant as an address: no link's name has a colon or a slash, and few have only digits and dots. */
function isAddressLike(word: string | undefined): boolean {
  return word !== undefined && /[/:]|^[\d.]*\.[\d.]*$/.test(word);
}

function readAddress(words: Words): AddressPattern {
  return words.read("an address such as 10.0.0.1 or 10.0.0.1/24", (word) => {
    const { address, length, explicit } = parsePrefix("address", word);
    return { address: canonical(address), ...explicit && { length } };
  });
}

function readRoute(words: Words): RoutePattern {
  const network = words.read(
    "default, or a network such as 10.0.0.0/8 without bits behind its prefix",
    readNetwork,
  );
  let gateway: string | undefined;
  let link: string | undefined;
  for (;;) {
    if (gateway === undefined && words.skip("via")) {
      gateway = words.read("the address of a gateway", canonical);
    } else if (link === undefined && words.skip("dev")) {
      link = words.read("IFACE", linkName);
    } else {
      return { ...network, gateway, link };
    }
  }
}

function readNetwork(word: string): RoutePattern {
  if (word === "default") return { length: 0 };
  const { family, address, length } = parsePrefix("network", word);
  const bytes = parseAddress(address);
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  if (bits.includes("1", length)) throw new AttributeError(word);
  return { family, length, ...length > 0 && { address: formatAddress(bytes) } };
}

function canonical(address: string): string {
  return formatAddress(parseAddress(address));
}

function wholeNumber(word: string): number {
  if (/^\d+$/.test(word)) return Number(word);
  throw new AttributeError(word);
}
