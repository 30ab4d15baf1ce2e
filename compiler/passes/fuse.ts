// fuse: an elementwise step joins the step whose result it alone reads, as that step's finish, before the store.
//
//   before  a[y, x, f] += in[…] · kernel[…];  b[y, x, f] = max(a[y, x, f] + skip[y, x, f], 0)
//   after   b[y, x, f] += in[…] · kernel[…], finished by max(sum + skip[y, x, f], 0)
import { mapReads, readsOf, type Scalar } from '../algebra/expression.ts';
import { compose, isCopy, overCoordinates, readsSameElement, writesElementwise } from '../algebra/pointwise.ts';
import type { ComputeStep, Program } from '../program.ts';
import { isOutput, readersOf, writersOf } from './usage.ts';

export function fuse(program: Program): Program {
  let current = program;
  // Each fusion removes a step, so that a chain of elementwise steps folds into its producer from the front.
  for (let at = 0; at < current.steps.length; ) {
    const next = fuseAt(current, at);
    if (next) {
      at -= current.steps.length - next.steps.length;
      current = next;
    }
    at++;
  }
  return current;
}

function fuseAt(program: Program, at: number): Program | undefined {
  const step = program.steps[at]!;
  if (step.kind !== 'compute') return undefined;
  const { shape } = program.values.get(step.expression.target.tensor)!;
  if (!writesElementwise(step.expression, shape) || writersOf(program, step.expression.target.tensor).length > 1)
    return undefined;
  const producers = latestProducers(program, step, at);
  if (!producers) return undefined;
  const outer = compose(step.expression.finish, overCoordinates(step.expression));
  const source = producers[0]!.expression.target.tensor;
  const fused = producers.map((producer) => join(producer, step, outer, source));
  const kept = program.steps.filter((other) => other !== step && !producers.includes(other as ComputeStep));
  const before = program.steps.slice(0, at).filter((other) => !producers.includes(other as ComputeStep)).length;
  return { ...program, steps: [...kept.slice(0, before), ...fused, ...kept.slice(before)] };
}

/** The producers of the operand that is ready last: all others are complete by then. */
function latestProducers(program: Program, step: ComputeStep, at: number): ComputeStep[] | undefined {
  const candidates = [...new Set(readsOf(step.expression.value).map((read) => read.tensor))].filter((tensor) =>
    canJoin(program, step, tensor),
  );
  const ranked = candidates.map((tensor) => {
    const writers = writersOf(program, tensor) as ComputeStep[];
    return { writers, last: Math.max(...writers.map((writer) => program.steps.indexOf(writer))) };
  });
  const best = ranked.filter(({ last }) => last < at).sort((a, b) => b.last - a.last)[0];
  return best?.writers;
}

function canJoin(program: Program, step: ComputeStep, tensor: string): boolean {
  const { shape } = program.values.get(step.expression.target.tensor)!;
  const source = program.values.get(tensor)!;
  if (isOutput(program, tensor) || source.shape.join() !== shape.join()) return false;
  const reads = readsOf(step.expression.value).filter((read) => read.tensor === tensor);
  if (!reads.every((read) => readsSameElement(step.expression, read))) return false;
  if (readersOf(program, tensor).length !== 1) return false;
  const writers = writersOf(program, tensor);
  // A copy into place (a part of a concat) is better left to become a view.
  return writers.length > 0 && writers.every((writer) => writer.kind === 'compute' && !isCopy(writer.expression));
}

function join(producer: ComputeStep, step: ComputeStep, outer: Scalar, source: string): ComputeStep {
  const { expression } = producer;
  const replaced = substituteRead(outer, source, expression.finish);
  const target = { ...expression.target, tensor: step.expression.target.tensor };
  return {
    ...producer,
    id: producer.id,
    expression: { ...expression, target, finish: replaced },
    origins: [...producer.origins, ...step.origins],
  };
}

/** Every read of the joined value becomes what it was computed as. */
const substituteRead = (outer: Scalar, tensor: string, inner: Scalar): Scalar =>
  mapReads(outer, (read): Scalar => (read.tensor === tensor ? inner : read));
