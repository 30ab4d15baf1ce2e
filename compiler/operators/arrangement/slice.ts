// A part of a value: from a start, every so many cells, forwards or backwards.
//
//   out[y, x, c] = in[start + step·y, x, c]

import { Affine } from '../../algebra/affine.ts';
import { express, read } from '../../algebra/expression.ts';
import { type Shape, showShape } from '../../tensor.ts';
import { defineOperator, type Fault, faults, isFault, operand } from '../operator.ts';
import { optional, type Parameter, wholes } from '../parameters.ts';
import { resolveAxis } from '../shared/axes.ts';
import { elementAxes } from '../shared/elementwise.ts';

export interface SliceArguments {
  readonly starts: readonly number[];
  readonly ends: readonly number[] | undefined;
  readonly sizes: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
  readonly axes: readonly number[] | undefined;
}

const list = (about: string): Parameter<readonly number[] | undefined> =>
  optional<readonly number[] | undefined>(wholes(about), undefined);

export const slice = defineOperator<SliceArguments>({
  name: 'slice',
  family: 'arrangement',
  about: 'A part of a value. Starts and ends below 0 count from the end; a negative stride walks backwards.',
  example: 'slice([1, 0], ends: [3, 4])',
  exampleInputs: [[4, 4, 2]],
  operands: { minimum: 1, maximum: 1 },
  parameters: {
    starts: wholes('First cell of each axis; below 0 it counts from the end.'),
    ends: list(
      'Where each axis ends, itself not included; beyond the border it stops there. To the border by default.',
    ),
    sizes: list('How many cells are taken of each axis, instead of ends.'),
    strides: list('Distance between the cells taken; 1 by default.'),
    axes: list('The axes that the other lists speak of; the first ones by default.'),
  },
  positional: ['starts'],
  infer: ({ arguments: given, inputs }) => {
    const input = inputs[0]!;
    const ranges = rangesOf(given, input);
    if (isFault(ranges)) return faults(ranges);
    const output = ranges.map((range) => range.size);
    const statement = express({
      axes: elementAxes(output),
      target: output.map((_, n) => Affine.axis(`a${n}`)),
      value: read(
        operand(0),
        ranges.map(({ start, stride }, n) => Affine.axis(`a${n}`, stride).plus(start)),
      ),
    });
    return { output, weights: [], axes: [], meaning: { kind: 'expressions', statements: [statement] } };
  },
});

export interface Range {
  readonly start: number;
  readonly stride: number;
  readonly size: number;
}

export function rangesOf(given: SliceArguments, input: Shape): readonly Range[] | Fault {
  const { starts, axes = starts.map((_, n) => n) } = given;
  if (given.ends && given.sizes) {
    return {
      parameter: 'sizes',
      code: 'argument/conflict',
      message: 'ends and sizes both say where the slice stops',
      notes: ['give one of them'],
    };
  }
  for (const name of ['ends', 'sizes', 'strides', 'axes'] as const) {
    const count = given[name]?.length ?? starts.length;
    if (count !== starts.length) {
      return {
        parameter: name,
        code: 'shape/axes',
        message: `${name} has ${count} entries, starts has ${starts.length}`,
        label: `expected ${starts.length}`,
      };
    }
  }
  const ranges: Range[] = input.map((size) => ({ start: 0, stride: 1, size }));
  const seen = new Set<number>();
  for (const [n, named] of axes.entries()) {
    const axis = resolveAxis(named, input, given.axes ? 'axes' : 'starts');
    if (isFault(axis)) return axis;
    if (seen.has(axis))
      return {
        parameter: 'axes',
        code: 'shape/axis',
        message: `axis ${axis} stands twice in axes`,
        notes: ['name each axis once'],
      };
    seen.add(axis);
    const range = rangeOf(given, n, axis, input);
    if (isFault(range)) return range;
    ranges[axis] = range;
  }
  return ranges;
}

function rangeOf(given: SliceArguments, n: number, axis: number, input: Shape): Range | Fault {
  const extent = input[axis]!;
  const stride = given.strides?.[n] ?? 1;
  if (stride === 0)
    return {
      parameter: 'strides',
      code: 'argument/range',
      message: `the stride of axis ${axis} is 0`,
      notes: ['a stride of 1 takes every cell, -1 walks backwards'],
    };
  const fromEnd = (place: number): number => (place < 0 ? place + extent : place);
  const start = Math.min(Math.max(fromEnd(given.starts[n]!), 0), stride > 0 ? extent : extent - 1);
  if (given.sizes) return exactly(given.sizes[n]!, { start: fromEnd(given.starts[n]!), stride }, axis, input);
  const end = given.ends?.[n];
  const stop =
    stride > 0
      ? Math.min(end === undefined ? extent : fromEnd(end), extent)
      : Math.max(end === undefined ? -1 : fromEnd(end), -1);
  const size = Math.ceil((stop - start) / stride);
  if (size >= 1) return { start, stride, size };
  return {
    parameter: given.ends ? 'ends' : 'starts',
    code: 'shape/empty',
    message: `the slice takes nothing of axis ${axis}`,
    label: `from ${start} to ${stop} in steps of ${stride}`,
    notes: [`the input is ${showShape(input)}, its axis ${axis} runs from 0 to ${extent - 1}`],
  };
}

/** With `sizes` nothing is cut short: every cell must exist. */
function exactly(size: number, { start, stride }: Omit<Range, 'size'>, axis: number, input: Shape): Range | Fault {
  const last = start + (size - 1) * stride;
  const extent = input[axis]!;
  if (size >= 1 && Math.min(start, last) >= 0 && Math.max(start, last) < extent) return { start, stride, size };
  return {
    parameter: 'sizes',
    code: 'shape/slice',
    message: `${size} cells from ${start} on in steps of ${stride} do not lie in axis ${axis} of ${showShape(input)}`,
    notes: [`the axis runs from 0 to ${extent - 1}, and at least 1 cell is taken`],
  };
}
