/**
 * The names that iproute2 gives to numbers in the files of /etc/iproute2 as it ships them. A host's
 * own additions to those files are not read: its numbers appear as numbers.
 */
type Names = Readonly<Record<number, string>>;

const tables: Names = { 0: "unspec", 253: "default", 254: "main", 255: "local" };

const protocols: Names = {
  0: "unspec",
  1: "redirect",
  2: "kernel",
  3: "boot",
  4: "static",
  8: "gated",
  9: "ra",
  10: "mrt",
  11: "zebra",
  12: "bird",
  13: "dnrouted",
  14: "xorp",
  15: "ntk",
  16: "dhcp",
  18: "keepalived",
  42: "babel",
  99: "openr",
  186: "bgp",
  187: "isis",
  188: "ospf",
  189: "rip",
  192: "eigrp",
};

const scopes: Names = { 0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere" };

const groups: Names = { 0: "default" };

const realms: Names = { 0: "cosmos" };

const dsfields: Names = {
  0x00: "default",
  0x20: "CS1",
  0x28: "AF11",
  0x30: "AF12",
  0x38: "AF13",
  0x40: "CS2",
  0x48: "AF21",
  0x50: "AF22",
  0x58: "AF23",
  0x60: "CS3",
  0x68: "AF31",
  0x70: "AF32",
  0x78: "AF33",
  0x80: "CS4",
  0x88: "AF41",
  0x90: "AF42",
  0x98: "AF43",
  0xa0: "CS5",
  0xb8: "EF",
  0xc0: "CS6",
  0xe0: "CS7",
};

/** Names a routing table, such as 254 "main"; a number without a name is printed in decimal, as by all functions here. */
export function tableName(table: number): string {
  return tables[table] ?? `${table}`;
}

/** Names the origin of a route, an address, a neighbour or a rule, such as 2 "kernel". */
export function protocolName(protocol: number): string {
  return protocols[protocol] ?? `${protocol}`;
}

/** Names the scope of an address or a route, such as 253 "link". */
export function scopeName(scope: number): string {
  return scopes[scope] ?? `${scope}`;
}

/** Names a group of links, such as 0 "default". */
export function groupName(group: number): string {
  return groups[group] ?? `${group}`;
}

/** Names a routing realm. */
export function realmName(realm: number): string {
  return realms[realm] ?? `${realm}`;
}

/** Names a value of the type-of-service byte, such as 0x10 "0x10" and 0x28 "AF11". */
export function dsfieldName(tos: number): string {
  return dsfields[tos] ?? `0x${tos.toString(16).padStart(2, "0")}`;
}

/** Names an address family as `ip` does, such as 2 "inet". */
export function familyName(family: number): string {
  const names: Names = {
    0: "unspec",
    2: "inet",
    7: "bridge",
    10: "inet6",
    28: "mpls",
    128: "ipmr",
    129: "ip6mr",
  };
  return names[family] ?? "???";
}

/**
 * Names a link that an object refers to by its index, as `ip` does.
 *
 * @param index The link's index.
 * @param links Looks up links.
 * @returns Its name; "*" for 0, "if7" for one that is not known.
 */
export function linkName(
  index: number,
  links?: (index: number) => { name: string } | undefined,
): string {
  return index === 0 ? "*" : links?.(index)?.name ?? `if${index}`;
}

const routeTypes: readonly string[] = [
  "none",
  "unicast",
  "local",
  "broadcast",
  "anycast",
  "multicast",
  "blackhole",
  "unreachable",
  "prohibit",
  "throw",
  "nat",
  "xresolve",
];

/** Names the type of a route, such as 1 "unicast"; the actions of rules share these names. */
export function routeTypeName(type: number): string {
  return routeTypes[type] ?? `${type}`;
}
