import assert from "node:assert/strict";
import { closeSync, openSync, readlinkSync } from "node:fs";
import { type Config, type Conn, dial, Family, OpError } from "../mod.ts";
import { command, makeNamespace, noNamespaces, start } from "./harness.ts";
import { addAddress, addressGroup, descriptorCount, getAddresses, RTM, test } from "./netlink.ts";

const skip = noNamespaces;

/** What the library keeps for as long as any test needs it is opened before the first. */
if (!skip) dial(Family.Route).close();

function refused(family: number, config: Config, code: string, words: RegExp): void {
  assert.throws(() => dial(family, config), (error) => {
    assert.ok(error instanceof OpError);
    assert.equal(error.op, "dial");
    assert.equal(error.code, code);
    assert.match(error.message, words);
    return true;
  });
}

async function addressCount(conn: Conn): Promise<number> {
  return (await conn.execute(getAddresses())).length;
}

test("dial() refuses a configuration out of range and leaks nothing", { skip }, () => {
  const before = descriptorCount();
  for (const family of [-1, 1.5, NaN, 2 ** 31]) refused(family, {}, "EINVAL", /family/);
  for (const groups of [1.5, NaN, 2 ** 32]) refused(0, { groups }, "EINVAL", /groups/);
  for (const pid of [-1, 0.5, 2 ** 32]) refused(0, { pid }, "EINVAL", /pid/);
  for (const messageBufferSize of [0, 15, NaN, Infinity]) {
    refused(0, { messageBufferSize }, "EINVAL", /messageBufferSize/);
  }
  for (const netNS of [-1, NaN, 1.5, 2 ** 31]) refused(0, { netNS }, "EINVAL", /netNS/);
  for (const pid of [-1, NaN, 1.5]) refused(0, { netNS: { pid } }, "EINVAL", /netNS/);
  refused(0, { netNS: "" }, "EINVAL", /netNS/);
  refused(0, { netNS: "/proc/self/ns/net\0" }, "EINVAL", /netNS/);
  refused(0, { acceptFrom: "all" as "any" }, "EINVAL", /acceptFrom/);
  assert.equal(descriptorCount(), before);
});

test("dial() refuses a family that the kernel does not have", { skip }, () => {
  const before = descriptorCount();
  refused(31, {}, "EPROTONOSUPPORT", /family 31/);
  assert.equal(descriptorCount(), before);
});

test("dial() refuses a port that is taken and leaks nothing", { skip }, () => {
  using conn = dial(Family.Route, { pid: 123_456_789 });
  assert.equal(conn.pid, 123_456_789);
  const before = descriptorCount();
  refused(Family.Route, { pid: conn.pid }, "EADDRINUSE", /port 123456789/);
  assert.equal(descriptorCount(), before);
});

test("dial() lets the kernel choose the port", { skip }, () => {
  using first = dial(Family.Route);
  using second = dial(Family.Route, { pid: 0 });
  assert.notEqual(first.pid, 0);
  assert.notEqual(first.pid, second.pid);
});

test("dial() joins groups, that of the highest bit as well", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = dial(Family.Route, { netNS: { pid: ns.pid }, groups: addressGroup | 1 << 31 });
  await conn.send(addAddress(7));
  const [message] = await conn.receive();
  assert.equal(message.header.type, RTM.NEWADDR);
  assert.equal(message.source?.groups, addressGroup);
});

test(
  "dial() enters a namespace by process, path and descriptor and comes back",
  { skip },
  async () => {
    await using ns = await makeNamespace();
    using own = dial(Family.Route);
    const ownCount = await addressCount(own);
    const before = descriptorCount();
    const home = readlinkSync("/proc/thread-self/ns/net");
    {
      using conn = dial(Family.Route, { netNS: { pid: ns.pid } });
      await conn.sendMessages(Array.from({ length: 90 }, (_, i) => addAddress(i)));
    }
    const path = `/proc/${ns.pid}/ns/net`;
    const fd = openSync(path, "r");
    try {
      for (const netNS of [{ pid: ns.pid }, path, fd]) {
        using there = dial(Family.Route, { netNS });
        assert.equal(readlinkSync("/proc/thread-self/ns/net"), home);
        assert.equal(await addressCount(there), 91);
        using here = dial(Family.Route);
        assert.equal(await addressCount(here), ownCount);
      }
      assert.equal(descriptorCount(), before + 1);
      // The descriptor is the caller's and stays open.
      dial(Family.Route, { netNS: fd }).close();
    } finally {
      closeSync(fd);
    }
  },
);

test("dial() enters a namespace by the name that ip gave it", { skip }, async () => {
  await using ns = await makeNamespace();
  ns.ip("address add 10.1.1.1/32 dev lo");
  ns.ip("address add 10.1.1.2/32 dev lo");
  // The name is made where nobody else sees it.
  const script = `mount -t tmpfs none /run && mkdir /run/netns && touch /run/netns/blue &&
    mount --bind /proc/${ns.pid}/ns/net /run/netns/blue && exec "$@"`;
  const enter = (name: string) => {
    const [program, args] = command("tests/children/dial_netns.ts", name);
    return start("unshare", ["-m", "sh", "-c", script, "sh", program, ...args]);
  };
  const [known, unknown] = [enter("blue"), enter("red")];
  assert.equal(await known.exit, 0, known.stderr);
  assert.equal(known.stdout, "3\n");
  assert.equal(await unknown.exit, 0, unknown.stderr);
  assert.equal(unknown.stdout, "ENOENT\n");
});

test("dial() names the namespace that there is not, and leaks nothing", { skip }, () => {
  const before = descriptorCount();
  const home = readlinkSync("/proc/thread-self/ns/net");
  refused(0, { netNS: "no-such-name" }, "ENOENT", /no-such-name/);
  refused(0, { netNS: "/no/such/path" }, "ENOENT", /\/no\/such\/path/);
  refused(0, { netNS: { pid: 2 ** 22 + 1 } }, "ENOENT", /process 4194305/);
  refused(0, { netNS: "/dev/null" }, "EINVAL", /enter/);
  refused(0, { netNS: 1_000_000 }, "EBADF", /enter/);
  assert.equal(readlinkSync("/proc/thread-self/ns/net"), home);
  assert.equal(descriptorCount(), before);
});

test("dial() leaks nothing when the namespace is fine and the rest is not", { skip }, async () => {
  await using ns = await makeNamespace();
  using taken = dial(Family.Route, { netNS: { pid: ns.pid }, pid: 4711 });
  const before = descriptorCount();
  refused(Family.Route, { netNS: { pid: ns.pid }, pid: taken.pid }, "EADDRINUSE", /4711/);
  refused(31, { netNS: { pid: ns.pid } }, "EPROTONOSUPPORT", /family 31/);
  assert.equal(descriptorCount(), before);
});

test(
  "dial() in a thousand namespaces in a row opens each socket in its own",
  { skip },
  async () => {
    await using one = await makeNamespace();
    await using two = await makeNamespace();
    one.ip("address add 10.1.1.1/32 dev lo");
    const home = readlinkSync("/proc/thread-self/ns/net");
    for (let i = 0; i < 500; i++) {
      using first = dial(Family.Route, { netNS: { pid: one.pid } });
      using second = dial(Family.Route, { netNS: { pid: two.pid } });
      assert.equal(await addressCount(first), 2);
      assert.equal(await addressCount(second), 1);
    }
    assert.equal(readlinkSync("/proc/thread-self/ns/net"), home);
  },
);
