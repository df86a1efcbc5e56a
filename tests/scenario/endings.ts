import { ifindex, type Part } from "./step.ts";

const { v0, v2, v5, vx0, mv4 } = ifindex;

/** Links go away, and with them what depended on them. */
export const endings: Part = {
  name: "endings",
  steps: [
    [
      "ip link set v0 address 02:00:00:00:00:1b",
      ({ links }) => links.set(v0, { address: "02:00:00:00:00:1b" }),
    ],
    ["ip link set v2 down", ({ links }) => links.set(v2, { up: false })],
    ["ip link del vx0", ({ links }) => links.delete(vx0)],
    ["ip link del br0", ({ links }) => links.delete("br0")],
    ["ip link del v5", ({ links }) => links.delete(v5)],
    ["ip link del mv4", ({ links }) => links.delete(mv4)],
    [
      "ip link del uplink-with-a-long-alternative-name",
      ({ links }) => links.delete("uplink-with-a-long-alternative-name"),
    ],
  ],
};
