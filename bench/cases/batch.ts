import { MessageType } from "../../lib/rtnetlink/mod.ts";
import {
  AttributeEncoder,
  dial,
  Family,
  HeaderFlags,
  HeaderType,
  type MessageInit,
} from "../../mod.ts";
import type { Case, Measure } from "../case.ts";
import { getLoopback, linkHeader } from "../messages.ts";
import { timed } from "../timed.ts";

/** Many changes in one system call, each acknowledged. */
export const batch: Case = {
  name: "batch",
  title: "Batch of requests, each acknowledged",
  units: { time: "ns", cpu: "ns" },
  sizes: [1, 10, 100],
  quickSizes: [100],
  variants: { raw: ["c", "deno", "bun", "go"] },
  operations: (size) => Math.ceil(10_000 / size),
  expect: (size) => ({ acknowledged: size }),
};

const IFLA_MTU = 4;

/** Sets the loopback's MTU to what it is: the kernel does all but the change. */
function setMtu(): MessageInit {
  const attributes = new AttributeEncoder();
  attributes.uint32(IFLA_MTU, 65536);
  const encoded = attributes.encode();
  const data = new Uint8Array(linkHeader + encoded.length);
  data.set(getLoopback().data!);
  data.set(encoded, linkHeader);
  const flags = HeaderFlags.Request | HeaderFlags.Acknowledge;
  return { header: { type: MessageType.NewLink, flags }, data };
}

/** `executeBatch`. */
export function prepare(_variant: string, size: number, operations: number): Measure {
  const conn = dial(Family.Route);
  return () =>
    timed(
      operations,
      () => conn.executeBatch(Array.from({ length: size }, setMtu)),
      (results) => ({
        acknowledged: results.filter((replies) =>
          Array.isArray(replies) && replies[0].header.type === HeaderType.Error
        ).length,
      }),
    );
}
