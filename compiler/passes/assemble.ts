// assemble: allocation, schedules and the tiler meet: every step becomes a loop nest call with addresses, and equal loop nests
// become one.
import { failure, type Result, success } from '../../dsl/problem.ts';
import type { TensorExpression } from '../algebra/expression.ts';
import { grouped } from '../algebra/grouped.ts';
import { printBox, printExpression } from '../algebra/print.ts';
import type { Plan } from '../plan/plan.ts';
import type { Origin, Step } from '../program/program.ts';
import { preparedValues, readValues } from '../program/usage.ts';
import { type Machine, type Schedule, showSchedule } from '../scheduling/machine.ts';
import { bytesOf, type Element, type Shape, sizeOf } from '../tensor.ts';
import { nestKey } from '../tiler/key.ts';
import { type Invocation, type LoopNest, widestVector } from '../tiler/loop.ts';
import { buildNest, type NestBody, nestBlocked, type Surroundings } from '../tiler/nest.ts';
import { Room } from '../tiler/room.ts';
import { denseStrides, denseView, type View } from '../tiler/view.ts';
import type { Clear } from './allocate/allocation.ts';
import { toCacheLine } from './allocate/fit.ts';
import { codeProblem, memoryProblem } from './limits.ts';
import type { Pass, PassOptions } from './pass.ts';
import type { Assembled, Block, Deferred } from './stages.ts';

export const assemble = {
  name: 'assemble',
  about: 'Every step becomes loops with addresses, and equal loops are written once.',
  from: 'deferred',
  to: 'assembled',
  /** Problems: `code/too-large`, `memory/total`. */
  run(deferred: Deferred, { machine }: Pick<PassOptions, 'machine'>): Result<Assembled> {
    const weights = placeWeights(deferred);
    const assembler = new Assembler(deferred, weights.views, machine);
    const setup = assembler.setup();
    const tooLarge = assembler.steps();
    if (tooLarge) return failure([codeProblem(tooLarge)]);
    const { size, lowerBound } = deferred.allocation;
    const tooMuch = memoryProblem(weights.plan.bytes / bytesOf('f32'), size);
    if (tooMuch) return failure([tooMuch]);
    const { nests, invocations } = assembler.pool;
    // A vector may be read past the end of the last buffer.
    const assembly = { nests, setup, invocations, weights: weights.plan, arena: size + widestVector, lowerBound };
    return success({ ...deferred, assembly });
  },
} as const satisfies Pass<'deferred', 'assembled'>;

class Assembler {
  readonly pool: KernelPool;
  private readonly deferred: Deferred;
  private readonly views: ReadonlyMap<string, View>;
  private readonly surroundings: Surroundings & { readonly room: Room };

  constructor(deferred: Deferred, weights: ReadonlyMap<string, View>, machine: Machine) {
    const room = new Room();
    const values = [...deferred.program.values.values()];
    this.deferred = deferred;
    this.pool = new KernelPool(room);
    this.views = new Map([...deferred.allocation.views, ...weights]);
    this.surroundings = {
      shapes: new Map(values.map(({ id, shape }) => [id, shape])),
      views: this.views,
      constants: new Map(values.flatMap((value) => (value.role === 'constant' ? [[value.id, value.data]] : []))),
      machine,
      room,
    };
  }

  /** The calls of what is computed when the weights are loaded. */
  setup(): readonly Invocation[] {
    const { pool, surroundings, views } = this;
    for (const { expression, origins } of this.deferred.setup) {
      const schedule = surroundings.machine.firstGuess(expression);
      const nested = buildNest(expression, schedule, surroundings);
      pool.call({ nested, views }, origins, 'transform', aboutStep(expression, schedule));
    }
    return pool.invocations.splice(0);
  }

  /** The calls of a run. Gives the layer with which the code became too large, where it did: it ends there. */
  steps(): Origin | undefined {
    const { pool, surroundings, views } = this;
    const { program, schedules, allocation } = this.deferred;
    const clears = grouped(allocation.clears.map((clear) => [clear.before, clear] as const));
    for (const [at, step] of program.steps.entries()) {
      for (const clear of clears.get(at) ?? [])
        pool.call(clearNest(clear, surroundings), step.origins, 'clear', [`clears the border of ${clear.value}`]);
      if (step.kind === 'alias' || allocation.elided.has(step.id)) continue;
      const { nested, about } = nestStep(step, schedules, surroundings);
      pool.call({ nested, views }, step.origins, stepName(step), about);
      if (surroundings.room.isFull()) return step.origins[0];
    }
    return undefined;
  }
}

function nestStep(
  step: Exclude<Step, { kind: 'alias' }>,
  schedules: ReadonlyMap<string, Schedule>,
  surroundings: Surroundings,
): { nested: NestBody; about: string[] } {
  const parts = step.kind === 'blocked' ? step.steps : [step];
  const scheduled = parts.map(({ id, expression }) => ({ expression, schedule: schedules.get(id)! }));
  const about = scheduled.flatMap(({ expression, schedule }) => aboutStep(expression, schedule));
  const nested =
    step.kind === 'blocked'
      ? nestBlocked(step.axis, scheduled, surroundings)
      : buildNest(scheduled[0]!.expression, scheduled[0]!.schedule, surroundings);
  return { nested, about };
}

