import type { IpJson, KindName } from "../../rtnetlink/object_kind.ts";
import { changesText } from "./human_changes.ts";
import type { WatchInterfaceResult } from "../interface_watch.ts";
import type { MonitorRecord } from "../record.ts";

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, magenta: 35, cyan: 36 } as const;

type Paint = (style: keyof typeof codes, text: string) => string;

const signs = {
  snapshot: "=",
  synced: "=",
  new: "+",
  changed: "~",
  delete: "-",
  overrun: "!",
} as const;

const styles = {
  snapshot: "dim",
  synced: "dim",
  new: "green",
  changed: "yellow",
  delete: "red",
  overrun: "magenta",
} as const;

/** The longest kind's name and one space. */
const kindWidth = 10;

/** Where the details begin unless the name is longer. */
const nameWidth = 16;

/**
 * Writes a record as one line for eyes: time, sign, kind, name, and what matters.
 *
 * @param record The record.
 * @param color Whether to colour it.
 * @returns The line, without its end.
 */
export function humanLine(record: MonitorRecord, color: boolean): string {
  const paint = painter(color);
  const { action, kind, object, changed } = record;
  const what = changed === undefined ? action : "changed";
  const head = `${paint("dim", localTime(record.time))} ${paint(styles[what], signs[what])} `;
  if (action === "synced") return head + paint("dim", "that is what was there; changes follow");
  if (action === "overrun") {
    const plural = record.drops === 1 ? "" : "s";
    return head +
      paint(
        "magenta",
        `${record.drops} datagram${plural} lost: everything is read again, what differs follows`,
      );
  }
  const text = visible(
    changed === undefined ? details[kind!](object!) : changesText(kind!, changed),
  );
  return `${head}${title(record, paint)} ${what === "delete" ? paint("dim", text) : text}`
    .trimEnd();
}

/**
 * Writes the object of a record as one line for eyes, whatever happened to it: kind, name, and what matters.
 *
 * @param record The record, of an object.
 * @param color Whether to colour it.
 * @returns The line, without its end.
 */
export function objectLine(record: MonitorRecord, color: boolean): string {
  const { kind, object } = record;
  return `${title(record, painter(color))} ${visible(details[kind!](object!))}`.trimEnd();
}

/**
 * Writes what became of an interface as one line for eyes, like those of changes.
 *
 * @param time When it was told, in ISO 8601.
 * @param link The interface as it was.
 * @param ending What became of it.
 * @param color Whether to colour it.
 * @returns The line, without its end.
 */
export function endingLine(
  time: string,
  link: { name: string; index: number },
  ending: WatchInterfaceResult,
  color: boolean,
): string {
  const paint = painter(color);
  const what = ending.reason === "deleted" ? "delete" : "changed";
  const head = `${paint("dim", localTime(time))} ${paint(styles[what], signs[what])} `;
  const name = title({ kind: "link", object: { ifname: link.name } }, paint);
  return `${head}${name} ${visible(endingText(link, ending))}`;
}

function endingText(
  { name, index }: { name: string; index: number },
  ending: WatchInterfaceResult,
) {
  switch (ending.reason) {
    case "deleted":
      if (ending.newNetnsid === undefined) return "deleted";
      return `moved to the namespace with id ${ending.newNetnsid}, index ${ending.newIfindex}`;
    case "recreated":
      if (ending.index === index) return "recreated with the same index";
      return `recreated, index ${index} -> ${ending.index}`;
    default: {
      const other = ending.index === undefined ? "" : `, index ${ending.index} is ${name} now`;
      return `renamed ${name} -> ${ending.name}${other}`;
    }
  }
}

function painter(color: boolean): Paint {
  return (style, text) => color && text !== "" ? `\x1b[${codes[style]}m${text}\x1b[0m` : text;
}

function title(
  { kind, object, nsid }: Pick<MonitorRecord, "kind" | "object" | "nsid">,
  paint: Paint,
): string {
  const place = nsid === undefined ? "" : `[nsid ${nsid}] `;
  const name = visible(names[kind!](object!));
  return paint("cyan", kind!.padEnd(kindWidth)) + place + paint("bold", name.padEnd(nameWidth));
}

