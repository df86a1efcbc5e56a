import assert from "node:assert/strict";
import { assemble, format, ProgramError, type RawInstruction, VM } from "../lib/bpf/mod.ts";
import {
  mutate,
  Random,
  randomAttributes,
  randomPacket,
  randomProgram,
} from "./bpf_arbitraries.ts";
import { KernelFilter } from "./bpf_kernel.ts";
import { test } from "./netlink.ts";
import { toHex } from "./object_helpers.ts";

const programs = 20_000;
const packetsEach = 3;

function newSeed(): number {
  return Math.floor(Math.random() * 0x1_0000_0000);
}

/** The VM for a program, or what is wrong with it. */
function checked(program: RawInstruction[]): VM | ProgramError {
  try {
    return new VM(program);
  } catch (error) {
    if (error instanceof ProgramError) return error;
    throw error;
  }
}

test("VM keeps of a packet what a socket's filter keeps", {}, () => {
  using kernel = new KernelFilter();
  const seed = newSeed();
  const random = new Random(seed);
  const packets = Array.from({ length: 2000 }, () => randomPacket(random));
  const kept = { none: 0, some: 0, all: 0 };
  for (let i = 0; i < programs; i++) {
    const program = randomProgram(random);
    assert.ok(kernel.attach(program), `seed ${seed}: the kernel refuses\n${format(program)}`);
    const vm = new VM(program);
    for (let j = 0; j < packetsEach; j++) {
      const packet = random.pick(packets);
      const actual = Math.min(vm.run(packet), packet.length);
      const expected = kernel.run(packet);
      if (actual !== expected) {
        assert.equal(actual, expected, `seed ${seed}: of ${toHex(packet)}\n${format(program)}`);
      }
      kept[expected === 0 ? "none" : expected < packet.length ? "some" : "all"]++;
    }
  }
  const least = programs * packetsEach / 10;
  assert.ok(kept.none > least && kept.some > least && kept.all > least, JSON.stringify(kept));
});

test("VM refuses what a socket refuses", {}, () => {
  using kernel = new KernelFilter();
  const seed = newSeed();
  const random = new Random(seed);
  let refused = 0;
  for (let i = 0; i < programs; i++) {
    const program = mutate(random, randomProgram(random));
    const vm = checked(program);
    const taken = kernel.attach(program);
    if (taken !== vm instanceof VM) {
      const verdict = vm instanceof VM ? "takes" : `says ${vm.message} about`;
      assert.fail(`seed ${seed}: the VM ${verdict} ${JSON.stringify(program)}`);
    }
    if (!taken) refused++;
  }
  assert.ok(refused > programs / 4 && refused < programs * 3 / 4, `${refused} refused`);
});

test("VM finds the attributes that a socket's filter finds", {}, () => {
  using kernel = new KernelFilter();
  const seed = newSeed();
  const random = new Random(seed);
  // The packet's first bytes say where to start, and which types to look for.
  const find = ["ldb [1] tax ldb [0] ld #nla", "st M[0] ldb [2] tax ld M[0] ld #nlan"];
  const deeper = "st M[0] ldb [3] tax ld M[0] ld #nlan";
  let [tried, found] = [0, 0];
  for (const steps of [find.slice(0, 1), find, [...find, deeper]]) {
    const program = assemble(`${steps.join("\n")}\nadd #1\nret a`);
    const vm = new VM(program);
    assert.ok(kernel.attach(program));
    for (let i = 0; i < programs / 2; i++) {
      const attributes = randomAttributes(random, 3);
      const packet = new Uint8Array(4 + attributes.length);
      packet.set(attributes, 4);
      for (let j = 0; j < 3; j++) {
        packet[0] = random.once(6) ? random.below(packet.length + 2) : 4;
        for (let k = 1; k < 4; k++) {
          packet[k] = random.once(8) ? random.below(250) : random.below(3);
        }
        const cut = packet.subarray(0, packet.length - (random.once(6) ? random.below(4) : 0));
        const actual = Math.min(vm.run(cut), cut.length);
        const expected = kernel.run(cut);
        if (actual !== expected) {
          assert.equal(actual, expected, `seed ${seed}: in ${toHex(cut)}\n${format(program)}`);
        }
        tried++;
        if (expected > 1) found++;
      }
    }
  }
  assert.ok(found > tried / 8 && found < tried * 7 / 8, `${found} of ${tried} found`);
});

test("VM says what is kept of a long packet, also by a long program", {}, () => {
  using kernel = new KernelFilter();
  const packet = new Random(newSeed()).bytes(60_000);
  const step = "ldh [30000] add x tax ld [59996] xor x";
  const program = assemble(`${`${step}\n`.repeat(250)} and #0xffff\nret a`);
  assert.ok(kernel.attach(program));
  assert.equal(Math.min(packet.length, new VM(program).run(packet)), kernel.run(packet));
});

test("the kernel takes what the VM takes with chance in it", {}, () => {
  using kernel = new KernelFilter();
  const packet = new Uint8Array(99);
  for (const word of ["rand", "cpu"]) {
    const program = assemble(`ld #${word} mod #3 add #1 ret a`);
    assert.ok(kernel.attach(program));
    for (const kept of [kernel.run(packet), new VM(program).run(packet)]) {
      assert.ok(kept >= 1 && kept <= 3, `${word}: ${kept}`);
    }
  }
});
