/**
 * Connects two network namespaces: a pair of links with an address at each end, and a route to what
 * is behind the second one.
 *
 *     deno run --allow-ffi connect_namespaces.ts ONE OTHER
 *
 * ONE and OTHER are names of `ip netns` or paths, such as /proc/PID/ns/net. Needs CAP_SYS_ADMIN to
 * enter them and CAP_NET_ADMIN to change them.
 *
 * @module
 */
import process from "node:process";
import { dial } from "../../lib/rtnetlink/mod.ts";

const [one, other] = process.argv.slice(2);
using here = dial({ netNS: one });
using there = dial({ netNS: other });

// One request makes both ends, each in its namespace from the start.
const peer = { name: "uplink", netNS: other };
await here.links.add({ name: "downlink", linkInfo: { kind: "veth", data: { peer } } });

const { index } = await here.links.get("downlink");
await here.links.set(index, { up: true });
await here.addresses.add({ index, address: "10.0.0.1/24" });

const { index: uplink } = await there.links.get("uplink");
await there.links.set(uplink, { up: true });
await there.addresses.add({ index: uplink, address: "10.0.0.2/24" });
const { index: loopback } = await there.links.get("lo");
await there.links.set(loopback, { up: true });
await there.addresses.add({ index: loopback, address: "192.0.2.1" });

// Now that both ends are up, what is behind the other one can be reached over it.
await here.routes.add({ dst: "192.0.2.0/24", gateway: "10.0.0.2" });
const route = await here.routes.get("192.0.2.1");
console.log(`192.0.2.1 is reached via ${route.gateway} from ${route.prefSrc}`);
