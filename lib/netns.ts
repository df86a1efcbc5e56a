import type { Libc, Memory } from "../ffi/libc.ts";
import { C } from "../ffi/structs.ts";
import { OpError } from "./errors.ts";
import { bytes } from "./nlenc.ts";
import type { Config } from "./options.ts";

/** Where `ip netns` keeps its names. */
const namesFolder = "/run/netns";

/**
 * Tells the path of a namespace.
 *
 * @param netNS A name of `ip netns`, a path (anything with a slash), or a process.
 * @returns The path of the file that stands for the namespace.
 */
export function netNSPath(netNS: string | { pid: number }): string {
  if (typeof netNS === "object") return `/proc/${netNS.pid}/ns/net`;
  return netNS.includes("/") ? netNS : `${namesFolder}/${netNS}`;
}

/**
 * Puts a C string into memory.
 *
 * @param libc libc.
 * @param text The string.
 * @returns Memory that holds it with its NUL.
 */
export function cString(libc: Libc, text: string): Memory {
  const encoded = bytes(text);
  const memory = libc.allocate(encoded.length);
  memory.bytes.set(encoded);
  return memory;
}

function open(libc: Libc, path: string, what: string): number {
  const name = cString(libc, path);
  const fd = libc.open(name.address, C.O_RDONLY | C.O_CLOEXEC);
  name.bytes.fill(0); // used until here, so that it was not freed during the call
  if (fd < 0) throw new OpError("dial", { errno: -fd, message: `cannot open ${what} (${path})` });
  return fd;
}

/**
 * Opens a network namespace.
 *
 * @param libc libc.
 * @param netNS A name of `ip netns`, a path (anything with a slash), or a process.
 * @returns Its descriptor, which the caller closes.
 * @throws {OpError} When it cannot be opened.
 */
export function openNetNS(libc: Libc, netNS: string | { pid: number }): number {
  const name = typeof netNS === "string" ? netNS : `of process ${netNS.pid}`;
  return open(libc, netNSPath(netNS), `network namespace ${name}`);
}

/**
 * Runs a function in another network namespace. It must not wait for anything: the thread is in the
 * other namespace until it returns.
 *
 * @param libc libc.
 * @param netNS The namespace; undefined is the one that the thread is in.
 * @param fn The function.
 * @returns What the function returns.
 * @throws {OpError} When the namespace cannot be opened or entered.
 */
export function inNetNS<T>(libc: Libc, netNS: Config["netNS"], fn: () => T): T {
  if (netNS === undefined) return fn();
  const home = open(libc, "/proc/thread-self/ns/net", "the own network namespace");
  let there = -1;
  try {
    there = typeof netNS === "number" ? netNS : openNetNS(libc, netNS);
    const entered = libc.setns(there, C.CLONE_NEWNET);
    if (entered < 0) {
      throw new OpError("dial", {
        errno: -entered,
        message: "cannot enter the network namespace (it needs CAP_SYS_ADMIN)",
      });
    }
    const result = attempt(fn);
    const back = libc.setns(home, C.CLONE_NEWNET);
    // Everything the thread does from here on would happen in the wrong place: there is no way to go on.
    if (back < 0) {
      throw new OpError("dial", {
        errno: -back,
        message: "cannot return to the own network namespace",
      });
    }
    return result();
  } finally {
    if (there >= 0 && typeof netNS !== "number") libc.close(there);
    libc.close(home);
  }
}

/** Calls a function; what it gives or throws comes when the result is called. */
function attempt<T>(fn: () => T): () => T {
  try {
    const value = fn();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
