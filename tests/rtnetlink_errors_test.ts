import assert from "node:assert/strict";
import {
  AddressFamily,
  AddrGenMode,
  dial,
  EncapType,
  type LinkInit,
  type RouteConn,
} from "../lib/rtnetlink/mod.ts";
import { OpError } from "../mod.ts";
import { command, makeNamespace, noNamespaces, startUnprivileged } from "./harness.ts";
import { comparable, ipLists, listedObjects } from "./ip_objects.ts";
import { test } from "./netlink.ts";

const skip = noNamespaces;

/** A mistake: the call, and what its error is: the operation, the code, a part of its text. */
type Mistake = readonly [
  call: (rt: RouteConn) => Promise<unknown>,
  op: string,
  code: string,
  text: string,
];

/** What the types do not let pass. */
// deno-lint-ignore no-explicit-any
const untyped = (value: unknown): any => value;

const index = 10;
const bridge = { kind: "bridge" } as const;
const peer = (peer: LinkInit) => ({
  name: "x0",
  linkInfo: { kind: "veth" as const, data: { peer } },
});
const route = { dst: "10.1.0.0/16", oif: index };
const long = "a-name-of-sixteen";

const links: readonly Mistake[] = [
  [
    ({ links }) => links.add({ name: "x0", linkInfo: { kind: "nosuchkind" } }),
    "add-link",
    "EOPNOTSUPP",
    "cannot add link x0 of kind nosuchkind: Unknown device type",
  ],
  [({ links }) => links.add({ name: "x0" }), "add-link", "EOPNOTSUPP", "Unknown device type"],
  [
    ({ links }) => links.add({ name: long, linkInfo: bridge }),
    "add-link",
    "EINVAL",
    `name is "${long}"`,
  ],
  [
    ({ links }) => links.add({ name: "a/b", linkInfo: bridge }),
    "add-link",
    "EINVAL",
    `name is "a/b"`,
  ],
  [({ links }) => links.add({ name: "", linkInfo: bridge }), "add-link", "EINVAL", `name is ""`],
  [({ links }) => links.add({ name: "v0", linkInfo: bridge }), "add-link", "EEXIST", "link v0"],
  [
    ({ links }) => links.add({ name: "x0", address: "no address", linkInfo: bridge }),
    "add-link",
    "EINVAL",
    `"no address" is no hardware address`,
  ],
  [
    ({ links }) => links.add({ name: "x0", address: untyped(2), linkInfo: bridge }),
    "add-link",
    "EINVAL",
    `IFLA_ADDRESS (address): "2" is no hardware address`,
  ],
  [
    ({ links }) => links.add({ name: "x0", vfinfoList: untyped(2), linkInfo: bridge }),
    "add-link",
    "EINVAL",
    "IFLA_VFINFO_LIST (vfinfoList): 2 is no such value",
  ],
  [
    ({ links }) => links.add({ name: "x0", address: "02:00", linkInfo: bridge }),
    "add-link",
    "EINVAL",
    "link x0",
  ],
  [
    ({ links }) => links.add(peer({ name: long })),
    "add-link",
    "EINVAL",
    "linkInfo.data.peer.name is",
  ],
  [({ links }) => links.add(peer({ up: true })), "add-link", "EINVAL", "linkInfo.data.peer.up is"],
  [({ links }) => links.add(peer({ name: "v0" })), "add-link", "EEXIST", "link x0"],
  [
    ({ links }) => links.add(peer({ netNS: "no-such-name" })),
    "add-link",
    "ENOENT",
    `linkInfo.data.peer.netNS is "no-such-name"`,
  ],
  [({ links }) => links.add(peer({ netNS: { pid: 4194305 } })), "add-link", "ESRCH", "link x0"],
  [
    ({ links }) => links.add({ name: "x0", linkInfo: { kind: "vxlan", data: { id: 1 << 25 } } }),
    "add-link",
    "ERANGE",
    "VXLAN ID must be lower",
  ],
  [
    ({ links }) =>
      links.add({ name: "x0", linkInfo: { kind: "vxlan", data: { id: 1, group: "2001:db8::1" } } }),
    "add-link",
    "EINVAL",
    "IFLA_VXLAN_GROUP (group): 16 bytes are no address of 4",
  ],
  [({ links }) => links.get(untyped(undefined)), "get-link", "EINVAL", "name is undefined"],
  [({ links }) => links.delete(untyped(undefined)), "delete-link", "EINVAL", "name is undefined"],
  [
    ({ links }) =>
      links.add(untyped({ name: "x0", linkInfo: { kind: "bridge", data: { maxAges: 1 } } })),
    "add-link",
    "EINVAL",
    `Unknown field "maxAges"`,
  ],
  [
    ({ links }) => links.add({ name: "x0", linkInfo: { kind: "bridge", data: { maxAge: 1.5 } } }),
    "add-link",
    "EINVAL",
    "1.5 is not a uint32",
  ],
  [
    ({ links }) => links.set("v0", { mtu: 1 }),
    "set-link",
    "EINVAL",
    "mtu less than device minimum",
  ],
  [({ links }) => links.set("v0", { mtu: -1 }), "set-link", "EINVAL", "-1 is not a uint32"],
  [({ links }) => links.set("v0", { master: 99 }), "set-link", "EINVAL", "cannot set link v0"],
  [({ links }) => links.set("v0", { name: "x0" }), "set-link", "EINVAL", "is renamed by its index"],
  [({ links }) => links.set(index, { name: "v1" }), "set-link", "EEXIST", "cannot set link 10"],
  [({ links }) => links.set("nosuch", { mtu: 1400 }), "set-link", "ENODEV", "link nosuch"],
  [({ links }) => links.set(-5, { mtu: 1400 }), "set-link", "EINVAL", "index is -5"],
  [
    ({ links }) => links.set("v0", { netNS: "no-such-name" }),
    "set-link",
    "ENOENT",
    `netNS is "no-such-name"`,
  ],
  [({ links }) => links.set("v0", { netNS: "/etc/hostname" }), "set-link", "EINVAL", "link v0"],
  [({ links }) => links.set("v0", { netNS: 999 }), "set-link", "EBADF", "link v0"],
  [({ links }) => links.delete("lo"), "delete-link", "EOPNOTSUPP", "link lo"],
  [({ links }) => links.delete("nosuch"), "delete-link", "ENODEV", "link nosuch"],
  [({ links }) => links.delete(""), "delete-link", "EINVAL", "name is empty"],
  [
    ({ links }) => links.addAltNames("v0", ["good", "x".repeat(128)]),
    "add-alt-names-link",
    "EINVAL",
    `names[1] is "xxx`,
  ],
  [({ links }) => links.addAltNames("v0", [""]), "add-alt-names-link", "EINVAL", `names[0] is ""`],
  [({ links }) => links.addAltNames("v0", ["v1"]), "add-alt-names-link", "EEXIST", "link v0"],
  [({ links }) => links.deleteAltNames("v0", ["v9"]), "delete-alt-names-link", "ENOENT", "link v0"],
];

