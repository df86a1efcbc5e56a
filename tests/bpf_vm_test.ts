import assert from "node:assert/strict";
import { test } from "node:test";
import * as bpf from "../lib/bpf/mod.ts";
import type { Program } from "../lib/bpf/mod.ts";

const { LoadConstant, RegX, RetA, RetConstant, VM } = bpf;

const packet = Uint8Array.of(0x81, 0x82, 0x83, 0x84, 0x05, 0x06, 0x07, 0x08);

function run(program: Program, bytes: Uint8Array = packet): number {
  return new VM(program).run(bytes);
}

/** What an operation makes of two numbers. */
function compute(op: bpf.ALUOp, a: number, b: number): number[] {
  const constant = op === bpf.ALUOpShiftLeft || op === bpf.ALUOpShiftRight ? b % 32 : b;
  return [
    run([LoadConstant({ val: a }), bpf.ALUOpConstant({ op, val: constant }), RetA()]),
    run([
      LoadConstant({ dst: RegX, val: b }),
      LoadConstant({ val: a }),
      bpf.ALUOpX({ op }),
      RetA(),
    ]),
  ];
}

test("VM returns a constant or A, and A and X begin with 0", () => {
  assert.equal(run([RetConstant({ val: 9 })]), 9);
  assert.equal(run([RetConstant({ val: 0xffff_ffff })]), 0xffff_ffff);
  assert.equal(run([RetA()]), 0);
  assert.equal(run([bpf.TXA(), RetA()]), 0);
});

test("VM loads numbers of the packet as big-endian", () => {
  assert.equal(run("ld [0] ret a"), 0x81828384);
  assert.equal(run("ld [4] ret a"), 0x05060708);
  assert.equal(run("ldh [3] ret a"), 0x8405);
  assert.equal(run("ldb [7] ret a"), 0x08);
  assert.equal(run("ldx #3 ld [x + 1] ret a"), 0x05060708);
  assert.equal(run("ldx #-2 ldb [x + 3] ret a"), 0x82);
  assert.equal(run("ldxb 4*([0]&0xf) txa ret a"), 4);
  assert.equal(run("ldxb 4*([7]&0xf) txa ret a"), 32);
});

test("VM reads a packet that is a part of its memory", () => {
  const memory = new Uint8Array(20).fill(0xff);
  memory.set(packet, 5);
  const part = memory.subarray(5, 13);
  assert.equal(run("ld [0] ret a", part), 0x81828384);
  assert.equal(run("ld [5] ret a", part), 0);
  assert.equal(run("ld #len ret a", part), 8);
});

test("VM ends with 0 where a load is not whole within the packet", () => {
  for (
    const load of [
      "ld [5]",
      "ldh [7]",
      "ldb [8]",
      "ld [0x7fffffff]",
      "ld [0x80000000]",
      "ld [-2097152]",
      "ldx #8 ldb [x + 0]",
      "ldx #-1 ldb [x + 0]",
      "ldx #1 ld [x + -2]",
      "ldxb 4*([8]&0xf)",
      "ldxb 4*([-4096]&0xf)",
    ]
  ) {
    assert.equal(run(`${load} ret #1`), 0, load);
  }
  assert.equal(run("ldb [0] ret #1", new Uint8Array(0)), 0);
});

test("VM counts from the network header, which is where a netlink message starts", () => {
  assert.equal(run("ldb [-1048576] ret a"), 0x81);
  assert.equal(run("ldb [-1048569] ret a"), 0x08);
  assert.equal(run("ldb [-1048568] ret #1"), 0);
  assert.equal(run("ldx #-1048576 ldb [x + 1] ret a"), 0x82);
  assert.equal(run("ldxb 4*([-1048576]&0xf) txa ret a"), 4);
});

