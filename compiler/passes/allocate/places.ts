// Where a value lives relative to others: a buffer of its own, a part of another's (a concat's operand), or the very
// elements of another under a new shape (an alias, an elementwise result written over its operand).

import { extentsOf, type Read, readsOf } from '../../algebra/expression.ts';
import { isCopy, readsSameElement, writesElementwise } from '../../algebra/pointwise.ts';
import type { ComputeStep, Program, Step } from '../../program/program.ts';
import { carriedValues, type Usage, usageOf } from '../../program/usage.ts';

export interface Place {
  /** The value that owns the buffer. */
  readonly root: string;
  /** For a part: where its first element stands in the owner, by axis. For an alias: undefined, the whole in row-major order. */
  readonly offset: readonly number[] | undefined;
}

export interface Places {
  readonly of: ReadonlyMap<string, Place>;
  /** Owners whose elements must lie without gaps, since an alias reads them in row-major order. */
  readonly dense: ReadonlySet<string>;
  /** Steps that need not run: the copy they would make is a view. */
  readonly elided: ReadonlySet<string>;
}

export function findPlaces(program: Program, stored: ReadonlySet<string>): Places {
  const finder = new PlaceFinder(program, stored);
  finder.aliases();
  finder.parts();
  finder.inPlace();
  return { of: finder.places, dense: finder.dense, elided: finder.elided };
}

class PlaceFinder {
  readonly places = new Map<string, Place>();
  readonly dense = new Set<string>();
  readonly elided = new Set<string>();
  private readonly program: Program;
  private readonly usage: Usage;
  private readonly carried: ReadonlySet<string>;
  private readonly positions: ReadonlyMap<Step, number>;
  /** The values that live in each owner's buffer, its own included. */
  private readonly sharing = new Map<string, Set<string>>();

  constructor(program: Program, stored: ReadonlySet<string>) {
    this.program = program;
    this.usage = usageOf(program);
    this.carried = carriedValues(program.steps);
    this.positions = new Map(program.steps.map((step, at) => [step, at]));
    for (const id of stored) this.put(id, { root: id, offset: this.shape(id).map(() => 0) });
  }

  private put(id: string, place: Place): void {
    const before = this.places.get(id);
    if (before) this.sharing.get(before.root)!.delete(id);
    this.places.set(id, place);
    const sharing = this.sharing.get(place.root);
    if (sharing) sharing.add(id);
    else this.sharing.set(place.root, new Set([id]));
  }

  /** flatten(x), reshape(x): nothing moves. */
  aliases(): void {
    for (const step of this.program.steps) {
      if (step.kind !== 'alias') continue;
      const { root } = this.places.get(step.source)!;
      this.put(step.target, { root, offset: undefined });
      this.dense.add(root);
    }
  }

  /** concat(a, b): the operands are written where the whole will be read. */
  parts(): void {
    for (const step of [...this.program.steps].reverse()) {
      if (step.kind !== 'compute') continue;
      const part = this.wholeCopy(step);
      // A state's first value is copied: the state changes.
      if (this.carried.has(step.expression.target.tensor)) continue;
      if (!part || !this.mayMove(part.read.tensor, step)) continue;
      const owner = this.places.get(step.expression.target.tensor)!;
      if (owner.offset === undefined) continue;
      const offset = part.offset.map((value, axis) => value + owner.offset![axis]!);
      this.put(part.read.tensor, { root: owner.root, offset });
      this.elided.add(step.id);
    }
  }

  /** An elementwise result takes over the buffer of an operand that nothing reads later. */
  inPlace(): void {
    this.program.steps.forEach((step, at) => {
      if (step.kind !== 'compute' || this.elided.has(step.id)) return;
      const target = step.expression.target.tensor;
      if (!this.isPlainOwner(target) || !writesElementwise(step.expression, this.shape(target))) return;
      if (this.usage.writers(target).length > 1 || this.usage.isOutput(target)) return;
      const source = readsOf(step.expression.value).find((read) => this.mayTakeOver(step, read, at));
      if (!source) return;
      const { root } = this.places.get(source.tensor)!;
      for (const id of [...this.sharing.get(target)!]) this.put(id, { ...this.places.get(id)!, root });
      if (this.dense.has(target)) this.dense.add(root);
    });
  }

  private mayTakeOver(step: ComputeStep, read: Read, at: number): boolean {
    const { tensor } = read;
    const place = this.places.get(tensor);
    // A part of a concat or an alias shares its buffer with others: their lives would have to be followed too.
    if (
      !place ||
      !this.ownsAlone(place.root) ||
      place.offset === undefined ||
      place.root === step.expression.target.tensor
    )
      return false;
    const same = this.shape(tensor).join() === this.shape(step.expression.target.tensor).join();
    const reads = [...readsOf(step.expression.value), ...readsOf(step.expression.finish)].filter(
      (one) => one.tensor === tensor,
    );
    const last = this.usage.readers(tensor).every((other) => this.positions.get(other)! <= at);
    const free = !this.usage.isOutput(tensor);
    return same && last && free && reads.every((one) => readsSameElement(step.expression, one));
  }

  private ownsAlone(root: string): boolean {
    return this.sharing.get(root)?.size === 1;
  }

  private isPlainOwner(id: string): boolean {
    return this.places.get(id)?.root === id;
  }

  /** Whether a copy's source can be written straight into the copy's place. */
  private mayMove(id: string, copy: ComputeStep): boolean {
    const place = this.places.get(id);
    if (place?.root !== id || place.offset === undefined || this.dense.has(id) || this.usage.isOutput(id)) return false;
    if (id === copy.expression.target.tensor || this.program.values.get(id)?.role === 'input') return false;
    // A value copied to two places, or twice into one, stays where it is.
    const copies = this.usage.readers(id).filter((step) => step.kind === 'compute' && isCopy(step.expression));
    return copies.length === 1 && this.ownsAlone(id);
  }

  private shape(id: string): readonly number[] {
    return this.program.values.get(id)!.shape;
  }

  /** A step that copies the whole of one value to a place in another: `out[y, x, c + 16] = in[y, x, c]`. */
  private wholeCopy({
    expression,
  }: ComputeStep): { readonly read: Read; readonly offset: readonly number[] } | undefined {
    if (!isCopy(expression) || expression.value.kind !== 'read') return undefined;
    const source = this.shape(expression.value.tensor);
    const extents = extentsOf(expression.axes);
    const axes = expression.value.index.map((index) => index.bareAxis());
    const offset = expression.target.index.map((index) => index.constant);
    const whole = axes.every((axis, n) => axis !== undefined && extents.get(axis) === source[n]);
    const inOrder = expression.target.index.every((index, n) => index.minus(offset[n]!).bareAxis() === axes[n]);
    return whole && inOrder && offset.length === axes.length ? { read: expression.value, offset } : undefined;
  }
}
