/**
 * The peer of the npm registry: `netlink`, a native addon for Node. Each line on standard input asks
 * for one sample, which is answered with a line of JSON. Arguments: the folder it is installed in, the
 * case, its variant, its size, and how many operations make a sample.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import process from "node:process";
import { createInterface } from "node:readline";

const [folder, name, variant, ...numbers] = process.argv.slice(2);
const [size, operations] = numbers.map(Number);
const { createRtNetlink } = createRequire(`${folder}/`)("netlink");

const routeTable = 1000; // the one that the harness fills

/** Measures operations of which each gives what was seen. */
async function timed(operation) {
  let check;
  const usage = process.cpuUsage();
  const start = process.hrtime.bigint();
  for (let i = 0; i < operations; i++) check = await operation();
  const time = Number(process.hrtime.bigint() - start) / operations;
  const { user, system } = process.cpuUsage(usage);
  return { values: { time, cpu: (user + system) * 1000 / operations }, check: check() };
}

function roundTrip() {
  const socket = createRtNetlink();
  return () =>
    timed(async () => {
      const [link] = await socket.getLink({ index: 1 });
      return () => ({ index: link.data.index });
    });
}

function links() {
  const socket = createRtNetlink();
  return () =>
    timed(async () => {
      const links = await socket.getLinks();
      return () => ({
        count: links.length,
        sum: links.reduce((sum, { data }) => sum + data.index, 0),
        names: links.reduce((sum, { attrs }) => sum + attrs.ifname.length, 0),
      });
    });
}

function routes() {
  const socket = createRtNetlink();
  const family = 2;
  return () =>
    timed(async () => {
      const all = await socket.getRoutes({ family });
      const routes = all.filter(({ attrs }) => attrs.table === routeTable);
      return () => ({
        count: routes.length,
        sum: routes.reduce((sum, { attrs }) => sum + Buffer.from(attrs.dst).readUInt32BE(), 0),
      });
    });
}

const addressGroup = 5; // RTNLGRP_IPV4_IFADDR
const last = 0xffffff; // the number of the address whose change ends a burst

function burst() {
  return () =>
    new Promise((resolve) => {
      const socket = createRtNetlink({ ref: true });
      let [events, sum, first, latest] = [0, 0, 0, 0];
      const finish = () => {
        socket.socket.close();
        const values = { time: (latest - first) * 1e6, lost: size - events };
        resolve(events === size ? { values, check: { sum } } : { values });
      };
      socket.socket.socket.on("error", () => {}); // some are lost: they will be missing in the count
      socket.on("message", (messages) => {
        for (const { attrs } of messages) {
          const number = Buffer.from(attrs.local).readUInt32BE() - 0x0a000000;
          if (number === last) return finish();
          events++;
          sum += number;
          latest = performance.now();
          first ||= latest;
        }
      });
      socket.addMembership(addressGroup);
      console.log(`{"ready":true}`);
    });
}

const cases = {
  "round_trip typed": roundTrip,
  "links typed": links,
  "routes typed": routes,
  "burst typed": burst,
};
const measure = cases[`${name} ${variant}`]();
for await (const _ of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await measure()));
}
process.exit();