test("VM computes modulo 2^32", () => {
  const { ALUOpAdd, ALUOpSub, ALUOpMul, ALUOpDiv, ALUOpMod } = bpf;
  const cases: [bpf.ALUOp, number, number, number][] = [
    [ALUOpAdd, 8, 10, 18],
    [ALUOpAdd, 0xffff_ffff, 2, 1],
    [ALUOpSub, 10, 8, 2],
    [ALUOpSub, 1, 2, 0xffff_ffff],
    [ALUOpMul, 6, 7, 42],
    [ALUOpMul, 0xffff_ffff, 0xffff_ffff, 1],
    [ALUOpMul, 0x1234_5678, 0x9abc_def1, 0x366176f8],
    [ALUOpDiv, 20, 3, 6],
    [ALUOpDiv, 0xffff_ffff, 2, 0x7fff_ffff],
    [ALUOpDiv, 0xffff_ffff, 1, 0xffff_ffff],
    [ALUOpDiv, 1, 0xffff_ffff, 0],
    [ALUOpMod, 20, 3, 2],
    [ALUOpMod, 0xffff_ffff, 16, 15],
    [ALUOpMod, 5, 0xffff_ffff, 5],
  ];
  for (const [op, a, b, expected] of cases) {
    assert.deepEqual(compute(op, a, b), [expected, expected], `${op} of ${a} and ${b}`);
  }
});

test("VM computes with bits", () => {
  const { ALUOpOr, ALUOpAnd, ALUOpXor, ALUOpShiftLeft, ALUOpShiftRight } = bpf;
  const cases: [bpf.ALUOp, number, number, number][] = [
    [ALUOpOr, 0x8000_0001, 0x10, 0x8000_0011],
    [ALUOpAnd, 0xf000_00ff, 0xff00_000f, 0xf000_000f],
    [ALUOpXor, 0xffff_0000, 0x0fff_ffff, 0xf000_ffff],
    [ALUOpShiftLeft, 1, 31, 0x8000_0000],
    [ALUOpShiftLeft, 3, 0, 3],
    [ALUOpShiftRight, 0x8000_0000, 31, 1],
    [ALUOpShiftRight, 0x8000_0000, 4, 0x0800_0000],
    // Of X only five bits count.
    [ALUOpShiftLeft, 1, 33, 2],
    [ALUOpShiftRight, 4, 0xffff_ffe1, 2],
  ];
  for (const [op, a, b, expected] of cases) {
    assert.deepEqual(compute(op, a, b), [expected, expected], `${op} of ${a} and ${b}`);
  }
  for (const [a, expected] of [[1, 0xffff_ffff], [0, 0], [0x8000_0000, 0x8000_0000]]) {
    assert.equal(run([LoadConstant({ val: a }), bpf.NegateA(), RetA()]), expected);
  }
});

test("VM ends with 0 when it divides by an X of 0", () => {
  assert.equal(run("ld #5 ldx #0 div x ret #7"), 0);
  assert.equal(run("ld #5 ldx #0 mod x ret #7"), 0);
});

test("VM compares as unsigned", () => {
  const big = 0x8000_0000;
  const cases: [bpf.JumpTest, number, number, boolean][] = [
    [bpf.JumpEqual, big, big, true],
    [bpf.JumpEqual, 1, 2, false],
    [bpf.JumpNotEqual, 1, 2, true],
    [bpf.JumpNotEqual, 2, 2, false],
    [bpf.JumpGreaterThan, big, 1, true],
    [bpf.JumpGreaterThan, 1, big, false],
    [bpf.JumpGreaterThan, 2, 2, false],
    [bpf.JumpLessThan, 1, big, true],
    [bpf.JumpLessThan, 2, 2, false],
    [bpf.JumpGreaterOrEqual, 2, 2, true],
    [bpf.JumpGreaterOrEqual, 1, big, false],
    [bpf.JumpLessOrEqual, 2, 2, true],
    [bpf.JumpLessOrEqual, big, 2, false],
    [bpf.JumpBitsSet, 0xf000_0000, big, true],
    [bpf.JumpBitsSet, 1, 2, false],
    [bpf.JumpBitsNotSet, 1, 2, true],
    [bpf.JumpBitsNotSet, 3, 2, false],
  ];
  for (const [cond, a, b, holds] of cases) {
    const returns = [RetConstant({ val: 1 }), RetConstant({ val: 2 }), RetConstant({ val: 3 })];
    const skips = { skipTrue: 2, skipFalse: 1 };
    const load = LoadConstant({ val: a });
    const expected = holds ? 3 : 2;
    assert.equal(run([load, bpf.JumpIf({ cond, val: b, ...skips }), ...returns]), expected);
    const loadX = LoadConstant({ dst: RegX, val: b });
    assert.equal(run([loadX, load, bpf.JumpIfX({ cond, ...skips }), ...returns]), expected);
  }
  assert.equal(run([bpf.Jump({ skip: 1 }), RetA(), RetConstant({ val: 5 })]), 5);
});

