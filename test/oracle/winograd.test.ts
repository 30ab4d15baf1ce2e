// The rewriting into tiles against the sum as it was written, by evaluation of the expressions alone.
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
  type TensorExpression,
} from '../../compiler/algebra/expression.ts';
import { phases } from '../../compiler/algebra/phases.ts';
import { scheduleKey } from '../../compiler/passes/schedule.ts';
import { considerWinograd, showTiling, winograd } from '../../compiler/passes/winograd/winograd.ts';
import type { ComputeStep, Program, ProgramValue } from '../../compiler/program/program.ts';
import type { Costs } from '../../compiler/scheduling/cost.ts';
import type { AlgorithmTable } from '../../compiler/scheduling/records.ts';

/** Multiplications are dear, so that everything that can be transformed is. */
const eager: Costs = { multiplyAdd: 1000, transform: 0.01, stream: 0, cache: 1e9, vector: 4, spill: 1 };

const span = { source: { file: 'net.convnet', text: '' }, start: 0, end: 0 };
const origins = [{ layer: 'layer', operator: 'layer', span }];

function programOf(
  expressions: readonly TensorExpression[],
  shapes: Readonly<Record<string, readonly number[]>>,
): Program {
  const roles: Record<string, 'input' | 'weight'> = { data: 'input', kernel: 'weight', bias: 'weight' };
  const values = Object.entries(shapes).map(([id, shape]): [string, ProgramValue] => [
    id,
    { role: roles[id] ?? 'intermediate', id, shape },
  ]);
  return {
    name: 'test',
    documentation: '',
    inputs: ['data'],
    outputs: [{ name: 'output', value: 'output' }],
    values: new Map(values),
    preparation: [],
    steps: expressions.map((expression, n) => ({ kind: 'compute', id: `step${n}`, expression, origins })),
  };
}

/** Runs a program by evaluation: blocks of `blocked` steps one after the other. */
function run(program: Program): Float32Array {
  const tensors = new Map<string, Tensor>();
  for (const value of program.values.values()) {
    const tensor = emptyTensor(value.shape);
    if (value.role === 'constant') tensor.data.set(value.data);
    if (value.role === 'input') tensor.data.set(tensor.data.map((_, n) => ((n * 7919) % 11) - 5));
    if (value.role === 'weight') tensor.data.set(tensor.data.map((_, n) => ((n * 104729) % 7) - 3));
    tensors.set(value.id, tensor);
  }
  for (const { expression } of program.preparation) evaluate(expression, tensors);
  for (const step of program.steps) {
    if (step.kind === 'compute') evaluate(step.expression, tensors);
    if (step.kind !== 'blocked') continue;
    for (let turn = 0; turn < step.axis.extent; turn++) {
      for (const { expression } of step.steps) evaluate(at(expression, step.axis.name, turn), tensors);
    }
  }
  return tensors.get('output')!.data;
}

function at(expression: TensorExpression, axis: string, turn: number): TensorExpression {
  const fix = (index: readonly Affine[]): Affine[] =>
    index.map((affine) => affine.substitute(new Map([[axis, Affine.constant(turn)]])));
  return {
    ...expression,
    target: { ...expression.target, index: fix(expression.target.index) },
    value: mapReads(expression.value, (one) => ({ ...one, index: fix(one.index) })),
  };
}

function expectSame(program: Program, tiling?: string): void {
  const considered = considerWinograd(program, eager);
  expect(considered.length).toBe(program.steps.length);
  if (tiling) expect(showTiling(considered[0]!.tiling)).toBe(tiling);
  const transformed = winograd.run(program, { machine: { costs: eager } });
  expect(transformed.steps.every((step) => step.kind === 'blocked')).toBe(true);
  const expected = run(program);
  const actual = run(transformed);
  const largest = expected.reduce((size, value) => Math.max(size, Math.abs(value)), 1);
  const worst = expected.reduce((error, value, n) => Math.max(error, Math.abs(value - actual[n]!)), 0);
  expect(worst / largest).toBeLessThan(1e-5);
}

interface Case {
  readonly size: readonly number[];
  readonly kernel: readonly number[];
  readonly dilation?: number;
  readonly padding?: number;
}

