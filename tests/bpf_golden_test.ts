import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { assemble, disassemble, format, type RawInstruction, VM } from "../lib/bpf/mod.ts";
import { golden } from "./bpf_golden.ts";

for (const [what, lines] of Object.entries(golden)) {
  const text = lines.map(([text]) => text).join("\n");
  const raws = lines.map(([, op, jt, jf, k]) => ({ op, jt, jf, k }));
  const instructions = lines.map((line) => line[5]);

  test(`a program that ${what}`, () => {
    assert.deepEqual(assemble(text), raws, "text to raw");
    assert.deepEqual(assemble(instructions), raws, "instructions to raw");
    assert.deepEqual(assemble(raws), raws, "raw to raw");
    assert.deepEqual(disassemble(raws), instructions, "raw to instructions");
    const lines = format(raws).trimEnd().split("\n").map((line) =>
      line.trim().replace(/: +/, ": ")
    );
    assert.equal(lines.join("\n"), text, "raw to text");
    assert.equal(format(text), format(instructions));
  });
}

test("the programs use every operation that the kernel knows", () => {
  const used = new Set(Object.values(golden).flat().map(([, op]) => op));
  const drop = assemble("ret #0");
  const isKnown = (op: number) => {
    try {
      new VM([{ op, jt: 0, jf: 0, k: 1 }, ...drop, ...drop]);
      return true;
    } catch (error) {
      return !`${error}`.includes("there is no operation");
    }
  };
  const known = Array.from({ length: 0x200 }, (_, op) => op).filter(isKnown);
  assert.equal(known.length, 49);
  assert.deepEqual(known.filter((op) => !used.has(op)), []);
});

test("whatever is in raw instructions, they come back from instructions and from text", () => {
  const word = fc.oneof(
    fc.nat(20),
    fc.integer({ min: 0, max: 0xffff_ffff }),
    fc.integer({ min: 0xffff_efff, max: 0xffff_f050 }),
  );
  const raw: fc.Arbitrary<RawInstruction> = fc.record({
    op: fc.oneof({ weight: 9, arbitrary: fc.nat(0xff) }, fc.nat(0xffff)),
    jt: fc.oneof(fc.constant(0), fc.nat(9), fc.nat(255)),
    jf: fc.oneof(fc.constant(0), fc.nat(9), fc.nat(255)),
    k: word,
  }, { noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(raw, { maxLength: 20 }), (raws) => {
      assert.deepEqual(assemble(disassemble(raws)), raws);
      assert.deepEqual(assemble(format(raws)), raws);
    }),
    { numRuns: 1000 },
  );
});
