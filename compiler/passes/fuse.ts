// fuse: an elementwise step joins the step whose result it alone reads, as that step's finish, before the store.
//
//   before  a[y, x, f] += in[…] · kernel[…];  b[y, x, f] = max(a[y, x, f] + skip[y, x, f], 0)
//   after   b[y, x, f] += in[…] · kernel[…], finished by max(sum + skip[y, x, f], 0)
import { mapReads, readsOf, type Scalar } from '../algebra/expression.ts';
import { grouped } from '../algebra/grouped.ts';
import { compose, isCopy, overCoordinates, readsSameElement, writesElementwise } from '../algebra/pointwise.ts';
import type { ComputeStep, Program, Step } from '../program/program.ts';
import { readValues, writtenValues } from '../program/usage.ts';
import type { Pass } from './pass.ts';

/** Layers that one step may serve: its expression is as deep as they are many, and what walks it calls itself as often. */
const mostJoined = 100;

export const fuse = {
  name: 'fuse',
  about: 'An elementwise step joins the step whose result it alone reads, before the store.',
  from: 'program',
  to: 'program',
  /** One sweep: a chain of elementwise steps folds into its producer from the front. */
  run(program: Program): Program {
    const slots = program.steps.map((step): Slot => ({ step }));
    const fuser = new Fuser(program, slots);
    for (const slot of slots) fuser.visit(slot);
    return { ...program, steps: fuser.steps() };
  },
} as const satisfies Pass<'program', 'program'>;

/** A step, which changes where others join it. */
interface Slot {
  step: Step;
  /** Its turn among those that were visited. */
  turn?: number;
}

class Fuser {
  private readonly program: Program;
  private readonly outputs: ReadonlySet<string>;
  private readonly readers: Map<string, Set<Slot>>;
  private readonly writers: Map<string, readonly Slot[]>;
  /** In their new order. */
  private readonly visited = new Set<Slot>();
  private turns = 0;

  constructor(program: Program, slots: readonly Slot[]) {
    const byValue = (valuesOf: (step: Step) => Set<string>): Map<string, Slot[]> =>
      grouped(slots.flatMap((slot) => [...valuesOf(slot.step)].map((value) => [value, slot] as const)));
    this.program = program;
    this.outputs = new Set(program.outputs.map(({ value }) => value));
    this.readers = new Map([...byValue(readValues)].map(([value, found]) => [value, new Set(found)]));
    this.writers = byValue(writtenValues);
  }

  steps(): Step[] {
    return [...this.visited].map(({ step }) => step);
  }

  visit(slot: Slot): void {
    const { step } = slot;
    const found = step.kind === 'compute' && this.latestProducers(step);
    if (found) this.join(slot, step, found);
    else this.put(slot);
  }

  private join(slot: Slot, step: ComputeStep, found: Joining): void {
    const target = step.expression.target.tensor;
    const outer = compose(step.expression.finish, overCoordinates(step.expression));
    for (const producer of found.producers) {
      producer.step = join(producer.step as ComputeStep, step, outer, found.tensor);
      this.put(producer);
    }
    for (const value of readValues(step)) {
      const readers = this.readers.get(value)!;
      readers.delete(slot);
      for (const producer of found.producers) readers.add(producer);
    }
    this.readers.delete(found.tensor);
    this.writers.delete(found.tensor);
    this.writers.set(target, found.producers);
  }

  /** At the end of what was visited, from wherever it stood. */
  private put(slot: Slot): void {
    slot.turn = this.turns++;
    this.visited.delete(slot);
    this.visited.add(slot);
  }

  /** The producers of the operand that is ready last: all others are complete by then. */
  private latestProducers(step: ComputeStep): Joining | undefined {
    const target = step.expression.target.tensor;
    const { shape } = this.program.values.get(target)!;
    if (!writesElementwise(step.expression, shape) || this.writersOf(target).length > 1) return undefined;
    const operands = new Set(readsOf(step.expression.value).map((read) => read.tensor));
    const ranked = [...operands].flatMap((tensor): (Joining & { readonly last: number })[] => {
      const producers = this.writersOf(tensor);
      if (!this.canJoin(step, tensor) || producers.some(({ turn }) => turn === undefined)) return [];
      return [{ tensor, producers, last: Math.max(...producers.map(({ turn }) => turn!)) }];
    });
    return ranked.sort((a, b) => b.last - a.last)[0];
  }

  private canJoin(step: ComputeStep, tensor: string): boolean {
    const { shape } = this.program.values.get(step.expression.target.tensor)!;
    const source = this.program.values.get(tensor)!;
    if (this.outputs.has(tensor) || source.shape.join() !== shape.join()) return false;
    const reads = readsOf(step.expression.value).filter((read) => read.tensor === tensor);
    if (!reads.every((read) => readsSameElement(step.expression, read))) return false;
    if (this.readers.get(tensor)?.size !== 1) return false;
    const writers = this.writersOf(tensor);
    return writers.length > 0 && writers.every((writer) => mayBeJoined(writer.step, step));
  }

  private writersOf(tensor: string): readonly Slot[] {
    return this.writers.get(tensor) ?? [];
  }
}

interface Joining {
  readonly tensor: string;
  readonly producers: readonly Slot[];
}

/** A copy into place (a part of a concat) is better left to become a view. */
const mayBeJoined = (producer: Step, { origins }: ComputeStep): boolean =>
  producer.kind === 'compute' && !isCopy(producer.expression) && producer.origins.length + origins.length <= mostJoined;

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
