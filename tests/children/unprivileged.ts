/** Tries to read and to change what the process may read and may not change; prints how it went. */
import { dial, NeighbourState } from "../../lib/rtnetlink/mod.ts";
import { OpError } from "../../mod.ts";

using rt = dial();
const { index } = await rt.links.get("lo");
const address = "10.0.0.1/24";
const attempts: Array<() => Promise<unknown>> = [
  () => rt.links.add({ name: "b0", linkInfo: { kind: "bridge" } }),
  () => rt.links.set(index, { up: false }),
  () => rt.links.delete(index),
  () => rt.links.addAltNames(index, ["another"]),
  () => rt.addresses.add({ index, address }),
  () => rt.addresses.delete({ index, address: "127.0.0.1/8" }),
  () => rt.routes.add({ dst: "10.0.0.0/8", oif: index }),
  () => rt.neighbours.add({ index, dst: "10.0.0.2", state: NeighbourState.Failed }),
  () => rt.rules.add({ src: "10.0.0.0/8" }),
  () => rt.nexthops.add({ oif: index }),
];
for (const attempt of attempts) {
  try {
    await attempt();
    console.log("it was done");
  } catch (error) {
    if (!(error instanceof OpError)) throw error;
    console.log(error.op, error.code);
  }
}
const results = await rt.batch(({ links, addresses }) => {
  links.set(index, { up: false });
  addresses.add({ index, address });
});
console.log(results.map((error) => error?.code).join(" "));
console.log(results[0]?.message);
console.log((await rt.addresses.list({ index })).length, "addresses");
