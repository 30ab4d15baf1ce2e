// The stripes of the weights file's checksum (runtime/checksum.ts) as a WebAssembly function: fast from its first call, where
// plain code is slow until an engine has optimised it.
//
//   add(from, to):  sums = load(sums); for words from … to by 4: sums = rotate(sums + words · P2, 13) · P1; store(sums)
import { br_if, local, loop, when } from './encoding/control.ts';
import { type Expression, Label } from './encoding/expression.ts';
import { Locals } from './encoding/locals.ts';
import type { Module } from './encoding/module.ts';
import { i32 } from './encoding/numbers.ts';
import { i32x4, v128 } from './encoding/vectors.ts';

/** As no loop nest is called. */
const name = 'weights checksum';
/** Bytes. */
const stripe = 16;
const p1 = 0x9e3779b1;
const p2 = 0x85ebca77;

/** @param sums, weights byte addresses */
export function addChecksum(module: Module, sums: number, weights: number): void {
  const locals = new Locals('i32', 'i32');
  const [from, to] = locals.parameters;
  const sum = locals.add('v128');
  const address = (words: Expression<'i32'>) => i32.add(i32.const(weights), i32.shl(words, i32.const(2)));
  const isLeft = i32.lt_u(local.get(from), local.get(to));
  const sumsAt = { pointer: i32.const(sums), offset: 0 };
  const stripes = new Label();
  const turn = [
    local.set(sum, i32x4.add(local.get(sum), i32x4.mul(v128.load({ pointer: local.get(from), offset: 0 }), each(p2)))),
    local.set(sum, i32x4.mul(rotated(local.get(sum), 13), each(p1))),
    local.set(from, i32.add(local.get(from), i32.const(stripe))),
    br_if(stripes, isLeft),
  ];
  const body = [
    local.set(from, address(local.get(from))),
    local.set(to, address(local.get(to))),
    local.set(sum, v128.load(sumsAt)),
    when(isLeft, [loop(stripes, turn)]),
    v128.store(sumsAt, local.get(sum)),
  ];
  module.export('add', module.addFunction({ name, locals, body }));
}

const each = (word: number): Expression<'v128'> => i32x4.splat(i32.const(word));

const rotated = (words: Expression<'v128'>, left: number): Expression<'v128'> =>
  v128.or(i32x4.shl(words, i32.const(left)), i32x4.shr_u(words, i32.const(32 - left)));
