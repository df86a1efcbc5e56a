/** Follows a scripted kernel, which does at will what the real one does now and then. */
import assert from "node:assert/strict";
import { Follower, type FollowOptions } from "../lib/monitor/follow/follower.ts";
import { linksOf } from "../lib/monitor/follow/doubt.ts";
import { error, Kernel, multipart } from "../lib/nltest.ts";
import {
  decodeObject,
  encodeObject,
  Group,
  type Link,
  linkKind,
  MessageType,
  nsidKind,
  type Route,
  routeKind,
} from "../lib/rtnetlink/mod.ts";
import { HeaderFlags, HeaderType, type MessageInit } from "../mod.ts";
import { test } from "./harness.ts";

const SOL_NETLINK = 270;
const NETLINK_ADD_MEMBERSHIP = 1;

function message(type: number, link: Partial<Link>): MessageInit {
  return { header: { type }, data: encodeObject(linkKind, { name: `v${link.index}`, ...link }) };
}

/** A kernel with links, perhaps with routes over them, and nothing else. */
class LinkKernel {
  readonly links: Array<Partial<Link>> = [{ index: 1, mtu: 1500 }, { index: 2, mtu: 1500 }];
  readonly routes: Array<Partial<Route>> = [];
  /** Over which links routes were asked for; undefined is all. */
  asked: Array<number | undefined> = [];
  /** How often the links have been dumped. */
  dumps = 0;
  /** Whether the dumps say that they were interrupted. */
  interrupted = false;
  /** Called before each dump. */
  onDump = () => {};
  readonly kernel = new Kernel((requests) => {
    const [{ header: { type, flags }, data }] = requests;
    if (type === HeaderType.Noop) return error(0, requests);
    if (type === MessageType.GetRoute) return this.#dumpRoutes(decodeObject(routeKind, data).oif);
    if (type !== MessageType.GetLink) return error(95, requests); // EOPNOTSUPP
    if (!(flags & HeaderFlags.Dump)) return [message(MessageType.NewLink, this.links[0])];
    this.dumps++;
    this.onDump();
    const done = { header: { flags: this.interrupted ? HeaderFlags.DumpInterrupted : 0 } };
    return multipart([...this.links.map((link) => message(MessageType.NewLink, link)), done]);
  });

  #dumpRoutes(oif: number | undefined): MessageInit[] {
    this.asked.push(oif);
    const header = { type: MessageType.NewRoute };
    const asked = this.routes.filter((route) =>
      oif === undefined || linksOf(route as Route).includes(oif)
    );
    const messages = asked.map((route) => ({ header, data: encodeObject(routeKind, route) }));
    return multipart([...messages, {
      header: { type: HeaderType.Done, flags: HeaderFlags.Multi },
    }]);
  }

  /** Tells of a link. */
  tell(link: Partial<Link>, type: number = MessageType.NewLink): void {
    this.kernel.multicast(Group.Link, [message(type, link)]);
  }

  /** Changes a link, and tells of it. */
  change(index: number, mtu: number): void {
    const at = this.links.findIndex((link) => link.index === index);
    this.links[at] = { index, mtu };
    this.tell(this.links[at]);
  }

  follow(options: Partial<FollowOptions> = {}): Follower {
    return new Follower(
      { kinds: ["link"], ...options },
      (family, config) => this.kernel.dial(family, config),
    );
  }
}

/** What comes until a number of readings are done, as words. */
async function told(follower: Follower, readings: number): Promise<string[]> {
  const words: string[] = [];
  while (readings > 0) {
    const update = await follower.next();
    if ("drops" in update) words.push(`${update.drops} lost`);
    else {
      for (const { action, kind, key, object, changed } of update.differences) {
        const what = kind === "link" ? `${key} ${(object as Link).mtu}` : (object as Route).dst;
        if (changed?.length !== 0) words.push([action, what, ...changed ?? []].join(" "));
      }
      if (update.reread) words.push(update.resynced ? "resynced" : "read"), readings--;
    }
  }
  return words;
}

test("Follower takes no event for newer than what was read after it", { skip: false }, async () => {
  const world = new LinkKernel();
  using follower = world.follow();
  await follower.start();
  // These are told before the dump that already has the last of them.
  world.onDump = () => {
    if (world.dumps === 2) { for (const mtu of [1300, 1200]) world.change(2, mtu); }
  };
  world.change(2, 1400);
  assert.deepEqual(await told(follower, 2), [
    "new 2 1400 mtu",
    "new 2 1300 mtu",
    "new 2 1200 mtu",
    "read",
    "read",
  ]);
});