test("VM keeps scratch memory within a run and not beyond", () => {
  assert.equal(run("ld #7 st M[15] ld #0 ldx M[15] stx M[0] ld M[0] ret a"), 7);
  const vm = new VM("ldb [0] jeq #0, end st M[3] ld #1 end: ret a");
  assert.equal(vm.run(Uint8Array.of(9)), 1);
  assert.equal(vm.run(Uint8Array.of(0)), 0);
});

test("VM answers extensions as for a netlink message", () => {
  assert.equal(run("ld #len ret a"), 8);
  assert.equal(run("ldx #len txa ret a"), 8);
  for (
    const word of [
      "proto",
      "type",
      "mark",
      "queue",
      "rxhash",
      "vlan_tci",
      "vlan_avail",
      "vlan_tpid",
      "poff",
      "cpu",
    ]
  ) {
    assert.equal(run(`ld #5 ld #${word} add #3 ret a`), 3, word);
    assert.equal(run(`ld #5 ldb #${word} add #3 ret a`), 3, word);
  }
  // There is no link: the program ends there.
  for (const word of ["ifidx", "hatype"]) assert.equal(run(`ld #5 ld #${word} ret #9`), 5, word);
  const xor = bpf.LoadExtension({ num: bpf.ExtALUXorX });
  assert.equal(
    run([LoadConstant({ dst: RegX, val: 0xffff_0000 }), LoadConstant({ val: 1 }), xor, RetA()]),
    0xffff_0001,
  );
});

test("VM draws random numbers of 32 bits", () => {
  const vm = new VM("ld #rand ret a");
  const seen = Array.from({ length: 64 }, () => vm.run(packet));
  assert.ok(new Set(seen).size > 32);
  assert.ok(seen.every((value) => value === value >>> 0));
  assert.ok(seen.some((value) => value >= 0x8000_0000));
});

test("VM finds attributes", () => {
  // deno-fmt-ignore
  const attributes = Uint16Array.of(
    0xffff, 0xffff, // something before them
    5, 1, 0x11, 0, // padded to 8
    4 + 12, 0x8000 | 2, 4, 7, 8, 9, 0x22, 0x33, // with two in it
    4, 0x4000 | 3, // empty
  );
  const bytes = new Uint8Array(attributes.buffer);
  const find = (word: string, a: number, x: number) =>
    run(`ld #${a} ldx #${x} ld #${word} ret a`, bytes);
  assert.equal(find("nla", 4, 1), 4);
  assert.equal(find("nla", 4, 2), 12);
  assert.equal(find("nla", 4, 3), 28);
  assert.equal(find("nla", 28, 3), 28, "the last one");
  assert.equal(find("nla", 12, 1), 0, "none before the first one");
  assert.equal(find("nla", 4, 9), 0, "not those in others");
  assert.equal(find("nla", 4, 0x8002), 0, "the type without its flags");
  assert.equal(find("nla", 4, 0x1_0001), 0);
  assert.equal(find("nla", 0, 1), 0, "nothing behind what is malformed");
  assert.equal(find("nla", 29, 3), 0, "outside");
  assert.equal(find("nla", 0xffff_ffff, 3), 0, "far outside");
  assert.equal(find("nlan", 12, 7), 16);
  assert.equal(find("nlan", 12, 9), 20);
  assert.equal(find("nlan", 12, 3), 0, "not those behind");
  assert.equal(find("nlan", 28, 3), 0, "nothing in an empty one");
  assert.equal(find("nlan", 29, 3), 0, "outside");
  assert.equal(find("nlan", 0, 3), 0, "longer than the packet");
  assert.equal(run("ld #0 ldx #1 ld #nla ret a", bytes.subarray(0, 3)), 0);
});

