import assert from "node:assert/strict";
import { load } from "../ffi/load.ts";
import { C } from "../ffi/structs.ts";
import { dial, Family, HeaderFlags, type MessageInit, OpError } from "../mod.ts";
import { makeNamespace, noNamespaces } from "./harness.ts";
import { addAddress, deleteAddress, getLink, RTM, test } from "./netlink.ts";

const skip = noNamespaces;
const { Acknowledge, Request } = HeaderFlags;
const system = skip ? undefined : load();

/** Keeps the garbage collector busy: errno must not be what one of its system calls left. */
function allocateMuch(i: number): unknown[] {
  const garbage: unknown[] = [new Uint8Array(1 + i % 4096), new ArrayBuffer(65_536)];
  for (let j = 0; j < 20; j++) garbage.push({ i, text: `${i} ${j}`, list: Array(j).fill(i) });
  return garbage;
}

test(
  "10,000 round trips under allocation pressure have the right outcome each",
  { skip },
  async () => {
    await using ns = await makeNamespace();
    using conn = dial(Family.Route, { netNS: { pid: ns.pid } });
    await conn.execute(addAddress(1, Acknowledge));
    const request = (type: number, size: number): MessageInit => ({
      header: { type, flags: Request },
      data: new Uint8Array(size),
    });
    const kinds: [request: MessageInit, code: string | undefined][] = [
      [getLink(1), undefined],
      [getLink(99_999), "ENODEV"],
      [request(RTM.GETLINK, 16), "EINVAL"],
      [request(9999, 16), "EOPNOTSUPP"],
      [addAddress(1, Acknowledge), "EEXIST"],
      [deleteAddress(99, Acknowledge), "EADDRNOTAVAIL"],
    ];
    const { libc } = system!;
    const path = libc.allocate(16);
    path.bytes.set(new TextEncoder().encode("/no/such/file"));
    const calls: [call: () => number, errno: number][] = [
      [() => libc.close(-1), 9], // EBADF
      [() => libc.open(path.address, C.O_RDONLY), 2], // ENOENT
      [() => libc.setns(-1, 0), 9],
      [() => libc.epoll_create1(-1), 22], // EINVAL
      [() => libc.socket(-1, 0, 0), 97], // EAFNOSUPPORT
      [() => libc.setsockopt(0, C.SOL_NETLINK, 1, path.address, 4), 88], // ENOTSOCK
    ];
    const wrong: string[] = [];
    let garbage: unknown[] = [];
    for (let i = 0; i < 10_000; i++) {
      const [message, code] = kinds[i % kinds.length];
      garbage = garbage.length > 500 ? [] : garbage.concat(allocateMuch(i));
      let got: string | undefined;
      try {
        await conn.execute(message);
      } catch (error) {
        got = error instanceof OpError ? error.code : `${error}`;
      }
      if (got !== code) wrong.push(`${i}: ${got} instead of ${code}`);
      const [call, errno] = calls[i % calls.length];
      const result = call();
      if (result !== -errno) wrong.push(`${i}: ${result} instead of ${-errno}`);
    }
    assert.deepEqual(wrong, []);
  },
);

test("100,000 failing system calls have the right errno each", { skip }, () => {
  const { libc } = system!;
  const path = libc.allocate(16);
  path.bytes.set(new TextEncoder().encode("/no/such/file"));
  let wrong = 0;
  for (let i = 0; i < 50_000; i++) {
    if (libc.close(-1) !== -9) wrong++;
    if (libc.open(path.address, C.O_RDONLY) !== -2) wrong++;
    if (i % 100 === 0) allocateMuch(i);
  }
  assert.equal(wrong, 0);
});
