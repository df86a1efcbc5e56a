import assert from "node:assert/strict";
import { filter, type FilterMessage, format, matches, type Predicate, VM } from "../lib/bpf/mod.ts";
import { type Conn, dial, Family, marshalMessage, type Message } from "../mod.ts";
import { Random } from "./bpf_arbitraries.ts";
import { KernelFilter } from "./bpf_kernel.ts";
import { asksForIndex, randomMessage, randomPredicate } from "./bpf_predicates.ts";
import { littleEndian } from "../lib/nlenc.ts";
import { kindOf } from "../lib/rtnetlink/kinds.ts";
import { decodeObject } from "../lib/rtnetlink/object_kind.ts";
import { makeNamespace, noNamespaces } from "./harness.ts";
import { test } from "./netlink.ts";
import { readEvents, toHex } from "./object_helpers.ts";

/** The length at which a message has every number at a fixed offset that the random predicates ask for. */
const longEnough = 16 + 12;

/** A datagram of one message, as long as it says. */
function datagramOf({ header, data }: FilterMessage): Uint8Array {
  const length = 16 + data.length;
  return marshalMessage({ header: { ...header, length }, data }).subarray(0, length);
}

/** Whether a filter may keep a message that is not wanted. */
function mayKeep(predicate: Predicate, message: FilterMessage): boolean {
  const severalNexthops = { type: { mask: 0xfffc, value: 24 }, attribute: { header: 12, path: 9 } };
  return message.header.type < 16 || 16 + message.data.length < longEnough ||
    asksForIndex(predicate) && matches(severalNexthops, message);
}

/** Tries a filter on messages in the kernel and in the VM; counts what becomes of them. */
class Trial implements Disposable {
  readonly #kernel: KernelFilter = new KernelFilter();
  readonly counts = { wanted: 0, dropped: 0, keptBesides: 0 };

  try(predicate: Predicate, messages: readonly FilterMessage[], where: string): void {
    const program = filter(predicate);
    const vm = new VM(program);
    assert.ok(this.#kernel.attach(program), where);
    for (const message of messages) {
      const datagram = datagramOf(message);
      const wanted = matches(predicate, message);
      const kept = this.#kernel.run(datagram) > 0;
      this.counts[wanted ? "wanted" : kept ? "keptBesides" : "dropped"]++;
      if (
        vm.run(datagram) > 0 === kept && (wanted === kept || kept && mayKeep(predicate, message))
      ) {
        continue;
      }
      assert.fail(
        `${where}: VM ${vm.run(datagram)}, kernel ${kept}, wanted ${wanted}: ` +
          `${JSON.stringify(predicate)} of ${toHex(datagram)}\n${format(program)}`,
      );
    }
  }

  [Symbol.dispose](): void {
    this.#kernel[Symbol.dispose]();
  }
}

test("filter() keeps what matches() wants, and no more than it says", {}, () => {
  using trial = new Trial();
  const seed = Math.floor(Math.random() * 0x1_0000_0000);
  const random = new Random(seed);
  for (let i = 0; i < 1500; i++) {
    const predicate = randomPredicate(random, random.once(4) ? 3 : 2);
    trial.try(predicate, Array.from({ length: 12 }, () => randomMessage(random)), `seed ${seed}`);
  }
  const { wanted, dropped, keptBesides } = trial.counts;
  assert.ok(wanted > 2000 && dropped > 6000 && keptBesides < 1500, JSON.stringify(trial.counts));
});

/** The numbers of the links that an object is about. */
function linksOf(kind: string, object: Record<string, unknown>): unknown[] {
  const { oif, multipath = [], ifindex, index } = object;
  switch (kind) {
    case "route":
      return [oif, ...(multipath as { ifindex: number }[]).map(({ ifindex }) => ifindex)];
    case "nexthop":
      return [oif];
    case "netconf":
      return [ifindex];
    default:
      return [index];
  }
}

/** Predicates about the fields of an object that say what the object has. */
function predicatesOf(kind: string, object: Record<string, unknown>): Predicate[] {
  const { family, name, table, protocol, mtu, linkInfo } = object;
  const predicates: Predicate[] = [{ family: family as number }];
  for (const index of new Set(linksOf(kind, object))) predicates.push({ ifindex: index as number });
  if (kind === "link") predicates.push({ ifname: name as string });
  if (kind === "route") predicates.push({ table: table as number, protocol: protocol as number });
  if (kind === "rule") predicates.push({ type: [32, 33], table: table as number });
  if (mtu !== undefined) {
    predicates.push({ attribute: { header: 16, path: 4, uint32: mtu as number } });
  }
  const { kind: driver } = (linkInfo ?? {}) as { kind?: string };
  if (driver !== undefined) {
    predicates.push({ attribute: { header: 16, path: [18, 1], string: driver } });
  }
  return predicates.filter((predicate) => !Object.values(predicate).includes(undefined));
}

test("filter() and matches() find in recorded messages what the objects have", {}, () => {
  using trial = new Trial();
  const messages = readEvents().map(({ message }) => message);
  const wanted = new Map<string, Message[]>();
  for (const message of messages) {
    const kind = kindOf(message.header.type);
    if (kind === undefined) continue;
    const object = decodeObject(kind, message.data) as Record<string, unknown>;
    for (const predicate of predicatesOf(kind.name, object)) {
      const key = JSON.stringify(predicate);
      wanted.set(key, [...wanted.get(key) ?? [], message]);
    }
  }
  assert.ok(wanted.size > 50, `${wanted.size} predicates`);
  for (const [key, expected] of wanted) {
    const predicate: Predicate = JSON.parse(key);
    const known = messages.filter(({ header }) => kindOf(header.type) !== undefined);
    const found = known.filter((message) => matches(predicate, message));
    const other = [...found, ...expected].find((message) =>
      found.includes(message) !== expected.includes(message)
    );
    assert.equal(other && toHex(datagramOf(other)), undefined, key);
    trial.try(predicate, known, "recorded");
  }
});

test("a filter keeps datagrams of several messages, whatever they are", {}, () => {
  using kernel = new KernelFilter();
  const random = new Random(1);
  const drop = filter({ or: [] });
  const vm = new VM(drop);
  assert.ok(kernel.attach(drop));
  for (let i = 0; i < 1000; i++) {
    const messages = Array.from({ length: 1 + random.below(3) }, () => randomMessage(random))
      .filter(({ header }) => header.type >= 16);
    const datagram = Uint8Array.from(messages.flatMap((message) => [...marshalMessage(message)]));
    if (messages.length === 0) continue;
    assert.equal(kernel.run(datagram) > 0, messages.length > 1);
    assert.equal(vm.run(datagram) > 0, messages.length > 1);
  }
});

test(
  "a filter of a thousand links jumps as far as it must, and one of more keeps the rest",
  {},
  () => {
    using kernel = new KernelFilter();
    const link = (index: number, name: string): FilterMessage => {
      const data = new Uint8Array(16 + 4 + name.length + 1);
      const view = new DataView(data.buffer);
      view.setInt32(4, index, littleEndian);
      view.setUint16(16, 4 + name.length + 1, littleEndian);
      view.setUint16(18, 3, littleEndian);
      data.set(new TextEncoder().encode(name), 20);
      return { header: { type: 16, flags: 0 }, data };
    };
    const indexes = Array.from({ length: 1000 }, (_, i) => 7 * i + 5);
    const names = indexes.map((index) => `veth${index}`);
    for (const predicate of [{ type: [16, 17], ifindex: indexes }, { type: 16, ifname: names }]) {
      const program = filter(predicate);
      assert.ok(program.some(({ op }) => op === 0x05), "it has no unconditional jump");
      assert.ok(kernel.attach(program));
      for (let index = 0; index < 7020; index += index === 999 ? 5000 : 1) {
        const message = link(index, `veth${index}`);
        const wanted = index % 7 === 5 && index < 7000;
        assert.equal(matches(predicate, message), wanted);
        assert.equal(kernel.run(datagramOf(message)) > 0, wanted, `${index}`);
      }
    }
    const tooMany = Array.from({ length: 3000 }, (_, i) => `${i * 7919}-veth`);
    const program = filter({ type: 16, ifname: tooMany });
    assert.ok(kernel.attach(program));
    assert.ok(kernel.run(datagramOf(link(1, tooMany.at(-1)!))) > 0);
    assert.equal(kernel.run(datagramOf({ ...link(1, "a"), header: { type: 17, flags: 0 } })), 0);
  },
);

/** Receives messages until one fulfils a predicate, which is the last one. */
async function receiveUntil(conn: Conn, last: Predicate): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const message of conn.receiveIter()) {
    messages.push(message);
    if (matches(last, message)) break;
  }
  return messages;
}

