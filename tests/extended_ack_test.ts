import assert from "node:assert/strict";
import { uint16, uint16Bytes, uint32Bytes } from "../lib/nlenc.ts";
import { MessageType } from "../lib/rtnetlink/mod.ts";
import {
  type AttributeEncoder,
  type Conn,
  ConnOption,
  dial,
  Family,
  HeaderFlags,
  type Message,
  type MessageInit,
  OpError,
  unmarshalAttributes,
} from "../mod.ts";
import { makeNamespace, type Namespace, noNamespaces } from "./harness.ts";
import { test } from "./netlink.ts";
import { attributeBytes, joinBytes } from "./object_helpers.ts";

const skip = noNamespaces;
const { Acknowledge, Create, Dump, Excl, Request } = HeaderFlags;
const { CapAcknowledge, ExtendedAcknowledge, GetStrictCheck } = ConnOption;

type Fill = (ae: AttributeEncoder) => void;

/** A request with a fixed header and attributes. */
function ask(type: number, flags: number, header: number[], fill: Fill = () => {}): MessageInit {
  return {
    header: { type, flags: Request | flags },
    data: joinBytes(header, attributeBytes(fill)),
  };
}

const make = Acknowledge | Create | Excl;
const zeros = (length: number): number[] => Array(length).fill(0);
/** `struct ifinfomsg` and those that begin alike. */
const onLink = (size: number, index = 0, family = 0): number[] => [
  ...[family, 0, 0, 0],
  ...uint32Bytes(index),
  ...zeros(size - 8),
];
const short = Uint8Array.of(1);

const IFLA = { IFNAME: 3, LINKINFO: 18, PROP_LIST: 52, ALT_IFNAME: 53 } as const;
const longName = "a".repeat(27);

/** Index of a bridge's port. */
const port = 100;

/** Asks for a new link of a kind. */
function newLink(kind: string, data: Fill): MessageInit {
  return ask(MessageType.NewLink, make, onLink(16), (ae) => {
    ae.string(IFLA.IFNAME, "new0");
    ae.nested(IFLA.LINKINFO, (info) => {
      info.string(1, kind);
      info.nested(2, data);
    });
  });
}

const tooLong: MessageInit = ask(
  MessageType.NewLink,
  make,
  onLink(16),
  (ae) => ae.string(IFLA.IFNAME, longName),
);

/** A dump of addresses that wants them told in the terms of a namespace whose id is too short. */
const badDump: MessageInit = ask(
  MessageType.GetAddr,
  Dump,
  [2, ...zeros(7)],
  (ae) => ae.bytes(10, short),
);

function connect(ns: Namespace, options: ConnOption[] = [ExtendedAcknowledge]): Conn {
  const conn = dial(Family.Route, { netNS: { pid: ns.pid } });
  for (const option of options) conn.setOption(option, true);
  return conn;
}

/** The error that a call fails with. */
async function failure(call: Promise<unknown>): Promise<OpError> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof OpError, `${error}`);
    return error;
  }
  assert.fail("it did not fail");
}

async function sendAndReceive(conn: Conn, message: MessageInit): Promise<Message[]> {
  await conn.send(message);
  return await conn.receive();
}

const ways: Array<[op: string, call: (conn: Conn, message: MessageInit) => Promise<unknown>]> = [
  ["execute", (conn, message) => conn.execute(message)],
  ["receive", sendAndReceive],
];

for (const capped of [false, true]) {
  for (const [op, call] of ways) {
    const name = `an interface name of 27 characters fails ${op}()${capped ? ", capped" : ""}`;
    test(name, { skip }, async () => {
      await using ns = await makeNamespace();
      using conn = connect(ns);
      conn.setOption(CapAcknowledge, capped);
      const error = await failure(call(conn, tooLong));
      const named = op === "execute" || !capped;
      assert.equal(error.op, op);
      assert.equal(error.code, "ERANGE");
      assert.equal(error.extendedMessage, "Attribute failed policy validation");
      assert.equal(error.offset, 32);
      assert.deepEqual(error.attribute, named ? ["IFLA_IFNAME"] : undefined);
      assert.deepEqual(error.policy, { type: 11, typeName: "string", maxLength: 15 });
      assert.equal(
        error.message,
        `${op}: ${named ? "IFLA_IFNAME" : "the attribute at offset 32"} must be a string of at ` +
          "most 15 bytes: Attribute failed policy validation: Numerical result out of range (ERANGE)",
      );
    });
  }
}

