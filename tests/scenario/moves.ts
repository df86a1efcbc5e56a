import { ifindex, named, type Part } from "./step.ts";

const { m0, m1, m2, m5, v3 } = ifindex;

/** Links that go to other namespaces, and the ids by which namespaces know each other. */
export const moves: Part = {
  name: "moves",
  steps: [
    [
      "ip link add m0 index 50 address 02:00:00:00:00:50 type veth " +
      "peer name m1 index 51 address 02:00:00:00:00:51",
      ({ links }) =>
        links.add({
          ...named("m0"),
          linkInfo: { kind: "veth", data: { peer: named("m1") } },
        }),
    ],
    [
      "ip link add m2 index 52 address 02:00:00:00:00:52 type veth " +
      "peer name m3 index 53 address 02:00:00:00:00:53",
      ({ links }) =>
        links.add({
          ...named("m2"),
          linkInfo: { kind: "veth", data: { peer: named("m3") } },
        }),
    ],
    ["ip link set m1 netns PID", ({ links }, { pid }) => links.set(m1, { netNS: { pid } })],
    ["ip link set m0 up", ({ links }) => links.set(m0, { up: true })],
    [
      "ip link set m2 netns /proc/PID/ns/net",
      ({ links }, { pid }) => links.set("m2", { netNS: `/proc/${pid}/ns/net` }),
    ],
    [
      "ip link add m4 index 54 address 02:00:00:00:00:54 netns PID type bridge",
      ({ links }, { fd }) =>
        links.add({
          ...named("m4"),
          netNS: fd,
          linkInfo: { kind: "bridge" },
        }),
    ],
    [
      "ip link add m5 index 55 address 02:00:00:00:00:55 type ifb",
      ({ links }) => links.add({ ...named("m5"), linkInfo: { kind: "ifb" } }),
    ],
    [
      "ip link set m5 name moved netns PID",
      ({ links }, { fd }) => links.set(m5, { name: "moved", netNS: fd }),
    ],
  ],
};

/** What happens to links that have come from elsewhere. */
export const arrived: Part = {
  name: "links that came from elsewhere",
  elsewhere: true,
  batch: true,
  steps: [
    ["ip link set m1 up", ({ links }) => links.set(m1, { up: true })],
    ["ip link set v3 up", ({ links }) => links.set(v3, { up: true })],
    ["ip link set m2 name back", ({ links }) => links.set(m2, { name: "back" })],
    ["ip link set back netns PID", ({ links }, { pid }) => links.set("back", { netNS: { pid } })],
    [
      "ip addr add 10.7.0.2/16 dev v3",
      ({ addresses }) => addresses.add({ index: v3, address: "10.7.0.2/16" }),
    ],
    ["ip link del moved", ({ links }) => links.delete("moved")],
  ],
};