test(
  "Follower takes no event for older than what was read before it",
  { skip: false },
  async () => {
    const world = new LinkKernel();
    using follower = world.follow();
    await follower.start();
    world.onDump = () => {
      if (world.dumps !== 2) return;
      // They are told before the dump has ended, but it lacks them.
      world.tell({ index: 3, mtu: 1500 });
      world.tell({ index: 2, mtu: 1500 }, MessageType.DelLink);
      queueMicrotask(() => world.links.splice(1, 1, { index: 3, mtu: 1500 }));
    };
    world.change(1, 1400);
    assert.deepEqual(await told(follower, 2), [
      "new 1 1400 mtu",
      "new 3 1500",
      "delete 2 1500",
      "read",
      "read",
    ]);
  },
);

test("Follower doubts that an object is gone when dumps are interrupted", {
  skip: false,
}, async () => {
  const world = new LinkKernel();
  world.links.push({ index: 3, mtu: 1500 }, { index: 4, mtu: 1500 });
  using follower = world.follow();
  await follower.start();
  world.links.splice(2, 1); // link 3 is not there any more
  world.onDump = () => {
    world.interrupted = world.dumps < 12;
    if (world.dumps === 3) world.links.splice(2, 1); // link 4 is passed over, this time
    if (world.dumps === 4) world.links.push({ index: 4, mtu: 1500 });
  };
  world.change(2, 1400);
  const readings = 11;
  const words = await told(follower, readings);
  assert.deepEqual(words.filter((word) => word !== "read"), ["new 2 1400 mtu", "delete 3 1500"]);
  assert.equal(words.indexOf("delete 3 1500"), readings - 1);
  assert.equal(world.dumps, 12);
  world.onDump = () => {};
  world.links.splice(2, 1);
  world.change(2, 1500);
  assert.deepEqual(await told(follower, 1), ["new 2 1500 mtu", "delete 4 1500", "read"]);
});

test("Follower reads the routes that a link may concern", { skip: false }, async () => {
  const world = new LinkKernel();
  world.links.push({ index: 3, mtu: 1500 });
  const route = (dst: string, ...links: number[]): Partial<Route> => {
    const common = { family: 2, dst, dstLength: 32, table: 254, type: 1 };
    if (links.length === 1) return { ...common, oif: links[0] };
    const hop = { flags: 0, hops: 0 };
    return { ...common, multipath: links.map((ifindex) => ({ ...hop, ifindex })), nhId: 7 };
  };
  world.routes.push(route("10.0.0.1", 1), route("10.0.0.2", 2), route("10.0.0.3", 2, 3));
  using follower = world.follow({ kinds: ["link", "route"] });
  await follower.start();
  world.asked = [];
  // Nothing is new of the link, but only now are its routes told.
  world.routes.splice(1, 2, { ...route("10.0.0.3", 3), nhId: 7 });
  world.tell(world.links[1]);
  assert.deepEqual(await told(follower, 1), [
    "delete 10.0.0.2",
    "new 10.0.0.3 oif multipath",
    "read",
  ]);
  assert.deepEqual(world.asked, [2, 3]); // what went over link 2 may be left with the others that it went over
});

test("Follower reads again what it could not read", { skip: false }, async () => {
  const world = new LinkKernel();
  using follower = world.follow();
  await follower.start();
  const mangled = Uint8Array.of(3, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0); // shorter than its header
  world.links[1].mtu = 1400;
  world.kernel.multicast(Group.Link, mangled);
  world.kernel.multicast(Group.Link, new Uint8Array(1_000_000));
  assert.deepEqual(await told(follower, 1), ["1 lost", "1 lost", "new 2 1400 mtu", "resynced"]);
});

test("Follower goes on after an overrun amid a reading", { skip: false }, async () => {
  const world = new LinkKernel();
  using follower = world.follow({ readBuffer: 4096 });
  await follower.start();
  world.onDump = () => {
    if (world.dumps === 2) { for (let mtu = 1000; mtu < 1100; mtu++) world.change(2, mtu); }
  };
  world.change(1, 1400);
  const words = await told(follower, 2);
  const [socket] = world.kernel.sockets;
  assert.ok(socket.drops > 50, `${socket.drops}`);
  assert.deepEqual(words.filter((word) => word.endsWith("lost")), [`${socket.drops} lost`]);
  assert.deepEqual(words.slice(-2), ["new 2 1099 mtu", "resynced"]);
  world.change(2, 1500);
  assert.deepEqual(await told(follower, 1), ["new 2 1500 mtu", "read"]);
});

