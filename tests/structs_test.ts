import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { errors } from "../ffi/errno.ts";
import {
  C,
  cmsghdr,
  epollEvent,
  inotifyEvent,
  iovec,
  msghdr,
  sockaddrNl,
  sockFilter,
  sockFprog,
} from "../ffi/structs.ts";
import { test } from "./harness.ts";

const headers = `
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
`;

/** Each layout with its C struct and the C names of its fields, in the order of the layout's own. */
const structs: [layout: Record<string, number>, struct: string, fields: string[]][] = [
  [sockaddrNl, "struct sockaddr_nl", ["nl_family", "nl_pid", "nl_groups"]],
  [iovec, "struct iovec", ["iov_base", "iov_len"]],
  [msghdr, "struct msghdr", [
    "msg_name",
    "msg_namelen",
    "msg_iov",
    "msg_iovlen",
    "msg_control",
    "msg_controllen",
    "msg_flags",
  ]],
  [cmsghdr, "struct cmsghdr", ["cmsg_len", "cmsg_level", "cmsg_type"]],
  [sockFilter, "struct sock_filter", ["code", "jt", "jf", "k"]],
  [sockFprog, "struct sock_fprog", ["len", "filter"]],
  [inotifyEvent, "struct inotify_event", ["wd", "mask", "cookie", "len"]],
];

/** What must hold in C, by the machine that it is compiled for. */
function facts(machine: keyof typeof epollEvent): [expression: string, value: number][] {
  const layouts: typeof structs = [
    ...structs,
    [epollEvent[machine], "struct epoll_event", ["events", "data"]],
  ];
  const expected: [string, number][] = layouts.flatMap(([layout, struct, names]) => {
    const { size, ...offsets } = layout;
    const fields = Object.values(offsets);
    assert.equal(fields.length, names.length, `every field of ${struct} has its C name here`);
    return [
      [`sizeof(${struct})`, size],
      ...names.map((name, i): [string, number] => [`offsetof(${struct}, ${name})`, fields[i]]),
    ];
  });
  return [...expected, ...Object.entries(C)];
}

function compile(compiler: string, source: string, ...args: string[]): void {
  execFileSync(compiler, [...args, "-x", "c", "-"], { input: headers + source, stdio: "pipe" });
}

function compileAndRun(source: string): string[] {
  const folder = mkdtempSync(`${tmpdir()}/netlink-structs-`);
  try {
    compile("gcc", `int main(void) {\n${source}\n}`, "-o", `${folder}/program`);
    return execFileSync(`${folder}/program`, { encoding: "utf8" }).trim().split("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Why a compiler cannot be used; false when it can. */
function whyNot(compiler: string): string | false {
  try {
    compile(compiler, "int i;", "-fsyntax-only");
    return false;
  } catch {
    return `${compiler} is not installed, or its headers are not`;
  }
}

const noCompiler = whyNot("gcc");
const machine = process.arch === "arm64" ? "aarch64" : "x86_64";

test("every layout and number is the C compiler's", { skip: noCompiler }, () => {
  const expected = facts(machine);
  const lines = compileAndRun(
    expected.map(([expression]) => `printf("%lld\\n", (long long) (${expression}));`).join("\n"),
  );
  assert.deepEqual(
    expected.map(([expression], i) => [expression, Number(lines[i])]),
    expected,
  );
});

test("a wrong layout would be noticed", { skip: noCompiler }, () => {
  const [[expression, value]] = facts(machine);
  assert.throws(() =>
    compile("gcc", `_Static_assert(${expression} == ${value + 1}, "");`, "-fsyntax-only")
  );
});

test("every layout and number is that of aarch64", {
  skip: whyNot("aarch64-linux-gnu-gcc"),
}, () => {
  const source = facts("aarch64").map(([expression, value]) =>
    `_Static_assert((${expression}) == ${value}, "${expression}");`
  ).join("\n");
  compile("aarch64-linux-gnu-gcc", source, "-fsyntax-only");
});

test("every error number has the name and the text of libc", { skip: noCompiler }, () => {
  // glibc's strerrorname_np knows one name for each number; ENOTSUPP is the kernel's own.
  const lines = compileAndRun(
    `for (int e = 1; e < 600; e++) {
       const char *name = strerrorname_np(e);
       if (name) printf("%d %s %s\\n", e, name, strerror(e));
     }`,
  );
  const own = errors.filter(([, code]) => code !== "ENOTSUPP");
  assert.deepEqual(own.map((error) => error.join(" ")), lines);
  assert.deepEqual(errors.find(([, code]) => code === "ENOTSUPP")?.[0], 524);
});

test("every error number is the header's", { skip: noCompiler }, () => {
  const own = errors.filter(([, code]) => code !== "ENOTSUPP");
  compile(
    "gcc",
    own.map(([errno, code]) => `_Static_assert(${code} == ${errno}, "${code}");`).join("\n"),
    "-fsyntax-only",
  );
});
