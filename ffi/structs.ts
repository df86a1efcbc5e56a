/**
 * Layouts of the C structs that cross the boundary, as offsets and sizes in bytes. They hold on
 * 64-bit Linux, x86-64 and aarch64 alike, but for `epoll_event`.
 */

/** `struct sockaddr_nl` in linux/netlink.h. */
export const sockaddrNl = { size: 12, family: 0, pid: 4, groups: 8 } as const;

/** `struct iovec` in sys/uio.h. */
export const iovec = { size: 16, base: 0, length: 8 } as const;

/** `struct msghdr` in sys/socket.h. musl's iovLength and controlLength are ints followed by a hole, which must be zero. */
export const msghdr = {
  size: 56,
  name: 0,
  nameLength: 8,
  iov: 16,
  iovLength: 24,
  control: 32,
  controlLength: 40,
  flags: 48,
} as const;

/** `struct cmsghdr` in sys/socket.h; its data follow it, and the next one begins at a multiple of 8. */
export const cmsghdr = { size: 16, length: 0, level: 8, type: 12 } as const;

/** `struct sock_filter` in linux/filter.h. */
export const sockFilter = { size: 8, code: 0, jt: 2, jf: 3, k: 4 } as const;

/** `struct sock_fprog` in linux/filter.h. */
export const sockFprog = { size: 16, length: 0, filter: 8 } as const;

/** The machines that Deno and Bun run on, by the names of their instruction sets. */
export type Architecture = "x86_64" | "aarch64";

/** `struct epoll_event` in sys/epoll.h: packed on x86-64 and nowhere else. */
export const epollEvent = {
  x86_64: { size: 12, events: 0, data: 4 },
  aarch64: { size: 16, events: 0, data: 8 },
} as const;

/** `struct inotify_event` in sys/inotify.h; its name follows it, filled up with NULs. */
export const inotifyEvent = { size: 16, wd: 0, mask: 4, cookie: 8, length: 12 } as const;

/** The numbers of libc's and the kernel's headers that the library passes. */
export const C = {
  AF_NETLINK: 16,
  SOCK_RAW: 3,
  SOCK_NONBLOCK: 0x800,
  SOCK_CLOEXEC: 0x80000,
  SOL_SOCKET: 1,
  SO_SNDBUF: 7,
  SO_RCVBUF: 8,
  SO_ATTACH_FILTER: 26,
  SO_DETACH_FILTER: 27,
  SO_SNDBUFFORCE: 32,
  SO_RCVBUFFORCE: 33,
  SO_MEMINFO: 55,
  SOL_NETLINK: 270,
  NETLINK_ADD_MEMBERSHIP: 1,
  NETLINK_DROP_MEMBERSHIP: 2,
  NETLINK_PKTINFO: 3,
  NETLINK_LISTEN_ALL_NSID: 8,
  MSG_TRUNC: 0x20,
  MSG_DONTWAIT: 0x40,
  O_RDONLY: 0,
  O_CLOEXEC: 0x80000,
  CLONE_NEWNET: 0x40000000,
  EPOLL_CLOEXEC: 0x80000,
  EPOLL_CTL_ADD: 1,
  EPOLL_CTL_DEL: 2,
  EPOLL_CTL_MOD: 3,
  EPOLLIN: 1,
  EPOLLONESHOT: 0x40000000,
  IN_CLOEXEC: 0x80000,
  IN_NONBLOCK: 0x800,
  IN_DELETE: 0x200,
  IN_MOVED_FROM: 0x40,
  SYS_pidfd_open: 434,
  EFD_CLOEXEC: 0x80000,
  EFD_NONBLOCK: 0x800,
} as const;
