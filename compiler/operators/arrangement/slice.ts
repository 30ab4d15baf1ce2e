// A part of a value: from a start, every so many cells, forwards or backwards.
//
//   out[y, x, c] = in[start + step·y, x, c]

import { Affine } from '../../algebra/affine.ts';
import { express, read } from '../../algebra/expression.ts';
import type { LayerValue, OnnxNodeReader, OnnxRange } from '../../front/onnx/mapping.ts';
import { type Shape, showShape } from '../../tensor.ts';
import { defineOperator, type Fault, faults, isFault, operand } from '../operator.ts';
import { optional, type Parameter, wholes } from '../parameters.ts';
import { resolveAxis } from '../shared/axes.ts';
import { elementAxes } from '../shared/elementwise.ts';

interface Arguments {
  readonly starts: readonly number[];
  readonly ends: readonly number[] | undefined;
  readonly sizes: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
  readonly axes: readonly number[] | undefined;
}

const list = (about: string): Parameter<readonly number[] | undefined> =>
  optional<readonly number[] | undefined>(wholes(about), undefined);

export const slice = defineOperator<Arguments>({
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
  onnx: {
    imports: {
      Gather: (node) => gather(node),
      Slice: (node) => {
        const x = node.separate(0);
        return node.ranges().reduce((value, range) => sliceAlong(node, value, range), x);
      },
      Split: (node) => {
        const x = node.separate(0);
        const axis = node.int('axis', 0);
        const size = node.dims(0).at(axis)!;
        const count = node.int('num_outputs', node.outputs);
        if (count !== node.outputs) node.refuse(`has ${node.outputs} results where num_outputs is ${count}`);
        const even = Math.ceil(size / count);
        const sizes = node.list('split', 1) ?? Array.from({ length: count }, (_, n) => Math.min(even, size - n * even));
        let start = 0;
        return sizes.map((count) => {
          const range = { axis, start, step: 1, count };
          start += count;
          return sliceAlong(node, x, range);
        });
      },
    },
    exports: (layer) => {
      const shape = layer.inputs[0]!;
      const ranges = rangesOf(layer.arguments as unknown as Arguments, shape);
      if (isFault(ranges)) return layer.refuse(ranges.message);
      const list = (name: string, of: (range: Range) => number): string => layer.integers(name, ranges.map(of));
      // Walking backwards, the end before the first cell is no number from 0 on: far below it means the same.
      const end = ({ start, stride, size }: Range): number => {
        const stop = start + stride * size;
        return stop < 0 ? -(2 ** 31) : stop;
      };
      const axes = layer.integers(
        'axes',
        shape.map((_, axis) => layer.axis(axis, shape.length)),
      );
      const lists = [
        list('starts', ({ start }) => start),
        list('ends', end),
        axes,
        list('steps', ({ stride }) => stride),
      ];
      return layer.node('Slice', [layer.operands[0]!, ...lists]);
    },
  },
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

interface Range {
  readonly start: number;
  readonly stride: number;
  readonly size: number;
}

function rangesOf(given: Arguments, input: Shape): readonly Range[] | Fault {
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

function rangeOf(given: Arguments, n: number, axis: number, input: Shape): Range | Fault {
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

/** One range of ONNX as a slice; the whole axis needs none. */
function sliceAlong(node: OnnxNodeReader, value: LayerValue, { axis, start, step, count }: OnnxRange): LayerValue {
  const ours = node.axisIfAny(value, axis);
  if (count < 1) return node.refuse('takes nothing', 'a slice of at least one cell');
  if (ours === undefined || (start === 0 && step === 1 && count === value.shape[ours])) return value;
  const given = { starts: [start], sizes: [count], axes: [ours] };
  return node.layer(step === 1 ? given : { ...given, strides: [step] }, [value]);
}

/** Known places in a row along an axis; a single place, not in a list, takes the axis away. */
function gather(node: OnnxNodeReader): LayerValue {
  const { shape, data } = node.constant(1);
  const dims = node.dims(0);
  const given = node.int('axis', 0);
  const axis = given < 0 ? given + dims.length : given;
  const places = Array.from(data, (place) => (place < 0 ? place + dims[axis]! : place));
  const [start = 0] = places;
  if (shape.length > 1 || places.some((place, n) => place !== start + n || place >= dims[axis]!)) {
    return node.refuse('takes places that are not in a row', 'indices that follow each other, or a Slice');
  }
  const taken = sliceAlong(node, node.separate(0), { axis, start, step: 1, count: places.length });
  return shape.length === 0 ? { ...taken, layout: taken.layout.toSpliced(axis, 1) } : taken;
}
