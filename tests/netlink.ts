/**
 * What the tests of the connection share: raw messages of rtnetlink, datagrams forged by another
 * socket, and what a process has open.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { Errno } from "../ffi/errno.ts";
import { load } from "../ffi/load.ts";
import { C, sockaddrNl } from "../ffi/structs.ts";
import {
  type Config,
  type Conn,
  dial,
  Family,
  HeaderFlags,
  HeaderType,
  marshalMessage,
  type Message,
  type MessageInit,
  OpError,
} from "../mod.ts";
import { delay, type Namespace, test as plainTest } from "./harness.ts";

load(); // here and not in a test: an open library counts as a leak of the test that opens it

const { Request, Dump, Create, Excl } = HeaderFlags;

/**
 * A test after which the thread that waits for sockets gets the time to hear that no one does any
 * more: Deno calls its pending call a leak, and the next test may count what is open.
 */
export const test: typeof plainTest = (name, options, fn) =>
  plainTest(name, options, async () => {
    await fn();
    await delay(30);
  });

/** A request that the kernel never answers. */
export const silent: MessageInit = { header: { type: HeaderType.Noop, flags: Request } };

/** Types of rtnetlink(7). */
export const RTM = { NEWLINK: 16, GETLINK: 18, NEWADDR: 20, DELADDR: 21, GETADDR: 22 } as const;

/** Bit of the group that tells of IPv4 addresses, RTNLGRP_IPV4_IFADDR. */
export const addressGroup = 1 << 4;

const IFA_LOCAL = 2;

/** Connects to rtnetlink in a namespace. */
export function connect(ns: Namespace, config: Config = {}): Conn {
  return dial(Family.Route, { netNS: { pid: ns.pid }, ...config });
}

/** The index in a link message. */
export function linkIndex({ data }: Message): number {
  return new DataView(data.buffer, data.byteOffset).getInt32(4, true);
}

/** The number of the address in an address message whose first attribute it is, as {@link addAddress} counts. */
export function addressNumber({ data }: Message): number {
  return new DataView(data.buffer, data.byteOffset).getUint32(12) - 0x0a00_0000;
}

/** Makes so many links that cost little, beside the loopback. */
export function addManyLinks(ns: Namespace, count: number): void {
  const failed = ns.batch(Array.from({ length: count }, (_, i) => `link add ifb${i} type ifb`));
  if (failed > 0) throw new Error(`${failed} of ${count} links could not be made`);
}

/** Asks for a link; the loopback is 1. */
export function getLink(index: number, flags = 0): MessageInit {
  const data = new Uint8Array(16); // struct ifinfomsg
  new DataView(data.buffer).setInt32(4, index, true);
  return { header: { type: RTM.GETLINK, flags: Request | flags }, data };
}

/** Asks for all links. */
export function getLinks(flags = 0): MessageInit {
  return { header: { type: RTM.GETLINK, flags: Request | Dump | flags }, data: new Uint8Array(16) };
}

/** Asks for all IPv4 addresses. */
export function getAddresses(flags = 0): MessageInit {
  const data = Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0); // struct ifaddrmsg
  return { header: { type: RTM.GETADDR, flags: Request | Dump | flags }, data };
}

/** Changes the MTU of the loopback. */
export function setMtu(mtu: number): MessageInit {
  const data = new Uint8Array(24); // struct ifinfomsg, IFLA_MTU
  const view = new DataView(data.buffer);
  view.setInt32(4, 1, true);
  view.setUint32(16, 4 << 16 | 8, true);
  view.setUint32(20, mtu, true);
  return { header: { type: RTM.NEWLINK, flags: Request | HeaderFlags.Acknowledge }, data };
}

function address(type: number, flags: number, number: number): MessageInit {
  const data = new Uint8Array(16); // struct ifaddrmsg and one attribute
  const view = new DataView(data.buffer);
  data.set([2, 32, 0, 0]);
  view.setUint32(4, 1, true);
  view.setUint16(8, 8, true);
  view.setUint16(10, IFA_LOCAL, true);
  view.setUint32(12, 0x0a00_0000 + number); // 10.0.0.0 and following
  return { header: { type, flags: Request | flags }, data };
}

/** Adds the IPv4 address of a number to the loopback. */
export function addAddress(number: number, flags = 0): MessageInit {
  return address(RTM.NEWADDR, Create | Excl | flags, number);
}

/** Deletes the IPv4 address of a number from the loopback. */
export function deleteAddress(number: number, flags = 0): MessageInit {
  return address(RTM.DELADDR, flags, number);
}

/** Adds so many addresses that a dump of them takes several datagrams. */
export async function addManyAddresses(conn: Conn, count = 1500): Promise<void> {
  for (let i = 0; i < count; i += 500) {
    await conn.sendMessages(Array.from({ length: 500 }, (_, j) => addAddress(i + j)));
  }
}

const ECONNREFUSED = 111;

/**
 * Sends a datagram of one's own making.
 *
 * @param from Who sends it.
 * @param pid The port that gets it; 0 is the kernel.
 * @param datagram The datagram.
 * @param groups Bitmask of a group whose members get it, too.
 * @returns False when the port has no room for it.
 */
