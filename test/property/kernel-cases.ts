// Random owned expressions, windows and schedules, and the two executions that must agree: the expression evaluated as it
// reads, and its nest interpreted.
import fc from 'fast-check';
import { Affine } from '../../compiler/algebra/affine.ts';
import { emptyTensor, evaluate, type Tensor } from '../../compiler/algebra/evaluate.ts';
import {
  accumulated,
  add,
  allReads,
  type Combine,
  call,
  coordinate,
  express,
  identityOf,
  multiply,
  read,
  type Scalar,
  type TensorExpression,
} from '../../compiler/algebra/expression.ts';
import type { Machine, Schedule } from '../../compiler/scheduling/machine.ts';
import { interpret } from '../../compiler/tiler/interpret.ts';
import { buildNest, type NestBody, type Surroundings } from '../../compiler/tiler/nest.ts';
import { verifyInViews } from '../../compiler/tiler/verify.ts';
import { denseView, type View } from '../../compiler/tiler/view.ts';
import { fillWindow, packedOrder, packedWindow, placeIn } from './kernel-packing.ts';

export interface Case {
  readonly expression: TensorExpression;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Tensors that may be packed. */
  readonly weights: readonly string[];
}

const axis = Affine.axis;
const size = (low: number, high: number) => fc.integer({ min: low, max: high });

interface Line {
  readonly input: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly output: number;
}

/** One spatial axis of a window; padding may cut as well as add. */
const line: fc.Arbitrary<Line> = fc
  .record({
    input: size(1, 9),
    kernel: size(1, 3),
    stride: size(1, 3),
    dilation: size(1, 2),
    before: size(-1, 3),
    after: size(-1, 3),
  })
  .map((given) => {
    const room = given.input + given.before + given.after - (given.kernel - 1) * given.dilation - 1;
    return { ...given, output: Math.floor(room / given.stride) + 1 };
  })
  .filter(({ output }) => output >= 1);

const lines = fc.array(line, { minLength: 1, maxLength: 3 });
const names = ['y', 'x', 'z'];
const taps = ['i', 'j', 'h'];

const windowIndex = (line: Line, n: number): Affine =>
  axis(names[n]!, line.stride).plus(axis(taps[n]!, line.dilation)).minus(line.before);

const finishes: fc.Arbitrary<(rank: number) => Scalar> = fc.constantFrom(
  () => accumulated,
  (rank: number) => add(accumulated, read('bias', [coordinate(rank)])),
  (rank: number) => call('maximum', add(accumulated, read('bias', [coordinate(rank)])), 0),
  (rank: number) =>
    multiply(
      add(
        accumulated,
        read(
          'residual',
          Array.from({ length: rank + 1 }, (_, n) => coordinate(n)),
        ),
      ),
      add(accumulated, read('bias', [coordinate(rank)])),
    ),
);

export const convolutions: fc.Arbitrary<Case> = fc
  .record({ lines, groups: size(1, 2), filters: size(1, 9), channels: size(1, 9), finish: finishes })
  .map(({ lines, groups, filters, channels, finish }) => {
    const rank = lines.length;
    const filter = axis('g', filters).plus(axis('f'));
    const kernelIndex = [...lines.map((_, n) => axis(taps[n]!)), axis('c'), filter];
    const output = [...lines.map((line) => line.output), groups * filters];
    return {
      expression: express({
        axes: {
          ...Object.fromEntries(lines.map((line, n) => [names[n]!, line.output])),
          g: groups,
          f: filters,
          ...Object.fromEntries(lines.map((line, n) => [taps[n]!, line.kernel])),
          c: channels,
        },
        target: [...lines.map((_, n) => axis(names[n]!)), filter],
        combine: 'sum',
        value: multiply(
          read('in', [...lines.map(windowIndex), axis('g', channels).plus(axis('c'))]),
          read('kernel', kernelIndex),
        ),
        finish: finish(rank),
      }),
      shapes: {
        in: [...lines.map((line) => line.input), groups * channels],
        kernel: [...lines.map((line) => line.kernel), channels, groups * filters],
        bias: [groups * filters],
        residual: output,
        output,
      },
      weights: ['kernel'],
    };
  });

/** Pools and depthwise convolutions: every read follows the channel. */
export const channelwise: fc.Arbitrary<Case> = fc
  .record({
    lines,
    channels: size(1, 9),
    combine: fc.constantFrom<Combine>('sum', 'max', 'min'),
    outside: fc.constantFrom('identity', 'zero'),
    weighted: fc.boolean(),
    finish: finishes,
  })
  .map(({ lines, channels, combine, outside, weighted, finish }) => {
    const rank = lines.length;
    const filling = outside === 'zero' ? 0 : identityOf[combine];
    const value = read('in', [...lines.map(windowIndex), axis('c')], weighted ? 0 : filling);
    const kernel = read('kernel', [...lines.map((_, n) => axis(taps[n]!)), axis('c')]);
    const output = [...lines.map((line) => line.output), channels];
    return {
      expression: express({
        axes: {
          ...Object.fromEntries(lines.map((line, n) => [names[n]!, line.output])),
          c: channels,
          ...Object.fromEntries(lines.map((line, n) => [taps[n]!, line.kernel])),
        },
        target: [...lines.map((_, n) => axis(names[n]!)), axis('c')],
        combine,
        value: weighted ? multiply(value, kernel) : value,
        finish: finish(rank),
      }),
      shapes: {
        in: [...lines.map((line) => line.input), channels],
        kernel: [...lines.map((line) => line.kernel), channels],
        bias: [channels],
        residual: output,
        output,
      },
      weights: ['kernel'],
    };
  });