const addresses: readonly Mistake[] = [
  ...["", "10.0.0", "10.0.0.256/24", "2001:db8:::1", "lo"].map((address): Mistake => [
    ({ addresses }) => addresses.add({ index, address }),
    "add-address",
    "EINVAL",
    `address: "${address.split("/")[0]}" is no IP address`,
  ]),
  ...["10.0.0.1/33", "10.0.0.1/-1", "10.0.0.1/", "10.0.0.1/8/8", "::1/129", "::1/64x"].map(
    (address): Mistake => [
      ({ addresses }) => addresses.add({ index, address }),
      "add-address",
      "EINVAL",
      `address is "${address}": the length of a prefix of`,
    ],
  ),
  [
    ({ addresses }) => addresses.add({ index, address: "10.0.0.9", prefixLength: 33 }),
    "add-address",
    "EINVAL",
    "ipv4: Invalid prefix length",
  ],
  [
    ({ addresses }) => addresses.add({ index, address: "10.0.0.9", broadcast: "2001:db8::1" }),
    "add-address",
    "EINVAL",
    `broadcast is "2001:db8::1", of another family than address "10.0.0.9"`,
  ],
  [({ addresses }) => addresses.add({ index }), "add-address", "EINVAL", "address is undefined"],
  [
    ({ addresses }) => addresses.add({ index, address: "10.0.0.9", local: "::9" }),
    "add-address",
    "EINVAL",
    `local is "::9", of another family`,
  ],
  [
    ({ addresses }) => addresses.add({ index, address: "10.0.0.9", broadcast: "10.0.0" }),
    "add-address",
    "EINVAL",
    `"10.0.0" is no IP address`,
  ],
  [
    ({ addresses }) => addresses.add({ index, address: "10.0.0.9", cacheInfo: { valid: 0 } }),
    "add-address",
    "EINVAL",
    "address lifetime invalid",
  ],
  [
    ({ addresses }) => addresses.add({ index: 0, address: "10.0.0.9" }),
    "add-address",
    "EINVAL",
    "index is 0",
  ],
  [
    ({ addresses }) => addresses.add({ index: 99, address: "10.0.0.9" }),
    "add-address",
    "ENODEV",
    "ipv4: Device not found",
  ],
  [
    ({ addresses }) => addresses.add({ index: 99, address: "2001:db8::9" }),
    "add-address",
    "ENODEV",
    "ipv6: Unable to find the interface",
  ],
  [
    ({ addresses }) => addresses.add({ index, address: "10.0.0.1/24" }),
    "add-address",
    "EEXIST",
    "ipv4: Address already assigned",
  ],
  [
    ({ addresses }) => addresses.add(untyped({ index, address: "10.0.0.9", prefixLen: 24 })),
    "add-address",
    "EINVAL",
    `Unknown field "prefixLen"`,
  ],
  [
    ({ addresses }) => addresses.delete({ index, address: "10.0.0.9/24" }),
    "delete-address",
    "EADDRNOTAVAIL",
    "ipv4: Address not found",
  ],
];

