import assert from "node:assert/strict";
import { test } from "node:test";
import { assemble, format, ProgramError, ProgramSyntaxError } from "../lib/bpf/mod.ts";

/** Each line is said in two ways; the first is how format() says it. */
const synonyms: [string, ...string[]][] = [
  ["ld #0x10", "ld #16", "ldi #16", "ldi 16", "LD #0X10", "ld #0b10000", "ld #020", "ld # 16"],
  ["ldx #0x0", "ldx #0", "ldxi #0", "ldxi 0", "ldx #00"],
  ["ld #0xffffffff", "ld #-1", "ld #4294967295"],
  ["ld #0x5", "ld #+5"],
  ["ld #len", "ld len", "LD #LEN"],
  ["ldx #len", "ldx len"],
  ["ld #vlan_avail", "ld #vlan_pr", "ld vlan_pr"],
  ["ldh #nla", "ldh nla"],
  ["ld [4]", "ld[4]", "ld [ 0x4 ]"],
  ["ld [x + 4]", "ld [x+4]", "ld [%x + 4]", "ld [ X +4]"],
  ["ld [x + -4]", "ld [x-4]"],
  ["ldxb 4*([14]&0xf)", "ldx 4*([14]&0xf)", "ldx 4 * ( [ 14 ] & 15 )", "ldxb 04*([016]&017)"],
  ["ld M[3]", "ld m[3]", "LD M [ 0x3 ]"],
  ["add x", "add %x", "ADD X"],
  ["ret a", "ret %a", "RET A"],
  ["ret x", "ret %x"],
  ["ret #0", "ret #0;", "ret #0 ; #nothing", "/* so */ ret /* it\nis */ #0", "# a comment\nret #0"],
];

for (const [canonical, ...others] of synonyms) {
  test(`"${canonical}" may be said otherwise`, () => {
    const expected = assemble(canonical);
    assert.equal(format(expected).trim(), canonical);
    for (const other of others) assert.deepEqual(assemble(other), expected, other);
  });
}

test("labels are told apart by case, and words are not", () => {
  assert.deepEqual(assemble("JMP ret1 Ret1: NEG ret1: RET A"), [
    { op: 0x05, jt: 0, jf: 0, k: 1 },
    { op: 0x84, jt: 0, jf: 0, k: 0 },
    { op: 0x16, jt: 0, jf: 0, k: 0 },
  ]);
});

test("one instruction may have several labels", () => {
  assert.deepEqual(
    assemble(`
      ja first
      jne #1, second ; comment
      first: second:
      ret #0
    `),
    [
      { op: 0x05, jt: 0, jf: 0, k: 1 },
      { op: 0x15, jt: 0, jf: 0, k: 1 },
      { op: 0x06, jt: 0, jf: 0, k: 0 },
    ],
  );
});

test("format() puts labels into a column", () => {
  assert.equal(
    format("jeq #1, one, two one: neg two: ret #0"),
    "    jneq #0x1, L2\n    neg\nL2: ret #0\n",
  );
  assert.equal(
    format("jset #1, one, two one: neg two: ret #0"),
    "    jset #0x1, L1, L2\nL1: neg\nL2: ret #0\n",
  );
  assert.equal(format(""), "");
});

test("a comparison reaches over 255 instructions, and an unconditional jump over more", () => {
  const neg = "neg ".repeat(255);
  assert.equal(assemble(`jeq #1, far ${neg} far: ret a`)[0].jt, 255);
  assert.equal(assemble(`jmp far ${neg} neg far: ret a`)[0].k, 256);
  assert.throws(() => assemble(`jeq #1, far ${neg} neg far: ret a`), {
    name: "ProgramSyntaxError",
    message: "Line 1, column 9: far is 256 instructions away, but a comparison skips at most 255",
  });
});

/** Texts that are no programs: where it shows, and what is said. */
const faults: [text: string, line: number, column: number, message: string][] = [
  ["foo", 1, 1, 'expected an instruction, found "foo"'],
  ["\nret #0\n  constructor #1", 3, 3, 'expected an instruction, found "constructor"'],
  ["ldh 12", 1, 5, 'expected "[" or an extension, found "12"'],
  ["ld 5", 1, 4, 'expected "[", "#", "M" or an extension, found "5"'],
  ["ld #", 1, 5, "expected a number or an extension, found the end of the text"],
  ["ld #toString", 1, 5, 'expected a number or an extension, found "toString"'],
  ["ld #M[1]", 1, 5, 'expected a number or an extension, found "M"'],
  ["ldb #len", 1, 6, 'expected an extension, found "len"'],
  ["ldx [4]", 1, 5, 'expected "#", "M", "len" or "4*([" and an offset, found "["'],
  ["ldx #mark", 1, 6, 'expected a number or "len", found "mark"'],
  ["jeq 5, L1", 1, 5, 'expected "#" and a number, or "x", found "5"'],
  ["jeq %a, L1", 1, 6, 'expected "x", found "a"'],
  ["jeq #5 L1", 1, 8, 'expected ",", found "L1"'],
  ["jeq #5, L1", 1, 9, "there is no label L1"],
  ["jlt #5, L1, L2\nL1: L2: ret #0", 1, 11, 'expected an instruction, found ","'],
  ["jmp", 1, 4, "expected a label, found the end of the text"],
  ["ret", 1, 4, 'expected "#" and a number, or "a", found the end of the text'],
  ["ret %1", 1, 6, 'expected "a" or "x", found "1"'],
  ["ld [x - 4]", 1, 7, 'unexpected "-"'],
  ["ld [x 4]", 1, 7, 'expected "+", found "4"'],
  ["ld [4", 1, 6, 'expected "]", found the end of the text'],
  ["st [3]", 1, 4, 'expected "M", found "["'],
  ["L1: L1: ret #0", 1, 5, "there is already a label L1"],
  ["L1:", 1, 4, "expected an instruction, found the end of the text"],
  ["L1: neg jmp L1", 1, 13, "L1 is not after the jump"],
  ["ldx 5*([14]&0xf)", 1, 5, 'expected 4, found "5"'],
  ["ldx 4*([14]&0xe)", 1, 13, 'expected 15, found "0xe"'],
  [
    "ld #99999999999",
    1,
    5,
    'expected a number from -2147483648 to 4294967295, found "99999999999"',
  ],
  [
    "ret #-2147483649",
    1,
    6,
    'expected a number from -2147483648 to 4294967295, found "-2147483649"',
  ],
  ["neg $", 1, 5, 'unexpected "$"'],
  ["neg 🌍", 1, 5, 'unexpected "🌍"'],
  ["ret #0\n/* x", 2, 1, "the comment does not end: expected */"],
  ["raw 1, 256, 3, 4", 1, 8, 'expected a number from 0 to 255, found "256"'],
  ["raw 1, 2, 3", 1, 12, 'expected ",", found the end of the text'],
];

for (const [text, line, column, message] of faults) {
  test(`assemble() says what is wrong with ${JSON.stringify(text)}`, () => {
    assert.throws(() => assemble(text), (error) => {
      assert.ok(error instanceof ProgramSyntaxError && error instanceof ProgramError);
      assert.equal(error.name, "ProgramSyntaxError");
      assert.equal(error.message, `Line ${line}, column ${column}: ${message}`);
      assert.deepEqual([error.line, error.column], [line, column]);
      return true;
    });
  });
}
