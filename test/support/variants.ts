// What the support matrix has rows for: every operator, and every way to set the windows of those that have windows, each in
// one to three spatial dimensions.
import { operators } from '../../compiler/operators/index.ts';
import type { AnyOperator } from '../../compiler/operators/operator.ts';
import type { Shape } from '../../compiler/tensor.ts';

export interface Variant {
  readonly operator: string;
  readonly family: string;
  /** What is special about it; empty for the plain layer. */
  readonly name: string;
  /** The chain and the shapes it stands on, in so many spatial dimensions. */
  readonly layer: (rank: number) => string;
  readonly inputs: (rank: number) => readonly Shape[];
}

export const ranks = [1, 2, 3] as const;

/** Arguments of a layer: a text, or one that depends on the number of spatial axes. */
type Written = string | ((rank: number) => string);
type Setting = readonly [name: string, written: Written];

/** A list with an entry for each spatial axis, the last three of the entries standing for depth, height and width. */
const each =
  (before: string, entries: readonly string[]) =>
  (rank: number): string =>
    `${before}: [${entries.slice(-rank).join(', ')}]`;

const and =
  (first: string, written: Written): Written =>
  (rank) =>
    `${first}, ${textOf(written, rank)}`;

const textOf = (written: Written, rank: number): string => (typeof written === 'string' ? written : written(rank));

const paddings: readonly Setting[] = [
  ['padding: same', 'padding: same'],
  ['padding: same, stride', 'padding: same, stride: 2'],
  ['padding: same_lower, stride', 'padding: same_lower, stride: 2'],
  ['padding: causal', 'padding: causal'],
  ['padding, a number', 'padding: 1'],
  ['padding, a number per axis', each('padding', ['0', '1', '2'])],
  ['padding, a pair per axis', each('padding', ['[0, 1]', '[1, 0]', '[2, 1]'])],
  ['padding, negative', each('padding', ['1', '[0, -1]', '[-1, 2]'])],
];

const windows: readonly Setting[] = [
  ['stride', 'stride: 2'],
  ['stride above the kernel', 'stride: 4'],
  ['dilation', 'dilation: 2'],
  ['stride and dilation', 'stride: 3, dilation: 2'],
  ['a stride an axis', each('stride', ['1', '3', '2'])],
  ...paddings,
  [
    'stride, dilation and padding',
    (rank) => `stride: 2, dilation: 2, ${each('padding', ['1', '[2, 0]', '[1, 2]'])(rank)}`,
  ],
];

const kernels: readonly Setting[] = [
  ['', 'kernel: 3'],
  ['a kernel size an axis', each('kernel', ['1', '3', '2'])],
  ...windows.map(([name, written]): Setting => [name, and('kernel: 3', written)]),
  ['bias: false', 'kernel: 3, bias: false'],
];

const everything: Written = and('stride: 2, dilation: 2, groups: 2', each('padding', ['1', '[2, 0]', '[1, 3]']));

const groups: readonly Setting[] = [
  ['groups', 'kernel: 3, groups: 2'],
  ['a group a channel', 'kernel: 3, groups: 4'],
  ['groups, stride, dilation and padding', and('kernel: 3', everything)],
  ['bias written out', 'kernel: 3, bias: [1, 0, -2, 3]'],
];

const pools: readonly Setting[] = [
  ['', '2'],
  ['a kernel size an axis', (rank) => `[${['1', '3', '2'].slice(-rank).join(', ')}]`],
  ['windows that overlap', '3, stride: 1'],
  ...windows.map(([name, written]): Setting => [name, and('3', written)]),
  ['ceil', '2, ceil: true'],
  ['ceil, stride and padding', '3, stride: 2, padding: 1, ceil: true'],
];

const transposed: readonly Setting[] = [
  ['a kernel that is a multiple of the stride', 'kernel: 4, stride: 2, padding: 1'],
  ['outputPadding', 'kernel: 3, stride: 2, padding: 1, outputPadding: 1'],
  ['outputPadding, padding: same', 'kernel: 3, stride: 3, padding: same, outputPadding: 2'],
  ['outputShape', and('kernel: 3, stride: 2, padding: 1', each('outputShape', ['12', '13', '18']))],
  ['outputShape, padding: same', and('kernel: 3, stride: 2, padding: same', each('outputShape', ['12', '13', '17']))],
  ['a tail that no tap reaches', and('kernel: 2, stride: 2', each('padding', ['0', '[0, -2]', '[0, -3]']))],
  ['a head that no tap reaches', and('kernel: 2, stride: 2', each('padding', ['0', '0', '[-1, 0]']))],
];

