/**
 * Opens a mirror with a reader, a ChangeMonitor and a monitor of this namespace, and prints again and again what the
 * process has taken: bytes of heap and of memory, descriptors and threads; how much has been told is the last.
 *
 * Deno needs --v8-flags=--expose-gc for it.
 */
import process from "node:process";
import { ChangeMonitor, monitor, NetworkMirror } from "../../lib/monitor/mod.ts";
import { delay } from "../harness.ts";
import { resources } from "../netlink.ts";

const { Bun, gc } = globalThis as { Bun?: { gc(force: boolean): void }; gc?(): void };
let told = 0;

async function count(things: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of things) told++;
}

const mirror = await NetworkMirror.open();
count(mirror.changes());
count(monitor({ snapshot: true }));
new ChangeMonitor(() => told++, { debounceMs: 20, maxWaitMs: 100 });
for (;;) {
  await delay(300);
  for (let i = 0; i < 5; i++) {
    await delay(20);
    if (Bun === undefined) gc!();
    else Bun.gc(true);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  console.log(JSON.stringify({ heap: heapUsed + external, rss, ...resources(), told }));
}
