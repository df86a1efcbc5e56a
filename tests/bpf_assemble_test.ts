import assert from "node:assert/strict";
import { test } from "node:test";
import * as bpf from "../lib/bpf/mod.ts";
import type { Instruction } from "../lib/bpf/mod.ts";

test("instructions are plain objects, made with or without new", () => {
  const expected = { kind: "LoadAbsolute", off: 4, size: 2 };
  assert.deepEqual(bpf.LoadAbsolute({ off: 4, size: 2 }), expected);
  assert.deepEqual(new bpf.LoadAbsolute({ off: 4, size: 2 }), expected);
  assert.deepEqual(bpf.assemble([expected as Instruction]), [{ op: 0x28, jt: 0, jf: 0, k: 4 }]);
  assert.deepEqual(new bpf.RetA(), bpf.RetA());
  assert.deepEqual(new bpf.RawInstruction({ op: 1, k: 2 }), { op: 1, jt: 0, jf: 0, k: 2 });
});

test("what is left out of an instruction is 0, as in Go", () => {
  assert.deepEqual(bpf.LoadConstant(), { kind: "LoadConstant", dst: bpf.RegA, val: 0 });
  assert.deepEqual(bpf.LoadScratch({ n: 1 }), { kind: "LoadScratch", dst: bpf.RegA, n: 1 });
  assert.deepEqual(bpf.StoreScratch({ n: 1 }), { kind: "StoreScratch", src: bpf.RegA, n: 1 });
  assert.deepEqual(bpf.JumpIfX({ cond: bpf.JumpEqual }), {
    kind: "JumpIfX",
    cond: bpf.JumpEqual,
    skipTrue: 0,
    skipFalse: 0,
  });
  assert.deepEqual(bpf.RetConstant(), { kind: "RetConstant", val: 0 });
});

test("numbers of 32 bits may be negative", () => {
  const raws = bpf.assemble([
    bpf.LoadAbsolute({ off: -0x100000, size: 1 }),
    bpf.LoadConstant({ val: -0x8000_0000 }),
    { op: 0x06, jt: 0, jf: 0, k: -1 },
  ]);
  assert.deepEqual(raws.map(({ k }) => k), [0xfff0_0000, 0x8000_0000, 0xffff_ffff]);
});

// deno-lint-ignore no-explicit-any
const faults: [instruction: any, field: string, message: string][] = [
  [bpf.LoadAbsolute({ off: 0, size: 3 as 4 }), "size", "size of LoadAbsolute is 3, not 1, 2 or 4"],
  [{ kind: "LoadIndirect", off: 0 }, "size", "size of LoadIndirect is undefined, not 1, 2 or 4"],
  [
    bpf.LoadAbsolute({ off: 2 ** 32, size: 1 }),
    "off",
    "off of LoadAbsolute is 4294967296, not a whole number from -2147483648 to 4294967295",
  ],
  [
    bpf.LoadMemShift({ off: 1.5 }),
    "off",
    "off of LoadMemShift is 1.5, not a whole number from -2147483648 to 4294967295",
  ],
  [
    bpf.LoadConstant({ dst: 2 as 1 }),
    "dst",
    "dst of LoadConstant is 2, neither RegA nor RegX",
  ],
  [
    bpf.RetConstant({ val: "1" as unknown as number }),
    "val",
    'val of RetConstant is "1", not a whole number from -2147483648 to 4294967295',
  ],
  [bpf.LoadScratch({ n: 16 }), "n", "n of LoadScratch is 16, not a whole number from 0 to 15"],
  [bpf.StoreScratch({ n: -1 }), "n", "n of StoreScratch is -1, not a whole number from 0 to 15"],
  [
    bpf.StoreScratch({ src: null as unknown as 1, n: 1 }),
    "src",
    "src of StoreScratch is null, neither RegA nor RegX",
  ],
  [
    bpf.LoadExtension({ num: 4096 }),
    "num",
    "num of LoadExtension is 4096, not a whole number from 0 to 4095",
  ],
  [
    bpf.ALUOpConstant({ op: 0x80 as 0x70 }),
    "op",
    "op of ALUOpConstant is 128, none of the constants ALUOp*",
  ],
  [bpf.ALUOpX({ op: 0x11 as 0x10 }), "op", "op of ALUOpX is 17, none of the constants ALUOp*"],
  [
    bpf.JumpIf({ cond: 8 as 7 }),
    "cond",
    "cond of JumpIf is 8, not a whole number from 0 to 7",
  ],
  [
    bpf.JumpIf({ cond: bpf.JumpEqual, skipTrue: 256 }),
    "skipTrue",
    "skipTrue of JumpIf is 256, not a whole number from 0 to 255",
  ],
  [
    bpf.JumpIfX({ cond: bpf.JumpNotEqual, skipFalse: -1 }),
    "skipFalse",
    "skipFalse of JumpIfX is -1, not a whole number from 0 to 255",
  ],
  [{ kind: "RetX" }, "kind", 'kind is "RetX", no instruction'],
  [{ op: 0x10000, jt: 0, jf: 0, k: 0 }, "op", "op is 65536, not a whole number from 0 to 65535"],
  [{ op: 6, jt: -1, jf: 0, k: 0 }, "jt", "jt is -1, not a whole number from 0 to 255"],
  [{ op: 6, jt: 0, jf: 256, k: 0 }, "jf", "jf is 256, not a whole number from 0 to 255"],
  [
    { op: 6, jt: 0, jf: 0 },
    "k",
    "k is undefined, not a whole number from -2147483648 to 4294967295",
  ],
];

for (const [instruction, field, message] of faults) {
  test(`assemble() tells that ${message}`, () => {
    const expected = {
      name: "ProgramError",
      message: `Instruction 1: ${message}`,
      index: 1,
      field,
    };
    assert.throws(() => bpf.assemble([bpf.TAX(), instruction]), expected);
    assert.throws(() => new bpf.VM([bpf.TAX(), instruction]), expected);
    assert.throws(() => bpf.format([bpf.TAX(), instruction]), expected);
  });
}

for (const call of [bpf.assemble, bpf.disassemble, bpf.format] as ((program: never) => unknown)[]) {
  test(`${call.name}() refuses what is no program`, () => {
    assert.throws(() => call(undefined as never), {
      name: "ProgramError",
      message: "The program is undefined: expected text or an array of instructions",
    });
    assert.throws(() => call([{ op: 6, jt: 0, jf: 0, k: 0 }, null] as never), {
      name: "ProgramError",
      message: "Instruction 1: null is no instruction",
    });
  });
}

test("disassemble() refuses fields that the kernel has no room for", () => {
  assert.throws(() => bpf.disassemble([{ op: 0x15, jt: 300, jf: 0, k: 0 }]), {
    name: "ProgramError",
    message: "Instruction 0: jt is 300, not a whole number from 0 to 255",
  });
});

test("disassemble() gives objects of the caller's own", () => {
  const raws = [{ op: 0xff, jt: 1, jf: 2, k: 3 }];
  const [raw] = bpf.disassemble(raws);
  assert.deepEqual(raw, raws[0]);
  assert.notEqual(raw, raws[0]);
});
