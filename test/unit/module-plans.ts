// Plans made by hand, small enough to be checked by hand: what the passes and the tiler would hand to a backend.
import { Affine } from '../../compiler/algebra/affine.ts';
import type { FunctionName } from '../../compiler/algebra/functions.ts';
import type { Plan } from '../../compiler/plan/plan.ts';
import type { Origin } from '../../compiler/program/program.ts';
import type { LoopNest, Statement, Value } from '../../compiler/tiler/loop.ts';
import { denseView } from '../../compiler/tiler/view.ts';

export const source = { file: 'net.convnet', text: 'model net\n  conv(8)\n  relu\n' };
export const origin = (layer: string, start = 12): Origin => ({
  layer,
  operator: 'some',
  span: { source, start, end: start + 4 },
});

/** An index from a constant and coefficients: `at(3, { y: 80, c: 1 })`. */
export const at = (constant: number, coefficients: Readonly<Record<string, number>> = {}): Affine =>
  Object.entries(coefficients).reduce((sum, [axis, by]) => sum.plus(Affine.axis(axis, by)), Affine.constant(constant));

export const load = (operand: number, index: Affine, width: 1 | 4 = 1): Value => ({
  kind: 'load',
  operand,
  at: index,
  width,
});
export const register = (name: string, width: 1 | 4 = 1): Value => ({ kind: 'register', name, width });
export const constant = (value: number, width: 1 | 4 = 1): Value => ({ kind: 'constant', value, width });
export const apply = (name: FunctionName, ...values: Value[]): Value => ({
  kind: 'apply',
  function: name,
  arguments: values,
});
export const set = (name: string, value: Value): Statement => ({ kind: 'set', register: name, value });
export const store = (operand: number, index: Affine, value: Value, count = 1): Statement => ({
  kind: 'store',
  operand,
  at: index,
  value,
  count,
});
export const loop = (variable: string, extent: number, ...body: Statement[]): Statement => ({
  kind: 'for',
  variable,
  extent,
  body,
});

export function loops(axes: readonly (readonly [string, number])[], ...body: Statement[]): Statement {
  const [[axis, extent], ...inner] = axes as [[string, number], ...[string, number][]];
  return inner.length === 0 ? loop(axis, extent, ...body) : loop(axis, extent, loops(inner, ...body));
}

export interface ConvolutionSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly filters: number;
}

/**
 * A 3×3 convolution with bias and halo, 2 pixels × 2 filters in registers, 4 channels a turn. Input [y + 2, x + 2, c],
 * kernel packed [f/2][i][j][c][2] after the bias, output [y, x, f].
 */
export function convolutionKernel({ height, width, channels, filters }: ConvolutionSize): LoopNest {
  const row = (width + 2) * channels;
  const products: Statement[] = [];
  for (let c = 0; c < 4; c++) {
    for (let x = 0; x < 2; x++) {
      products.push(
        set(`in${x}`, load(0, at(c + x * channels, { y: row, x: 2 * channels, i: row, j: channels, c: 4 }))),
      );
    }
    for (let f = 0; f < 2; f++) {
      const tap = { f: 18 * channels, i: 6 * channels, j: 2 * channels, c: 8 };
      products.push(set(`k${f}`, load(1, at(2 * c + f, tap))));
      for (let x = 0; x < 2; x++) {
        const sum = `sum${x}${f}`;
        products.push(set(sum, apply('add', register(sum), apply('multiply', register(`in${x}`), register(`k${f}`)))));
      }
    }
  }
  const tile = [0, 1].flatMap((x) => [0, 1].map((f) => ({ x, f, sum: `sum${x}${f}` })));
  const out = { y: width * filters, x: 2 * filters, f: 2 };
  return {
    name: `conv_3x3_${height}x${width}x${channels}_${filters}`,
    about: ['out[y, x, f] += in[y + i − 1, x + j − 1, c] · kernel[i, j, c, f]', 'f/2 y x/2 i j c/4'],
    operands: [
      { name: 'in', memory: 'arena', written: false },
      { name: 'kernel', memory: 'weights', written: false },
      { name: 'bias', memory: 'weights', written: false },
      { name: 'out', memory: 'arena', written: true },
    ],
    body: [
      loops(
        [
          ['f', filters / 2],
          ['y', height],
          ['x', width / 2],
        ],
        ...tile.map(({ f, sum }) => set(sum, load(2, at(f, { f: 2 })))),
        loops(
          [
            ['i', 3],
            ['j', 3],
            ['c', channels / 4],
          ],
          ...products,
        ),
        ...tile.map(({ x, f, sum }) => store(3, at(x * filters + f, out), register(sum))),
      ),
    ],
  };
}