/** Elementwise work on a padded or cropped tensor, with a factor that is broadcast along some axes. */
export const elementwise: fc.Arbitrary<Case> = fc
  .record({
    shape: fc.array(size(1, 7), { minLength: 1, maxLength: 3 }),
    spread: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    shift: size(-2, 2),
    outside: fc.constantFrom(0, 5),
    mirrored: fc.boolean(),
  })
  .map(({ shape, spread, shift, outside, mirrored }) => {
    const index = shape.map((_, n) => axis(names[n]!));
    const factor = index.map((affine, n) => (spread[n] ? Affine.constant(0) : affine));
    const first = shape[0]!;
    const moved = mirrored
      ? Affine.table(
          'y',
          Array.from({ length: first }, (_, at) => Math.abs(first - 1 - 2 * at) % first),
        )
      : index[0]!.plus(shift);
    const value = read('in', [moved, ...index.slice(1)], outside);
    return {
      expression: express({
        axes: Object.fromEntries(shape.map((extent, n) => [names[n]!, extent])),
        target: index,
        value: add(multiply(value, read('factor', factor)), value),
        finish: call('maximum', accumulated, -20),
      }),
      shapes: { in: shape, factor: shape.map((extent, n) => (spread[n] ? 1 : extent)), output: shape },
      weights: [],
    };
  });

/** Reductions over any axes, and a transposition. */
export const reductions: fc.Arbitrary<Case> = fc
  .record({
    shape: fc.array(size(1, 9), { minLength: 2, maxLength: 3 }),
    reduced: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    combine: fc.constantFrom<Combine>('sum', 'max', 'min'),
    reversed: fc.boolean(),
  })
  .map(({ shape, reduced, combine, reversed }) => {
    const index = shape.map((_, n) => axis(names[n]!));
    const kept = index.map((affine, n) => (reduced[n] ? Affine.constant(0) : affine));
    const output = shape.map((extent, n) => (reduced[n] ? 1 : extent));
    const target = reversed ? kept.toReversed() : kept;
    return {
      expression: express({
        axes: Object.fromEntries(shape.map((extent, n) => [names[n]!, extent])),
        target,
        combine,
        value: read('in', index),
        finish: multiply(accumulated, 2),
      }),
      shapes: { in: shape, output: reversed ? output.toReversed() : output },
      weights: [],
    };
  });

/** The phases of a transposed convolution: written at a stride, some of their taps outside the kernel. */
export const phases: fc.Arbitrary<Case> = fc
  .record({
    input: size(1, 7),
    kernel: size(1, 5),
    stride: size(1, 3),
    cut: size(0, 3),
    channels: size(1, 5),
    filters: size(1, 9),
  })
  .map(({ input, kernel, stride, cut, channels, filters }) => {
    const output = Math.max(1, (input - 1) * stride + kernel - cut);
    const turns = Math.ceil((output + cut) / stride);
    const tap = axis('t', stride).plus(axis('r'));
    return {
      expression: express({
        axes: { q: turns, r: stride, f: filters, t: Math.ceil(kernel / stride), c: channels },
        target: [axis('q', stride).plus(axis('r')).minus(cut), axis('f')],
        combine: 'sum',
        value: multiply(
          read('in', [axis('q').minus(axis('t')), axis('c')]),
          read('kernel', [tap, axis('c'), axis('f')]),
        ),
        finish: add(accumulated, read('bias', [coordinate(1)])),
      }),
      shapes: {
        in: [input, channels],
        kernel: [kernel, channels, filters],
        bias: [filters],
        output: [output, filters],
      },
      weights: ['kernel'],
    };
  });

export interface Choices {
  readonly seed: readonly number[];
  readonly lanes: number;
  readonly splat: 'load' | 'lane';
  /** Elements in a vector of the machine. */
  readonly vector: number;
  readonly halo: boolean;
  readonly pack: boolean;
}

export const choices: fc.Arbitrary<Choices> = fc.record({
  seed: fc.array(fc.nat(1000), { minLength: 24, maxLength: 24 }),
  lanes: fc.nat(8),
  splat: fc.constantFrom('load', 'lane'),
  vector: fc.constantFrom(1, 2, 4, 8),
  halo: fc.boolean(),
  pack: fc.boolean(),
});