function convolution({ size, kernel, dilation = 1, padding = 0 }: Case): Program {
  const channels = 4;
  const filters = 8;
  const output = size.map((extent, n) => extent + 2 * padding - (kernel[n]! - 1) * dilation);
  const outputs = ['y', 'x'].slice(0, size.length);
  const taps = ['i', 'j'].slice(0, size.length);
  const axis = (name: string): Affine => Affine.axis(name);
  const expression = express({
    axes: {
      ...Object.fromEntries(outputs.map((name, n) => [name, output[n]!])),
      f: filters,
      ...Object.fromEntries(taps.map((name, n) => [name, kernel[n]!])),
      c: channels,
    },
    target: [...outputs.map(axis), axis('f')],
    combine: 'sum',
    value: multiply(
      read('data', [
        ...outputs.map((name, n) => axis(name).plus(Affine.axis(taps[n]!, dilation)).minus(padding)),
        axis('c'),
      ]),
      read('kernel', [...taps.map(axis), axis('c'), axis('f')]),
    ),
    finish: add(accumulated, read('bias', [coordinate(size.length)])),
  });
  return programOf([expression], {
    data: [...size, channels],
    kernel: [...kernel, channels, filters],
    bias: [filters],
    output: [...output, filters],
  });
}

describe('winograd', () => {
  it('does what a record says, and what the estimate says without one', () => {
    const program = convolution({ size: [8, 8], kernel: [3, 3], padding: 1 });
    const [step] = program.steps;
    const key = scheduleKey(program, step as ComputeStep);
    const reluctant: Costs = { ...eager, multiplyAdd: 0.01, transform: 1000 };
    const kinds = (costs: Costs, table: AlgorithmTable): string[] =>
      winograd.run(program, { machine: { costs }, algorithms: table }).steps.map(({ kind }) => kind);
    expect(kinds(eager, new Map([[key, 'direct']]))).toEqual(['compute']);
    expect(kinds(eager, new Map([['another', 'direct']]))).toEqual(['blocked']);
    expect(kinds(reluctant, new Map())).toEqual(['compute']);
    expect(new Set(kinds(reluctant, new Map([[key, 'tiled']])))).toEqual(new Set(['blocked']));
  });

  it.each<[string, Case, string | undefined]>([
    ['whole tiles', { size: [8, 8], kernel: [3, 3], padding: 1 }, 'F(4×4, 3×3)'],
    ['tiles that hang over', { size: [7, 9], kernel: [3, 3], padding: 1 }, undefined],
    ['no padding', { size: [11, 6], kernel: [3, 3] }, undefined],
    ['dilation', { size: [16, 16], kernel: [3, 3], dilation: 4, padding: 4 }, 'F(4×4, 3×3)'],
    ['dilation and small sub-grids', { size: [8, 8], kernel: [3, 3], dilation: 4, padding: 4 }, 'F(2×2, 3×3)'],
    ['a column', { size: [13, 5], kernel: [3, 1] }, 'F(4×1, 3×1)'],
    ['a row', { size: [5, 13], kernel: [1, 3] }, undefined],
    ['256 tiles in a row', { size: [1, 1026], kernel: [1, 3] }, undefined],
    ['one axis', { size: [19], kernel: [3], padding: 1 }, 'F(4, 3)'],
    ['2×2 taps', { size: [9, 9], kernel: [2, 2] }, undefined],
    ['2×3 taps', { size: [9, 10], kernel: [2, 3] }, undefined],
  ])('%s', (_, given, tiling) => expectSame(convolution(given), tiling));

  it.each([
    [4, 2, 1],
    [5, 2, 2],
    [2, 1, 0],
  ])('phases of a transposed convolution, kernel %i, stride %i', (kernel, stride, padding) => {
    const size = 6;
    const output = (size - 1) * stride + kernel - 2 * padding;
    const scattered = (source: string, tap: string): Affine =>
      Affine.axis(source, stride).plus(Affine.axis(tap)).minus(padding);
    const expression = express({
      axes: { y: size, x: size, i: kernel, j: kernel, f: 8, c: 4 },
      target: [scattered('y', 'i'), scattered('x', 'j'), Affine.axis('f')],
      combine: 'sum',
      value: multiply(
        read(
          'data',
          ['y', 'x', 'c'].map((name) => Affine.axis(name)),
        ),
        read(
          'kernel',
          ['i', 'j', 'f', 'c'].map((name) => Affine.axis(name)),
        ),
      ),
      scatter: true,
    });
    const parts = phases(expression, [output, output, 8], new Set(['kernel']));
    expectSame(
      programOf(parts, { data: [size, size, 4], kernel: [kernel, kernel, 8, 4], output: [output, output, 8] }),
    );
  });
});
