/** What the kernel's specs (Documentation/netlink/specs) describe, in parts of three of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttributeSet } from "../lib/rtnetlink/codec/attribute_set.ts";
import {
  headedNest,
  indexedArray,
  late,
  nest,
  numberedArray,
  packedArray,
  selected,
} from "../lib/rtnetlink/codec/compound.ts";
import * as scalars from "../lib/rtnetlink/codec/scalar.ts";
import { byteArray, pad, struct } from "../lib/rtnetlink/codec/struct.ts";
import { encode, there } from "./codecs.ts";
import { tlv } from "./byte_arbitraries.ts";

const { bitfield32, bytes, s64, string, u16, u32, u64, u8, uint } = scalars;

const nlctrlAttributes: AttributeSet = {
  familyId: [1, "CTRL_ATTR_FAMILY_ID", u16],
  familyName: [2, "CTRL_ATTR_FAMILY_NAME", string],
  ops: [6, "CTRL_ATTR_OPS", indexedArray(nest(() => opAttributes, true), { flagged: true })],
  policy: [
    8,
    "CTRL_ATTR_POLICY",
    numberedArray(numberedArray(nest(() => policyAttributes, true), true), true),
  ],
  opPolicy: [9, "CTRL_ATTR_OP_POLICY", numberedArray(nest(() => opPolicyAttributes, true), true)],
};
const opAttributes: AttributeSet = {
  id: [1, "CTRL_ATTR_OP_ID", u32],
  flags: [2, "CTRL_ATTR_OP_FLAGS", u32],
};
const policyAttributes: AttributeSet = {
  type: [1, "NL_POLICY_TYPE_ATTR_TYPE", u32],
  minValueS: [2, "NL_POLICY_TYPE_ATTR_MIN_VALUE_S", s64],
  maxValueU: [5, "NL_POLICY_TYPE_ATTR_MAX_VALUE_U", u64],
};
const opPolicyAttributes: AttributeSet = { do: [1, "CTRL_ATTR_POLICY_DO", u32] };

test("the codec can hold nlctrl: indexed arrays, nests whose types are numbers in two levels", () => {
  const family = {
    familyId: 16,
    familyName: "nlctrl",
    ops: [{ id: 3, flags: 14 }, { id: 10, flags: 12 }],
    opPolicy: [{ number: 10, value: { do: 0 } }],
    policy: [
      {
        number: 0,
        value: [
          { number: 1, value: { type: 3, maxValueU: 65535n } },
          { number: 9, value: { type: 9, minValueS: -1n } },
        ],
      },
    ],
  };
  assert.deepEqual(there(nlctrlAttributes, encode(nlctrlAttributes, family)), family);
});

const deviceAttributes: AttributeSet = {
  ifindex: [1, "NETDEV_A_DEV_IFINDEX", u32],
  pad: [2, "NETDEV_A_DEV_PAD", bytes],
  xdpFeatures: [3, "NETDEV_A_DEV_XDP_FEATURES", u64],
};
const poolStatsAttributes: AttributeSet = {
  info: [1, "NETDEV_A_PAGE_POOL_STATS_INFO", nest(() => poolAttributes, true)],
  allocFast: [8, "NETDEV_A_PAGE_POOL_STATS_ALLOC_FAST", uint],
};
const poolAttributes: AttributeSet = {
  id: [1, "NETDEV_A_PAGE_POOL_ID", uint],
  ioUring: [8, "NETDEV_A_PAGE_POOL_IO_URING", nest(() => ({}), true)],
};

test("the codec can hold netdev: padding, integers of two widths, empty nests", () => {
  const device = { ifindex: 2, pad: new Uint8Array(), xdpFeatures: 2n ** 63n };
  assert.deepEqual(there(deviceAttributes, encode(deviceAttributes, device)), device);
  const stats = { info: { id: 5n, ioUring: {} }, allocFast: 2n ** 40n };
  assert.deepEqual(there(poolStatsAttributes, encode(poolStatsAttributes, stats)), stats);
});

const rateSpec = struct<{ cellLog: number; overhead: number; rate: number }>({
  cellLog: u8,
  _1: pad(1),
  overhead: u16,
  _2: pad(4),
  rate: u32,
});
const police = struct<{ index: number; rate: { cellLog: number; overhead: number; rate: number } }>(
  {
    index: u32,
    rate: rateSpec,
  },
);
const netem = struct<{ latency: number; limit: number }>({ latency: u32, limit: u32 });
const options = {
  netem: headedNest(() => netem, () => netemAttributes),
  htb: nest(() => ({ rate64: [6, "TCA_HTB_RATE64", u64] })),
  pfifo: struct<{ limit: number }>({ limit: u32 }),
  matchall: nest(() => matchallAttributes),
};
const netemAttributes: AttributeSet = {
  delayDist: [2, "TCA_NETEM_DELAY_DIST", packedArray(scalars.s16)],
  loss: [5, "TCA_NETEM_LOSS", nest(() => ({ gi: [1, "NETEM_LOSS_GI", bytes] }))],
};
const tcAttributes: AttributeSet = {
  kind: [1, "TCA_KIND", string],
  options: [2, "TCA_OPTIONS", selected<unknown>("kind", () => options as never)],
  stats2: [7, "TCA_STATS2", late(nest(() => statsAttributes))],
};
const statsAttributes: AttributeSet = {
  app: [
    4,
    "TCA_STATS_APP",
    selected<unknown>("kind", () => ({ netem: packedArray(u32), htb: byteArray(12) })),
  ],
};
const matchallAttributes: AttributeSet = {
  act: [2, "TCA_MATCHALL_ACT", indexedArray(nest(() => actionAttributes))],
};
const actionAttributes: AttributeSet = {
  kind: [1, "TCA_ACT_KIND", string],
  options: [
    2,
    "TCA_ACT_OPTIONS",
    selected(
      "kind",
      () => ({ police: nest(() => ({ tbf: [1, "TCA_POLICE_TBF", police] }), true) }),
    ),
  ],
  hwStats: [8, "TCA_ACT_HW_STATS", bitfield32],
};

test("the codec can hold tc: sub-messages by name, with fixed headers, in actions, by an outer name", () => {
  const examples = [
    {
      kind: "netem",
      options: { latency: 1, limit: 1000, delayDist: [1, -1], loss: { gi: Uint8Array.of(1) } },
      stats2: { app: [1, 2] },
    },
    { stats2: { app: new Uint8Array(12) }, options: { rate64: 5n }, kind: "htb" },
    { kind: "pfifo", options: { limit: 3 } },
    {
      kind: "matchall",
      options: {
        act: [
          {
            kind: "police",
            options: { tbf: { index: 1, rate: { cellLog: 2, overhead: 3, rate: 4 } } },
            hwStats: { value: 1, selector: 3 },
          },
          { kind: "police", options: {} },
        ],
      },
    },
  ];
  for (const example of examples) {
    assert.deepEqual(there(tcAttributes, encode(tcAttributes, example)), example);
  }
  const unknown = {
    kind: "fq",
    attribute2: Uint8Array.of(1),
    stats2: { attribute4: Uint8Array.of(2) },
  };
  assert.deepEqual(there(tcAttributes, encode(tcAttributes, unknown)), unknown);
});

test("headedNest takes a header of any length", () => {
  const set: AttributeSet = { v: [1, "V", headedNest(() => netem, () => netemAttributes)] };
  assert.deepEqual(there(set, tlv(1, [1, 0, 0, 0])).v, { latency: 1, limit: 0, shortLength: 4 });
  assert.deepEqual(there(set, tlv(1)).v, { latency: 0, limit: 0, shortLength: 0 });
  const tooLong = new Uint8Array(9);
  assert.deepEqual(there(set, tlv(1, tooLong)), { attribute1: tooLong });
});
