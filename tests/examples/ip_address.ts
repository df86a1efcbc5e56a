/**
 * Prints the links of this network namespace and their addresses, as `ip -br address` does.
 *
 *     deno run --allow-ffi ip_address.ts
 *
 * @module
 */
import { type Address, dial, type Link, OperState } from "../../lib/rtnetlink/mod.ts";

const stateNames = Object.entries(OperState);

using rt = dial();
const links = await rt.links.list();
const names = new Map(links.map(({ index, name }) => [index, name]));
const addresses = Map.groupBy(await rt.addresses.list(), ({ index }) => index);

for (const link of links) {
  const list = addresses.get(link.index) ?? [];
  console.log([title(link).padEnd(16), state(link).padEnd(14), ...list.map(text)].join(" ") + " ");
}

/** The name of a link and, behind "@", of the one that it is connected to. */
function title({ name, link, linkNetnsid }: Link): string {
  if (link === undefined) return `${name}`;
  if (link === 0) return `${name}@NONE`;
  // In another namespace it is known by its number alone.
  return `${name}@${linkNetnsid === undefined ? names.get(link) : `if${link}`}`;
}

function state({ operState }: Link): string {
  const [name] = stateNames.find(([, value]) => value === operState) ?? ["Unknown"];
  return name.toUpperCase();
}

function text({ address, local = address, prefixLength, routePriority }: Address): string {
  const peer = address === local ? "" : ` peer ${address}`;
  const metric = routePriority === undefined ? "" : ` metric ${routePriority}`;
  return `${local}${peer}/${prefixLength}${metric}`;
}
