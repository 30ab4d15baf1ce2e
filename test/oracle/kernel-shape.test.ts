// What the tiler makes of a few expressions, as text; and what the verifier of the loop IR refuses.
import { describe, expect, it } from 'vitest';
import { Affine } from '../../compiler/algebra/affine.ts';
import {
  accumulated,
  add,
  call,
  coordinate,
  express,
  multiply,
  read,
  type TensorExpression,
} from '../../compiler/algebra/expression.ts';
import type { Schedule } from '../../compiler/scheduling/machine.ts';
import { wasm } from '../../compiler/targets/wasm/machine.ts';
import { nestKey } from '../../compiler/tiler/key.ts';
import type { LoopNest, Statement } from '../../compiler/tiler/loop.ts';
import { buildNest, type NestBody } from '../../compiler/tiler/nest.ts';
import { piecesOf } from '../../compiler/tiler/pieces.ts';
import { showNest } from '../../compiler/tiler/print.ts';
import { verifyNest } from '../../compiler/tiler/verify.ts';
import { denseView, type View } from '../../compiler/tiler/view.ts';

type Shapes = Readonly<Record<string, readonly number[]>>;

const axis = Affine.axis;
const at = (...names: readonly string[]): Affine[] => names.map((name) => axis(name));

/** Dense windows, one after the other; `halo` cells of zeros around the first axis of `in`. */
function tensorsOf(shapes: Shapes, halo = 0) {
  const views = new Map<string, View>();
  let base = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const view = denseView(name === 'kernel' ? 'weights' : 'arena', base, shape);
    const margins = view.margins.map((margin, n) => (name === 'in' && n === 0 ? ([halo, halo] as const) : margin));
    views.set(name, { ...view, margins });
    base += shape.reduce((product, size) => product * size, 1);
  }
  return { shapes: new Map(Object.entries(shapes)), views };
}

const show = (expression: TensorExpression, schedule: Schedule, shapes: Shapes, halo = 0): string =>
  showNest(buildNest(expression, schedule, { ...tensorsOf(shapes, halo), constants: new Map(), machine: wasm }));

const filter: TensorExpression = express({
  axes: { x: 4, f: 4, i: 3, c: 5 },
  target: at('x', 'f'),
  combine: 'sum',
  value: multiply(read('in', [axis('x').plus(axis('i')).minus(1), axis('c')]), read('kernel', at('i', 'c', 'f'))),
  finish: call('maximum', add(accumulated, read('bias', [coordinate(1)])), 0),
});
const filterShapes = { in: [4, 5], kernel: [3, 5, 4], bias: [4], output: [4, 4] };

describe('a nest', () => {
  it('shares loads within a tile, walks taps and channels as one, and keeps what no inner loop changes outside', () => {
    const schedule: Schedule = {
      order: [
        ['f', 4],
        ['x', 2],
        ['i', 1],
        ['c', 1],
      ],
      lanes: 'f',
      splat: 'load',
    };
    expect(
      show(filter, schedule, filterShapes, 1),
    ).toBe(`nest: reads in (arena), reads kernel (weights), writes output (arena), reads bias (arena)
  H0 = load(bias, 0, 4)
  for x < 2
    A0 = 0
    A1 = 0
    for c < 15
      V0 = load(kernel, 4·c, 4)
      A0 = add(A0, multiply(splat(in, 10·x + c − 5), V0))
      A1 = add(A1, multiply(splat(in, 10·x + c), V0))
    store(output, 8·x, maximum(add(A0, H0), 0), 4)
    store(output, 8·x + 4, maximum(add(A1, H0), 0), 4)
`);
  });

  it('is one long loop where memory is walked in one go, with a part of a vector at the end', () => {
    const index = at('y', 'x', 'c');
    const expression = express({ axes: { y: 3, x: 5, c: 7 }, target: index, value: multiply(read('in', index), 2) });
    const schedule: Schedule = {
      order: [
        ['y', 1],
        ['x', 1],
        ['c', 8],
      ],
      lanes: 'c',
      splat: 'load',
    };
    expect(
      show(expression, schedule, { in: [3, 5, 7], output: [3, 5, 7] }),
    ).toBe(`nest: reads in (arena), writes output (arena)
  for c < 13
    store(output, 8·c, multiply(load(in, 8·c, 4), 2), 4)
    store(output, 8·c + 4, multiply(load(in, 8·c + 4, 4), 2), 4)
  store(output, 104, multiply(load(in, 104, 4), 2))
`);
  });

  it('sums along a reduction in lanes, then across them, then the rest', () => {
    const expression = express({
      axes: { y: 2, c: 6 },
      target: at('y'),
      combine: 'sum',
      value: read('in', at('y', 'c')),
    });
    const schedule: Schedule = {
      order: [
        ['y', 1],
        ['c', 4],
      ],
      lanes: 'c',
      splat: 'load',
    };
    expect(show(expression, schedule, { in: [2, 6], output: [2] })).toBe(`nest: reads in (arena), writes output (arena)
  for y < 2
    A0 = load(in, 6·y, 4)
    a0 = add(add(extract(A0, 0), extract(A0, 1)), add(extract(A0, 2), extract(A0, 3)))
    a0 = add(a0, load(in, 6·y + 4))
    a0 = add(a0, load(in, 6·y + 5))
    store(output, y, a0)
`);
  });
});