const routes: readonly Mistake[] = [
  [
    ({ routes }) => routes.add({ ...route, dst: "10.1.0/16" }),
    "add-route",
    "EINVAL",
    `dst: "10.1.0" is no IP address`,
  ],
  [
    ({ routes }) => routes.add({ ...route, dst: "10.1.0.0/40" }),
    "add-route",
    "EINVAL",
    `dst is "10.1.0.0/40": the length of a prefix`,
  ],
  [
    ({ routes }) => routes.add({ ...route, dst: "10.1.0.0", dstLength: 40 }),
    "add-route",
    "EINVAL",
    "Invalid prefix length",
  ],
  [
    ({ routes }) => routes.add({ ...route, dst: "10.1.0.1/16" }),
    "add-route",
    "EINVAL",
    "Invalid prefix for given prefix length",
  ],
  [
    ({ routes }) => routes.add({ ...route, gateway: "10.0.0" }),
    "add-route",
    "EINVAL",
    `gateway: "10.0.0" is no IP address`,
  ],
  [
    ({ routes }) => routes.add({ ...route, gateway: "2001:db8::1" }),
    "add-route",
    "EINVAL",
    `gateway is "2001:db8::1", which is not of the route's family: a gateway of another one is "via"`,
  ],
  [
    ({ routes }) => routes.add({ ...route, prefSrc: "::1" }),
    "add-route",
    "EINVAL",
    `prefSrc is "::1", which is not of the route's family`,
  ],
  [
    ({ routes }) => routes.add({ ...route, prefSrc: "10.0.0.77" }),
    "add-route",
    "EINVAL",
    "Invalid prefsrc address",
  ],
  [
    ({ routes }) => routes.add({ ...route, via: { family: AddressFamily.Inet6, address: "x" } }),
    "add-route",
    "EINVAL",
    `"x" is no IP address`,
  ],
  [
    ({ routes }) =>
      routes.add({ dst: "10.1.0.0/16", multipath: [{ ifindex: index }, { gateway: "x" }] }),
    "add-route",
    "EINVAL",
    `multipath[1].gateway: "x" is no IP address`,
  ],
  [
    ({ routes }) => routes.add({ dst: "10.1.0.0/16", multipath: [{ ifindex: 99 }] }),
    "add-route",
    "ENODEV",
    "route 10.1.0.0/16",
  ],
  [
    ({ routes }) => routes.add({ dst: "10.1.0.0/16", gateway: "192.0.2.1" }),
    "add-route",
    "ENETUNREACH",
    "Nexthop has invalid gateway",
  ],
  [({ routes }) => routes.add({ ...route, oif: 99 }), "add-route", "ENODEV", "route 10.1.0.0/16"],
  [({ routes }) => routes.add({ dst: "10.1.0.0/16" }), "add-route", "ENODEV", "route 10.1.0.0/16"],
  [
    ({ routes }) => routes.add({ ...route, metrics: { mtu: -5 } }),
    "add-route",
    "EINVAL",
    "-5 is not a uint32",
  ],
  [
    ({ routes }) => routes.add({ ...route, metrics: { ccAlgo: "nosuch" } }),
    "add-route",
    "EINVAL",
    "Unknown tcp congestion algorithm",
  ],
  [
    ({ routes }) => routes.add({ ...route, encapType: EncapType.Ip, encap: { dst: "x" } }),
    "add-route",
    "EINVAL",
    `"x" is no IP address`,
  ],
  [
    ({ routes }) => routes.add({ ...route, encap: { dst: "10.0.0.9" } }),
    "add-route",
    "EINVAL",
    "No format for encapType undefined",
  ],
  [
    ({ routes }) => routes.list({ dst: "10.1.0.0/33" }),
    "list-route",
    "EINVAL",
    `dst is "10.1.0.0/33"`,
  ],
  [
    ({ routes }) => routes.add({ ...route, multipath: untyped("x") }),
    "add-route",
    "EINVAL",
    "multipath is x, no array",
  ],
  [
    ({ routes }) =>
      routes.add({ ...route, encapType: EncapType.Ip, encap: { dst: "2001:db8::1" } }),
    "add-route",
    "EINVAL",
    "LWTUNNEL_IP_DST (dst): 16 bytes are no address of 4",
  ],
  [
    ({ routes }) =>
      routes.add({ ...route, encapType: EncapType.Ip, encap: { opts: untyped(null) } }),
    "add-route",
    "EINVAL",
    "LWTUNNEL_IP_OPTS (opts)",
  ],
  [
    ({ routes }) => routes.add({ ...route, metrics: { ccAlgo: untyped(5) } }),
    "add-route",
    "EINVAL",
    "RTA_METRICS (metrics): RTAX_CC_ALGO (ccAlgo): Attribute 16 cannot be encoded: 5 is no string",
  ],
  [
    ({ routes }) => routes.add({ dst: "10.1.0.0/16", nhId: 99 }),
    "add-route",
    "EINVAL",
    "Nexthop id does not exist",
  ],
  [
    ({ routes }) => routes.add(untyped({ ...route, dev: "v0" })),
    "add-route",
    "EINVAL",
    `Unknown field "dev"`,
  ],
  [({ routes }) => routes.set(route), "set-route", "ENOENT", "route 10.1.0.0/16"],
  [
    ({ routes }) => routes.delete({ dst: "10.1.0.0/16", table: 1000 }),
    "delete-route",
    "ESRCH",
    "route 10.1.0.0/16 in table 1000",
  ],
  [({ routes }) => routes.get("10.1.0"), "get-route", "EINVAL", `dst: "10.1.0" is no IP address`],
  [({ routes }) => routes.get("10.1.0.0/16"), "get-route", "EINVAL", `dst is "10.1.0.0/16"`],
  [
    ({ routes }) => routes.get({ dst: "::1", src: "10.0.0.1" }),
    "get-route",
    "EINVAL",
    `src is "10.0.0.1", which is not of the route's family`,
  ],
  [({ routes }) => routes.list({ dst: "x" }), "list-route", "EINVAL", `"x" is no IP address`],
  [
    ({ routes }) => routes.list(untyped({ dest: "10.1.0.0" })),
    "list-route",
    "EINVAL",
    `Unknown field "dest"`,
  ],
];