test("without ExtendedAcknowledge an error has its number only", { skip }, async () => {
  await using ns = await makeNamespace();
  for (const options of [[], [CapAcknowledge]]) {
    using conn = connect(ns, options);
    for (const [op, call] of ways) {
      const error = await failure(call(conn, tooLong));
      assert.equal(error.message, `${op}: Numerical result out of range (ERANGE)`);
      assert.deepEqual(Object.keys(error).sort(), ["code", "errno", "name", "op", "sequence"]);
    }
  }
});

/** An IPv4 route to 10.9.0.1 by way of the loopback. */
function newRoute(fill: Fill): MessageInit {
  const header = [2, 32, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0]; // struct rtmsg
  return ask(MessageType.NewRoute, make, header, (ae) => {
    ae.bytes(1, Uint8Array.of(10, 9, 0, 1));
    fill(ae);
  });
}

/** `struct rtnexthop` with its attributes. */
function routeNexthop(fill: Fill): Uint8Array {
  const inner = attributeBytes(fill);
  return joinBytes(uint16Bytes(8 + inner.length), [0, 0, 1, 0, 0, 0], inner);
}

const any32 = { type: 4, typeName: "u32", minValue: 0n, maxValue: 2n ** 32n - 1n };

/** Requests that the kernel refuses, with the path to what is wrong and the end of the sentence about it. */
const refused: Array<[what: string, message: MessageInit, path: string, policy?: object]> = [
  [
    "a VXLAN id that is too large",
    newLink("vxlan", (data) => data.uint32(1, 1 << 24)),
    "IFLA_LINKINFO > IFLA_INFO_DATA > IFLA_VXLAN_ID",
  ],
  [
    "a setting of a VXLAN tunnel that is neither on nor off",
    newLink("vxlan", (data) => {
      data.uint32(1, 5);
      data.uint8(31, 7);
    }),
    "IFLA_LINKINFO > IFLA_INFO_DATA > IFLA_VXLAN_LOCALBYPASS",
    { type: 2, typeName: "u8", minValue: 0n, maxValue: 1n },
  ],
  [
    "a bridge's time of one byte",
    newLink("bridge", (data) => data.bytes(1, short)),
    "IFLA_LINKINFO > IFLA_INFO_DATA > IFLA_BR_FORWARD_DELAY",
    any32,
  ],
  [
    "a macvlan's queue length of one byte",
    newLink("macvlan", (data) => data.bytes(7, short)),
    "IFLA_LINKINFO > IFLA_INFO_DATA > IFLA_MACVLAN_BC_QUEUE_LEN",
    any32,
  ],
  [
    "a name that is too long for the other end of a pair",
    newLink(
      "veth",
      (data) =>
        data.bytes(1, joinBytes(onLink(16), attributeBytes((ae) => ae.string(3, longName)))),
    ),
    "IFLA_LINKINFO > IFLA_INFO_DATA > VETH_INFO_PEER > IFLA_IFNAME",
    { type: 11, typeName: "string", maxLength: 15 },
  ],
  [
    "a bridge port's cost of one byte",
    ask(
      MessageType.NewLink,
      Acknowledge,
      onLink(16, port),
      (ae) =>
        ae.nested(IFLA.LINKINFO, (info) => {
          info.string(4, "bridge");
          info.nested(5, (data) => data.bytes(3, short));
        }),
    ),
    "IFLA_LINKINFO > IFLA_INFO_SLAVE_DATA > IFLA_BRPORT_COST",
    any32,
  ],
  [
    "an empty setting of IPv6",
    ask(
      MessageType.SetLink,
      Acknowledge,
      onLink(16, port),
      (ae) => ae.nested(26, (spec) => spec.nested(10, (inet6) => inet6.bytes(8, new Uint8Array()))),
    ),
    "IFLA_AF_SPEC > AF_INET6 > IFLA_INET6_ADDR_GEN_MODE",
    { type: 2, typeName: "u8", minValue: 0n, maxValue: 255n },
  ],
  [
    "queues that are counted in one byte",
    ask(MessageType.NewLink, make, onLink(16), (ae) => ae.bytes(31, short)),
    "IFLA_NUM_TX_QUEUES",
    any32,
  ],
  [
    "an alternative name that is too long", // RTM_NEWLINKPROP
    ask(
      108,
      make,
      onLink(16, port),
      (ae) => ae.nested(IFLA.PROP_LIST, (list) => list.string(IFLA.ALT_IFNAME, "x".repeat(200))),
    ),
    "IFLA_PROP_LIST > IFLA_ALT_IFNAME",
    { type: 11, typeName: "string", maxLength: 127 },
  ],
  [
    "a label that is too long",
    ask(MessageType.NewAddr, make, onLink(8, port, 2), (ae) => {
      ae.bytes(2, Uint8Array.of(10, 0, 0, 1));
      ae.string(3, longName);
    }),
    "IFA_LABEL",
    { type: 11, typeName: "string", maxLength: 15 },
  ],
  [
    "a metric of one byte",
    newRoute((ae) =>
      ae.nested(8, (metrics) => {
        metrics.uint32(2, 1400);
        metrics.bytes(5, short);
      })
    ),
    "RTA_METRICS > RTAX_RTTVAR",
  ],
  [
    "a tunnel's id of one byte at the second of several nexthops",
    newRoute((ae) =>
      ae.bytes(
        9,
        joinBytes(
          routeNexthop((nexthop) => nexthop.bytes(5, Uint8Array.of(127, 0, 0, 2))),
          routeNexthop((nexthop) => {
            nexthop.bytes(5, Uint8Array.of(127, 0, 0, 3));
            nexthop.uint16(21, 2);
            nexthop.nested(22, (encap) => encap.bytes(1, short));
          }),
        ),
      )
    ),
    "RTA_MULTIPATH > RTA_ENCAP > LWTUNNEL_IP_ID",
    { type: 5, typeName: "u64", minValue: 0n, maxValue: 2n ** 64n - 1n },
  ],
  [
    "a local segment's table of one byte",
    ask(MessageType.NewRoute, make, [10, 64, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0], (ae) => {
      ae.bytes(1, Uint8Array.of(0xfd, ...zeros(15)));
      ae.uint32(4, 1);
      ae.nested(22, (encap) => encap.bytes(3, short)); // before the type that selects its format
      ae.uint16(21, 7);
    }),
    "RTA_ENCAP > SEG6_LOCAL_TABLE",
    any32,
  ],
  [
    "a number that a group of nexthops cannot have",
    ask(MessageType.NewNexthop, make, zeros(8), (ae) => {
      ae.bytes(2, Uint8Array.of(9, ...zeros(7)));
      ae.uint16(3, 1);
      ae.nested(12, (group) => group.bytes(1, short));
    }),
    "NHA_RES_GROUP > NHA_RES_GROUP_BUCKETS",
    { type: 3, typeName: "u16", minValue: 0n, maxValue: 65535n },
  ],
  [
    "a codepoint that is too large",
    ask(
      MessageType.NewRule,
      make,
      [2, 0, 0, 0, 254, 0, 0, 1, 0, 0, 0, 0],
      (ae) => ae.uint8(25, 77),
    ),
    "FRA_DSCP",
    { type: 2, typeName: "u8", minValue: 0n, maxValue: 63n },
  ],
  [
    "a process that is not there",
    ask(MessageType.NewNsid, Acknowledge, zeros(4), (ae) => {
      ae.uint32(1, 3);
      ae.uint32(2, 0x7fff_ffff);
    }),
    "NETNSA_PID",
  ],
];