test(
  "of a namespace's events a filter lets through only those of one interface",
  { skip: noNamespaces },
  async () => {
    await using ns = await makeNamespace();
    ns.batch(Array.from({ length: 10 }, (_, i) => `link add v${i} type veth peer name w${i}`));
    const [{ ifindex }] = ns.ipJson("link show v3");
    const wanted: Predicate = { or: [{ ifindex }, { ifname: "v3" }] };
    const config = { groups: 1 | 1 << 4 | 1 << 6 | 1 << 8, netNS: { pid: ns.pid } };
    using all = dial(Family.Route, config);
    using filtered = dial(Family.Route, config);
    filtered.setBPF(filter(wanted));
    ns.batch([
      ...Array.from({ length: 10 }, (_, i) => `addr add 10.0.${i}.1/24 dev v${i}`),
      ...Array.from({ length: 10 }, (_, i) => `link set v${i} up`),
      ...Array.from({ length: 10 }, (_, i) => `link set v${i} mtu 1400`),
      "route add 10.9.0.0/16 nexthop dev v2 nexthop dev w3",
      "link set v3 down",
      "link set v3 name other",
      "link del other",
      "link add v3 type bridge",
      "link set v3 mtu 1280",
    ]);
    const last: Predicate = { ifname: "v3", attribute: { header: 16, path: 4, uint32: 1280 } };
    const bytesOf = (messages: Message[]) => messages.map((message) => toHex(datagramOf(message)));
    const events = await receiveUntil(all, last);
    const kept = await receiveUntil(filtered, last);
    const expected = events.filter((event) => matches(wanted, event) || mayKeep(wanted, event));
    assert.deepEqual(bytesOf(kept), bytesOf(expected));
    assert.ok(
      kept.length > 8 && kept.length < events.length / 3,
      `${kept.length} of ${events.length}`,
    );
    assert.equal(filtered.drops(), 0);
  },
);