const others: readonly Mistake[] = [
  [
    ({ neighbours }) => neighbours.add({ index, dst: "10.0.0" }),
    "add-neighbour",
    "EINVAL",
    `dst: "10.0.0" is no IP address`,
  ],
  [({ neighbours }) => neighbours.add({ index }), "add-neighbour", "EINVAL", "dst is undefined"],
  [
    ({ neighbours }) => neighbours.add({ index, family: AddressFamily.Bridge }),
    "add-neighbour",
    "EINVAL",
    "lladdr is undefined",
  ],
  [
    ({ neighbours }) => neighbours.add({ index, dst: "10.0.0.2", lladdr: "xx" }),
    "add-neighbour",
    "EINVAL",
    `"xx" is no hardware address`,
  ],
  [
    ({ neighbours }) => neighbours.add({ index, dst: "10.0.0.2", lladdr: "02:00" }),
    "add-neighbour",
    "EINVAL",
    "Invalid link address",
  ],
  [
    ({ neighbours }) => neighbours.add({ index: 99, dst: "10.0.0.2" }),
    "add-neighbour",
    "ENODEV",
    "neighbour 10.0.0.2 on link 99",
  ],
  [
    ({ neighbours }) => neighbours.set({ index, dst: "10.0.0.2" }),
    "set-neighbour",
    "ENOENT",
    "neighbour 10.0.0.2 on link 10",
  ],
  [
    ({ neighbours }) => neighbours.delete({ index, dst: "10.0.0.2" }),
    "delete-neighbour",
    "ENOENT",
    "neighbour 10.0.0.2 on link 10",
  ],
  [
    ({ rules }) => rules.add({ src: "10.0.0/8" }),
    "add-rule",
    "EINVAL",
    `src: "10.0.0" is no IP address`,
  ],
  [
    ({ rules }) => rules.add({ dst: "10.0.0.0/33" }),
    "add-rule",
    "EINVAL",
    `dst is "10.0.0.0/33": the length of a prefix`,
  ],
  [
    ({ rules }) => rules.add({ src: "10.0.0.0/8", dst: "2001:db8::/32" }),
    "add-rule",
    "EINVAL",
    `dst is "2001:db8::/32", which is not of the rule's family`,
  ],
  [({ rules }) => rules.add({ iifName: long }), "add-rule", "ERANGE", "cannot add rule"],
  [({ rules }) => rules.delete({ priority: 5 }), "delete-rule", "ENOENT", "rule 5"],
  [
    ({ nexthops }) => nexthops.add({ id: 1, gateway: "10.0.0", oif: index }),
    "add-nexthop",
    "EINVAL",
    `gateway: "10.0.0" is no IP address`,
  ],
  [
    ({ nexthops }) => nexthops.add({ id: 1, gateway: "10.0.0.2", oif: 99 }),
    "add-nexthop",
    "EINVAL",
    "Invalid device index",
  ],
  [
    ({ nexthops }) => nexthops.add({ id: 1, group: [{ id: 99 }] }),
    "add-nexthop",
    "EINVAL",
    "Invalid nexthop id",
  ],
  [
    ({ nexthops }) => nexthops.add({ id: 1, group: untyped(5) }),
    "add-nexthop",
    "EINVAL",
    "group is 5, no array",
  ],
  [({ nexthops }) => nexthops.delete(0), "delete-nexthop", "EINVAL", "id is 0"],
  [({ nexthops }) => nexthops.delete(9), "delete-nexthop", "ENOENT", "nexthop 9"],
  [({ nsids }) => nsids.add({ fd: 999 }), "add-nsid", "EBADF", "Peer netns reference is invalid"],
];

