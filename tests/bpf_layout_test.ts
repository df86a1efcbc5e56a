import assert from "node:assert/strict";
import { test } from "node:test";
import type { Code } from "../lib/bpf/emit.ts";
import { layout } from "../lib/bpf/layout.ts";
import { assemble, format, type RawInstruction } from "../lib/bpf/mod.ts";
import { Random } from "./bpf_arbitraries.ts";

const [ret, neg, jeq] = [0x06, 0x84, 0x15];

/** Makes instructions of which each leads to some of those made before. */
function randomCode(random: Random, length: number): Code {
  const codes: Code[] = [{ id: 0, op: ret, k: 0 }];
  const before = () => {
    const far = random.pick([1, 1, 2, 20, 255, 256, length]);
    return codes[Math.max(0, codes.length - 1 - random.below(far))];
  };
  for (let id = 1; id < length; id++) {
    if (random.once(40)) codes.push({ id, op: ret, k: id });
    else if (random.once(4)) codes.push({ id, op: neg, k: id, next: before() });
    else codes.push({ id, op: jeq, k: id, next: before(), otherwise: before() });
  }
  return codes.at(-1)!;
}

/** Asserts that a program goes on from a place as the code does. */
function checkFrom(program: RawInstruction[], place: number, code: Code, seen: Set<string>): void {
  if (seen.has(`${place} ${code.id}`)) return;
  seen.add(`${place} ${code.id}`);
  const { op, jt, jf, k } = program[place];
  if (op === 0x05) return checkFrom(program, place + 1 + k, code, seen);
  assert.deepEqual({ op, k }, { op: code.op, k: code.k });
  assert.ok(jt <= 0xff && jf <= 0xff, `it skips ${jt} and ${jf}`);
  if (code.otherwise) checkFrom(program, place + 1 + jf, code.otherwise, seen);
  if (code.next) checkFrom(program, place + 1 + jt, code.next, seen);
}

test("layout() leads everywhere, however far it is", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const code = randomCode(new Random(seed), 50 + 5 * seed);
    checkFrom(layout(code), 0, code, new Set());
  }
});

test("layout() puts what follows behind, and copies what is as short as a jump", () => {
  const end: Code = { id: 0, op: ret, k: 9 };
  const common: Code = { id: 1, op: neg, k: 0, next: { id: 2, op: neg, k: 0, next: end } };
  const plain: Code = { id: 3, op: 0x87, k: 0, next: common };
  const other: Code = { id: 4, op: 0x07, k: 0, next: common };
  const choice: Code = { id: 5, op: jeq, k: 1, next: plain, otherwise: other };
  const toEnd: Code = { id: 6, op: 0x07, k: 0, next: end };
  const first: Code = { id: 7, op: jeq, k: 2, next: choice, otherwise: toEnd };
  assert.equal(
    format(layout(first)),
    format(assemble(`
      jeq #2, choice
      tax ret #9
      choice: jeq #1, plain
      tax jmp common
      plain: txa
      common: neg neg ret #9
    `)),
  );
});
