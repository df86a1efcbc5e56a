/** What the tests of long dumps and of losses share: very many routes, made as fast as the kernel can. */
import {
  encodeObject,
  MessageType,
  type RouteConn,
  routeKind,
  RouteProtocol,
  RouteType,
} from "../lib/rtnetlink/mod.ts";
import { HeaderFlags, type MessageInit } from "../mod.ts";

const { Request, Create, Excl } = HeaderFlags;

/** How many messages go into one datagram. */
const portion = 1000;

/** Adds routes that drop packets, from 10.0.0.0 on, to a table: it takes some four microseconds for each. */
export async function addManyRoutes(rt: RouteConn, table: number, count: number): Promise<void> {
  const data = encodeObject(routeKind, {
    family: 2,
    dstLength: 32,
    protocol: RouteProtocol.Static,
    type: RouteType.Blackhole,
    dst: "10.0.0.0",
    table,
  });
  const place = 12 + 4; // struct rtmsg, the header of RTA_DST
  const header = { type: MessageType.NewRoute, flags: Request | Create | Excl };
  const route = (number: number): MessageInit => {
    const copy = data.slice();
    new DataView(copy.buffer).setUint32(place, 0x0a00_0000 + number);
    return { header, data: copy };
  };
  for (let from = 0; from < count; from += portion) {
    const length = Math.min(portion, count - from);
    await rt.conn.sendMessages(Array.from({ length }, (_, i) => route(from + i)));
  }
}
