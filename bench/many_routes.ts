/**
 * The routes that several cases dump: one for each address from 10.0.0.0 on, over a gateway.
 *
 * @module
 */
import {
  dial,
  encodeObject,
  MessageType,
  type RouteConn,
  routeKind,
  RouteProtocol,
  RouteType,
} from "../lib/rtnetlink/mod.ts";
import { HeaderFlags, type MessageInit } from "../mod.ts";
import { ip } from "./ip.ts";

const { Request, Create, Excl, Dump } = HeaderFlags;

/** The table with the routes to dump, and one with few to warm up on. */
export const routeTable = 1000;
export const fewRouteTable = 1001;

/** How many the latter has. */
export const few = 1000;

/** The link that they lead over. */
const device = "nlbench";

const first = 0x0a00_0000;

/** How many messages go into one datagram. */
const portion = 1000;

const dstPlace = 12 + 4; // struct rtmsg, the header of RTA_DST

let present = 0;

/**
 * Makes that there are so many routes to dump, on top of those that there are.
 *
 * @param count How many there are to be.
 */
export async function makeRoutes(count: number): Promise<void> {
  using rt = dial();
  if (present === 0) {
    await rt.links.add({ name: device, up: true, linkInfo: { kind: "veth" } });
    const { index } = await rt.links.get(device);
    await rt.addresses.add({ index, address: "192.0.2.2/24" });
    await addRoutes(rt, fewRouteTable, 0, few);
  }
  await addRoutes(rt, routeTable, present, count);
  present = count;
}

/** Removes all of them, with the link that they lead over. */
export function removeRoutes(): void {
  if (present > 0) ip("link", "delete", device);
  present = 0;
}

async function addRoutes(rt: RouteConn, table: number, from: number, to: number): Promise<void> {
  const { index } = await rt.links.get(device);
  const data = encodeObject(routeKind, {
    family: 2,
    dstLength: 32,
    protocol: RouteProtocol.Static,
    type: RouteType.Unicast,
    dst: "10.0.0.0",
    gateway: "192.0.2.1",
    oif: index,
    table,
  });
  const header = { type: MessageType.NewRoute, flags: Request | Create | Excl };
  const route = (number: number): MessageInit => {
    const copy = data.slice();
    new DataView(copy.buffer).setUint32(dstPlace, first + number);
    return { header, data: copy };
  };
  for (let at = from; at < to; at += portion) {
    const length = Math.min(portion, to - at);
    await rt.conn.sendMessages(Array.from({ length }, (_, i) => route(at + i)));
  }
}

/**
 * Asks for the routes of a table.
 *
 * @param table The table.
 * @returns The request.
 */
export function getRoutes(table: number): MessageInit {
  const header = { type: MessageType.GetRoute, flags: Request | Dump };
  return { header, data: encodeObject(routeKind, { family: 2, table }) };
}

/**
 * Tells what whoever dumps that many routes must have seen.
 *
 * @param count How many there are.
 * @returns Their number, and the sum of their addresses.
 */
export function expectRoutes(count: number): { count: number; sum: number } {
  return { count, sum: count * first + count * (count - 1) / 2 };
}
