import assert from "node:assert/strict";
import { test } from "node:test";
import { type Netconf, NetconfIndex, netconfKind } from "../lib/rtnetlink/netconf.ts";
import { type Nsid, nsidKind } from "../lib/rtnetlink/nsid.ts";
import { decodeObject } from "../lib/rtnetlink/object_kind.ts";
import { type Prefix, PrefixFlags, prefixKind } from "../lib/rtnetlink/prefix.ts";
import { checkEvents, checkIpExamples, eventsOf } from "./object_helpers.ts";

test("netconfKind understands and gives back every recorded message", () => {
  checkEvents(netconfKind, 126);
});

for (const [file, atLeast] of [["ip-live.jsonl", 20], ["ip-made-up.jsonl", 60]] as const) {
  test(`netconfKind prints what ip printed in ${file}`, () => {
    checkIpExamples(netconfKind, file, atLeast, (netconf, json, links) => {
      // No message has family 0, for which `ip` says "???".
      if (netconf.family === 0) json = { ...json, family: "unspec" };
      assert.deepEqual(netconfKind.toIpJson(netconf, links), json);
    });
  });
}

test("netconfKind.key() is the protocol and the link", () => {
  const settings: Netconf = { family: 2, ifindex: NetconfIndex.All, forwarding: 1 };
  assert.equal(netconfKind.key(settings), "inet all");
  assert.equal(netconfKind.key({ ...settings, family: 10, ifindex: -2 }), "inet6 default");
  assert.equal(netconfKind.key({ ...settings, ifindex: 3, forwarding: 0 }), "inet if3");
});

test("prefixKind understands and gives back every recorded message", () => {
  checkEvents(prefixKind, 2);
});

test("prefixKind prints the words of ip monitor prefix as keys", () => {
  const [{ message }] = eventsOf(prefixKind);
  const prefix = decodeObject(prefixKind, message.data);
  const links = () => ({ name: "v2", flags: 0 });
  assert.deepEqual(prefixKind.toIpJson(prefix, links), {
    ifindex: prefix.index,
    ifname: "v2",
    family: "inet6",
    prefix: "2001:db8:aa::",
    prefixlen: 64,
    onlink: true,
    autoconf: true,
    valid_time: 3600,
    preferred_time: 1800,
  });
  assert.equal(prefixKind.key(prefix), `${prefix.index} 2001:db8:aa::/64`);
});

test("prefixKind knows the flags of old and new kernels", () => {
  const prefix: Prefix = { family: 10, index: 1, type: 3, prefixLength: 64, flags: 0 };
  const flagsOf = (flags: number) => {
    const { onlink, autoconf } = prefixKind.toIpJson({ ...prefix, flags });
    return [onlink, autoconf];
  };
  assert.deepEqual(flagsOf(0), [undefined, undefined]);
  assert.deepEqual(flagsOf(PrefixFlags.OnLink), [true, undefined]);
  assert.deepEqual(flagsOf(PrefixFlags.AdvertisedOnLink), [true, undefined]);
  assert.deepEqual(flagsOf(PrefixFlags.Autoconf), [undefined, true]);
  assert.deepEqual(flagsOf(PrefixFlags.AdvertisedAutoconf), [undefined, true]);
});

test("nsidKind understands and gives back every recorded message", () => checkEvents(nsidKind, 4));

test("nsidKind prints what ip netns list-id prints, but for names in /run/netns", () => {
  const [{ message }] = eventsOf(nsidKind);
  const nsid = decodeObject(nsidKind, message.data);
  assert.deepEqual(nsidKind.toIpJson(nsid), { nsid: 7 });
  assert.equal(nsidKind.key(nsid), "7");
  const other: Nsid = { family: 0, nsid: 3, currentNsid: 5 };
  assert.deepEqual(nsidKind.toIpJson(other), { nsid: 3, "current-nsid": 5 });
  assert.deepEqual(nsidKind.toIpJson({ ...other, nsid: -1, currentNsid: -1 }), {});
});
