/** Prints how many IPv4 addresses the namespace has that its argument names, or the error's code. */
import { dial, Family, type OpError } from "../../mod.ts";
import { openTerminal } from "../../lib/terminal.ts";
import { getAddresses } from "../netlink.ts";

try {
  using conn = dial(Family.Route, { netNS: openTerminal().args[0] });
  console.log((await conn.execute(getAddresses())).length);
} catch (error) {
  console.log((error as OpError).code);
}
