// winograd: a sum over a window becomes sums over transformed tiles, where that is estimated to be faster.
//
//   before  out[y, x, f] += in[y + i − 1, x + j − 1, c] · kernel[i, j, c, f]        9 multiplications an output
//   after   a block of tiles at a time: transform, multiply, transform back        2.25 multiplications an output
//
// Whatever has the form counts: convolutions of stride 1 with any dilation, phases of transposed ones, 1-D, 3×1 and 1×3.
// S. Winograd, "Arithmetic Complexity of Computations", 1980; A. Lavin and S. Gray, "Fast Algorithms for Convolutional
// Neural Networks", 2016.
import { Affine } from '../algebra/affine.ts';
import { mapReads, readsOf, type TensorExpression } from '../algebra/expression.ts';
import type { Costs } from '../machines/cost.ts';
import type { ComputeStep, Program, Step } from '../program.ts';
import { preparedValues } from './prepare.ts';
import { scheduleKey } from './schedule.ts';
import { recogniseWindowSum, type WindowSum } from './winograd/recognise.ts';
import { rewrite } from './winograd/rewrite.ts';
import { bestTiling, type Tiling } from './winograd/tiling.ts';

export type Algorithm = 'direct' | 'tiled';

/** What a measurement found faster, by `scheduleKey`; where it says nothing, the estimate decides. */
export type AlgorithmTable = ReadonlyMap<string, Algorithm>;

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
  return program.steps.flatMap((step) =>
    groupsOf(step, prepared).flatMap((part) => {
      const tiling = tilingOf(part, program, prepared, costs);
      return tiling ? [{ step: part.id, tiling: tiling.tiling }] : [];
    }),
  );
}

export function winograd(program: Program, costs: Costs, measured: AlgorithmTable = new Map()): Program {
  const values = new Map(program.values);
  const preparation = [...program.preparation];
  const prepared = preparedValues(program);
  const steps = program.steps.flatMap((step): readonly Step[] => {
    const parts = groupsOf(step, prepared).map((part) => tilingOf(part, program, prepared, costs));
    const tiled = parts.flatMap((found) =>
      found && algorithmFor(program, found, measured) === 'tiled' ? [found] : [],
    );
    if (tiled.length < parts.length) return [step];
    return tiled.flatMap((found) => {
      const rewriting = rewrite(found.step, found.sum, found.tiling);
      for (const value of rewriting.values) values.set(value.id, value);
      preparation.push(...rewriting.preparation);
      return rewriting.steps;
    });
  });
  return { ...program, values, preparation, steps };
}

/** More groups than this are too small to be worth steps of their own. */
const mostGroups = 8;

/** A convolution in a few groups as one for each: the group's axis, which every index walks, takes its values in turn. */
function groupsOf(step: Step, prepared: ReadonlySet<string>): readonly Step[] {
  if (step.kind !== 'compute') return [step];
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
  const fixed = new Map([[group, Affine.constant(at)]]);
  const fix = (index: readonly Affine[]): Affine[] => index.map((affine) => affine.substitute(fixed));
  return {
    ...expression,
    axes: expression.axes.filter(({ name }) => name !== group),
    target: { ...expression.target, index: fix(expression.target.index) },
    value: mapReads(expression.value, (read) => ({ ...read, index: fix(read.index) })),
  };
}

/** A step that can be transformed, and how. */
interface Candidate {
  readonly step: ComputeStep;
  readonly sum: WindowSum;
  readonly tiling: Tiling;
}

function algorithmFor(program: Program, { step, tiling }: Candidate, measured: AlgorithmTable): Algorithm {
  const found = measured.size > 0 ? measured.get(scheduleKey(program, step)) : undefined;
  return found ?? (tiling.time < tiling.direct ? 'tiled' : 'direct');
}

function tilingOf(step: Step, program: Program, prepared: ReadonlySet<string>, costs: Costs): Candidate | undefined {
  if (step.kind !== 'compute') return undefined;
  const sum = recogniseWindowSum(step.expression, prepared);
  if (!sum) return undefined;
  const { shape } = program.values.get(step.expression.target.tensor)!;
  const tiling = bestTiling(sum, shape, costs);
  return tiling && { step, sum, tiling };
}
