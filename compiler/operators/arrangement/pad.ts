// Padding as a layer of its own: with a value, or with the input's own elements through a table of indices.
//
//   zero       v v | a b c d | v v        out[y] = in[y − 2], outside v
//   edge       a a | a b c d | d d        out[y] = in[table[y]]
//   reflect    c b | a b c d | c b
//   symmetric  b a | a b c d | d c
//   wrap       c d | a b c d | a b          what is cropped is gone before the rest is repeated

import { Affine } from '../../algebra/affine.ts';
import { express, read } from '../../algebra/expression.ts';
import type { Shape } from '../../tensor.ts';
import { defineOperator, type Fault, faults, isFault, operand } from '../operator.ts';
import { choice, optional, real } from '../parameters.ts';
import { type Amounts, amounts, type Pair, pairs } from '../shared/amounts.ts';
import { elementAxes, elementIndex } from '../shared/elementwise.ts';
import { sizeFault } from '../shared/size-limit.ts';

type Mode = 'zero' | 'reflect' | 'symmetric' | 'edge' | 'wrap';

interface Arguments {
  readonly padding: Amounts;
  readonly mode: Mode;
  readonly value: number;
}

export const pad = defineOperator<Arguments>({
  name: 'pad',
  family: 'arrangement',
  about: 'Adds a border; negative amounts crop. A list of amounts is for the spatial axes, or for every axis.',
  example: 'pad([[1, 2], [0, 1]], mode: reflect)',
  exampleInputs: [[4, 4, 2]],
  operands: { minimum: 1, maximum: 1 },
  parameters: {
    padding: amounts('Cells added at both ends of each spatial axis.'),
    mode: optional(
      choice(
        'What the border holds: a value, or the input mirrored (with or without its edge twice), drawn out, or repeated.',
        'zero',
        'reflect',
        'symmetric',
        'edge',
        'wrap',
      ),
      'zero',
    ),
    value: optional(real('The value of the border with mode zero.'), 0),
  },
  positional: ['padding'],
  infer: ({ arguments: { padding, mode, value }, inputs, given }) => {
    if (mode !== 'zero' && given('value')) return faults(uselessValue(mode));
    const input = inputs[0]!;
    const borders = pairs(padding, input, 'padding');
    if (isFault(borders)) return faults(borders);
    const output = input.map((size, n) => size + borders[n]![0] + borders[n]![1]);
    const fault =
      eaten(input, borders) ?? (mode === 'wrap' ? eaten(input, crops(borders)) : undefined) ?? sizeFault(output);
    if (fault) return faults(fault);
    const statement = express({
      axes: elementAxes(output),
      target: elementIndex(output),
      value: read(
        operand(0),
        borders.map(([before], n) => sourceIndex(mode, `a${n}`, input[n]!, output[n]!, before)),
        value,
      ),
    });
    return { output, weights: [], axes: [], meaning: { kind: 'expressions', statements: [statement] } };
  },
});
const uselessValue = (mode: Mode): Fault => ({
  parameter: 'value',
  code: 'argument/conflict',
  message: `the border of mode ${mode} comes from the input, it has no value`,
  notes: ['leave out value, or use mode: zero'],
});

function eaten(input: Shape, borders: readonly Pair[]): Fault | undefined {
  const axis = borders.findIndex(([before, after], n) => input[n]! + before + after < 1);
  if (axis < 0) return undefined;
  const [before, after] = borders[axis]!;
  return {
    parameter: 'padding',
    code: 'shape/padding',
    message: `padding [${before}, ${after}] leaves nothing of the ${input[axis]} in axis ${axis}`,
    notes: [`${input[axis]} + (${before}) + (${after}) = ${input[axis]! + before + after}: negative padding crops`],
  };
}

/** What borders take off. */
const crops = (borders: readonly Pair[]): readonly Pair[] =>
  borders.map(([before, after]) => [Math.min(before, 0), Math.min(after, 0)]);

/** Where an output coordinate is read; outside the input only with mode zero. */
function sourceIndex(mode: Mode, axis: string, input: number, output: number, before: number): Affine {
  if (mode === 'zero' || (before <= 0 && output - before <= input)) return Affine.axis(axis).minus(before);
  const source = mode === 'wrap' ? wrapped(input, output, before) : (at: number) => mirrored(mode, at - before, input);
  return Affine.table(
    axis,
    Array.from({ length: output }, (_, at) => source(at)),
  );
}

/** The input is cropped, then repeated. */
function wrapped(input: number, output: number, before: number): (at: number) => number {
  const first = Math.max(0, -before);
  const kept = Math.min(input, output - before) - first;
  return (at) => first + modulo(at - Math.max(0, before), kept);
}

function mirrored(mode: Exclude<Mode, 'zero' | 'wrap'>, at: number, size: number): number {
  switch (mode) {
    case 'edge':
      return Math.min(Math.max(at, 0), size - 1);
    case 'symmetric': {
      const within = modulo(at, 2 * size);
      return Math.min(within, 2 * size - 1 - within);
    }
    case 'reflect': {
      const period = Math.max(1, 2 * size - 2);
      const within = modulo(at, period);
      return Math.min(within, period - within);
    }
  }
}

const modulo = (a: number, b: number): number => ((a % b) + b) % b;
