// winograd: a sum over a window becomes sums over transformed tiles, where that is estimated to be faster.
//
//   before  out[y, x, f] += in[y + i − 1, x + j − 1, c] · kernel[i, j, c, f]        9 multiplications an output
//   after   a block of tiles at a time: transform, multiply, transform back        2.25 multiplications an output
//
// Whatever has the form counts: convolutions of stride 1 with any dilation, phases of transposed ones, 1-D, 3×1 and 1×3.
// S. Winograd, "Arithmetic Complexity of Computations", 1980; A. Lavin and S. Gray, "Fast Algorithms for Convolutional
// Neural Networks", 2016.
import { Affine } from '../../algebra/affine.ts';
import { readsOf, substituteAxes, type TensorExpression } from '../../algebra/expression.ts';
import type { ComputeStep, Program, Step } from '../../program/program.ts';
import { preparedValues } from '../../program/usage.ts';
import type { Costs } from '../../scheduling/cost.ts';
import type { Machine } from '../../scheduling/machine.ts';
import type { Algorithm, AlgorithmTable } from '../../scheduling/records.ts';
import type { Pass, PassOptions } from '../pass.ts';
import { scheduleKey } from '../schedule.ts';
import { recogniseWindowSum, type WindowSum } from './recognise.ts';
import { rewrite } from './rewrite.ts';
import { bestTiling, type Tiling } from './tiling.ts';

/** What was weighed for a step, for `explain`: the tiling is used where its time is below the direct one's. */
export interface Consideration {
  readonly step: string;
  readonly tiling: Tiling;
}

/** `F(4×4, 3×3)`. */
export const showTiling = ({ axes }: Tiling): string => {
  const list = (part: 'outputs' | 'taps'): string => axes.map(({ fast }) => fast[part]).join('×');
  return `F(${list('outputs')}, ${list('taps')})`;
};

/** Every step that could be transformed, with its estimated times. */
export function considerWinograd(program: Program, costs: Costs): Consideration[] {
  const prepared = preparedValues(program);
  return program.steps.flatMap((step) => {
    const candidate = candidateOf(step, program, prepared, costs);
    return candidate ? [{ step: step.id, tiling: candidate.tiling }] : [];
  });
}

export interface WinogradOptions extends Pick<PassOptions, 'exact' | 'algorithms'> {
  readonly machine: Pick<Machine, 'costs'>;
}

export const winograd = {
  name: 'winograd',
  about: 'A sum over a window becomes sums over transformed tiles where that is estimated to be faster.',
  from: 'program',
  to: 'program',
  run: (program: Program, { machine, exact, algorithms }: WinogradOptions): Program =>
    exact || !machine.costs ? program : transformed(program, machine.costs, algorithms),
} as const satisfies Pass<'program', 'program'>;

function transformed(program: Program, costs: Costs, measured: AlgorithmTable = new Map()): Program {
  const values = new Map(program.values);
  const preparation = [...program.preparation];
  const prepared = preparedValues(program);
  const steps = program.steps.flatMap((step): readonly Step[] => {
    const candidate = candidateOf(step, program, prepared, costs);
    if (!candidate || algorithmFor(program, candidate, measured) === 'direct') return [step];
    return candidate.parts.flatMap((part) => {
      const rewriting = rewrite(part.step, part.sum, part.tiling);
      for (const value of rewriting.values) values.set(value.id, value);
      preparation.push(...rewriting.preparation);
      return rewriting.steps;
    });
  });
  return { ...program, values, preparation, steps };
}

/** A step that can be transformed, and how: as a whole, or group by group, each in the same way. */
interface Candidate {
  readonly step: ComputeStep;
  readonly parts: readonly Part[];
  readonly tiling: Tiling;
}

interface Part {
  readonly step: ComputeStep;
  readonly sum: WindowSum;
  readonly tiling: Tiling;
}

function algorithmFor(program: Program, { step, tiling }: Candidate, measured: AlgorithmTable): Algorithm {
  const found = measured.size > 0 ? measured.get(scheduleKey(program, step)) : undefined;
  return found ?? (tiling.time < tiling.direct ? 'tiled' : 'direct');
}

function candidateOf(step: Step, program: Program, prepared: ReadonlySet<string>, costs: Costs): Candidate | undefined {
  if (step.kind !== 'compute') return undefined;
  const { shape } = program.values.get(step.expression.target.tensor)!;
  const groups = groupsOf(step, prepared);
  const parts = groups.flatMap((group): Part[] => {
    const sum = recogniseWindowSum(group.expression, prepared);
    const tiling = sum && bestTiling(sum, shape, costs);
    return tiling ? [{ step: group, sum, tiling }] : [];
  });
  return parts.length === groups.length ? { step, parts, tiling: parts[0]!.tiling } : undefined;
}

/** More groups than this are too small to be worth steps of their own. */
const mostGroups = 8;

/** A convolution in a few groups as one for each: the group's axis, which every index walks, takes its values in turn. */
function groupsOf(step: ComputeStep, prepared: ReadonlySet<string>): readonly ComputeStep[] {
  const { target, value, axes } = step.expression;
  const indices = [target.index, ...readsOf(value).map((read) => read.index)];
  const walked = (name: string): boolean => indices.every((index) => index.some((affine) => affine.dependsOn(name)));
  const group = axes.find(({ name }) => walked(name));
  const kernels = readsOf(value).filter((read) => prepared.has(read.tensor));
  if (!group || group.extent > mostGroups || kernels.length !== 1 || indices.length !== 3) return [step];
  return Array.from({ length: group.extent }, (_, n) => ({
    ...step,
    id: `${step.id}@${n}`,
    expression: inGroup(step.expression, group.name, n),
  }));
}

function inGroup(expression: TensorExpression, group: string, at: number): TensorExpression {
  const fixed = substituteAxes(expression, new Map([[group, Affine.constant(at)]]));
  return { ...fixed, axes: expression.axes.filter(({ name }) => name !== group) };
}
