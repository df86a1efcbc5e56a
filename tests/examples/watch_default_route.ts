/**
 * Prints where packets for the rest of the world go, and again whenever that changes.
 *
 *     deno run --allow-ffi watch_default_route.ts
 *
 * @module
 */
import { AddressFamily, dial, type RouteConn, RouteTable } from "../../lib/rtnetlink/mod.ts";

using rt = dial();
// First subscribe, then look: so no change falls in between. IPv4 routes go without a word when
// their link or their address does, so these count, too.
using events = rt.subscribe({ kinds: ["link", "address", "route"] });

let before = "";
await look();
// An event is only a hint that something has changed; what is there now the list says.
for await (const _ of events) await look();

async function look(): Promise<void> {
  const now = await defaultRoute(rt);
  if (now !== before) console.log(before = now);
}

async function defaultRoute({ routes, links }: RouteConn): Promise<string> {
  const filter = { family: AddressFamily.Inet, table: RouteTable.Main, dstLength: 0 };
  const [best] = (await routes.list(filter)).sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0));
  if (best === undefined) return "there is no default route";
  const { gateway, oif, multipath } = best;
  if (multipath !== undefined) return `over ${multipath.length} ways`;
  const [link] = await links.list({ index: oif }); // none when it has just gone: an event follows
  return (gateway === undefined ? "directly" : `via ${gateway}`) + ` over ${link?.name}`;
}
