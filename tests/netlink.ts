/**
 * What the tests of the connection share: raw messages of rtnetlink, datagrams forged by another
 * socket, and what a process has open.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { load } from "../ffi/load.ts";
import { C, iovec, msghdr, sockaddrNl } from "../ffi/structs.ts";
import { type Conn, HeaderFlags, HeaderType, type MessageInit, OpError } from "../mod.ts";
import { delay, test as plainTest } from "./harness.ts";

load(); // here and not in a test: an open library counts as a leak of the test that opens it

const { Request, Dump, Create, Excl } = HeaderFlags;

/**
 * A test after which the thread that waits for sockets gets the time to hear that no one does any
 * more: Deno calls its pending call a leak.
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

/** Sends a datagram of one's own making to a port. */
export function forge(from: Conn, pid: number, datagram: Uint8Array): void {
  const { libc } = load();
  const header = libc.allocate(msghdr.size);
  const part = libc.allocate(iovec.size);
  const name = libc.allocate(sockaddrNl.size);
  const body = libc.allocate(datagram.length);
  body.bytes.set(datagram);
  name.view.setUint16(sockaddrNl.family, C.AF_NETLINK, true);
  name.view.setUint32(sockaddrNl.pid, pid, true);
  part.view.setBigUint64(iovec.base, BigInt(body.address), true);
  part.view.setUint32(iovec.length, datagram.length, true);
  header.view.setBigUint64(msghdr.name, BigInt(name.address), true);
  header.view.setUint32(msghdr.nameLength, sockaddrNl.size, true);
  header.view.setBigUint64(msghdr.iov, BigInt(part.address), true);
  header.view.setUint32(msghdr.iovLength, 1, true);
  const sent = from.syscallConn().control((fd) => libc.sendmsg(fd, header.address, 0));
  // Everything is used once more, so that it was not freed before.
  if (sent !== datagram.length || !(header && part && name && body)) {
    throw new Error(`sending a forged datagram gave ${sent}`);
  }
}

/** How many descriptors the process has open. */
export function descriptorCount(): number {
  return readdirSync("/proc/self/fd").length;
}

/**
 * How many threads the process has that may run or wait for a program's own code. The engines' helpers
 * come and go as they please.
 */
export function threadCount(): number {
  return readdirSync("/proc/self/task").filter((id) => {
    try {
      const name = readFileSync(`/proc/self/task/${id}/comm`, "utf8");
      return /^(deno|tokio-runtime|Worker)/.test(name);
    } catch {
      return false; // it has just ended
    }
  }).length;
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
