/**
 * Makes 50,000 requests and aborts 5,000 calls that wait, on one connection and mostly with one signal.
 * Prints what they left behind: bytes of memory, and listeners of the signal with their highest number.
 *
 * Deno needs --v8-flags=--expose-gc for it.
 */
import process from "node:process";
import { dial, Family } from "../../mod.ts";
import { getLink } from "../netlink.ts";

const { Bun, gc } = globalThis as { Bun?: { gc(force: boolean): void }; gc?(): void };
const conn = dial(Family.Route);
const { signal } = new AbortController();
let [listeners, highest] = [0, 0];
const { addEventListener: add, removeEventListener: remove } = signal;
signal.addEventListener = (...args: Parameters<typeof add>) => {
  highest = Math.max(highest, ++listeners);
  add.apply(signal, args);
};
signal.removeEventListener = (...args: Parameters<typeof remove>) => {
  listeners--;
  remove.apply(signal, args);
};

async function call(requests: number, receives: number): Promise<void> {
  for (let i = 0; i < requests; i += 10) {
    await Promise.all(Array.from({ length: 10 }, () => conn.execute(getLink(1), { signal })));
  }
  for (let i = 0; i < receives; i++) {
    const controller = new AbortController();
    const aborted = conn.receive(controller);
    const received = conn.receive({ signal });
    controller.abort();
    await aborted.catch(() => {});
    await conn.send(getLink(1), { signal });
    await received;
  }
}

async function memory(): Promise<number> {
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (Bun === undefined) gc!();
    else Bun.gc(true);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

await call(5000, 500);
const before = await memory();
await call(50_000, 5000);
console.log(JSON.stringify({ bytes: await memory() - before, listeners, highest }));
conn.close();
