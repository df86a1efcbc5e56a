/** Arbitrary routes and nexthops: those whose values depend on one another. */
import fc from "fast-check";
import { formatAddress } from "../lib/rtnetlink/codec/network.ts";
import type { Nexthop } from "../lib/rtnetlink/nexthop.ts";
import { EncapType, type Route } from "../lib/rtnetlink/mod.ts";
import { all, uint, uint64 } from "./object_arbitraries.ts";

type Fields = Record<string, fc.Arbitrary<unknown>>;

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const v4 = bytes(4).map(formatAddress);
const v6 = bytes(16).map(formatAddress);
const labels = fc.array(uint(20), { minLength: 1, maxLength: 3 }).map((list) => list.join("/"));

/** Objects with any of the fields, in any order. */
const some = (fields: Fields): fc.Arbitrary<Record<string, unknown>> =>
  fc.shuffledSubarray(Object.keys(fields)).chain((names) =>
    fc.tuple(...names.map((name) => fields[name].map((value) => [name, value] as const)))
  ).map((entries) => Object.fromEntries(entries));

const merged = <T>(...parts: Array<fc.Arbitrary<object>>): fc.Arbitrary<T> =>
  fc.tuple(...parts).map((objects) => Object.assign({}, ...objects) as T);

const srh = fc.array(v6, { minLength: 1, maxLength: 3 }).chain((segments) =>
  all({
    nextHeader: uint(8),
    type: uint(8),
    segmentsLeft: uint(8),
    firstSegment: fc.constant(segments.length - 1),
    flags: uint(8),
    tag: uint(16),
    segments: fc.constant(segments),
    tlvs: fc.constantFrom(new Uint8Array(0), new Uint8Array(40).fill(7)),
  })
);

const geneve = fc.array(
  all({ class: uint(16), type: uint(8), data: fc.uint8Array({ maxLength: 8 }) }),
  { maxLength: 2 },
);

const tunnel = (address: fc.Arbitrary<string>, ttl: string, tos: string) =>
  some({
    id: uint64,
    dst: address,
    src: address,
    [ttl]: uint(8),
    [tos]: uint(8),
    flags: uint(16),
    opts: some({
      geneve: fc.array(geneve, { minLength: 1, maxLength: 2 }),
      vxlan: some({ gbp: uint(32) }),
      erspan: some({
        version: uint(8),
        index: uint(32),
        direction: uint(8),
        hardwareId: uint(8),
      }),
    }),
  });

const encapsulations: ReadonlyMap<number, fc.Arbitrary<unknown>> = new Map([
  [EncapType.Mpls, some({ dst: labels, ttl: uint(8) })],
  [EncapType.Ip, tunnel(v4, "ttl", "tos")],
  [EncapType.Ip6, tunnel(v6, "hoplimit", "tc")],
  [EncapType.Seg6, some({ srh: merged(all({ mode: uint(3) }), srh) })],
  [
    EncapType.Seg6Local,
    some({
      action: uint(5),
      srh,
      table: uint(32),
      nh4: v4,
      nh6: v6,
      iif: uint(32),
      oif: uint(32),
      bpf: some({ program: uint(32), name: fc.constantFrom("", "prog") }),
      vrfTable: uint(32),
      counters: some({ packets: uint64, bytes: uint64, errors: uint64 }),
      flavors: some({
        operation: uint(32),
        locatorBlockBits: uint(8),
        locatorNodeFunctionBits: uint(8),
      }),
    }),
  ],
]);

/** Both fields of an encapsulation, in any order, or none. */
const encap = fc.oneof(
  fc.constant({}),
  ...Array.from(
    encapsulations,
    ([type, value]) =>
      fc.tuple(value, fc.boolean()).map(([encap, first]) =>
        first ? { encap, encapType: type } : { encapType: type, encap }
      ),
  ),
);

const via = fc.oneof(
  all({ family: fc.constant(2), address: v4 }),
  all({ family: fc.constant(10), address: v6 }),
  all({ family: fc.constant(17), address: fc.constantFrom("", "02:00:00:00:00:01") }),
);

