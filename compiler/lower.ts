// The whole story on one screen: a shaped graph in, a plan out, by named passes. Each stage can be watched.

import { error, failure, type Result, success } from '../dsl/problem.ts';
import { layerCosts, totalCost } from './analysis/table.ts';
import type { ShapedModel } from './graph/model.ts';
import { type Allocation, allocate } from './passes/allocate/allocate.ts';
import { assemble } from './passes/assemble.ts';
import { defer } from './passes/defer.ts';
import { expand } from './passes/expand.ts';
import { fold } from './passes/fold.ts';
import { fuse } from './passes/fuse.ts';
import { gather, type Lowering } from './passes/gather.ts';
import { type Packed, pack } from './passes/pack.ts';
import { prepare } from './passes/prepare.ts';
import { type ScheduleTable, schedule } from './passes/schedule.ts';
import { tidy } from './passes/tidy.ts';
import { translate } from './passes/translate.ts';
import { type AlgorithmTable, winograd } from './passes/winograd/winograd.ts';
import type { Plan, PlannedTensor } from './plan/plan.ts';
import { printProgram } from './program/print.ts';
import type { Origin, Program } from './program/program.ts';
import type { Machine, Schedule } from './scheduling/machine.ts';
import { bytesOf } from './tensor.ts';
import { widestVector } from './tiler/loop.ts';
import { showNest } from './tiler/print.ts';
import { mostStatements } from './tiler/room.ts';

/** Called after each stage with its name and a way to print it. */
export type Watch = (stage: string, print: () => string) => void;

export interface LowerOptions {
  readonly machine: Machine;
  /** Transposed convolutions as phases (the default) or by zero insertion. */
  readonly lowering?: Lowering;
  /** Direct algorithms only: no Winograd. */
  readonly exact?: boolean;
  /** Measured on the user's machine, in place of first guesses and estimates. */
  readonly schedules?: ScheduleTable;
  readonly algorithms?: AlgorithmTable;
  readonly sourceHash: string;
  readonly watch?: Watch;
}

export interface Lowered {
  readonly plan: Plan;
  /** What the plan was made from; its preparation fills the weights memory. */
  readonly program: Program;
}

/** The rewritings of a program, in order, by name. */
export const programPasses: readonly {
  readonly name: string;
  readonly run: (program: Program, options: LowerOptions) => Program;
}[] = [
  { name: 'tidy', run: tidy },
  { name: 'prepare', run: prepare },
  { name: 'fold', run: fold },
  { name: 'gather', run: (program, { lowering }) => gather(program, lowering ?? 'phases') },
  { name: 'fuse', run: fuse },
  {
    name: 'winograd',
    run: (program, { machine, exact, algorithms }) =>
      exact || !machine.costs ? program : winograd(program, machine.costs, algorithms),
  },
  { name: 'sweep', run: tidy },
];

/** A program with a place for every buffer: all that is decided before kernels are made. */
export interface Placed {
  readonly program: Program;
  readonly packed: Packed;
  readonly schedules: ReadonlyMap<string, Schedule>;
  readonly allocation: Allocation;
}

/** A model after its rewritings, or as it comes to one of them. */
export function rewritten(model: ShapedModel, options: LowerOptions, before?: string): Program {
  const watch = options.watch ?? (() => {});
  let program = translate(expand(model));
  watch('translate', () => printProgram(program));
  for (const pass of programPasses) {
    if (pass.name === before) break;
    program = pass.run(program, options);
    const done = program;
    watch(pass.name, () => printProgram(done));
  }
  return program;
}

/** The passes up to the arena, which is as far as a question about memory has to go. */
export function place(model: ShapedModel, options: LowerOptions): Result<Placed> {
  const program = rewritten(model, options);
  const scheduled = schedule(program, options.machine, options.schedules);
  if (!scheduled.ok) return scheduled;
  const schedules = scheduled.value;
  const packed = pack(program, schedules, options.machine.lanes);
  options.watch?.('pack', () => printProgram(packed.program));
  const allocation = allocate(packed.program, options.machine);
  const tooLarge = checkArena(allocation);
  return tooLarge ? failure([tooLarge]) : success({ program, packed, schedules, allocation });
}

export function lower(model: ShapedModel, options: LowerOptions): Result<Lowered> {
  const placed = place(model, options);
  if (!placed.ok) return placed;
  const { program, packed, schedules, allocation } = placed.value;
  const deferred = defer(packed);
  options.watch?.('defer', () => printProgram(deferred.program));
  const assembly = assemble(deferred, schedules, allocation, options.machine);
  options.watch?.('assemble', () => assembly.nests.map(showNest).join('\n'));
  const { tooLargeAt } = assembly;
  if (tooLargeAt) return failure([tooMuchCode(tooLargeAt)]);
  const tooMuch = checkMemory(assembly.weights.length, allocation.size);
  if (tooMuch) return failure([tooMuch]);
  const planned = (name: string, value: string): PlannedTensor => ({
    name,
    shape: program.values.get(value)!.shape,
    view: allocation.views.get(value)!,
  });
  const plan: Plan = {
    name: model.name,
    documentation: model.documentation,
    inputs: program.inputs.map((name) => planned(name, name)),
    outputs: program.outputs.map(({ name, value }) => planned(name, value)),
    nests: assembly.nests,
    setup: assembly.setup,
    invocations: assembly.invocations,
    arena: allocation.size + widestVector,
    lowerBound: allocation.lowerBound,
    weights: assembly.weights,
    ...totalCost(layerCosts(model).values()),
    sourceHash: options.sourceHash,
  };
  return success({ plan, program: deferred.program });
}

/** 2 GiB of float32. */
const largestArena = 2 ** 29;

/** What 32 bits address, less some room for tables. */
const largestMemory = 2 ** 30 - 2 ** 24;

const bytes = (elements: number): string => `${((elements * bytesOf('f32')) / 2 ** 30).toFixed(2)} GiB`;

function checkMemory(weights: number, arena: number) {
  if (weights + arena <= largestMemory) return undefined;
  const parts = `${bytes(weights)} of weights and ${bytes(arena)} of arena`;
  return error(
    'memory/total',
    `the memory would be ${parts}, the limit is ${bytes(largestMemory)} together`,
    undefined,
    {
      notes: ['use smaller sizes or fewer channels'],
    },
  );
}

function tooMuchCode({ operator, span }: Origin) {
  return error(
    'code/too-large',
    `with this ${operator} the network's code would have more than ${mostStatements} statements`,
    span,
    {
      notes: [
        'where a window is wider than its input, every output near a border has code of its own: use a smaller kernel, or less padding',
      ],
    },
  );
}

function checkArena({ size, lowerBound }: Allocation) {
  if (size <= largestArena) return undefined;
  return error('memory/arena', `the arena would be ${bytes(size)}, the limit is 2 GiB`, undefined, {
    notes: [`the largest sum of live tensors is ${bytes(lowerBound)}: use smaller sizes or fewer channels`],
  });
}