export function forge(from: Conn, pid: number, datagram: Uint8Array, groups = 0): boolean {
  const { libc } = load();
  const name = libc.allocate(sockaddrNl.size);
  const body = libc.allocate(datagram.length);
  body.bytes.set(datagram);
  name.view.setUint16(sockaddrNl.family, C.AF_NETLINK, true);
  name.view.setUint32(sockaddrNl.pid, pid, true);
  name.view.setUint32(sockaddrNl.groups, groups, true);
  const sent = from.syscallConn().control((fd) =>
    libc.sendto(fd, body.address, libc.size(datagram.length), 0, name.address, sockaddrNl.size)
  );
  // Everything is used once more, so that it was not freed before.
  if (sent === -Errno.EAGAIN) return false;
  // A family at which the kernel itself does not listen, as Usersock, refuses port 0 after it served the group.
  const served = groups !== 0 && sent === -ECONNREFUSED;
  if (!(served || sent === datagram.length) || !(name && body)) {
    throw new Error(`sending a forged datagram gave ${sent}`);
  }
  return true;
}

/** The index of the links in {@link forgeries}. */
const forgedIndex = 666_666;

/** Datagrams as a port gets them from the kernel for a request: replies, parts of dumps, ends and errors, notifications. */
export function forgeries(pid: number, sequence: number): Uint8Array[] {
  const { Multi, DumpInterrupted } = HeaderFlags;
  const message = (header: MessageInit["header"], number = 0) => {
    const data = new Uint8Array(20); // struct nlmsgerr, or ifinfomsg and more
    const view = new DataView(data.buffer);
    view.setInt32(0, number, true);
    view.setInt32(4, forgedIndex, true);
    return marshalMessage({ header: { pid, sequence, ...header }, data });
  };
  const part = message({ type: RTM.NEWLINK, flags: Multi });
  const done = message({ type: HeaderType.Done, flags: Multi });
  return [
    message({ type: RTM.NEWLINK }),
    message({ type: HeaderType.Error }),
    message({ type: HeaderType.Error }, -Errno.EPERM),
    part,
    message({ type: RTM.NEWLINK, flags: Multi | DumpInterrupted }),
    Uint8Array.of(...part, ...done),
    done,
    message({ type: HeaderType.Done, flags: Multi }, -Errno.EPERM),
    message({ type: RTM.NEWADDR, sequence: 0, pid: 0 }),
    message({ type: HeaderType.Overrun }),
    part.subarray(0, 15), // too short for a header
  ];
}

/** The netlink sockets that processes have open in a namespace; `groups` are the first 32 as bits. */
export function netlinkSockets(
  ns: Namespace,
): { family: number; groups: number; drops: number }[] {
  return ns.run("cat", "/proc/net/netlink").split("\n").slice(1, -1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , pid]) => pid !== "0") // that is the kernel itself
    .map(([, family, , groups, , , , , drops]) => ({
      family: Number(family),
      groups: parseInt(groups, 16),
      drops: Number(drops),
    }));
}

/** How many descriptors the process has open. */
export function descriptorCount(): number {
  return readdirSync("/proc/self/fd").length;
}

/** How many sockets the process has open: unlike other descriptors, the runtimes open none for themselves. */
export function socketCount(): number {
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith("socket:");
    } catch {
      return false; // it was the listing's own
    }
  }).length;
}

/** How long in milliseconds this thread was ready to run, but others ran in its place. */
export function timeInLine(): number {
  const [, waited] = readFileSync("/proc/thread-self/schedstat", "utf8").split(" ");
  return Number(waited) / 1e6;
}

/** Waits for a turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What a process has open. */
export interface Resources {
  descriptors: number;
  /** Those that may run or wait for a program's own code: the engines' helpers come and go as they please. */
  threads: number;
}

/** Tells what this process has open. */
export function resources(): Resources {
  const isOwn = (id: string) => {
    try {
      const name = readFileSync(`/proc/self/task/${id}/comm`, "utf8");
      return /^(deno|tokio-runtime|Worker)/.test(name);
    } catch {
      return false; // it has just ended
    }
  };
  return {
    descriptors: descriptorCount(),
    threads: readdirSync("/proc/self/task").filter(isOwn).length,
  };
}

/** Waits until the process has no more open than it had: a thread needs a moment to end. */
export async function assertGivenBack(before: Resources): Promise<void> {
  const poolThreads = 1; // Deno's pool may have lent one to somebody else meanwhile, and keeps it for a while
  for (let waited = 0;; waited += 10) {
    const now = resources();
    if (now.descriptors === before.descriptors && now.threads <= before.threads + poolThreads) {
      return;
    }
    if (waited > 5000) throw new Error(`${JSON.stringify(before)} became ${JSON.stringify(now)}`);
    await delay(10);
  }
}

/** Checks that nothing comes to `receive`. */
export async function assertNothingWaits(conn: Conn): Promise<void> {
  const reason = new Error("nothing came");
  const controller = new AbortController();
  const received = conn.receive({ signal: controller.signal });
  setTimeout(() => controller.abort(reason), 20);
  await assert.rejects(received, reason);
}

/** A check for `assert.rejects` and `assert.throws`: an OpError of that code and operation. */
export function isFailure(code: string, op = "execute"): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof OpError, `${error}`);
    assert.equal(error.code, code);
    assert.equal(error.op, op);
    return true;
  };
}