/** What is there, but for what the kernel does later, once it finds that a link has a carrier. */
async function state(rt: RouteConn): Promise<string[][]> {
  const { link, route, ...rest } = await listedObjects(rt, ipLists);
  const links = link.map(({ operstate: _, flags: _flags, ...json }) => json);
  const routes = route.filter(({ dst }) => dst !== "ff00::/8");
  return [links, routes, ...Object.values(rest)].map(comparable);
}

for (const [kind, mistakes] of Object.entries({ links, addresses, routes, others })) {
  test(`wrong input to ${kind} says what is wrong and changes nothing`, { skip }, async () => {
    await using ns = await makeNamespace();
    using rt = dial({ netNS: { pid: ns.pid } });
    await rt.links.add({
      name: "v0",
      index,
      linkInfo: { kind: "veth", data: { peer: { name: "v1", index: 11 } } },
    });
    // No address that comes by itself, and a carrier from the start.
    const afSpec = { inet6: { addrGenMode: AddrGenMode.None } };
    for (const name of ["v0", "v1"]) await rt.links.set(name, { afSpec });
    for (const name of ["v1", "v0"]) await rt.links.set(name, { up: true });
    await rt.addresses.add({ index, address: "10.0.0.1/24" });
    const before = await state(rt);
    for (const [call, op, code, text] of mistakes) {
      await assert.rejects(call(rt), (error) => {
        assert.ok(error instanceof OpError, `${error}`);
        assert.equal(error.op, op, error.message);
        assert.equal(error.code, code, error.message);
        assert.ok(error.message.startsWith(`${op}: cannot `), error.message);
        assert.ok(error.message.includes(text), `"${text}" is not in "${error.message}"`);
        return true;
      });
    }
    assert.deepEqual(await state(rt), before);
  });
}

test("without privileges everything can be listed and nothing changed", { skip }, async () => {
  await using ns = await makeNamespace();
  const before = ns.ipJson("addr show");
  const running = startUnprivileged(ns, command("tests/children/unprivileged.ts"));
  assert.equal(await running.exit, 0, running.stderr);
  assert.deepEqual(running.stdout.trimEnd().split("\n"), [
    "add-link EPERM",
    "set-link EPERM",
    "delete-link EPERM",
    "add-alt-names-link EPERM",
    "add-address EPERM",
    "delete-address EPERM",
    "add-route EPERM",
    "add-neighbour EPERM",
    "add-rule EPERM",
    "add-nexthop EPERM",
    "EPERM EPERM",
    "set-link: cannot set link 1 (it needs CAP_NET_ADMIN): Operation not permitted (EPERM)",
    "2 addresses",
  ]);
  assert.deepEqual(ns.ipJson("addr show"), before);
});
