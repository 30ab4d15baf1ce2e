// Invariants of every program between two passes, checked by counting: values are written before they are read, indices
// fit their tensors, and, once everything is gathered, each element has exactly one writer.
import type { Affine } from '../algebra/affine.ts';
import { type Axis, allReads, type TensorExpression } from '../algebra/expression.ts';
import { quantizationFaults, sizeOf } from '../tensor.ts';
import type { ComputeStep, Program, ProgramValue, Step } from './program.ts';
import { carriedValues, computeSteps } from './usage.ts';
import { countWriters } from './written.ts';

/**
 * Sentences, one for each fault.
 * @param gathered where no step scatters: then each element has one writer
 * @param filled values whose memory something else fills before the run
 */
export function programFaults(
  program: Program,
  gathered = isGathered(program),
  filled: Iterable<string> = [],
): string[] {
  const faults = [...elementFaults(program), ...orderFaults(program, filled), ...indexFaults(program, gathered)];
  return gathered && faults.length === 0 ? writerFaults(program) : faults;
}

const isGathered = ({ steps }: Program): boolean =>
  !steps.flatMap(computeSteps).some(({ expression }) => expression.scatter);

const elementFaults = ({ values }: Program): string[] =>
  [...values.values()].flatMap(({ id, shape, element, quantization }) =>
    quantization ? quantizationFaults(quantization, shape, element).map((fault) => `${id}: ${fault}`) : [],
  );

interface Statement {
  readonly step: string;
  readonly expression: TensorExpression;
  /** Axes of the iterations that this statement stands in. */
  readonly outer: readonly Axis[];
}

function statementsOf(step: Step): Statement[] {
  if (step.kind === 'alias') return [];
  if (step.kind === 'compute') return [{ step: step.id, expression: step.expression, outer: [] }];
  return step.steps.map(({ id, expression }) => ({ step: `${step.id}/${id}`, expression, outer: [step.axis] }));
}

/** Everything is there before it is read: inputs, weights and constants from the start, the rest from an earlier step. */
function orderFaults(program: Program, filled: Iterable<string>): string[] {
  const faults: string[] = [];
  const ofRole = (...roles: readonly ProgramValue['role'][]): string[] =>
    [...program.values.values()].filter(({ role }) => roles.includes(role)).map(({ id }) => id);
  const written = new Set([...ofRole('weight', 'constant'), ...filled]);
  const run = (reads: readonly string[], target: string, step: string): void => {
    for (const id of reads) {
      if (!program.values.has(id)) faults.push(`${step} reads ${id}, which is no value`);
      else if (!written.has(id)) faults.push(`${step} reads ${id} before it is written`);
    }
    if (program.values.get(target)?.role !== 'intermediate')
      faults.push(`${step} writes ${target}, no intermediate value`);
    written.add(target);
  };
  const compute = ({ id, expression }: ComputeStep): void =>
    run(
      allReads(expression).map(({ tensor }) => tensor),
      expression.target.tensor,
      id,
    );
  program.preparation.forEach(compute);
  for (const id of ofRole('input')) written.add(id);
  for (const step of program.steps) {
    if (step.kind === 'compute') compute(step);
    else if (step.kind === 'blocked') {
      faults.push(...carriedFaults(step, written));
      for (const id of step.carried) written.add(id);
      step.steps.forEach(compute);
    } else {
      run([step.source], step.target, step.id);
      const [from, to] = [step.source, step.target].map((id) => sizeOf(program.values.get(id)?.shape ?? []));
      if (from !== to) faults.push(`${step.id} gives ${from} elements a shape of ${to}`);
    }
  }
  for (const { name, value } of program.outputs)
    if (!written.has(value)) faults.push(`the output ${name} is never written`);
  const ids = [...program.preparation, ...program.steps].map(({ id }) => id);
  if (new Set(ids).size < ids.length) faults.push('two steps have one id');
  return faults;
}

