// defer: what is much larger than the weights it comes from is not stored but computed when the weights are loaded.
//
//   before  transformed[k, c, f] += G[i, a] · G[j, b] · kernel[a, b, c, f]        (build)     k = 6·i + j
//           packed[k, f, c] = transformed[k, c, f]                                (build)     in memory k f/8 c f%8
//   after   stored[F, c, a, b, e] = kernel[a, b, c, 8·F + e]                      (build)
//           packed[k, F, c, e] += G[i, a] · G[j, b] · stored[F, c, a, b, e]       (load)      the same memory
//
// The file is as large as the weights are, and reading it is one copy; Winograd's kernels are four times as large.
import { Affine } from '../algebra/affine.ts';
import {
  type Axis,
  accumulated,
  mapReads,
  type Read,
  read,
  readsOf,
  reductionAxes,
  type TensorExpression,
} from '../algebra/expression.ts';
import { grouped } from '../algebra/grouped.ts';
import type { ComputeStep, Program, ProgramValue } from '../program/program.ts';
import { neededSteps, readValues } from '../program/usage.ts';
import { type Shape, sizeOf } from '../tensor.ts';
import type { Pass } from './pass.ts';
import type { Allocated, Deferred } from './stages.ts';

/** How many times larger than its weights a value must be. */
const growth = 1.5;

export const defer = {
  name: 'defer',
  about: 'What is much larger than the weights it comes from is computed when the weights are loaded.',
  from: 'allocated',
  to: 'deferred',
  run(allocated: Allocated): Deferred {
    const { program, blocks } = allocated;
    const values = new Map(program.values);
    const setup: ComputeStep[] = [];
    const fills = new Map<string, string>();
    const makers = grouped(program.preparation.map((step) => [step.expression.target.tensor, step] as const));
    const preparation: ComputeStep[] = [];
    for (const copy of program.preparation) {
      const target = copy.expression.target.tensor;
      const found = deferral(copy, program, makers, blocks.get(target)?.axis, blocks.get(target)?.block ?? 1);
      if (!found) {
        preparation.push(copy);
        continue;
      }
      for (const value of found.values) values.set(value.id, value);
      preparation.push(found.store);
      setup.push(found.compute);
      fills.set(found.compute.expression.target.tensor, target);
    }
    // What made the values that are now computed at load goes.
    const read = new Set([...setup, ...program.steps].flatMap((step) => [...readValues(step)]));
    return { ...allocated, setup, fills, program: { ...program, values, preparation: neededSteps(preparation, read) } };
  },
} as const satisfies Pass<'allocated', 'deferred'>;

interface Deferral {
  readonly values: readonly ProgramValue[];
  readonly store: ComputeStep;
  readonly compute: ComputeStep;
}

/** @param blocked the packed axis that lies in blocks of `block` elements */
function deferral(
  copy: ComputeStep,
  program: Program,
  makers: ReadonlyMap<string, readonly ComputeStep[]>,
  blocked: number | undefined,
  block: number,
): Deferral | undefined {
  const source = copiedValue(copy.expression);
  if (!source) return undefined;
  const [maker, ...others] = makers.get(source.tensor) ?? [];
  if (!maker || others.length > 0) return undefined;
  const { expression } = maker;
  const kernel = grownFrom(expression, program);
  // The dimensions of the packed value, as indices of the maker's axes.
  const order = copy.expression.target.index.map((index) =>
    source.index.findIndex((other) => other.bareAxis() === index.bareAxis()),
  );
  const places = order.map((at) => expression.target.index[at]!);
  const shape = program.values.get(copy.expression.target.tensor)!.shape;
  const whole = blocked === undefined || (shape[blocked]! % block === 0 && places[blocked]!.bareAxis() !== undefined);
  return kernel && whole ? deferred(copy, maker, kernel, split(places, shape, blocked, block)) : undefined;
}

/** The read of a step that only puts a value's dimensions into another order. */
function copiedValue({ combine, value, axes }: TensorExpression): Read | undefined {
  if (combine !== 'set' || value.kind !== 'read' || value.index.length !== axes.length) return undefined;
  return value.index.every((index) => index.bareAxis() !== undefined) ? value : undefined;
}