test(
  "errors of the kernel tell which attribute is wrong and what it must be",
  { skip },
  async () => {
    await using ns = await makeNamespace();
    ns.ip("link add br0 type bridge");
    ns.ip(`link add v0 index ${port} type veth peer name v1`);
    ns.ip("link set v0 master br0");
    using conn = connect(ns);
    for (const [what, message, path, policy] of refused) {
      const error = await failure(conn.execute(message));
      assert.deepEqual(error.attribute?.join(" > "), path, what);
      assert.deepEqual(error.policy, policy, what);
      assert.ok(error.extendedMessage, what);
      const sentence = policy ? `${path} must be a ` : `${path}: ${error.extendedMessage}: `;
      assert.ok(error.message.startsWith(`execute: ${sentence}`), error.message);
      assert.equal(await pathOfEcho(conn, message), path, what);
    }
  },
);

/** The path that the error itself gives, once the request is known from it alone. */
async function pathOfEcho(conn: Conn, message: MessageInit): Promise<string | undefined> {
  return (await failure(sendAndReceive(conn, message))).attribute?.join(" > ");
}

test("errors of a strict dump tell what is wrong", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns, [ExtendedAcknowledge, GetStrictCheck]);
  const policy = { type: 8, typeName: "s32", minValue: -(2n ** 31n), maxValue: 2n ** 31n - 1n };
  const text = "must be an s32 of 4 bytes: Attribute failed policy validation: " +
    "Numerical result out of range (ERANGE)";
  const { message, offset, attribute, ...rest } = await failure(conn.execute(badDump));
  assert.equal(message, `execute: IFA_TARGET_NETNSID ${text}`);
  assert.equal(offset, 24);
  assert.deepEqual(attribute, ["IFA_TARGET_NETNSID"]);
  assert.deepEqual(rest.policy, policy);
  // A Done message has nothing of the request.
  const received = await failure(sendAndReceive(conn, badDump));
  assert.equal(received.message, `receive: the attribute at offset 24 ${text}`);
  assert.equal(received.offset, 24);
  assert.equal(received.attribute, undefined);
  assert.deepEqual(received.policy, policy);
});

