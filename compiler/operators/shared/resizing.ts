// What upsample and resize share: the parameters, and the statements of a resampling.
//
//   nearest        out[y, x, c]  = in[source[y], source[x], c]
//   linear, cubic  rows[y, x, c] += in[first[y] + t, x, c] · weights[y, t], then the same along x: one axis after the other
import { Affine } from '../../algebra/affine.ts';
import {
  accumulated,
  add,
  call,
  coordinate,
  express,
  multiply,
  read,
  type Scalar,
  type TensorExpression,
} from '../../algebra/expression.ts';
import type { Shape } from '../../tensor.ts';
import { type Fault, faults, type InferenceResult, isFault, operand } from '../operator.ts';
import { choice, finite, flag, optional, type Parameter, type Sizes, type Static } from '../parameters.ts';
import { spreadAxes } from './amounts.ts';
import { elementAxes, elementIndex } from './elementwise.ts';
import {
  type CoordinateRule,
  coordinateRules,
  cubicFilter,
  filterTaps,
  isInside,
  linearFilter,
  nearestCells,
  nearestTaps,
  type Region,
  type ResampledAxis,
  type Rounding,
  roundings,
  type Taps,
} from './resampling.ts';
import { sizeFault } from './size-limit.ts';

export interface SamplingArguments {
  readonly mode: 'nearest' | 'linear' | 'cubic';
  readonly coordinates: CoordinateRule;
  readonly rounding: Rounding;
  readonly coefficient: number;
  readonly excludeOutside: boolean;
  readonly antialias: boolean;
}

export const samplingParameters: {
  readonly [K in Exclude<keyof SamplingArguments, 'mode'>]: Parameter<SamplingArguments[K]>;
} = {
  coordinates: optional(choice('Where output cells lie in the input.', ...coordinateRules), 'half_pixel'),
  rounding: optional(choice('Which cell is the nearest (mode nearest).', ...roundings), 'round_prefer_floor'),
  coefficient: optional(finite('Coefficient of the cubic filter (mode cubic).'), -0.75),
  excludeOutside: optional(flag('Whether cells outside weigh nothing, instead of counting as the edge.'), false),
  antialias: optional(flag('Whether shrinking averages over all cells between.'), false),
};

/** Which modes look at an option: an argument that would be ignored is a mistake. */
const heededBy = {
  rounding: ['nearest'],
  coefficient: ['cubic'],
  excludeOutside: ['linear', 'cubic'],
  antialias: ['linear', 'cubic'],
} satisfies Partial<Record<keyof SamplingArguments, readonly SamplingArguments['mode'][]>>;

export function ignoredOption(mode: SamplingArguments['mode'], given: (name: string) => boolean): Fault | undefined {
  for (const [option, modes] of Object.entries<readonly string[]>(heededBy)) {
    if (!given(option) || modes.includes(mode)) continue;
    return {
      parameter: option,
      code: 'argument/conflict',
      message: `${option} has no effect in mode ${mode}`,
      notes: [`it belongs to mode ${modes.join(' or ')}: leave it out or change the mode`],
    };
  }
  return undefined;
}

/** One positive number for every spatial axis, or a list. */
export const scales = (about: string): Parameter<Sizes> => ({
  expects: 'a number above 0 or a list of them, one per axis',
  about,
  read: (value) => {
    const fits = (one: Static): one is number => typeof one === 'number' && one > 0 && Number.isFinite(one);
    if (fits(value)) return value;
    return Array.isArray(value) && value.length > 0 && value.every(fits) ? (value as readonly number[]) : undefined;
  },
});

/** Every axis with the size that `scale` gives it, rounded down; a scale that is exact needs no further mention. */
export function scaledAxes(scale: Sizes, input: Shape): readonly ResampledAxis[] | Fault {
  const list = spreadAxes<number>(scale, input, 1, 'scale');
  if (isFault(list)) return list;
  const axes = input.map((size, n): ResampledAxis => {
    const output = Math.floor(size * list[n]!);
    return { input: size, output, scale: output === size * list[n]! ? undefined : list[n]! };
  });
  const empty = axes.findIndex((axis) => axis.output < 1);
  if (empty < 0) return axes;
  return {
    parameter: 'scale',
    code: 'shape/empty',
    message: `scale ${list[empty]} leaves nothing of the ${input[empty]} in axis ${empty}`,
    notes: [`use a scale of at least 1/${input[empty]}`],
  };
}

/** Every axis with the size it is given. */
export function sizedAxes(size: Sizes, input: Shape): readonly ResampledAxis[] | Fault {
  const list = spreadAxes<number | undefined>(size, input, undefined, 'size');
  if (isFault(list)) return list;
  return input.map((old, n): ResampledAxis => ({ input: old, output: list[n] ?? old, scale: undefined }));
}

/** A part of every axis that is resampled, in place of all of it. */
export function withRegion(
  axes: readonly ResampledAxis[],
  region: readonly Region[],
  input: Shape,
): readonly ResampledAxis[] | Fault {
  const list = spreadAxes<Region | undefined>(region, input, undefined, 'region');
  if (isFault(list)) return list;
  return axes.map((axis, n) => ({ ...axis, ...(list[n] && { region: list[n] }) }));
}