describe('pieces', () => {
  const extents = (halo: number) =>
    [...piecesOf(filter, tensorsOf(filterShapes, halo))].map(({ axes, parts }) => [
      axes[0]!.extent,
      ...parts.map((part) => part.axes[0]!.extent),
    ]);

  it('are the interior and the borders, each with the taps that are inside', () => {
    expect(extents(0)).toEqual([
      [1, 2],
      [2, 3],
      [1, 2],
    ]);
  });

  it('are one where a halo serves the border', () => {
    expect(extents(1)).toEqual([[4, 3]]);
  });

  it('write the finished identity where everything is outside', () => {
    const far = express({
      axes: { x: 3, i: 2 },
      target: at('x'),
      combine: 'max',
      value: read('in', [axis('x').plus(axis('i')).minus(3)], Number.NEGATIVE_INFINITY),
    });
    const pieces = [...piecesOf(far, tensorsOf({ in: [3], output: [3] }))];
    expect(pieces.map(({ axes, parts }) => [axes[0]!.extent, parts.length])).toEqual([
      [2, 0],
      [1, 1],
    ]);
  });
});

describe('kernels are equal', () => {
  const nest = (name: string, step: number): NestBody => ({
    operands: [{ name, memory: 'arena', written: true }],
    body: [
      {
        kind: 'for',
        variable: name,
        extent: 3,
        body: [
          {
            kind: 'store',
            operand: 0,
            at: axis(name, step),
            value: { kind: 'load', operand: 0, at: axis(name, step), width: 1 },
            count: 1,
          },
        ],
      },
    ],
  });

  it('whatever their loops and operands are called, and no further', () => {
    expect(nestKey(nest('x', 2))).toBe(nestKey(nest('y', 2)));
    expect(nestKey(nest('x', 2))).not.toBe(nestKey(nest('x', 3)));
  });
});

describe('the verifier refuses', () => {
  const operands: LoopNest['operands'] = [{ name: 'out', memory: 'arena', written: true }];
  const faults = (...body: readonly Statement[]): string[] =>
    verifyNest({ operands, body }, [{ read: [0, 8], write: [0, 8] }]);
  const load = (offset: number, width: 1 | 4 = 4) =>
    ({ kind: 'load', operand: 0, at: Affine.constant(offset), width }) as const;

  it('nothing about a kernel that is right', () => {
    expect(faults({ kind: 'store', operand: 0, at: Affine.constant(4), value: load(5), count: 4 })).toEqual([]);
  });

  it.each<[string, Statement, RegExp]>([
    [
      'a register before it is set',
      { kind: 'set', register: 'A1', value: { kind: 'register', name: 'A0', width: 4 } },
      /A0 is read before it is set/,
    ],
    [
      'a store beyond the window',
      { kind: 'store', operand: 0, at: Affine.constant(5), value: load(0), count: 4 },
      /write of out at 5: 5 … 9 leaves 0 … 8/,
    ],
    [
      'a load before the window',
      {
        kind: 'for',
        variable: 'x',
        extent: 3,
        body: [{ kind: 'set', register: 'a0', value: { ...load(0, 1), at: axis('x', -1) } }],
      },
      /read of out at −x: -2 … 1 leaves 0 … 8/,
    ],
    [
      'unequal widths',
      { kind: 'set', register: 'A0', value: { kind: 'apply', function: 'add', arguments: [load(0), load(0, 1)] } },
      /add of unequal widths/,
    ],
    [
      'more lanes than there are',
      { kind: 'store', operand: 0, at: Affine.constant(0), value: load(0, 1), count: 2 },
      /2 lanes are stored of a narrower value/,
    ],
  ])('%s', (_, statement, fault) => {
    expect(faults(statement).join('\n')).toMatch(fault);
  });
});