test("errors of a strict dump tell what is unknown, and what the header must not have", {
  skip,
}, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns, [ExtendedAcknowledge, GetStrictCheck]);
  const unknown = ask(MessageType.GetRoute, Dump, [2, ...zeros(11)], (ae) => ae.uint32(100, 1));
  const error = await failure(conn.execute(unknown));
  assert.equal(
    error.message,
    "execute: attribute100: Unknown attribute type: Invalid argument (EINVAL)",
  );
  assert.deepEqual(error.attribute, ["attribute100"]);
  for (const type of [MessageType.GetAddr, MessageType.GetRoute]) {
    const wrong = ask(type, Dump, [2, 3, ...zeros(type === MessageType.GetAddr ? 6 : 10)]);
    const { code, extendedMessage, offset } = await failure(conn.execute(wrong));
    assert.equal(code, "EINVAL");
    assert.match(extendedMessage!, /Invalid values in header/);
    assert.equal(offset, undefined);
  }
});

test("an attribute that is missing is named", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = connect(ns);
  const error = await failure(
    conn.execute(ask(MessageType.GetNeigh, Acknowledge, onLink(12, 1, 2))),
  );
  assert.equal(error.message, "execute: NDA_DST is missing: Invalid argument (EINVAL)");
  assert.equal(error.missingType, 1);
  assert.equal(error.missingNest, undefined);
  assert.equal(error.attribute, undefined);
});

/** Finds the number of a family of generic netlink. */
async function familyId(conn: Conn, name: string): Promise<number> {
  const CTRL_CMD_GETFAMILY = 3;
  const [{ data }] = await conn.execute(
    ask(16, 0, [CTRL_CMD_GETFAMILY, 1, 0, 0], (ae) => ae.string(2, name)),
  );
  return uint16(unmarshalAttributes(data.subarray(4)).find(({ type }) => type === 1)!.data);
}

test("an attribute that is missing in another one is told by numbers where no name is known", {
  skip,
}, async () => {
  await using ns = await makeNamespace();
  using conn = dial(Family.Generic, { netNS: { pid: ns.pid } });
  conn.setOption(ExtendedAcknowledge, true);
  const ethtool = await familyId(conn, "ethtool");
  const ETHTOOL_MSG_STRSET_GET = 1;
  const strings = (fill: Fill) =>
    ask(ethtool, Acknowledge, [ETHTOOL_MSG_STRSET_GET, 1, 0, 0], fill);
  const none = await failure(conn.execute(strings(() => {})));
  assert.equal(none.message, "execute: attribute1 is missing: Invalid argument (EINVAL)");
  assert.equal(none.missingType, 1);
  const error = await failure(conn.execute(strings((ae) => {
    ae.nested(1, (header) => header.uint32(1, 1)); // the loopback
    ae.nested(2, (sets) => sets.nested(1, () => {}));
  })));
  assert.equal(
    error.message,
    "execute: attribute1 in the attribute at offset 36 is missing: Invalid argument (EINVAL)",
  );
  assert.equal(error.missingType, 1);
  assert.equal(error.missingNest, 36);
});

test("the policy is told where no name is known", { skip }, async () => {
  await using ns = await makeNamespace();
  using conn = dial(Family.Generic, { netNS: { pid: ns.pid }, strict: true });
  const { message, policy, attribute } = await failure(familyId(conn, longName));
  assert.match(message, /the attribute at offset 20 must be a NUL-terminated string of at most 15/);
  assert.deepEqual(policy, { type: 12, typeName: "nul-string", maxLength: 15 });
  assert.equal(attribute, undefined);
});
