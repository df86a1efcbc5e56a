import type { Address } from "../../rtnetlink/address.ts";
import type { KindName } from "../../rtnetlink/object_kind.ts";
import type { Route } from "../../rtnetlink/route/object.ts";

/** A difference between what was known of an object and what is. */
export interface Difference {
  /** What happened to the object. */
  action: "new" | "delete";
  /** The kind of object. */
  kind: KindName;
  /** What makes it the one it is, among its kind. */
  key: string;
  /** The object; a deleted one as it was last. */
  object: object;
  /** As it was before, when it was there. */
  previous?: object;
  /** The names of the fields that differ, when it was there before. */
  changed?: string[];
}

/**
 * Fields, at any depth, whose values run on, count or are drawn anew while nothing happens, or are
 * changed by nothing that is told: `conf` are sysctls.
 */
const running: Readonly<Partial<Record<KindName, ReadonlySet<string>>>> = {
  link: new Set([
    "stats",
    "stats64",
    "xstats",
    "icmp6Stats",
    "cacheInfo",
    "event",
    "change",
    "conf",
    "helloTimer",
    "tcnTimer",
    "topologyChangeTimer",
    "gcTimer",
    "holdTimer",
    "messageAgeTimer",
    "forwardDelayTimer",
    "ipOtherTimer",
    "ipv6OtherTimer",
    "fdbNLearned",
    "mcastNGroups",
  ]),
  neighbour: new Set(["cacheInfo", "probes"]),
  nexthop: new Set(["groupStats", "unbalancedTime", "idleTime"]),
};

const none: ReadonlySet<string> = new Set();

/** Within a link's IPv6 the flags tell, too, how far router discovery is, which no event does. */
const runningInet6: ReadonlySet<string> = new Set([...running.link!, "flags"]);

/** A lifetime as far as it is no countdown. */
function lasting(seconds: number): number {
  return seconds === 0 || seconds === 0xffff_ffff ? seconds : 1;
}

/** What is compared instead of fields that count down. */
const summaries: Readonly<Partial<Record<KindName, (value: unknown) => unknown>>> = {
  address(value) {
    const { preferred, valid } = value as NonNullable<Address["cacheInfo"]>;
    return { preferred: lasting(preferred), valid: lasting(valid) };
  },
  route(value) {
    const { expires, error } = value as NonNullable<Route["cacheInfo"]>;
    return { ends: expires !== 0, error };
  },
};

/**
 * Tells what differs between two states of an object, but for what changes by itself.
 *
 * @param kind The kind of object.
 * @param before The object as it was.
 * @param after The object as it is.
 * @returns The names of the fields that differ.
 */
export function changedFields(kind: KindName, before: object, after: object): string[] {
  const skip = running[kind] ?? none;
  const old = before as Record<string, unknown>;
  const current = after as Record<string, unknown>;
  const changed: string[] = [];
  for (const name in current) {
    if (!skip.has(name) && !same(kind, name, old[name], current[name], skip)) changed.push(name);
  }
  for (const name in old) {
    if (!skip.has(name) && old[name] !== undefined && !(name in current)) changed.push(name);
  }
  return changed;
}

function same(
  kind: KindName,
  name: string,
  before: unknown,
  after: unknown,
  skip: ReadonlySet<string>,
): boolean {
  const summary = name === "cacheInfo" ? summaries[kind] : undefined;
  if (summary === undefined || before === undefined || after === undefined) {
    return equal(before, after, skip);
  }
  return equal(summary(before), summary(after), skip);
}

function equal(before: unknown, after: unknown, skip: ReadonlySet<string>): boolean {
  if (before === after) return true;
  if (
    typeof before !== "object" || typeof after !== "object" || before === null || after === null
  ) {
    return false;
  }
  if (ArrayBuffer.isView(before) || Array.isArray(before)) {
    const [a, b] = [before, after] as [ArrayLike<unknown>, ArrayLike<unknown>];
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!equal(a[i], b[i], skip)) return false;
    return true;
  }
  const [a, b] = [before, after] as [Record<string, unknown>, Record<string, unknown>];
  for (const name in a) {
    const within = name === "inet6" ? runningInet6 : skip;
    if (!skip.has(name) && !equal(a[name], b[name], within)) return false;
  }
  for (const name in b) if (!skip.has(name) && !(name in a) && b[name] !== undefined) return false;
  return true;
}