/** Names and aliases may hold anything: what would steer the terminal or begin a new line is shown as "\x1b". */
function visible(text: string): string {
  return text.replace(
    /\p{Cc}/gu,
    (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

function localTime(time: string): string {
  const date = new Date(time);
  const two = (value: number) => `${value}`.padStart(2, "0");
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${clock}.${`${date.getMilliseconds()}`.padStart(3, "0")}`;
}

/** What an object is called. */
const names: Readonly<Record<KindName, (json: IpJson) => string>> = {
  link: (json) => `${json.ifname}`,
  address: (json) => `${json.ifname}`,
  route: (json) => `${json.type && json.type !== "unicast" ? `${json.type} ` : ""}${json.dst}`,
  neighbour: (json) => `${json.dst}`,
  rule: (json) => `${json.priority ?? 0}:`,
  nexthop: (json) => `id ${json.id}`,
  netconf: (json) => `${json.interface}`,
  nsid: (json) => `${json.nsid}`,
  prefix: (json) => `${json.prefix}/${json.prefixlen}`,
};

/** Joins words, leaving out those whose value is not there; a function makes the word of a value. */
function words(
  ...parts: Array<readonly [label: string, value: unknown] | string | undefined>
): string {
  const texts = parts.map((part) => {
    if (part === undefined || typeof part === "string") return part;
    const [label, value] = part;
    return value === undefined || value === "" ? undefined : `${label} ${value}`.trim();
  });
  return texts.filter((text) => text !== undefined && text !== "").join(" ");
}

function list(value: unknown): string {
  return Array.isArray(value) ? value.join(",") : "";
}

function nexthopWords({ gateway, via, dev, weight }: IpJson): string {
  const { family, host } = (via ?? {}) as { family?: string; host?: string };
  return words(["via", gateway], via === undefined ? undefined : `via ${family} ${host}`, [
    "dev",
    dev,
  ], [
    "weight",
    weight,
  ]);
}

function encapWords(json: IpJson): string | undefined {
  const encap = json.encap as IpJson | undefined;
  return encap === undefined
    ? undefined
    : `encap ${Object.values(encap).filter((v) => typeof v !== "object").join(" ")}`;
}

/** What matters about an object besides its name. */
const details: Readonly<Record<KindName, (json: IpJson) => string>> = {
  link(json) {
    const { info_kind: kind, info_slave_kind: port } = (json.linkinfo ?? {}) as IpJson;
    const carrier = (json.flags as string[] | undefined)?.includes("NO-CARRIER")
      ? "no carrier"
      : undefined;
    const peer = json.link ?? (json.link_index === undefined ? undefined : `if${json.link_index}`);
    return words(
      ["", json.operstate],
      carrier,
      ["", kind],
      ["on", peer],
      ["master", json.master],
      port === undefined ? undefined : `(${port})`,
      ["mtu", json.mtu],
      ["", json.address],
      json.ifalias === undefined ? undefined : `"${json.ifalias}"`,
    );
  },
  address(json) {
    const flags = Object.keys(json).filter((key) => json[key] === true);
    const lifetime = json.valid_life_time === 0xffff_ffff ? undefined : json.valid_life_time;
    return words(
      `${json.local ?? json.address}/${json.prefixlen}`,
      ["peer", json.local === undefined ? undefined : json.address],
      ["scope", json.scope],
      ["valid", lifetime === undefined ? undefined : `${lifetime}s`],
      flags.join(" "),
    );
  },
  route(json) {
    const legs = (json.nexthops as IpJson[] | undefined)?.map(nexthopWords).join(" | ");
    return words(
      ["from", json.from],
      encapWords(json),
      nexthopWords(json),
      legs,
      ["nhid", json.nhid],
      ["src", json.prefsrc],
      ["metric", json.metric],
      ["table", json.table === "main" ? undefined : json.table],
      ["proto", json.protocol],
      list(json.flags),
    );
  },
  neighbour: (json) => words(["dev", json.dev], ["", json.lladdr], list(json.state)),
  rule(json) {
    const prefix = (key: string) =>
      json[key] === undefined
        ? undefined
        : `${json[key]}${json[`${key}len`] === undefined ? "" : `/${json[`${key}len`]}`}`;
    return words(
      "not" in json ? "not" : undefined,
      ["from", prefix("src")],
      ["to", prefix("dst")],
      ["fwmark", json.fwmark],
      ["iif", json.iif],
      ["oif", json.oif],
      ["lookup", json.table],
      ["goto", json.goto],
      ["", json.action],
      ["", json.family === "inet6" ? "inet6" : undefined],
    );
  },
  nexthop(json) {
    const group = json.group as Array<{ id: number; weight?: number }> | undefined;
    const members = group?.map(({ id, weight }) =>
      weight === undefined ? `${id}` : `${id}x${weight}`
    ).join("/");
    return words(
      ["group", members],
      nexthopWords(json),
      "blackhole" in json ? "blackhole" : undefined,
      [
        "proto",
        json.protocol,
      ],
    );
  },
  netconf: (json) =>
    words(
      ...Object.entries(json).filter(([key]) => key !== "interface").map(([key, value]) =>
        key === "family"
          ? `${value}`
          : `${key} ${value === true ? "on" : value === false ? "off" : value}`
      ),
    ),
  nsid: (json) => words(["", json.name]),
  prefix: (json) =>
    words(["dev", json.ifname], ["valid", json.valid_time], ["preferred", json.preferred_time]),
};