/** The kernel that a sum with constant matrices makes larger. */
function grownFrom(expression: TensorExpression, program: Program): Read | undefined {
  const { combine, value, target, finish } = expression;
  const reads = readsOf(value);
  const roleOf = (tensor: string) => program.values.get(tensor)!.role;
  const kernels = reads.filter(({ tensor }) => roleOf(tensor) !== 'constant');
  const [kernel] = kernels;
  if (combine !== 'sum' || finish.kind !== 'accumulated' || kernels.length !== 1 || reads.length < 2) return undefined;
  const grown = sizeOf(program.values.get(target.tensor)!.shape) > growth * takenFrom(expression, kernel!);
  return grown ? kernel : undefined;
}

/** How many different elements an expression may read: the box of the axes that its index mentions. */
const takenFrom = ({ axes }: TensorExpression, { index }: Read): number =>
  sizeOf(axes.filter(({ name }) => index.some((affine) => affine.dependsOn(name))).map(({ extent }) => extent));

interface Split {
  readonly shape: Shape;
  readonly index: readonly Affine[];
  /** What becomes of the axis that lies in blocks: `f = 8·F + e`. */
  readonly parts: ReadonlyMap<string, readonly Axis[]>;
}

function split(places: readonly Affine[], shape: Shape, blocked: number | undefined, block: number): Split {
  const axis = blocked === undefined ? undefined : places[blocked]!.bareAxis();
  if (blocked === undefined || axis === undefined || block === 1) return { shape, index: places, parts: new Map() };
  const outer = { name: `${axis}.block`, extent: shape[blocked]! / block };
  const inner = { name: `${axis}.lane`, extent: block };
  const replace = (affine: Affine, n: number): Affine => (n === blocked ? Affine.axis(outer.name) : affine);
  return {
    shape: [...shape.map((size, n) => (n === blocked ? outer.extent : size)), block],
    index: [...places.map(replace), Affine.axis(inner.name)],
    parts: new Map([[axis, [outer, inner]]]),
  };
}

function deferred(copy: ComputeStep, maker: ComputeStep, kernel: Read, { shape, index, parts }: Split): Deferral {
  const { expression } = maker;
  const id = copy.expression.target.tensor;
  const axes = expression.axes.flatMap((axis) => parts.get(axis.name) ?? [axis]);
  const whole = new Map([...parts].map(([name, [outer, inner]]) => [name, joined(outer!, inner!)]));
  const moved = kernel.index.map((affine) => affine.substitute(whole));
  // The stored kernel: as the packed value walks it, with the taps just outside the block, and nothing twice.
  const walks = (name: string): boolean => moved.some((affine) => affine.dependsOn(name));
  const taps = reductionAxes(expression).filter(({ name }) => walks(name));
  const names = index.flatMap((affine) => affine.bareAxis() ?? []);
  const lane = names.splice(parts.size > 0 ? names.length - 1 : names.length);
  const order = [...names.filter(walks), ...taps.map(({ name }) => name), ...lane.filter(walks)];
  const box = order.map((name) => axes.find((axis) => axis.name === name)!);
  const stored = read(
    `${id}.stored`,
    order.map((name) => Affine.axis(name)),
  );
  const store: ComputeStep = {
    ...copy,
    id: stored.tensor,
    expression: {
      ...copy.expression,
      axes: box,
      target: { tensor: stored.tensor, index: stored.index },
      value: { ...kernel, index: moved },
    },
  };
  const target = `${id}.setup`;
  const rest = axes.filter(({ name }) => !order.includes(name) || taps.some((tap) => tap.name === name));
  const outer = box.filter((axis) => !taps.some(({ name }) => name === axis.name));
  return {
    values: [
      { role: 'intermediate', id: stored.tensor, shape: box.map(({ extent }) => extent) },
      { role: 'intermediate', id: target, shape },
    ],
    store,
    compute: {
      ...maker,
      id: target,
      expression: computed(expression, [...outer, ...rest], { tensor: target, index }, kernel, stored),
    },
  };
}

/** The sum over the stored kernel, into the memory of the packed value. */
const computed = (
  expression: TensorExpression,
  axes: readonly Axis[],
  target: TensorExpression['target'],
  kernel: Read,
  stored: Read,
): TensorExpression => ({
  ...expression,
  axes,
  target,
  value: mapReads(expression.value, (one) => (one === kernel ? stored : one)),
  finish: accumulated,
});

const joined = (outer: Axis, inner: Axis): Affine =>
  Affine.axis(outer.name, inner.extent).plus(Affine.axis(inner.name));