/** What is carried and not there before the first iteration is read at earlier iterations alone, or beyond its border. */
function carriedFaults(step: Extract<Step, { kind: 'blocked' }>, written: ReadonlySet<string>): string[] {
  const { name } = step.axis;
  const targets = new Map(step.steps.map(({ expression: { target } }) => [target.tensor, target.index]));
  const isBehind = (index: Affine, target: Affine): boolean => {
    const distance = target.minus(index);
    return distance.isConstant() && distance.constant * target.coefficient(name) > 0;
  };
  const faults = step.carried.filter((id) => !targets.has(id)).map((id) => `${step.id} carries ${id} and leaves it`);
  for (const { tensor, index } of step.steps.flatMap(({ expression }) => allReads(expression))) {
    const target = targets.get(tensor);
    if (!target || !step.carried.includes(tensor) || written.has(tensor)) continue;
    if (!index.some((affine, n) => isBehind(affine, target[n]!)))
      faults.push(`${step.id} reads ${tensor} at no earlier turn`);
  }
  return faults;
}

/** Indices have as many entries as their tensors, over axes that are there; what has no border is never left. */
function indexFaults(program: Program, gathered: boolean): string[] {
  const prepared = program.preparation.map((step) => ({ ...step, kind: 'compute' as const }));
  return [...prepared, ...program.steps].flatMap(statementsOf).flatMap(({ step, expression, outer }) => {
    const faults: string[] = [];
    const extents = new Map([...outer, ...expression.axes].map(({ name, extent }) => [name, extent]));
    for (const [name, extent] of extents) if (!(extent >= 1)) faults.push(`${step} has an axis ${name} of ${extent}`);
    const target = program.values.get(expression.target.tensor)?.shape ?? [];
    const coordinates = new Map(target.map((size, n) => [`@${n}`, size]));
    const look = (tensor: string, index: readonly Affine[], mayLeave: boolean): void => {
      const shape = program.values.get(tensor)?.shape ?? [];
      if (index.length !== shape.length)
        faults.push(`${step} indexes ${tensor} by ${index.length} of ${shape.length} axes`);
      for (const [n, affine] of index.entries()) {
        const known = new Map([...extents, ...coordinates]);
        const missing = [...affine.axes()].find((axis) => !known.has(axis));
        if (missing !== undefined) faults.push(`${step} indexes ${tensor} by ${missing}, which is no axis`);
        else if (!mayLeave && !fits(affine, known, shape[n]!))
          faults.push(`${step} leaves ${tensor} in axis ${n}: ${affine}`);
      }
    };
    // The last tile of a block may be cut: what it writes beyond the target is dropped.
    look(expression.target.tensor, expression.target.index, !gathered || outer.length > 0);
    for (const { tensor, index, computed = [] } of allReads(expression)) {
      look(tensor, index, program.values.get(tensor)?.role !== 'weight');
      for (const { axis, extent } of computed)
        if (program.values.get(tensor)?.shape[axis] !== extent)
          faults.push(`${step} computes a place among ${extent} in axis ${axis} of ${tensor}`);
    }
    return faults;
  });
}

function fits(index: Affine, extents: ReadonlyMap<string, number>, size: number): boolean {
  const [low, high] = index.range(extents);
  return low >= 0 && high < size;
}

/** Every element of every value that the steps write has one point of one statement that writes it. */
function writerFaults(program: Program): string[] {
  const scratch = new Set(program.steps.flatMap((step) => (step.kind === 'blocked' ? step.scratch : [])));
  const carried = carriedValues(program.steps);
  const counts = new Map<string, Uint32Array>();
  for (const { expression, outer } of program.steps.flatMap(statementsOf)) {
    const { tensor, index } = expression.target;
    // A state is written again by every iteration.
    const isState = carried.has(tensor) && !index.some((affine) => outer.some(({ name }) => affine.dependsOn(name)));
    if (scratch.has(tensor) || isState) continue;
    const { shape } = program.values.get(tensor)!;
    const count = counts.get(tensor) ?? new Uint32Array(sizeOf(shape));
    counts.set(tensor, count);
    // What a statement reduces over writes an element once, however many points it sums.
    const box = [...outer, ...expression.axes].filter(
      ({ name }) => expression.combine === 'set' || index.some((affine) => affine.dependsOn(name)),
    );
    countWriters(count, box, index, shape);
  }
  const aliased = program.steps.flatMap((step) => (step.kind === 'alias' ? [step.target] : []));
  const faults = aliased
    .filter((target) => counts.has(target))
    .map((target) => `${target} is an alias and written too`);
  for (const [tensor, count] of counts) {
    const wrong = count.findIndex((writers) => writers !== 1);
    if (wrong >= 0) faults.push(`element ${wrong} of ${tensor} has ${count[wrong]} writers`);
  }
  return faults;
}
