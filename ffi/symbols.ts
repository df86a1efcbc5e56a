/** How a parameter of a C function is passed. */
export type Parameter = "int" | "uint32" | "uint64" | "size" | "pointer";

/**
 * The functions of libc that the library calls, with the types of their parameters. Each returns an
 * int, or an ssize_t whose value always fits one.
 */
export const symbols = {
  // int socket(int domain, int type, int protocol);
  socket: ["int", "int", "int"],
  // int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
  bind: ["int", "pointer", "uint32"],
  // int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen);
  getsockname: ["int", "pointer", "pointer"],
  // int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen);
  setsockopt: ["int", "int", "int", "pointer", "uint32"],
  // int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen);
  getsockopt: ["int", "int", "int", "pointer", "pointer"],
  // ssize_t sendto(int sockfd, const void *buf, size_t len, int flags, const struct sockaddr *dest_addr, socklen_t addrlen);
  sendto: ["int", "pointer", "size", "int", "pointer", "uint32"],
  // ssize_t recvfrom(int sockfd, void *buf, size_t len, int flags, struct sockaddr *src_addr, socklen_t *addrlen);
  recvfrom: ["int", "pointer", "size", "int", "pointer", "pointer"],
  // ssize_t recvmsg(int sockfd, struct msghdr *msg, int flags);
  recvmsg: ["int", "pointer", "int"],
  // int close(int fd);
  close: ["int"],
  // int open(const char *pathname, int flags, ... /* mode_t mode */);
  open: ["pointer", "int"],
  // int setns(int fd, int nstype);
  setns: ["int", "int"],
  // ssize_t read(int fd, void *buf, size_t count);
  read: ["int", "pointer", "size"],
  // int inotify_init1(int flags);
  inotify_init1: ["int"],
  // int inotify_add_watch(int fd, const char *pathname, uint32_t mask);
  inotify_add_watch: ["int", "pointer", "uint32"],
  // long syscall(long number, ...); for pidfd_open(pid_t pid, unsigned int flags), which older libcs lack
  syscall: ["size", "int", "uint32"],
  // int epoll_create1(int flags);
  epoll_create1: ["int"],
  // int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event);
  epoll_ctl: ["int", "int", "int", "pointer"],
  // int eventfd(unsigned int initval, int flags);
  eventfd: ["uint32", "int"],
  // int eventfd_read(int fd, eventfd_t *value);
  eventfd_read: ["int", "pointer"],
  // int eventfd_write(int fd, eventfd_t value);
  eventfd_write: ["int", "uint64"],
} as const satisfies Record<string, readonly Parameter[]>;

/** The one function that blocks: it is called on another thread than the program's own. */
export const blockingSymbols = {
  // int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout);
  epoll_wait: ["int", "pointer", "int", "int"],
} as const satisfies Record<string, readonly Parameter[]>;

/** The functions that return an address. */
export const pointerSymbols = {
  // int *__errno_location(void); tells where the calling thread's errno is
  __errno_location: [],
  // void *calloc(size_t nmemb, size_t size);
  calloc: ["size", "size"],
} as const satisfies Record<string, readonly Parameter[]>;

/** Where libc is found: glibc's name, which musl answers to as well, then musl's own. */
export const libraryNames: readonly string[] = [
  "libc.so.6",
  "libc.musl-x86_64.so.1",
  "libc.musl-aarch64.so.1",
];
