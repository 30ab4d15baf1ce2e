// assemble: allocation, schedules and the tiler meet: every step becomes a kernel call with addresses, and equal kernels
// become one.
import type { TensorExpression } from '../algebra/expression.ts';
import { printBox, printExpression } from '../algebra/print.ts';
import { kernelKey } from '../kernel/key.ts';
import type { Invocation, Kernel } from '../kernel/loop.ts';
import { type Nest, nest, nestBlocked, type Surroundings } from '../kernel/nest.ts';
import { denseStrides, type Window } from '../kernel/window.ts';
import { type Machine, type Schedule, showSchedule } from '../machines/machine.ts';
import { type Shape, sizeOf } from '../operators/operator.ts';
import type { PlannedTensor } from '../plan.ts';
import type { Origin, Program, Step } from '../program.ts';
import type { Allocation, Clear } from './allocate/allocate.ts';
import { aligned } from './allocate/fit.ts';
import type { Blocks, Packed } from './pack.ts';
import { preparedValues } from './prepare.ts';
import { readValues } from './usage.ts';

export interface Assembly {
  readonly kernels: readonly Kernel[];
  readonly invocations: readonly Invocation[];
  readonly weights: { readonly length: number; readonly tensors: readonly PlannedTensor[] };
  readonly windows: ReadonlyMap<string, Window>;
}

export function assemble(
  { program, blocks }: Packed,
  schedules: ReadonlyMap<string, Schedule>,
  allocation: Allocation,
  machine: Machine,
): Assembly {
  const weights = placeWeights(program, blocks);
  const windows = new Map([
    ...allocation.windows,
    ...weights.tensors.map(({ name, window }) => [name, window] as const),
  ]);
  const shapes = new Map([...program.values].map(([id, { shape }]) => [id, shape]));
  const constants = new Map(
    [...program.values.values()].flatMap((value) =>
      value.role === 'constant' ? [[value.id, value.data] as const] : [],
    ),
  );
  const surroundings: Surroundings = { shapes, windows, constants, machine };
  const pool = new KernelPool();
  program.steps.forEach((step, at) => {
    for (const clear of allocation.clears)
      if (clear.before === at)
        pool.call(clearNest(clear, surroundings), step.origins, 'clear', [`clears the border of ${clear.value}`]);
    if (step.kind === 'alias' || allocation.elided.has(step.id)) return;
    const { nested, about } = nestStep(step, schedules, surroundings);
    pool.call({ nested, windows }, step.origins, stepName(step), about);
  });
  return { kernels: pool.kernels, invocations: pool.invocations, weights, windows };
}

function nestStep(
  step: Exclude<Step, { kind: 'alias' }>,
  schedules: ReadonlyMap<string, Schedule>,
  surroundings: Surroundings,
): { nested: Nest; about: string[] } {
  const parts = step.kind === 'blocked' ? step.steps : [step];
  const scheduled = parts.map(({ id, expression }) => ({ expression, schedule: schedules.get(id)! }));
  const about = scheduled.flatMap(({ expression, schedule }) => [
    printExpression(expression),
    `${printBox(expression)}; schedule ${showSchedule(schedule)}`,
  ]);
  const nested =
    step.kind === 'blocked'
      ? nestBlocked(step.axis, scheduled, surroundings)
      : nest(scheduled[0]!.expression, scheduled[0]!.schedule, surroundings);
  return { nested, about };
}

interface Placed {
  readonly nested: Nest;
  readonly windows: ReadonlyMap<string, Window>;
}

function clearNest({ expression, window, shape }: Clear, surroundings: Surroundings): Placed {
  const name = expression.target.tensor;
  const windows = new Map([[name, window]]);
  const shapes = new Map<string, Shape>([[name, shape]]);
  const schedule = surroundings.machine.firstGuess(expression);
  return { nested: nest(expression, schedule, { ...surroundings, windows, shapes }), windows };
}

/** `conv_3x3_56x56x64` would need the operator; the target's shape and the kernel's taps say as much. */
const stepName = (step: Step): string => step.origins[0]!.operator;

/** Kernels by their code: layers of equal shape and layout share one. */
class KernelPool {
  readonly kernels: Kernel[] = [];
  readonly invocations: Invocation[] = [];
  private readonly byCode = new Map<string, Kernel>();
  private readonly names = new Map<string, number>();

  call({ nested, windows }: Placed, origins: readonly Origin[], name: string, about: readonly string[]): void {
    const bases = nested.operands.map((operand) => windows.get(operand.name)!.base);
    const names = operandNames(nested);
    const code = kernelKey(nested);
    let kernel = this.byCode.get(code);
    if (!kernel) {
      const number = (this.names.get(name) ?? 0) + 1;
      this.names.set(name, number);
      const operands = nested.operands.map((operand, n) => ({ ...operand, name: names[n]! }));
      kernel = { name: number === 1 ? name : `${name}_${number}`, about, operands, body: nested.body };
      this.byCode.set(code, kernel);
      this.kernels.push(kernel);
    }
    this.invocations.push({ kernel, bases, origins });
  }
}

/** Short identifiers for a kernel's parameters: the last part of a value's path, made unique. */
function operandNames({ operands }: Nest): string[] {
  const taken = new Set<string>();
  return operands.map(({ name }) => {
    const base = (name.split('.').at(-1) ?? name).replace(/\W/g, '_').replace(/^(\d)/, '_$1');
    let unique = base;
    for (let n = 2; taken.has(unique); n++) unique = `${base}_${n}`;
    taken.add(unique);
    return unique;
  });
}

/** The weights memory: each value that the run reads and that is known at build time, one after the other. */
function placeWeights(program: Program, blocks: Blocks): Assembly['weights'] {
  const prepared = preparedValues(program);
  const needed = new Set(program.steps.flatMap((step) => [...readValues(step)]).filter((id) => prepared.has(id)));
  const tensors: PlannedTensor[] = [];
  let next = 0;
  for (const id of needed) {
    const { shape } = program.values.get(id)!;
    const { window, size } = weightWindow(next, shape, blocks.get(id));
    tensors.push({ name: id, shape, window });
    next += aligned(size);
  }
  // A vector may be read past the end of the last tensor.
  return { length: next + 4, tensors };
}

function weightWindow(
  base: number,
  shape: Shape,
  blocked: { readonly axis: number; readonly block: number } | undefined,
): { window: Window; size: number } {
  const margins = shape.map(() => [0, 0] as const);
  if (!blocked) {
    const axes = denseStrides(shape).map((stride) => ({ stride }));
    return {
      window: { memory: 'weights', base, axes, margins },
      size: shape.reduce((product, size) => product * size, 1),
    };
  }
  // Blocks are walked where their axis stands in the loops: `[k][f/8][c][8]` for loops k, f, c.
  const { axis, block } = blocked;
  const counts = shape.map((size, n) => (n === axis ? Math.ceil(size / block) : size));
  const axes = denseStrides(counts).map((stride, n) => ({ stride: stride * block, ...(n === axis && { block }) }));
  return { window: { memory: 'weights', base, axes, margins }, size: sizeOf(counts) * block };
}

/** Which expressions a schedule serves, for dumps. */
export const describe = (expression: TensorExpression): string =>
  `${printExpression(expression)}   for ${printBox(expression)}`;