/** @param outside what cells are that lie beyond the input, where there is a region */
export function resample(axes: readonly ResampledAxis[], given: SamplingArguments, outside = 0): InferenceResult {
  const output = axes.map((axis) => axis.output);
  const oversized = sizeFault(output);
  if (oversized) return faults(oversized);
  const isPart = axes.some(({ region }) => region);
  const statements = given.mode === 'nearest' && !isPart ? nearest(axes, given) : filtered(axes, given, outside);
  return { output, weights: [], axes: [], meaning: { kind: 'expressions', ...statements } };
}

interface Statements {
  readonly statements: readonly TensorExpression[];
  readonly temporaries?: Readonly<Record<string, Shape>>;
  readonly constants?: Readonly<Record<string, { readonly shape: Shape; readonly data: readonly number[] }>>;
}

/** One copy. Growing by a whole factor repeats cells, `out[2·y + i] = in[y]`, and needs no table. */
function nearest(axes: readonly ResampledAxis[], { coordinates, rounding }: SamplingArguments): Statements {
  const parts = axes.map((axis, n) => {
    const cells = nearestCells(axis, coordinates, rounding);
    const factor = axis.output / axis.input;
    if (factor > 1 && Number.isInteger(factor) && cells.every((cell, at) => cell === Math.floor(at / factor))) {
      return {
        axes: { [`a${n}`]: axis.input, [`b${n}`]: factor },
        target: Affine.axis(`a${n}`, factor).plus(Affine.axis(`b${n}`)),
        source: Affine.axis(`a${n}`),
      };
    }
    return { axes: { [`a${n}`]: axis.output }, target: Affine.axis(`a${n}`), source: tableIndex(`a${n}`, cells) };
  });
  const statement = express({
    axes: Object.assign({}, ...parts.map((part) => part.axes)) as Record<string, number>,
    target: parts.map((part) => part.target),
    value: read(
      operand(0),
      parts.map((part) => part.source),
    ),
  });
  return { statements: [statement] };
}

/** A table as an index; without a table where the cells stand at equal distances. */
function tableIndex(axis: string, cells: readonly number[]): Affine {
  const [first, step] = [cells[0]!, cells.length > 1 ? cells[1]! - cells[0]! : 0];
  const regular = cells.every((cell, at) => cell === first + step * at);
  return regular ? Affine.axis(axis, step).plus(first) : Affine.table(axis, cells);
}

/** One weighted sum an axis, the axes that shrink most first; all but the last go into temporaries. */
function filtered(axes: readonly ResampledAxis[], given: SamplingArguments, outside: number): Statements {
  const filter = given.mode === 'linear' ? linearFilter : cubicFilter(given.coefficient);
  const tapsOf = (axis: ResampledAxis): Taps =>
    given.mode === 'nearest' ? nearestTaps(axis, given.coordinates, given.rounding) : filterTaps(axis, filter, given);
  const ratio = (n: number): number => axes[n]!.output / axes[n]!.input;
  const order = axes.map((_, n) => n).sort((a, b) => ratio(a) - ratio(b) || a - b);
  const passes = order
    .map((axis) => ({ axis, taps: tapsOf(axes[axis]!) }))
    .filter(({ axis, taps }) => axes[axis]!.input !== axes[axis]!.output || !isIdentity(taps));
  const shape = axes.map((axis) => axis.input);
  if (passes.length === 0) return { statements: [copy(shape)] };
  const temporaries: Record<string, Shape> = {};
  const constants: Record<string, { readonly shape: Shape; readonly data: readonly number[] }> = {};
  let source = operand(0);
  const statements = passes.map(({ axis, taps }, n) => {
    shape[axis] = axes[axis]!.output;
    const last = n === passes.length - 1;
    const target = last ? 'output' : `resampled${axis}`;
    if (!last) temporaries[target] = [...shape];
    constants[`weights${axis}`] = { shape: [shape[axis]!, taps.width], data: taps.weights };
    const statement = weightedSum(shape, axis, taps, source, target);
    source = target;
    return statement;
  });
  const partial = axes.flatMap((axis, n) => {
    const inside = Array.from({ length: axis.output }, (_, at) => (isInside(axis, at) ? 1 : 0));
    return inside.includes(0) ? [{ n, inside }] : [];
  });
  if (outside === 0 || partial.length === 0) return { statements, temporaries, constants };
  for (const { n, inside } of partial) constants[`inside${n}`] = { shape: [inside.length], data: inside };
  const seen = partial
    .map(({ n }): Scalar => read(`inside${n}`, [coordinate(n)]))
    .reduce((product, one) => multiply(product, one));
  const finish = add(accumulated, multiply(call('subtract', 1, seen), outside));
  return { statements: statements.with(-1, { ...statements.at(-1)!, finish }), temporaries, constants };
}

const isIdentity = ({ start, width, weights }: Taps): boolean =>
  width === 1 && start.every((cell, at) => cell === at) && weights.every((weight) => weight === 1);

const copy = (shape: Shape): TensorExpression =>
  express({ axes: elementAxes(shape), target: elementIndex(shape), value: read(operand(0), elementIndex(shape)) });

function weightedSum(shape: Shape, axis: number, taps: Taps, source: string, target: string): TensorExpression {
  const index = elementIndex(shape);
  const cell = tableIndex(`a${axis}`, taps.start).plus(Affine.axis('t'));
  return express({
    tensor: target,
    axes: { ...elementAxes(shape), t: taps.width },
    target: index,
    combine: 'sum',
    value: multiply(
      read(
        source,
        index.map((one, n) => (n === axis ? cell : one)),
      ),
      read(`weights${axis}`, [Affine.axis(`a${axis}`), Affine.axis('t')]),
    ),
  });
}
