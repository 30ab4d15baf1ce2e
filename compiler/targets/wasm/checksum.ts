// The stripes of the weights file's checksum (runtime/checksum.ts) as a WebAssembly function: fast from its first call, where
// plain code is slow until an engine has optimised it.
//
//   add(from, to):  sums = load(sums); for words from … to by 4: sums = rotate(sums + words · P2, 13) · P1; store(sums)
import binaryen from 'binaryen';
import { memoryName } from './instructions.ts';

/** As no loop nest is called. */
const name = 'weights checksum';
const stripe = 16;

/** @param sums, weights byte addresses */
export function addChecksum(module: binaryen.Module, sums: number, weights: number): void {
  const { i32, v128, i32x4, local } = module;
  const [from, to, sum] = [0, 1, 2];
  const at = () => local.get(from, binaryen.i32);
  const address = (words: binaryen.ExpressionRef) => i32.add(i32.const(weights), i32.shl(words, i32.const(2)));
  const each = (word: number) => i32x4.splat(i32.const(word));
  const added = i32x4.add(
    local.get(sum, binaryen.v128),
    i32x4.mul(v128.load(0, 4, at(), memoryName), each(0x85ebca77 | 0)),
  );
  const kept = () => local.get(sum, binaryen.v128);
  const rotated = v128.or(i32x4.shl(kept(), i32.const(13)), i32x4.shr_u(kept(), i32.const(19)));
  const turn = [
    local.set(sum, added),
    local.set(sum, i32x4.mul(rotated, each(0x9e3779b1 | 0))),
    local.set(from, i32.add(at(), i32.const(stripe))),
    module.br_if('stripes', i32.lt_u(at(), local.get(to, binaryen.i32))),
  ];
  const body = [
    local.set(from, address(at())),
    local.set(to, address(local.get(to, binaryen.i32))),
    local.set(sum, v128.load(0, 4, i32.const(sums), memoryName)),
    module.if(
      i32.lt_u(at(), local.get(to, binaryen.i32)),
      module.loop('stripes', module.block(null, turn, binaryen.none)),
    ),
    v128.store(0, 4, i32.const(sums), kept(), memoryName),
  ];
  const parameters = binaryen.createType([binaryen.i32, binaryen.i32]);
  module.addFunction(name, parameters, binaryen.none, [binaryen.v128], module.block(null, body, binaryen.none));
  module.addFunctionExport(name, 'add');
}
