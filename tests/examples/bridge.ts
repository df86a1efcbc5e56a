/**
 * Builds a bridge with three ports, each the end of a pair whose other end a container could get.
 *
 *     deno run --allow-ffi bridge.ts
 *
 * Needs CAP_NET_ADMIN.
 *
 * @module
 */
import { BridgePortState, dial, LinkFlags } from "../../lib/rtnetlink/mod.ts";

const ports = ["port1", "port2", "port3"];

using rt = dial();
// A batch is one system call. Its changes are made in order; each has its own result.
const results = await rt.batch(({ links }) => {
  links.add({ name: "bridge", up: true, linkInfo: { kind: "bridge", data: { forwardDelay: 0 } } });
  for (const name of ports) {
    const peer = { name: `${name}-end` };
    links.add({ name, up: true, linkInfo: { kind: "veth", data: { peer } } });
    links.set(peer.name, { up: true });
  }
});
for (const error of results) if (error !== undefined) throw error;

const { index } = await rt.links.get("bridge");
for (const port of ports) await rt.links.set(port, { master: index });
// The first port may do less than the others: what it hears it must not pass on to a port like it.
await rt.links.set(ports[0], {
  linkInfo: { slaveKind: "bridge", slaveData: { isolated: true } },
});

for (const { name, linkInfo, flags } of await rt.links.list({ master: index })) {
  const port = linkInfo?.slaveKind === "bridge" ? linkInfo.slaveData : undefined;
  const forwards = port?.state === BridgePortState.Forwarding && (flags & LinkFlags.Up) !== 0;
  console.log(`${name} ${forwards ? "forwards" : "waits"}${port?.isolated ? ", isolated" : ""}`);
}
