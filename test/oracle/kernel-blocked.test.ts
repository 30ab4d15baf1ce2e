// Steps that run together in blocks, with transforms by constant matrices: the kernel against the expressions evaluated
// turn by turn. Sizes are such that tiles hang over every border.
import { describe, expect, it } from 'vitest';
import { Affine } from '../../compiler/algebra/affine.ts';
import { emptyTensor, evaluate, type Tensor } from '../../compiler/algebra/evaluate.ts';
import {
  accumulated,
  add,
  coordinate,
  express,
  mapReads,
  multiply,
  read,
  type Scalar,
  type TensorExpression,
} from '../../compiler/algebra/expression.ts';
import { javascript } from '../../compiler/targets/typescript/machine.ts';
import { wasm } from '../../compiler/targets/wasm/machine.ts';
import { interpret } from '../../compiler/tiler/interpret.ts';
import { nestBlocked } from '../../compiler/tiler/nest.ts';
import { verifyInViews } from '../../compiler/tiler/verify.ts';
import { denseView, type View } from '../../compiler/tiler/view.ts';

const before = [
  [4, 0, -5, 0, 1, 0],
  [0, -4, -4, 1, 1, 0],
  [0, 4, -4, -1, 1, 0],
  [0, -2, -1, 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, 4, 0, -5, 0, 1],
];
const after = [
  [1, 1, 1, 1, 1, 0],
  [0, 1, -1, 2, -2, 0],
  [0, 1, 1, 4, 4, 0],
  [0, 1, -1, 8, -8, 1],
];

const axis = Affine.axis;
const product = (...factors: readonly Scalar[]): Scalar => factors.reduce((a, b) => multiply(a, b));
const place = axis('i', 6).plus(axis('j'));

interface Size {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly filters: number;
  /** Rows of tiles in a block. */
  readonly rows: number;
}

function stepsFor({ width, channels, filters, rows }: Size): TensorExpression[] {
  const columns = Math.ceil(width / 4);
  const grid = axis('x').plus(axis('y', columns));
  const y = axis('g', 4 * rows).plus(axis('y', 4));
  const x = axis('x', 4);
  return [
    express({
      tensor: 'tiles',
      axes: { y: rows, x: columns, c: channels, i: 6, j: 6, a: 6, b: 6 },
      target: [place, grid, axis('c')],
      combine: 'sum',
      value: product(
        read('before', [axis('i'), axis('a')]),
        read('before', [axis('j'), axis('b')]),
        read('in', [y.plus(axis('a')).minus(1), x.plus(axis('b')).minus(1), axis('c')]),
      ),
    }),
    express({
      tensor: 'products',
      axes: { k: 36, t: rows * columns, f: filters, c: channels },
      target: [axis('k'), axis('t'), axis('f')],
      combine: 'sum',
      value: multiply(
        read('tiles', [axis('k'), axis('t'), axis('c')]),
        read('kernel', [axis('k'), axis('c'), axis('f')]),
      ),
    }),
    express({
      axes: { y: rows, x: columns, f: filters, p: 4, q: 4, i: 6, j: 6 },
      target: [y.plus(axis('p')), x.plus(axis('q')), axis('f')],
      combine: 'sum',
      value: product(
        read('after', [axis('p'), axis('i')]),
        read('after', [axis('q'), axis('j')]),
        read('products', [place, grid, axis('f')]),
      ),
      finish: add(accumulated, read('bias', [coordinate(2)])),
    }),
  ];
}

function at(expression: TensorExpression, turn: number): TensorExpression {
  const fix = (index: readonly Affine[]): Affine[] =>
    index.map((affine) => affine.substitute(new Map([['g', Affine.constant(turn)]])));
  return {
    ...expression,
    target: { ...expression.target, index: fix(expression.target.index) },
    value: mapReads(expression.value, (one) => ({ ...one, index: fix(one.index) })),
  };
}

const shapesFor = ({ height, width, channels, filters, rows }: Size): ReadonlyMap<string, readonly number[]> => {
  const tiles = rows * Math.ceil(width / 4);
  return new Map(
    Object.entries({
      in: [height, width, channels],
      before: [6, 6],
      after: [4, 6],
      tiles: [36, tiles, channels],
      products: [36, tiles, filters],
      kernel: [36, channels, filters],
      bias: [filters],
      output: [height, width, filters],
    }),
  );
};

describe('a blocked step', () => {
  it.each<[string, Size]>([
    ['whole tiles', { height: 8, width: 8, channels: 4, filters: 8, rows: 1 }],
    ['one block', { height: 8, width: 4, channels: 4, filters: 8, rows: 2 }],
    ['tiles that hang over', { height: 10, width: 7, channels: 5, filters: 9, rows: 1 }],
    ['blocks that hang over', { height: 9, width: 6, channels: 4, filters: 4, rows: 2 }],
    ['many alike', { height: 22, width: 5, channels: 3, filters: 2, rows: 1 }],
  ])('%s', (_, size) => {
    const shapes = shapesFor(size);
    const constants = new Map([
      ['before', before.flat()],
      ['after', after.flat()],
    ]);
    const blocks = Math.ceil(size.height / 4 / size.rows);
    for (const machine of [javascript, wasm]) {
      const arena = new Float32Array(30000);
      const views = new Map<string, View>();
      const tensors = new Map<string, Tensor>();
      let base = 0;
      for (const [name, shape] of shapes) {
        const tensor = emptyTensor(shape);
        tensor.data.set(constants.get(name) ?? tensor.data.map((_, n) => ((n * 7919 + base) % 5) - 2));
        arena.set(tensor.data, base);
        views.set(name, denseView('arena', base, shape));
        tensors.set(name, tensor);
        base += tensor.data.length + 4;
      }
      const steps = stepsFor(size);
      const scheduled = steps.map((expression) => ({ expression, schedule: machine.firstGuess(expression) }));
      const surroundings = { shapes, views, constants, machine };
      const nest = nestBlocked({ name: 'g', extent: blocks }, scheduled, surroundings);
      expect(verifyInViews(nest, surroundings)).toEqual([]);
      expect(nest.operands.map(({ name }) => name)).not.toContain('before');
      interpret(
        nest,
        nest.operands.map(({ name }) => views.get(name)!.base),
        { arena, weights: arena },
      );
      for (let turn = 0; turn < blocks; turn++) for (const step of steps) evaluate(at(step, turn), tensors);
      const { data } = tensors.get('output')!;
      const start = views.get('output')!.base;
      expect([...arena.subarray(start, start + data.length)]).toEqual([...data]);
    }
  });
});
