/** What reads bytes that the system wrote into memory, with that memory filled by a test. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Libc, Memory } from "../ffi/libc.ts";
import type { Reactor } from "../ffi/reactor.ts";
import { NetNSWatch } from "../lib/netns_watch.ts";
import { ReceiveHeader } from "../lib/receive_header.ts";

const EAGAIN = 11;

/** A libc that does nothing but allocate; the last memory that it gave can be filled. */
class FakeLibc {
  memory: Memory = this.allocate(0);

  allocate(size: number): Memory {
    const bytes = new Uint8Array(size);
    const memory: Memory = { bytes, view: new DataView(bytes.buffer), address: 0n };
    this.memory = memory;
    return memory;
  }

  close(): number {
    return 0;
  }
}

/**
 * Reads where a datagram came from.
 *
 * @param bytes What recvmsg(2) left in the header, its control messages included.
 */
export function readSource(bytes: Uint8Array): unknown {
  const libc = new FakeLibc();
  const buffer = libc.allocate(16);
  const header = new ReceiveHeader(libc as unknown as Libc, buffer);
  const { memory } = libc;
  memory.bytes.set(bytes.subarray(0, memory.bytes.length));
  return header.source();
}

/** Headers of received messages with their control messages. */
export const receivedHeaders: fc.Arbitrary<Uint8Array> = fc.tuple(
  fc.uint8Array({ minLength: 88, maxLength: 88 }),
  fc.array(
    fc.tuple(
      fc.constantFrom(0, 1, 15, 16, 17, 20, 24, 40, 48, 0xffff_ffff),
      fc.constantFrom(0, 1, 270),
      fc.constantFrom(0, 3, 8),
      fc.nat(),
    ),
    { minLength: 2, maxLength: 2 },
  ),
  fc.constantFrom(0, 1, 16, 20, 24, 48, 49, 0xffff_ffff),
).map(([header, messages, length]) => {
  const bytes = new Uint8Array(88 + 48);
  const view = new DataView(bytes.buffer);
  bytes.set(header);
  view.setUint32(40, length, true);
  messages.forEach(([length, level, type, value], i) => {
    [length, 0, level, type, value].forEach((word, j) =>
      view.setUint32(88 + 24 * i + 4 * j, word, true)
    );
  });
  return bytes;
});

/**
 * Reads whether the file of a network namespace was deleted.
 *
 * @param bytes What read(2) gave of inotify(7).
 */
export function readWatch(bytes: Uint8Array): unknown {
  let onReadable = () => {};
  const fake = new FakeLibc();
  const libc = {
    // The buffer ends where what was read ends, so that nothing behind it is looked at unnoticed.
    allocate: (size: number) => fake.allocate(size < 4096 ? size : bytes.length),
    close: fake.close,
    inotify_init1: () => 3,
    inotify_add_watch: () => 1,
    read() {
      if (given) return -EAGAIN;
      given = true;
      fake.memory.bytes.set(bytes);
      return bytes.length;
    },
  };
  let given = false;
  let gone = 0;
  let armed = 0;
  const reactor = {
    watch(_fd: number, fn: () => void) {
      onReadable = fn;
      return { arm: () => armed++, disarm() {}, remove() {} };
    },
  };
  const system = { libc: libc as unknown as Libc, reactor: reactor as unknown as Reactor };
  using _watch = new NetNSWatch(system, "/run/netns/red", () => gone++);
  onReadable();
  assert.equal(gone + armed, 2);
  return gone;
}

/** Events of inotify(7), some of them about the file. */
export const inotifyEvents: fc.Arbitrary<Uint8Array> = fc.array(
  fc.tuple(
    fc.constantFrom("", "red", "blue", "red2"),
    fc.constantFrom(0, 3, 4, 16, 0x7fff_ffff, 0xffff_ffff),
  ),
  { maxLength: 4 },
).map((events) =>
  Uint8Array.from(events.flatMap(([name, length]) => {
    const bytes = new Uint8Array(16 + (length === 16 ? 16 : 4));
    new DataView(bytes.buffer).setUint32(12, length, true);
    bytes.set(new TextEncoder().encode(name), 16);
    return [...bytes];
  }))
);