test("Follower tells at the start what is there then", { skip: false }, async () => {
  const world = new LinkKernel();
  world.links.push({ index: 3, mtu: 1500 });
  world.onDump = () => {
    if (world.dumps > 1) return;
    world.change(2, 1400);
    world.tell({ index: 3, mtu: 1500 }, MessageType.DelLink);
    world.tell({ index: 4, mtu: 1500 });
    queueMicrotask(() => world.links.splice(2, 1, { index: 4, mtu: 1500 }));
  };
  using follower = world.follow();
  const differences = await follower.start();
  const words = differences.map(({ action, key }) => `${action} ${key}`);
  assert.deepEqual(words.sort(), ["new 1", "new 2", "new 4"]);
  assert.equal(world.dumps, 2);
});

test("Follower keeps what events leave out", { skip: false }, async () => {
  const world = new LinkKernel();
  world.links[1] = { index: 2, mtu: 1500, numVf: 0, portSelf: { profile: "some" } };
  using follower = world.follow();
  await follower.start();
  world.links[1].mtu = 1400;
  world.tell({ index: 2, mtu: 1400, event: 1 });
  assert.deepEqual(await told(follower, 1), ["new 2 1400 mtu", "read"]);
  assert.equal((follower.view().table("link").get("2") as Link).numVf, 0);
});

test("Follower does without groups that the kernel does not know", { skip: false }, async () => {
  const world = new LinkKernel();
  const ofNexthops = (_fd: number, level: number, option: number, group: number) =>
    level === SOL_NETLINK && option === NETLINK_ADD_MEMBERSHIP && group === Group.Nexthop;
  {
    using _refusal = world.kernel.refuse("setsockopt", 22, ofNexthops); // EINVAL
    using follower = world.follow({ kinds: ["link", "nexthop"] });
    assert.equal((await follower.start()).length, 2);
  }
  using _refusal = world.kernel.refuse("setsockopt", 1, ofNexthops); // EPERM
  assert.throws(() => world.follow({ kinds: ["nexthop"] }), { name: "OpError", code: "EPERM" });
  assert.equal(world.kernel.sockets.length, 0);
});

test(
  "Follower tells that all is gone of a namespace that lost its id",
  { skip: false },
  async () => {
    const world = new LinkKernel();
    using follower = world.follow({ allNSID: true });
    await follower.start();
    const there = [message(MessageType.NewLink, { index: 9, mtu: 1500 })];
    world.kernel.multicast(Group.Link, there, { nsid: 5 });
    const data = encodeObject(nsidKind, { nsid: 5 });
    world.kernel.multicast(Group.Nsid, [{ header: { type: MessageType.DelNsid }, data }]);
    const updates = [await follower.next(), await follower.next()];
    assert.deepEqual(
      updates.map((update) =>
        "drops" in update
          ? update
          : [update.nsid, ...update.differences.map(({ action, key }) => `${action} ${key}`)]
      ),
      [[5, "new 9"], [5, "delete 9"]],
    );
  },
);

test("Follower finds out from time to time what nothing tells of", { skip: false }, async () => {
  const world = new LinkKernel();
  using follower = world.follow();
  await follower.start();
  const dumps = world.dumps;
  const { performance } = globalThis;
  const now = performance.now.bind(performance);
  const later = (ms: number) =>
    Object.defineProperty(performance, "now", { value: () => now() + ms, configurable: true });
  try {
    later(40_000);
    world.links[1].mtu = 1400;
    assert.deepEqual(await told(follower, 1), ["new 2 1400 mtu", "read"]);
    assert.equal(world.dumps, dumps + 1);
  } finally {
    later(0);
  }
});

test("Follower fails when it cannot read", { skip: false }, async () => {
  const world = new LinkKernel();
  using follower = world.follow();
  await follower.start();
  using _refusal = world.kernel.refuse("sendto", 105); // ENOBUFS
  world.tell({ index: 2, mtu: 1400 });
  await assert.rejects(told(follower, 1), { name: "OpError", code: "ENOBUFS" });
});
