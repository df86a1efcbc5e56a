import { load, type System } from "../ffi/load.ts";
import type { AttributeNames } from "./acknowledgement.ts";
import { Conn } from "./conn.ts";
import { makeDebugger } from "./debug.ts";
import { OpError } from "./errors.ts";
import { inNetNS, openNetNS as openIn } from "./netns.ts";
import { NetNSWatch } from "./netns_watch.ts";
import { type Config, ConnOption, Family } from "./options.ts";
import { Socket } from "./socket.ts";

/** No page-sized buffer: the kernel sizes a dump's datagrams by it, and a link with many VFs needs more. */
const defaultBufferSize = 65536;

/** By family: what names the attributes of its requests in errors. */
const attributeNames: Record<number, AttributeNames | undefined> = {
  [Family.Route]: async () => (await import("./rtnetlink/attribute_path.ts")).attributePath,
};

/**
 * Connects to netlink.
 *
 * The first call in a process opens libc, which in Deno needs `--allow-ffi`. An open connection by
 * itself does not keep the process alive; a call that waits does, see {@link Conn.unref}.
 *
 * @param family The part of the kernel to speak to: a {@link Family}.
 * @param config How to connect.
 * @returns The connection; close it when it is no longer needed.
 * @throws {OpError} With op "dial" when there is no netlink here, when the system refuses the socket, the
 * namespace, an option or a group, and when a number of the configuration is out of range.
 *
 * @example
 * ```ts
 * import { dial, Family } from "@netlink/netlink";
 *
 * using conn = dial(Family.Route, { groups: 1 }); // RTNLGRP_LINK
 * for await (const message of conn.receiveIter()) console.log(message.header.type);
 * ```
 */
export function dial(family: number, config: Config = {}): Conn {
  return connect(loadSystem, family, config);
}

/**
 * Connects as {@link dial} does, to the kernel that a system leads to. Internal to the library.
 *
 * @param loadSystem Gives the system, once the configuration is known to be right.
 * @param family The netlink family.
 * @param config How to connect.
 * @returns The connection.
 * @throws {OpError} As {@link dial} does.
 */
export function connect(loadSystem: () => System, family: number, config: Config): Conn {
  check("family", family, 0, 0x7fff_ffff);
  const groups = check("groups", config.groups ?? 0, -0x8000_0000, 0xffff_ffff) >>> 0;
  const pid = check("pid", config.pid ?? 0, 0, 0xffff_ffff);
  const bufferSize = check(
    "messageBufferSize",
    config.messageBufferSize ?? defaultBufferSize,
    16,
    0x4000_0000,
  );
  const accept = config.acceptFrom ?? (family === Family.Usersock ? "any" : "kernel");
  if (accept !== "kernel" && accept !== "any") {
    throw invalid(`acceptFrom is ${accept}, not "kernel" or "any"`);
  }
  checkNetNS(config.netNS);
  const { libc, reactor } = loadSystem();
  const socket = inNetNS(libc, config.netNS, () => new Socket(libc, reactor, family, bufferSize));
  try {
    const conn = new Conn(socket, socket.bind(pid, groups), {
      accept,
      attributeNames: attributeNames[family],
      debug: makeDebugger(config.debug, family),
    });
    if (groups !== 0) conn.expectEvents();
    if (config.strict) {
      conn.setOption(ConnOption.ExtendedAcknowledge, true);
      conn.setOption(ConnOption.GetStrictCheck, true);
    }
    return conn;
  } catch (error) {
    socket.close();
    throw error;
  }
}

/**
 * Watches for the end of a network namespace, or rather of what it was named by: an open connection
 * itself keeps the namespace, and all the links in it, in being.
 *
 * @param netNS A name of `ip netns`, a path (anything with a slash), or a process.
 * @param onGone Called once when the name is deleted or the process has ended.
 * @returns The watch; it does not keep the process alive.
 * @throws {OpError} With op "watch-netns" when the system refuses it.
 */
export function watchNetNS(netNS: string | { pid: number }, onGone: () => void): Disposable {
  return new NetNSWatch(loadSystem(), netNS, onGone);
}

/**
 * Opens a network namespace for a request that names it by a descriptor. Internal to the library.
 *
 * @param netNS A descriptor, which stays the caller's, a name of `ip netns`, or a path (anything with a slash).
 * @returns The descriptor, open until it is disposed of.
 * @throws {OpError} With op "dial" when it cannot be opened.
 */
export function openNetNS(netNS: number | string): { fd: number } & Disposable {
  checkNetNS(netNS);
  if (typeof netNS === "number") return { fd: netNS, [Symbol.dispose]() {} };
  const { libc } = loadSystem();
  const fd = openIn(libc, netNS);
  return {
    fd,
    [Symbol.dispose]() {
      libc.close(fd);
    },
  };
}

function loadSystem(): System {
  try {
    return load();
  } catch (error) {
    throw new OpError("dial", { code: "ENOSYS", message: (error as Error).message, cause: error });
  }
}

function check(name: string, value: number, low: number, high: number): number {
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw invalid(`${name} is ${value}, not a whole number from ${low} to ${high}`);
}

/**
 * Checks how a network namespace is named. Internal to the library.
 *
 * @param netNS See `Config.netNS`.
 * @throws {OpError} With op "dial" and code "EINVAL" when it can be no namespace.
 */
export function checkNetNS(netNS: Config["netNS"]): void {
  if (typeof netNS === "number") check("netNS", netNS, 0, 0x7fff_ffff);
  if (typeof netNS === "object") check("netNS.pid", netNS.pid, 1, 0x7fff_ffff);
  if (typeof netNS === "string" && (netNS === "" || netNS.includes("\0"))) {
    throw invalid(`netNS is ${JSON.stringify(netNS)}, which can be no name or path`);
  }
}

function invalid(message: string): OpError {
  return new OpError("dial", { code: "EINVAL", message });
}
