import type { Conn } from "../../conn.ts";
import { DumpInterruptedError, OpError } from "../../errors.ts";
import { HeaderFlags, headerLength } from "../../message.ts";
import type { CallOptions } from "../../options.ts";
import { AddressFamily } from "../../rtnetlink/constants.ts";
import { LinkFilter } from "../../rtnetlink/link/constants.ts";
import { linkKind } from "../../rtnetlink/link/link.ts";
import { decodeObject, encodeObject } from "../../rtnetlink/object_kind.ts";
import type { Reading } from "./reading.ts";

/** A request that every namespace answers: for the loopback. */
const anyLink = {
  header: { type: linkKind.getType, flags: HeaderFlags.Request },
  data: encodeObject(linkKind, { index: 1 }),
};

/**
 * Reads all objects of kinds.
 *
 * @param conn A connection that nobody else uses.
 * @param readings What to read, in their order.
 * @param family Only addresses, routes, neighbours, rules and settings of this family are read.
 * @param options Ends the call early.
 * @throws {OpError} When the kernel refuses a dump.
 */
export async function readAll(
  conn: Conn,
  readings: readonly Reading[],
  family: number | undefined,
  options: CallOptions,
): Promise<void> {
  // An event may be told before its consequences are there, but not before the kernel's lock is free again,
  // for which this waits: what is read has the consequences of every event that was received.
  await conn.execute(anyLink, options);
  for (const reading of readings) {
    for (const request of requests(reading, family)) {
      await read(conn, reading, request, options);
    }
  }
}

async function read(
  conn: Conn,
  reading: Reading,
  request: object,
  options: CallOptions,
): Promise<void> {
  const { kind } = reading;
  const message = {
    header: { type: kind.getType, flags: HeaderFlags.Request | HeaderFlags.Dump },
    data: encodeObject(kind, request),
  };
  try {
    for await (const { memory, starts, ends } of conn.executePortions(message, options)) {
      for (let i = 0; i < starts.length; i++) {
        reading.add(decodeObject(kind, memory, starts[i] + headerLength, ends[i]));
      }
      reading.pause();
    }
    reading.end();
  } catch (error) {
    if (error instanceof DumpInterruptedError) reading.interrupted = true;
    else if (!(error instanceof OpError) || !isEmpty(error)) throw error;
  }
}

/** Whether there is nothing to dump: the kernel was built without a family or without the kind, or the link is gone. */
function isEmpty({ code }: OpError): boolean {
  return code === "EOPNOTSUPP" || code === "ENODEV";
}

/** What to ask for to get the objects. */
function requests({ kind, links }: Reading, family: number | undefined): object[] {
  const { Unspec, Inet, Inet6, Mpls } = AddressFamily;
  const each = (...families: number[]) => families.map((family) => ({ family }));
  switch (kind.name) {
    case "link":
      return [{ family: Unspec, extMask: LinkFilter.Vf | LinkFilter.SkipStats }];
    case "route": // a family that the kernel was built without is taken for all
      if (links === undefined) return each(family ?? Unspec);
      return Array.from(links, (oif) => ({ family: family ?? Unspec, oif }));
    case "address":
      return each(family ?? Unspec);
    case "netconf":
      return family === undefined ? each(Inet, Inet6, Mpls) : each(family);
    case "rule":
    case "neighbour":
      return family === undefined ? each(Inet, Inet6) : each(family);
    default:
      return each(Unspec);
  }
}