/** Input with a halo of one in the arena, then the output. */
export function convolutionPlan(size: ConvolutionSize): Plan {
  const { height, width, channels, filters } = size;
  const nest = convolutionKernel(size);
  const padded = (height + 2) * (width + 2) * channels;
  const row = (width + 2) * channels;
  return {
    name: 'net',
    documentation: 'One layer.\n/* 3×3 */',
    inputs: [
      {
        name: 'image',
        shape: [height, width, channels],
        view: {
          memory: 'arena',
          base: row + channels,
          axes: [{ stride: row }, { stride: channels }, { stride: 1 }],
          margins: [
            [1, 1],
            [1, 1],
            [0, 0],
          ],
        },
      },
    ],
    outputs: [
      { name: 'mask', shape: [height, width, filters], view: denseView('arena', padded, [height, width, filters]) },
    ],
    nests: [nest],
    invocations: [{ nest, bases: [0, filters, 0, padded], origins: [origin('conv_1')] }],
    arena: padded + height * width * filters,
    lowerBound: padded + height * width * filters,
    setup: [],
    weights: {
      storedBytes: 4 * (filters + 9 * channels * filters),
      bytes: 4 * (filters + 9 * channels * filters),
      tensors: [
        { name: 'conv_1.bias', shape: [filters], view: denseView('weights', 0, [filters]) },
        {
          name: 'conv_1.kernel',
          shape: [3, 3, channels, filters],
          view: {
            memory: 'weights',
            base: filters,
            axes: [
              { stride: 6 * channels },
              { stride: 2 * channels },
              { stride: 2 },
              { stride: 18 * channels, block: 2 },
            ],
            margins: [
              [0, 0],
              [0, 0],
              [0, 0],
              [0, 0],
            ],
          },
        },
      ],
    },
    parameters: filters + 9 * channels * filters,
    multiplyAccumulates: 9 * channels * filters * height * width,
    sourceHash: '1a2b3c4d',
  };
}

/** A plan of one kernel over dense vectors: what most tests of printing need. */
export function vectorPlan(nest: LoopNest, given: { readonly input: number; readonly output: number }): Plan {
  const slack = 4;
  return {
    name: 'vector',
    documentation: '',
    inputs: [{ name: 'x', shape: [given.input], view: denseView('arena', 0, [given.input]) }],
    outputs: [{ name: 'y', shape: [given.output], view: denseView('arena', given.input + slack, [given.output]) }],
    nests: [nest],
    invocations: [{ nest, bases: [0, given.input + slack], origins: [] }],
    arena: given.input + slack + given.output + slack,
    lowerBound: given.input + given.output,
    setup: [],
    weights: { storedBytes: 0, bytes: 0, tensors: [] },
    parameters: 0,
    multiplyAccumulates: 0,
    sourceHash: '00000000',
  };
}

/** Reads `x`, writes `y`. */
export const vectorNest = (...body: Statement[]): LoopNest => ({
  name: 'vector_kernel',
  about: [],
  operands: [
    { name: 'x', memory: 'arena', written: false },
    { name: 'y', memory: 'arena', written: true },
  ],
  body,
});
