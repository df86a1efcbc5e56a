/** Makes one request with whatever the environment says of debugging. */
import { dial, Family } from "../../mod.ts";
import { getLink } from "../netlink.ts";

using conn = dial(Family.Route);
console.log((await conn.execute(getLink(1))).length);