const leading = (first: string, settings: readonly Setting[]): readonly Setting[] =>
  settings.map(([name, written]) => [name, and(first, written)]);

/** Settings of windows, on an input of four channels. */
const windowed: Readonly<Record<string, readonly Setting[]>> = {
  conv: leading('4', [...kernels, ...groups]),
  depthwiseConv: [
    ...kernels,
    ['multiplier', 'kernel: 3, multiplier: 2'],
    ['multiplier, stride, dilation and padding', 'kernel: 3, multiplier: 2, stride: 2, dilation: 2, padding: 2'],
  ],
  separableConv: leading('4', [...kernels, ['multiplier', 'kernel: 3, multiplier: 2']]),
  convTranspose: leading('4', [...kernels, ...groups, ...transposed]),
  maxPool: pools,
  avgPool: [
    ...pools,
    ['countPadding', '3, stride: 2, padding: 1, countPadding: true'],
    ['countPadding and ceil', '3, stride: 2, padding: 1, countPadding: true, ceil: true'],
  ],
  lpPool: [
    ...pools,
    ['p: 1', '2, p: 1'],
    ['p: 3', '2, p: 3'],
    ['p: 2.5', '2, p: 2.5'],
    ['p: 2.5, stride and padding', '3, p: 2.5, stride: 2, padding: 1'],
  ],
  argMaxPool: [...pools, ['order: columns', '2, order: columns']],
};

const list =
  (...entries: readonly string[]): Written =>
  (rank: number) =>
    `[${entries.slice(-rank).join(', ')}]`;
const modes = (name: string, values: readonly string[], before = ''): readonly Setting[] =>
  values.map((value) => [`${name}: ${value}`, `${before}${name}: ${value}`]);
const reductions: readonly Setting[] = [
  ['', ''],
  ['axes', 'axes: [0, -1]'],
  ['keepAxes: false', 'axes: [-1], keepAxes: false'],
];
const affine: readonly Setting[] = [
  ['', ''],
  ['scale: false', 'scale: false'],
  ['scale and center: false', 'scale: false, center: false'],
];

