/**
 * Adds and deletes the addresses 0, 1, 2 and so on in the namespace of a process, until it is told to
 * end; prints how many there were.
 */
import process from "node:process";
import { dial, Family, HeaderFlags } from "../../mod.ts";
import { delay } from "../harness.ts";
import { addAddress, deleteAddress } from "../netlink.ts";

const conn = dial(Family.Route, { netNS: { pid: Number(process.argv[2]) } });
let ended = false;
process.on("SIGTERM", () => ended = true);
console.log("started");
let count = 0;
for (; !ended; count++) {
  await conn.execute(addAddress(count, HeaderFlags.Acknowledge));
  await conn.execute(deleteAddress(count, HeaderFlags.Acknowledge));
  // Others want the kernel's lock, too: without a pause a dump takes a hundred times as long.
  if (count % 10 === 0) await delay(1);
}
console.log(`${count} changed`);
conn.close();
