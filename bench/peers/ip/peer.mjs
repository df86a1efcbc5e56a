/**
 * The peer that many programs use: `ip -j`, spawned by Node and parsed. Each line on standard input
 * asks for one sample, which is answered with a line of JSON. Arguments: the case, its variant, its
 * size, and how many operations make a sample.
 *
 * @module
 */
import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";

const [name, variant, , repetitions] = process.argv.slice(2);
const operations = Number(repetitions);

function ip(...args) {
  return new Promise((resolve, reject) => {
    const child = spawn("ip", ["-j", ...args], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part) => text += part);
    child.on("error", reject);
    child.on("close", () => resolve(JSON.parse(text)));
  });
}

function addressNumber(text) {
  return text.split(".").reduce((number, part) => number * 256 + Number(part), 0);
}

const cases = {
  "round_trip typed": [
    () => ip("link", "show", "dev", "lo"),
    ([{ ifindex }]) => ({ index: ifindex }),
  ],
  "links typed": [
    () => ip("-d", "link", "show"),
    (links) => ({
      count: links.length,
      sum: links.reduce((sum, { ifindex }) => sum + ifindex, 0),
      names: links.reduce((sum, { ifname }) => sum + ifname.length, 0),
    }),
  ],
  "routes typed": [
    () => ip("-4", "route", "show", "table", "1000"), // the one that the harness fills
    (routes) => ({
      count: routes.length,
      sum: routes.reduce((sum, { dst }) => sum + addressNumber(dst), 0),
    }),
  ],
};
const [list, check] = cases[`${name} ${variant}`];
for await (const _ of createInterface({ input: process.stdin })) {
  let objects;
  const start = process.hrtime.bigint();
  for (let i = 0; i < operations; i++) objects = await list();
  const time = Number(process.hrtime.bigint() - start) / operations;
  console.log(JSON.stringify({ values: { time }, check: check(objects) }));
}