const realms = all({ from: uint(16), to: uint(16) });

const metrics = some({
  ...Object.fromEntries(
    (`lock mtu window rtt rttvar ssthresh cwnd advmss reordering hoplimit initcwnd features rtoMin ` +
      `initrwnd quickack fastopenNoCookie`).split(" ").map((name) => [name, uint(32)]),
  ),
  ccAlgo: fc.constantFrom("", "cubic"),
});

/** Arbitrary routes. */
export const arbitraryRoute: fc.Arbitrary<Route> = fc.constantFrom(2, 10, 28, 128, 129).chain(
  (family) => {
    const label = family === 28;
    const address = label ? uint(20).map(String) : family % 126 === 2 ? v4 : v6;
    const swap: Fields = label ? { newDst: labels } : { gateway: address };
    return merged<Route>(
      all({
        family: fc.constant(family),
        dstLength: uint(8),
        srcLength: uint(8),
        tos: uint(8),
        headerTable: uint(8),
        protocol: uint(8),
        scope: uint(8),
        type: uint(8),
        flags: uint(32),
      }),
      some({
        ...swap,
        dst: address,
        src: v6,
        iif: uint(32),
        oif: uint(32),
        priority: uint(32),
        prefSrc: v4,
        metrics,
        multipath: fc.array(
          merged(
            all({ flags: uint(8), hops: uint(8), ifindex: uint(32) }),
            some({ ...swap, via, flow: realms }),
            encap,
          ),
          { maxLength: 3 },
        ),
        flow: realms,
        cacheInfo: all({
          clntref: uint(32),
          lastUse: uint(32),
          expires: fc.integer(),
          error: fc.integer(),
          used: uint(32),
          id: uint(32),
          ts: uint(32),
          tsAge: uint(32),
        }),
        table: uint(32),
        mark: uint(32),
        mfcStats: all({ packets: uint64, bytes: uint64, wrongInterface: uint64 }),
        via,
        pref: uint(8),
        expires: fc.oneof(uint(32), uint64),
        uid: uint(32),
        ttlPropagate: fc.boolean(),
        ipProto: uint(8),
        sport: uint(16),
        dport: uint(16),
        nhId: uint(32),
        flowLabel: uint(32),
      }),
      encap,
    );
  },
);

/** Arbitrary nexthop objects. */
export const arbitraryNexthop: fc.Arbitrary<Nexthop> = merged<Nexthop>(
  all({ family: uint(8), scope: uint(8), protocol: uint(8), reserved: uint(8), flags: uint(32) }),
  some({
    id: uint(32),
    group: fc.array(all({ id: uint(32), weight: uint(8), weightHigh: uint(8) })),
    groupType: uint(16),
    blackhole: fc.constant(true),
    oif: uint(32),
    gateway: fc.oneof(v4, v6),
    groups: fc.constant(true),
    master: uint(32),
    fdb: fc.constant(true),
    resGroup: some({
      buckets: uint(16),
      idleTimer: uint(32),
      unbalancedTimer: uint(32),
      unbalancedTime: uint64,
    }),
    resBucket: some({ index: uint(16), idleTime: uint64, nhId: uint(32) }),
    opFlags: uint(32),
    groupStats: fc.array(some({ id: uint(32), packets: uint64, packetsHardware: uint64 })),
    hwStatsEnable: uint(32),
    hwStatsUsed: uint(32),
  }),
  encap,
);

/**
 * What iproute2 before 6.3 prints instead of an object "encap": its type, and its fields among those
 * of the route, so that of two fields with one name the later one is left.
 */
export function withFlatEncap(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withFlatEncap);
  if (typeof json !== "object" || json === null) return json;
  const flat: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(json)) {
    if (key === "encap") {
      const { encap_type, ...fields } = value as Record<string, unknown>;
      Object.assign(flat, { encap: encap_type }, fields);
    } else {
      flat[key] = withFlatEncap(value);
    }
  }
  return flat;
}
