/** Random changes of a namespace. */
import type { Namespace } from "./harness.ts";

/** A sequence of numbers that is the same for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 0x1_0000_0000 * below);
  };
}

/** One change of whatever sort; many of them fail, as what they name is not there. */
function randomChange(pick: (below: number) => number): string {
  const one = <T>(...items: T[]): T => items[pick(items.length)];
  const link = () => one("a0", "a1", "b0", "b1", "br0", "mv0");
  const v4 = () => `10.${pick(3)}.${pick(2)}.${1 + pick(4)}`;
  const v6 = () => `2001:db8:${pick(3)}::${1 + pick(4)}`;
  const changes: Array<() => string> = [
    () => `link add ${one("a0 type veth peer name a1", "b0 type veth peer name b1")}`,
    () => `link add br0 type bridge ${one("", "vlan_filtering 1", "ageing_time 1000")}`.trim(),
    () => `link add mv0 link ${one("a0", "b0")} type macvlan mode ${one("bridge", "private")}`,
    () => `link del ${link()}`,
    () => `link set ${link()} ${one("up", "up", "up", "up", "down")}`,
    () => `link set ${link()} ${one("up", "up", "down")}`,
    () => `link set ${link()} mtu ${1300 + pick(200)}`,
    () => `link set ${one("a1", "b1")} ${one("master br0", "nomaster")}`,
    () =>
      `link set ${link()} ${
        one("promisc on", "promisc off", "alias some", "group 7", "txqueuelen 50", "arp off")
      }`,
    () => `addr add ${v4()}/${one(24, 32, 16)} dev ${link()}`,
    () => `addr add ${v4()}/24 dev ${link()}`,
    () => `addr add ${v6()}/64 dev ${link()} nodad`,
    () => `addr del ${v4()}/24 dev ${link()}`,
    () => `addr del ${v6()}/64 dev ${link()}`,
    () =>
      `route ${one("add", "replace", "append")} 10.9.${pick(3)}.0/24 via ${v4()} ${
        one("", "metric 5", "table 100")
      }`.trim(),
    () =>
      `route ${one("add", "replace")} 10.8.${pick(2)}.0/24 dev ${link()} ${
        one("", "proto static", "mtu 1200")
      }`.trim(),
    () => `route add ${one("blackhole", "unreachable")} 10.7.${pick(3)}.0/24`,
    () => `route del 10.${one(9, 8, 7)}.${pick(3)}.0/24`,
    () => `route add 10.6.0.0/16 nexthop via ${v4()} weight 2 nexthop via ${v4()}`,
    () => `route ${one("add", "append", "replace")} 2001:db8:9:${pick(2)}::/64 via ${v6()}`,
    () => `route del 2001:db8:9:${pick(2)}::/64 ${one("", `via ${v6()}`)}`.trim(),
    () =>
      `neigh ${one("add", "replace")} ${v4()} lladdr 02:00:00:00:00:0${pick(9)} dev ${link()} nud ${
        one("permanent", "stale", "noarp")
      }`,
    () => `neigh del ${v4()} dev ${link()}`,
    () =>
      `rule add ${one("from", "to")} 10.${pick(4)}.0.0/16 lookup ${one("main", "100")} pref ${
        100 + pick(9)
      }`,
    () => `rule del pref ${100 + pick(9)}`,
    () => `rule add iif ${link()} lookup 100 pref ${200 + pick(3)}`,
    () => `nexthop ${one("add", "replace")} id ${1 + pick(3)} via ${v4()} dev ${link()}`,
    () => `nexthop del id ${1 + pick(3)}`,
    () => `route add 10.5.${pick(2)}.0/24 nhid ${1 + pick(3)}`,
  ];
  return changes[pick(changes.length)]();
}

/** Makes changes until so many have succeeded: the kernel refuses some, which is a part of the game. */
export function change(ns: Namespace, count: number, seed: number): void {
  const pick = random(seed);
  while (count > 0) {
    const lines = Array.from({ length: Math.min(count, 10) }, () => randomChange(pick));
    count -= lines.length - ns.batch(lines);
  }
}

/** Makes a few objects that most changes need. */
export function prepare(ns: Namespace): void {
  ns.ip("link add a0 type veth peer name a1");
  ns.ip("link set a0 up");
  ns.ip("link set a1 up");
  ns.ip("addr add 10.0.0.1/24 dev a0");
}
