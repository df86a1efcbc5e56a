import type { Libc } from "../ffi/libc.ts";
import type { Reactor, Watch } from "../ffi/reactor.ts";
import { C, inotifyEvent } from "../ffi/structs.ts";
import { OpError } from "./errors.ts";
import { cString, netNSPath } from "./netns.ts";
import { string } from "./nlenc.ts";

/** Room for many events at once. */
const bufferSize = 4096;

/** Watches what a namespace is named by: a file through inotify(7), a process through pidfd_open(2). */
export class NetNSWatch implements Disposable {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #watch: Watch;
  #ended = false;

  /**
   * @param system libc, and who tells that there is something to read.
   * @param netNS A name of `ip netns`, a path (anything with a slash), or a process.
   * @param onGone Called once when the file is deleted or the process has ended.
   * @throws {OpError} With op "watch-netns" when the system refuses it.
   */
  constructor(
    { libc, reactor }: { libc: Libc; reactor: Reactor },
    netNS: string | { pid: number },
    onGone: () => void,
  ) {
    this.#libc = libc;
    const path = netNSPath(netNS);
    this.#fd = typeof netNS === "string" ? this.#watchFile(path) : this.#watchProcess(netNS.pid);
    this.#watch = reactor.watch(this.#fd, () => {
      if (typeof netNS === "object" || this.#deleted(path)) onGone();
      else this.#watch.arm(false);
    });
    this.#watch.arm(false);
  }

  /** Ends the watch. May be called more than once. */
  [Symbol.dispose](): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#watch.remove();
    this.#libc.close(this.#fd);
  }

  #watchFile(path: string): number {
    const libc = this.#libc;
    const fd = check(libc.inotify_init1(C.IN_CLOEXEC | C.IN_NONBLOCK), path);
    // The file itself is a mount point: its deletion shows in its folder alone.
    const folder = cString(libc, path.slice(0, path.lastIndexOf("/")) || "/");
    const watched = libc.inotify_add_watch(fd, folder.address, C.IN_DELETE | C.IN_MOVED_FROM);
    folder.bytes.fill(0); // used until here, so that it was not freed during the call
    if (watched < 0) libc.close(fd);
    check(watched, path);
    return fd;
  }

  /** A descriptor that can be read once the process has ended. */
  #watchProcess(pid: number): number {
    return check(this.#libc.syscall(C.SYS_pidfd_open, pid, 0), `of process ${pid}`);
  }

  #deleted(path: string): boolean {
    const file = path.slice(path.lastIndexOf("/") + 1);
    const { bytes, view, address } = this.#libc.allocate(bufferSize);
    let gone = false;
    for (;;) {
      const length = this.#libc.read(this.#fd, address, bufferSize);
      if (length <= 0) return gone;
      for (let at = 0; at + inotifyEvent.size <= length;) {
        const name = at + inotifyEvent.size;
        const end = name + view.getUint32(at + inotifyEvent.length, true);
        gone ||= string(bytes.subarray(name, Math.min(end, length))) === file;
        at = end;
      }
    }
  }
}

function check(result: number, what: string): number {
  if (result >= 0) return result;
  throw new OpError("watch-netns", {
    errno: -result,
    message: `cannot watch network namespace ${what}`,
  });
}
