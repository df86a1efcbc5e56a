import { AttributeDecoder, AttributeEncoder } from "../../mod.ts";
import type { Answer, Case, Measure } from "../case.ts";
import { startClocks } from "../timed.ts";

/** Attributes into bytes and back: integers, strings and bytes in turn. */
export const attributes: Case = {
  name: "attributes",
  title: "Attributes encoded and decoded",
  units: { time: "ns", cpu: "ns" },
  sizes: [1, 8, 64, 512],
  quickSizes: [8],
  variants: { encode: ["c", "deno", "bun", "go"], decode: ["c", "deno", "bun", "go"] },
  operations: (size) => Math.ceil(400_000 / size),
};

const hardwareAddress = Uint8Array.of(2, 0, 0, 0, 0, 7);

function encode(count: number): Uint8Array {
  const encoder = new AttributeEncoder();
  for (let i = 0; i < count; i++) {
    switch (i % 4) {
      case 0:
        encoder.uint32(i + 1, i);
        break;
      case 1:
        encoder.string(i + 1, "eth0");
        break;
      case 2:
        encoder.uint8(i + 1, i & 0xff);
        break;
      default:
        encoder.bytes(i + 1, hardwareAddress);
    }
  }
  return encoder.encode();
}

function decode(bytes: Uint8Array): number {
  const decoder = new AttributeDecoder(bytes);
  let sum = 0;
  while (decoder.next()) {
    switch ((decoder.type - 1) % 4) {
      case 0:
        sum += decoder.uint32();
        break;
      case 1:
        sum += decoder.string().length;
        break;
      case 2:
        sum += decoder.uint8();
        break;
      default:
        sum += decoder.bytes()[5];
    }
  }
  return sum;
}

/** `AttributeEncoder` and `AttributeDecoder`. */
export function prepare(variant: string, size: number, operations: number): Measure {
  const bytes = encode(size);
  const [name, operation] = variant === "encode"
    ? ["length", () => encode(size).length] as const
    : ["sum", () => decode(bytes)] as const;
  return () => Promise.resolve(measure(name, operation, operations));
}

function measure(name: string, operation: () => number, operations: number): Answer {
  let total = 0;
  const passed = startClocks();
  for (let i = 0; i < operations; i++) total += operation();
  return { values: passed(operations), check: { [name]: total / operations } };
}
