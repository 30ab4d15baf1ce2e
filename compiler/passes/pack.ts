// pack: a kernel's own copy of the weights it reads, in the order in which its loops walk them.
//
//   before  … · kernel[i, j, c, f]                                schedule f/8 y x/4 i j c, lanes f
//   after   packed[f, i, j, c] = kernel[i, j, c, f]   (build)     in memory f/8 i j c f%8
//           … · packed[f, i, j, c]
//
// The copy is indexed by the loops' axes themselves, so that flips, phases and groups cost nothing at run time.
import { Affine } from '../algebra/affine.ts';
import { accumulated, extentsOf, mapReads, type Read, readsOf, type TensorExpression } from '../algebra/expression.ts';
import type { ComputeStep, ProgramValue, Step } from '../program/program.ts';
import { preparedValues } from '../program/usage.ts';
import type { Schedule } from '../scheduling/machine.ts';
import { sizeOf } from '../tensor.ts';
import type { Pass, PassOptions } from './pass.ts';
import type { Block, Packed, Scheduled } from './stages.ts';

export const pack = {
  name: 'pack',
  about:
    'The weights that a step reads are copied, when the module is built, into the order in which its loops walk them.',
  from: 'scheduled',
  to: 'packed',
  run({ program, schedules }: Scheduled, { machine }: Pick<PassOptions, 'machine'>): Packed {
    const prepared = preparedValues(program);
    const values = new Map(program.values);
    const preparation = [...program.preparation];
    const blocks = new Map<string, Block>();
    let packed = 0;
    const packStep = (step: ComputeStep): ComputeStep => {
      const schedule = schedules.get(step.id)!;
      let { expression } = step;
      for (const read of readsOf(expression.value)) {
        // Constants are small, and matrices of them disappear into the code.
        if (read.computed || !prepared.has(read.tensor) || values.get(read.tensor)!.role === 'constant') continue;
        const packing = packingOf(expression, read, schedule, values, machine.lanes, `${step.id}.packed${packed}`);
        if (!packing) continue;
        packed++;
        values.set(packing.value.id, packing.value);
        preparation.push({ ...step, id: packing.value.id, expression: packing.copy });
        if (packing.block) blocks.set(packing.value.id, packing.block);
        expression = { ...expression, value: mapReads(expression.value, (one) => (one === read ? packing.read : one)) };
      }
      return { ...step, expression };
    };
    const steps = program.steps.map((step): Step => {
      if (step.kind === 'compute') return packStep(step);
      return step.kind === 'blocked' ? { ...step, steps: step.steps.map(packStep) } : step;
    });
    return { program: { ...program, values, preparation, steps }, schedules, blocks };
  },
} as const satisfies Pass<'scheduled', 'packed'>;

interface Packing {
  readonly value: ProgramValue;
  readonly copy: TensorExpression;
  readonly read: Read;
  readonly block?: Block;
}

function packingOf(
  expression: TensorExpression,
  given: Read,
  schedule: Schedule,
  values: ReadonlyMap<string, ProgramValue>,
  lanes: number,
  id: string,
): Packing | undefined {
  const extents = extentsOf(expression.axes);
  const read = withoutSingles(given, extents);
  const used = new Set(read.index.flatMap((index) => [...index.axes()]));
  const order = [...new Map(schedule.order.map(([axis]) => [axis, true])).keys()].filter((axis) => used.has(axis));
  // A vector has nothing to arrange, and an index over an outer axis or through a table stays as it is.
  if (order.length < 2 || order.length < used.size || read.index.some((index) => index.tables.length > 0))
    return undefined;
  const shape = order.map((axis) => extents.get(axis)!);
  if (sizeOf(shape) > 2 * sizeOf(values.get(read.tensor)!.shape)) return undefined;
  const index = order.map((axis) => Affine.axis(axis));
  const copy: TensorExpression = {
    axes: order.map((name) => ({ name, extent: extents.get(name)! })),
    target: { tensor: id, index },
    combine: 'set',
    value: read,
    finish: accumulated,
    scatter: false,
  };
  const block = blockOf(expression, order, schedule, lanes);
  return {
    value: { role: 'intermediate', id, shape },
    copy,
    read: { ...read, tensor: id, index },
    ...(block && { block }),
  };
}

/** An axis of one value, the taps of a 1×1 kernel, is in no schedule. */
function withoutSingles(read: Read, extents: ReadonlyMap<string, number>): Read {
  const singles = [...extents].filter(([, extent]) => extent === 1);
  const zeros = new Map(singles.map(([name]) => [name, Affine.constant(0)]));
  return { ...read, index: read.index.map((index) => index.substitute(zeros)) };
}

/** The axis whose unrolled neighbours are read together: the lanes, or an unrolled axis of the target. */
function blockOf(
  expression: TensorExpression,
  order: readonly string[],
  schedule: Schedule,
  lanes: number,
): Block | undefined {
  const step = (axis: string): number => schedule.order.findLast(([name]) => name === axis)![1];
  const written = (axis: string): boolean => expression.target.index.some((index) => index.dependsOn(axis));
  const axis = order.findIndex((name) => (schedule.lanes ? name === schedule.lanes : step(name) > 1 && written(name)));
  if (axis < 0) return undefined;
  return { axis, block: Math.max(step(order[axis]!), schedule.lanes ? lanes : 1) };
}