/** Arguments of the other operators that change what is computed; those without a line here are shown by their example. */
const settings: Readonly<Record<string, readonly Setting[]>> = {
  batchNorm: affine,
  instanceNorm: affine,
  groupNorm: leading('2', [['', 'epsilon: 0.001'], ...affine.slice(1)]),
  layerNorm: [...affine, ['axes', 'axes: [0, -1]']],
  softmax: [
    ['', ''],
    ['axis', 'axis: 0'],
  ],
  logSoftmax: [
    ['', ''],
    ['axis', 'axis: 0'],
  ],
  l2Normalize: [
    ['', ''],
    ['axis', 'axis: 0'],
  ],
  lpNormalize: [
    ['p: 1', 'p: 1'],
    ['p: 2', 'p: 2'],
    ['axis', 'axis: 0'],
  ],
  gelu: [
    ['', ''],
    ['approximate: tanh', 'approximate: tanh'],
  ],
  softplus: [
    ['', ''],
    ['beta', 'beta: 2'],
  ],
  clip: [
    ['', 'min: -1, max: 1'],
    ['one limit', 'min: 0'],
  ],
  crop: [['', list('[1, 0]', '[1, 0]', '[0, 2]')]],
  expand: [['', (rank) => `[${['2', '3', '4'].slice(3 - rank).join(', ')}, 2]`]],
  pad: [
    ['', list('[1, 0]', '[1, 2]', '[0, 1]')],
    ['value', and('2', 'value: 3')],
    ['negative', list('0', '[-1, 2]', '[1, -1]')],
    ...['reflect', 'symmetric', 'edge', 'wrap'].map(
      (mode): Setting => [
        `mode: ${mode}`,
        (rank) => `${textOf(list('[1, 0]', '[1, 2]', '[0, 1]'), rank)}, mode: ${mode}`,
      ],
    ),
    ['channels too', (rank) => `[${['0', '1', '[0, 2]'].slice(-rank).join(', ')}, [1, 0]]`],
  ],
  slice: [
    ['', list('1', '0', '1')],
    ['starts and ends', (rank) => `${textOf(list('0', '1', '0'), rank)}, ${each('ends', ['2', '3', '3'])(rank)}`],
    ['sizes', (rank) => `${textOf(list('0', '1', '0'), rank)}, ${each('sizes', ['2', '2', '3'])(rank)}`],
    ['strides', (rank) => `${textOf(list('0', '0', '1'), rank)}, ${each('strides', ['1', '2', '2'])(rank)}`],
    ['backwards', 'starts: [3], axes: [0], strides: [-1]'],
  ],
  transpose: [['', (rank) => `[${Array.from({ length: rank + 1 }, (_, axis) => rank - axis).join(', ')}]`]],
  reshape: [['', '[4, -1]']],
  upsample: [
    ['', '2'],
    ['mode: bilinear', '2, mode: bilinear'],
    ['a scale an axis', list('1', '3', '2')],
    ...modes('coordinates', ['asymmetric', 'align_corners'], '2, mode: bilinear, '),
  ],
  resize: [
    ['', list('5', '7', '6')],
    ...['linear', 'cubic'].map(
      (mode): Setting => [`mode: ${mode}`, (rank) => `${textOf(list('5', '7', '6'), rank)}, mode: ${mode}`],
    ),
    ['scale', 'scale: 1.5'],
    ...['half_pixel_symmetric', 'pytorch_half_pixel', 'align_corners', 'asymmetric', 'tf_half_pixel_for_nn'].map(
      (rule): Setting => [
        `coordinates: ${rule}`,
        (rank) => `${textOf(list('5', '7', '6'), rank)}, mode: linear, coordinates: ${rule}`,
      ],
    ),
    ...['round_prefer_ceil', 'floor', 'ceil'].map(
      (rounding): Setting => [
        `rounding: ${rounding}`,
        (rank) => `${textOf(list('5', '7', '6'), rank)}, rounding: ${rounding}`,
      ],
    ),
    ...['nearest', 'linear', 'cubic'].map(
      (mode): Setting => [
        `region, mode: ${mode}`,
        (rank) =>
          `${textOf(list('3', '5', '6'), rank)}, mode: ${mode}, ${each('region', ['[0, 1]', '[0.25, 0.75]', '[1, 0.5]'])(rank)}`,
      ],
    ),
    [
      'region beyond the input',
      (rank) =>
        `${textOf(list('3', '5', '6'), rank)}, mode: linear, ${each('region', ['[0, 1]', '[-0.5, 0.75]', '[0.5, 2]'])(rank)}, outside: 9`,
    ],
    ['antialias', (rank) => `${textOf(list('2', '2', '3'), rank)}, mode: linear, antialias: true`],
    ['excludeOutside', (rank) => `${textOf(list('5', '7', '6'), rank)}, mode: cubic, excludeOutside: true`],
  ],
  pixelShuffle: [
    ['', '2'],
    ['order: blocks_outer', '2, order: blocks_outer'],
    ['a size an axis', list('1', '1', '2')],
  ],
  pixelUnshuffle: [
    ['', '2'],
    ['order: blocks_outer', '2, order: blocks_outer'],
    ['a size an axis', list('1', '1', '2')],
  ],
  ...Object.fromEntries(
    [...operators.keys()].filter((name) => name.startsWith('reduce')).map((name) => [name, reductions]),
  ),
};

const spaces: readonly number[] = [6, 7, 9];

/** Shapes of an operator's example, with an axis taken off or put in front. */
function exampleShapes({ name, exampleInputs }: AnyOperator, rank: number): readonly Shape[] {
  if (name === 'pixelShuffle') return [[...[2, 2, 3].slice(-rank), 16]];
  if (name === 'pixelUnshuffle') return [[...[2, 4, 6].slice(-rank), 2]];
  if (name === 'expand') return [[...[1, 3, 1].slice(-rank), 1]];
  return exampleInputs.map((shape) => {
    if (shape.length !== 3) return shape;
    if (rank === 3) return [shape[0] === 1 ? 1 : 2, ...shape];
    return shape.slice(2 - rank);
  });
}

function variantsOf(operator: AnyOperator): readonly Variant[] {
  const { name, family, example, exampleInputs } = operator;
  const row = (variant: string, layer: Variant['layer'], inputs: Variant['inputs']): Variant => ({
    operator: name,
    family,
    name: variant,
    layer,
    inputs,
  });
  const called = (written: Written) => (rank: number) => {
    const given = textOf(written, rank);
    return given === '' ? name : `${name}(${given})`;
  };
  if (name in windowed) {
    return windowed[name]!.map(([variant, written]) =>
      row(variant, called(written), (rank) => [[...spaces.slice(-rank), 4]]),
    );
  }
  const inputs = (rank: number): readonly Shape[] => exampleShapes(operator, rank);
  if (name in settings) return settings[name]!.map(([variant, written]) => row(variant, called(written), inputs));
  if (exampleInputs.length === 0)
    return [
      row(
        '',
        () => `${example}\n  add(a, it)`,
        (rank) => [[...spaces.slice(-rank), 3]],
      ),
    ];
  return [row('', () => example, inputs)];
}

export const variants: readonly Variant[] = [...operators.values()].flatMap(variantsOf);