const aboutStep = (expression: TensorExpression, schedule: Schedule): string[] => [
  printExpression(expression),
  `${printBox(expression)}; schedule ${showSchedule(schedule)}`,
];

interface Placed {
  readonly nested: NestBody;
  readonly views: ReadonlyMap<string, View>;
}

function clearNest({ expression, view, shape }: Clear, surroundings: Surroundings): Placed {
  const name = expression.target.tensor;
  const views = new Map([[name, view]]);
  const shapes = new Map<string, Shape>([[name, shape]]);
  const schedule = surroundings.machine.firstGuess(expression);
  return { nested: buildNest(expression, schedule, { ...surroundings, views, shapes }), views };
}

/** `conv_3x3_56x56x64` would need the operator; the target's shape and the kernel's taps say as much. */
const stepName = (step: Step): string => step.origins[0]!.operator;

/** Loop nests by their code: layers of equal shape and layout share one. */
class KernelPool {
  readonly nests: LoopNest[] = [];
  readonly invocations: Invocation[] = [];
  private readonly byCode = new Map<string, LoopNest>();
  private readonly names = new Map<string, number>();
  private readonly room: Room;

  constructor(room: Room) {
    this.room = room;
  }

  call({ nested, views }: Placed, origins: readonly Origin[], name: string, about: readonly string[]): void {
    const bases = nested.operands.map((operand) => views.get(operand.name)!.base);
    const names = operandNames(nested);
    const code = nestKey(nested);
    let nest = this.byCode.get(code);
    if (!nest) {
      const number = (this.names.get(name) ?? 0) + 1;
      this.names.set(name, number);
      const operands = nested.operands.map((operand, n) => ({ ...operand, name: names[n]! }));
      nest = { name: number === 1 ? name : `${name}_${number}`, about, operands, body: nested.body };
      this.byCode.set(code, nest);
      this.nests.push(nest);
      this.room.keep();
    }
    this.invocations.push({ nest, bases, origins });
  }
}

/** Short identifiers for a loop nest's parameters: the last part of a value's path, made unique. */
function operandNames({ operands }: NestBody): string[] {
  const taken = new Set<string>();
  return operands.map(({ name }) => {
    const base = (name.split('.').at(-1) ?? name).replace(/\W/g, '_').replace(/^(\d)/, '_$1');
    let unique = base;
    for (let n = 2; taken.has(unique); n++) unique = `${base}_${n}`;
    taken.add(unique);
    return unique;
  });
}

interface PlacedWeights {
  readonly plan: Plan['weights'];
  /** Of everything in the weights memory, what the setup computes too. */
  readonly views: ReadonlyMap<string, View>;
}

/** The weights memory: each value known at build time that the run or the setup reads, then what the setup fills. */
function placeWeights({ program, blocks, setup, fills }: Deferred): PlacedWeights {
  const prepared = preparedValues(program);
  const needed = new Set([...setup, ...program.steps].flatMap((step) => [...readValues(step)]));
  const views = new Map<string, View>();
  let next = 0;
  const placeValue = (id: string): void => {
    const { shape, element = 'f32', quantization } = program.values.get(id)!;
    if (quantization) throw new Error(`${id} is stored in integers with a scale, which no loop widens`);
    const { view, size } = weightWindow(next / bytesOf(element), shape, element, blocks.get(id));
    views.set(id, view);
    next += toCacheLine(size * bytesOf(element));
  };
  const stored = [...needed].filter((id) => prepared.has(id));
  stored.forEach(placeValue);
  const tensors = stored.map((name) => ({ name, shape: program.values.get(name)!.shape, view: views.get(name)! }));
  // A vector may be read past the end of the last tensor.
  const slack = widestVector * bytesOf('f32');
  const storedBytes = next + slack;
  if (fills.size === 0) return { plan: { storedBytes, bytes: storedBytes, tensors }, views };
  next = toCacheLine(storedBytes);
  for (const [part, whole] of fills) {
    placeValue(whole);
    const { base } = views.get(whole)!;
    views.set(part, denseView('weights', base, program.values.get(part)!.shape));
  }
  return { plan: { storedBytes, bytes: next + slack, tensors }, views };
}

function weightWindow(
  base: number,
  shape: Shape,
  element: Element,
  blocked: Block | undefined,
): { view: View; size: number } {
  const margins = shape.map(() => [0, 0] as const);
  const stored = element === 'f32' ? {} : { element };
  if (!blocked) {
    const axes = denseStrides(shape).map((stride) => ({ stride }));
    return {
      view: { memory: 'weights', ...stored, base, axes, margins },
      size: shape.reduce((product, size) => product * size, 1),
    };
  }
  // Blocks are walked where their axis stands in the loops: `[k][f/8][c][8]` for loops k, f, c.
  const { axis, block } = blocked;
  const counts = shape.map((size, n) => (n === axis ? Math.ceil(size / block) : size));
  const axes = denseStrides(counts).map((stride, n) => ({ stride: stride * block, ...(n === axis && { block }) }));
  return { view: { memory: 'weights', ...stored, base, axes, margins }, size: sizeOf(counts) * block };
}