/** Programs that the kernel refuses: which instruction, which field, and why. */
const invalid: [program: Program, index: number | undefined, field: string | undefined, string][] =
  [
    [[], undefined, undefined, "The program is empty"],
    [
      Array.from({ length: 4097 }, () => RetA()),
      undefined,
      undefined,
      "The program has 4097 instructions, more than 4096",
    ],
    ["ld #1", 0, "op", "the last one is no return"],
    ["ret a jmp L1 L1: neg", 2, "op", "the last one is no return"],
    ["ret x", 0, "op", "there is no operation 0xe"],
    ["raw 0x106, 0, 0, 0 ret a", 0, "op", "there is no operation 0x106"],
    ["div #0 ret a", 0, "k", "it divides by 0"],
    ["neg mod #0 ret a", 1, "k", "it divides by 0"],
    ["lsh #32 ret a", 0, "k", "it shifts by 32 bits"],
    ["rsh #-1 ret a", 0, "k", "it shifts by 4294967295 bits"],
    ["st M[16] ret a", 0, "k", "there is no scratch word 16"],
    ["ldx M[-1] ret a", 0, "k", "there is no scratch word 4294967295"],
    ["ld [-4095] ret a", 0, "k", "there is no extension 1"],
    ["ldb [-1] ret a", 0, "k", "there is no extension 4095"],
    ["ldh [-4032] ret a", 0, "k", "there is no extension 64"],
    [[bpf.Jump({ skip: 1 }), RetA()], 0, "k", "it skips 1 instructions, but only 1 follow"],
    [
      [bpf.JumpIf({ cond: bpf.JumpEqual, skipTrue: 2 }), RetA(), RetA()],
      0,
      "jt",
      "it skips 2 instructions, but only 2 follow",
    ],
    [
      [bpf.JumpIf({ cond: bpf.JumpEqual, skipFalse: 9 }), RetA()],
      0,
      "jf",
      "it skips 9 instructions, but only 1 follow",
    ],
    ["ld M[0] ret a", 0, "k", "scratch word 0 may not have been stored before"],
    ["st M[0] ldx M[1] ret a", 1, "k", "scratch word 1 may not have been stored before"],
    [
      "jeq #0, L2 st M[4] L2: ld M[4] ret a",
      2,
      "k",
      "scratch word 4 may not have been stored before",
    ],
    ["jmp L2 st M[4] L2: ld M[4] ret a", 2, "k", "scratch word 4 may not have been stored before"],
  ];

for (const [program, index, field, message] of invalid) {
  const of = typeof program === "string" ? program : `${program.length} instructions`;
  test(`VM refuses ${of}: ${message}`, () => {
    const error = {
      name: "ProgramError",
      message: index === undefined ? message : `Instruction ${index}: ${message}`,
      ...(index === undefined ? {} : { index, field }),
    };
    assert.throws(() => new VM(program), error);
  });
}

test("VM takes what the kernel takes", () => {
  const programs: Program[] = [
    Array.from({ length: 4096 }, () => RetA()),
    "lsh #31 div #1 ret a",
    "ld [-4036] ret a",
    "ld [-4097] ret a",
    "ldx #0 ld [x + -1] ret a",
    "jeq #0, L2, L3 L2: st M[4] jmp L5 L3: stx M[4] L5: ld M[4] ret a",
    // What nothing leads to has everything stored, but not what is behind a return.
    "jmp L2 ld M[4] L2: ret a",
    "st M[4] ret a ld M[4] ret a",
  ];
  for (const program of programs) new VM(program);
  assert.throws(() => new VM("ret a ld M[4] ret a"), { index: 1 });
});
