import type { KindName } from "../../rtnetlink/object_kind.ts";
import type { ChangedKeys } from "../changed_keys.ts";

/** How long the text of a value with parts may be. */
const longest = 80;

type Words = (before: unknown, after: unknown) => string;

/** What is said of some keys in place of "key old -> new". */
const words: Readonly<Partial<Record<KindName, Readonly<Record<string, Words>>>>> = {
  link: {
    ifname: (before, after) => `renamed ${before} -> ${after}`,
    flags: (before, after) => linkFlagsText(before as string[], after as string[]),
    master(before, after) {
      if (before === null) return `joined ${after}`;
      return after === null ? `left ${before}` : `master ${before} -> ${after}`;
    },
  },
  neighbour: { state: (before, after) => `state ${list(before)} -> ${list(after)}` },
};

/**
 * Says for eyes what is different about an object.
 *
 * @param kind The kind of object.
 * @param changed What differs.
 * @returns Such as "mtu 1500 -> 9000, carrier lost".
 */
export function changesText(kind: KindName, changed: ChangedKeys): string {
  const parts: string[] = [];
  for (const [key, [before, after]] of Object.entries(changed)) {
    // What a link is as a port comes and goes with being one.
    if (changed.master && key.startsWith("linkinfo.info_slave_")) continue;
    const text = words[kind]?.[key] ?? plainly(key);
    parts.push(text(before, after));
  }
  return parts.join(", ");
}

function plainly(key: string): Words {
  return (before, after) => {
    if (isNames(before) && isNames(after)) return `${key} ${nameChanges(before, after)}`;
    if (before === null && after === true) return `+${key}`;
    if (before === true && after === null) return `-${key}`;
    return `${key} ${plain(before)} -> ${plain(after)}`;
  };
}

/** What was switched and what became of the carrier, and the other flags by their names. */
function linkFlagsText(before: string[], after: string[]): string {
  const parts: string[] = [];
  const [wasOn, isOn] = [before, after].map((flags) => flags.includes("UP"));
  const [hadCarrier, hasCarrier] = [before, after].map((flags) => !flags.includes("NO-CARRIER"));
  if (wasOn !== isOn) {
    parts.push(isOn ? "switched on" : "switched off");
    if (isOn && !hasCarrier) parts.push("no carrier");
  } else if (hadCarrier !== hasCarrier) {
    parts.push(hasCarrier ? "carrier found" : "carrier lost");
  }
  const said = parts.length > 0 ? ["UP", "NO-CARRIER", "LOWER_UP", "M-DOWN"] : [];
  const rest = [before, after].map((flags) => flags.filter((flag) => !said.includes(flag)));
  const others = nameChanges(rest[0], rest[1]);
  if (others !== "") parts.push(`flags ${others}`);
  return parts.join(", ");
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function nameChanges(before: string[], after: string[]): string {
  const added = after.filter((name) => !before.includes(name)).map((name) => `+${name}`);
  const removed = before.filter((name) => !after.includes(name)).map((name) => `-${name}`);
  return [...added, ...removed].join(" ");
}

function list(value: unknown): string {
  return isNames(value) && value.length > 0 ? value.join(",") : "none";
}

function plain(value: unknown): string {
  if (value === null) return "none";
  if (typeof value !== "object") return `${value}`;
  const text = JSON.stringify(value);
  return text.length > longest ? "{...}" : text;
}
