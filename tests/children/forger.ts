/**
 * Sends forged datagrams to a port in the namespace of a process as fast as the port takes them: with the
 * sequence numbers from a first one on, again and again, until it is told to end; prints how many were sent.
 *
 * Arguments: the family, the process, the port, the first sequence number, how many numbers there are.
 */
import process from "node:process";
import { dial } from "../../mod.ts";
import { forge, forgeries, turn } from "../netlink.ts";

const [family, pid, port, first, range] = process.argv.slice(2).map(Number);
const conn = dial(family, { netNS: { pid } });
let ended = false;
process.on("SIGTERM", () => ended = true);
console.log("started");
let count = 0;
for (let i = 0; !ended; i++) {
  for (const datagram of forgeries(port, (first + i % range) >>> 0)) {
    if (forge(conn, port, datagram)) count++;
  }
  await turn();
}
console.log(`${count} sent`);
conn.close();