/** Any order, steps up to 9, some axes in blocks; lanes along any axis (where they do not fit, the tiler must see it). */
export function scheduleFor(expression: TensorExpression, { seed, lanes, splat }: Choices): Schedule {
  const targets = expression.axes.filter(({ name }) => expression.target.index.some((index) => index.dependsOn(name)));
  const rest = expression.axes.filter((axis) => !targets.includes(axis));
  const shuffled = [targets, rest].flatMap((group, g) =>
    group
      .map((item, n) => ({ item, weight: seed[n + 8 * g]! }))
      .sort((a, b) => a.weight - b.weight)
      .map(({ item, weight }) => [item.name, [1, 1, 2, 3, 4, 5, 8, 9][weight % 8]!] as const),
  );
  const first = shuffled[0]!;
  const blocks = ([[], [8], [8, 4]] as const)[seed[20]! % 3]!;
  const blocked = [...blocks.map((step) => [first[0], step] as const), ...shuffled];
  const chosen = expression.axes[lanes]?.name;
  return { order: blocked, splat, ...(chosen ? { lanes: chosen } : {}) };
}

export interface Scene {
  readonly surroundings: Surroundings;
  readonly memories: { readonly arena: Float32Array; readonly weights: Float32Array };
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** Small integers everywhere, zeros in halos and padding, and not-a-number where nobody may look. */
export function sceneFor({ expression, shapes, weights }: Case, schedule: Schedule, choices: Choices): Scene {
  const memory = new Float32Array(200_000).fill(Number.NaN);
  const views = new Map<string, View>();
  const tensors = new Map<string, Tensor>();
  let top = 16;
  let state = choices.seed[0]! + 1;
  const used = new Set([expression.target.tensor, ...allReads(expression).map((read) => read.tensor)]);
  for (const [n, [name, shape]] of Object.entries(shapes)
    .filter(([tensor]) => used.has(tensor))
    .entries()) {
    const tensor = emptyTensor(shape);
    for (let at = 0; at < tensor.data.length; at++) {
      state = (state * 16807) % 2147483647;
      tensor.data[at] = (state % 7) - 3;
    }
    const packing =
      choices.pack && weights.includes(name) ? packedOrder(expression, name, schedule, choices.vector) : undefined;
    if (packing) {
      const { view, length } = packedWindow(packing, shape, 'weights', top);
      memory.fill(0, top, top + length);
      top += length + 8;
      views.set(name, view);
    } else {
      const margins = shape.map((_, dim) =>
        choices.halo ? ([choices.seed[n + dim]! % 3, choices.seed[n + dim + 3]! % 3] as const) : ([0, 0] as const),
      );
      const outer = shape.map((extent, dim) => extent + margins[dim]![0] + margins[dim]![1]);
      const dense = denseView('arena', top, outer);
      const length = outer.reduce((product, extent) => product * extent, 1);
      memory.fill(0, top, top + length);
      const base =
        top +
        placeIn(
          dense,
          margins.map(([before]) => before),
        );
      top += length + 8;
      views.set(name, { ...dense, base, margins });
    }
    fillWindow(views.get(name)!, shape, tensor.data, memory);
    tensors.set(name, tensor);
  }
  const machine: Machine = {
    name: 'test',
    lanes: choices.vector,
    registers: 6 + (choices.seed[1]! % 12),
    halos: choices.halo,
    firstGuess: () => schedule,
  };
  return {
    surroundings: { shapes: new Map(Object.entries(shapes)), views, constants: new Map(), machine },
    memories: { arena: memory, weights: memory },
    tensors,
  };
}

/** The target by both executions. */
export function bothWays(
  given: Case,
  choices: Choices,
  schedule = scheduleFor(given.expression, choices),
): { readonly expected: number[]; readonly actual: number[] } {
  const { expression } = given;
  const scene = sceneFor(given, schedule, choices);
  const nest = buildNest(expression, schedule, scene.surroundings);
  const faults = verifyInViews(nest, scene.surroundings);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return execute(nest, [expression], scene);
}

/** Runs a kernel and its expressions on the scene; returns the target of the last expression, row-major. */
export function execute(nest: NestBody, expressions: readonly TensorExpression[], scene: Scene) {
  const { views } = scene.surroundings;
  interpret(
    nest,
    nest.operands.map(({ name }) => views.get(name)!.base),
    scene.memories,
  );
  for (const expression of expressions) evaluate(expression, scene.tensors);
  const name = expressions.at(-1)!.target.tensor;
  const expected = [...scene.tensors.get(name)!.data];
  const { shape } = scene.tensors.get(name)!;
  const actual = expected.map((_, at) => {
    const point = shape.map((_, dim) => {
      const inner = shape.slice(dim + 1).reduce((product, extent) => product * extent, 1);
      return Math.floor(at / inner) % shape[dim]!;
    });
    const view = views.get(name)!;
    return scene.memories.arena[view.base + placeIn(view, point)]!;
  });
  return { expected, actual };
}
