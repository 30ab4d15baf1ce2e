// narrow: the weights are stored in fewer bits, and become float32 again when they are loaded.
//
//   before  packed[k, f] = kernel[…]                              (build)     in memory k f/8 … f%8, read by the run
//   after   flat[k, F, e] = packed[k, 8·F + e]                    (build)     f16
//           packed.widened[k, F, e] = flat[k, F, e]               (load)      the memory that packed would have
//
//   int8    scale[F, e] max= |flat[k, F, e]|, finished by / 127   (build)
//           levels[k, F, e] = round(flat[k, F, e] / scale[F, e])  (build)     i8
//           packed.widened[k, F, e] = levels[k, F, e] · scale     (load)
//
// A scale belongs to an output channel. What loading computes anyway (`defer`) reads the narrow elements itself; the scale, which
// is the same for all that is summed there, multiplies the sum. Vectors and constants are small and stay as they are.
import { Affine } from '../algebra/affine.ts';
import {
  accumulated,
  call,
  coordinate,
  mapReads,
  multiply,
  type Read,
  read,
  readsOf,
  renameTensors,
  type Scalar,
  type TensorExpression,
} from '../algebra/expression.ts';
import type { WeightElement } from '../options.ts';
import type { ComputeStep, ProgramValue, Step } from '../program/program.ts';
import { computeSteps, preparedValues, readValues } from '../program/usage.ts';
import type { Shape } from '../tensor.ts';
import type { Pass, PassOptions } from './pass.ts';
import type { Block, Deferred } from './stages.ts';

export const narrow = {
  name: 'narrow',
  about: 'Weights are stored in fewer bits, where that is asked for, and widened when they are loaded.',
  from: 'deferred',
  to: 'deferred',
  run(deferred: Deferred, { quantize }: Pick<PassOptions, 'quantize'>): Deferred {
    if (!quantize) return deferred;
    const narrowing = new Narrowing(deferred, quantize);
    narrowing.widenWhatRuns();
    narrowing.narrowWhatIsStored();
    return narrowing.result();
  },
} as const satisfies Pass<'deferred', 'deferred'>;

class Narrowing {
  private readonly given: Deferred;
  private readonly quantization: WeightElement;
  private readonly prepared: ReadonlySet<string>;
  private readonly values: Map<string, ProgramValue>;
  private readonly blocks: Map<string, Block>;
  private readonly preparation: ComputeStep[];
  private readonly fills: Map<string, string>;
  private steps: readonly Step[];
  private setup: ComputeStep[];

  constructor(given: Deferred, quantization: WeightElement) {
    const { program, blocks, setup, fills } = given;
    this.given = given;
    this.quantization = quantization;
    this.prepared = preparedValues(program);
    this.values = new Map(program.values);
    this.blocks = new Map(blocks);
    this.preparation = [...program.preparation];
    this.fills = new Map(fills);
    this.steps = program.steps;
    this.setup = [...setup];
  }

  result(): Deferred {
    const { given, values, preparation, steps, setup, fills, blocks } = this;
    return { ...given, program: { ...given.program, values, preparation, steps }, setup, fills, blocks };
  }

  /** What the run reads is copied into its place when it is loaded, so that its loops meet float32 as before. */
  widenWhatRuns(): void {
    const renamed = new Map<string, string>();
    for (const step of this.steps) {
      for (const id of readValues(step)) {
        if (renamed.has(id) || !this.prepared.has(id) || !this.isWide(id)) continue;
        this.copyAtLoad(id, computeSteps(step)[0]!);
        renamed.set(id, `${id}.widened`);
      }
    }
    const rename = (step: ComputeStep): ComputeStep => ({
      ...step,
      expression: renameTensors(step.expression, (id) => renamed.get(id) ?? id),
    });
    this.steps = this.steps.map((step) => {
      if (step.kind === 'compute') return rename(step);
      return step.kind === 'blocked' ? { ...step, steps: step.steps.map(rename) } : step;
    });
  }

  /** A weight of at least two axes: most of a network's bytes. */
  private isWide(id: string): boolean {
    const { role, shape } = this.values.get(id)!;
    return role !== 'constant' && shape.filter((size) => size > 1).length > 1;
  }

  private copyAtLoad(id: string, { origins }: ComputeStep): void {
    const { shape } = this.values.get(id)!;
    const blocked = this.blocks.get(id);
    const { flat, index } = flattened(shape, blocked);
    const [stored, copied, widened] = [`${id}.flat`, `${id}.widened.setup`, `${id}.widened`];
    const axes = flat.map((_, n) => Affine.axis(`a${n}`));
    const copy = (target: string, value: Scalar): ComputeStep => ({
      kind: 'compute',
      id: target,
      origins,
      expression: overAll(flat, target, axes, value),
    });
    this.values.set(stored, { role: 'intermediate', id: stored, shape: flat });
    this.values.set(copied, { role: 'intermediate', id: copied, shape: flat });
    this.values.set(widened, { role: 'intermediate', id: widened, shape });
    if (blocked) this.blocks.set(widened, blocked);
    this.preparation.push(copy(stored, read(id, index)));
    this.setup.push(copy(copied, read(stored, axes)));
    this.fills.set(copied, widened);
  }

  narrowWhatIsStored(): void {
    const known = new Set([...this.prepared, ...this.preparation.map(({ expression }) => expression.target.tensor)]);
    this.setup = this.setup.map((step) => {
      const stored = readsOf(step.expression.value).filter(({ tensor }) => known.has(tensor) && this.isWide(tensor));
      const [one, ...others] = stored;
      if (!one || others.length > 0) return step;
      if (this.quantization === 'int8') return this.scaled(step, one);
      this.values.set(one.tensor, { ...this.values.get(one.tensor)!, element: 'f16' });
      return step;
    });
  }

  /** The setup step with 8-bit integers in place of what it reads, its sums multiplied by the channels' scales. */
  private scaled(step: ComputeStep, source: Read): ComputeStep {
    const { expression } = step;
    const { tensor, index } = source;
    const { shape } = this.values.get(tensor)!;
    const [levels, scale] = [`${tensor}.levels`, `${tensor}.scale`];
    // The dimensions of the target that are channels, and the source's dimensions along them.
    const channels = this.channelsOf(step).flatMap((dimension) => {
      const axis = expression.target.index[dimension]!.bareAxis();
      const from = index.findIndex((affine) => axis !== undefined && affine.bareAxis() === axis);
      return from < 0 ? [] : [{ dimension, from }];
    });
    const axes = shape.map((_, n) => Affine.axis(`a${n}`));
    const own = channels.map(({ from }) => axes[from]!);
    const element = read(tensor, axes);
    const largest = call('absolute', element);
    const prepare = (id: string, made: TensorExpression): number =>
      this.preparation.push({ ...step, id, expression: made });
    prepare(scale, {
      ...overAll(shape, scale, own, largest),
      combine: 'max',
      // A channel of zeros has any scale.
      finish: call('select', accumulated, call('divide', accumulated, 127), 1),
    });
    prepare(levels, overAll(shape, levels, axes, call('roundHalfEven', call('divide', element, read(scale, own)))));
    this.values.set(scale, { role: 'intermediate', id: scale, shape: channels.map(({ from }) => shape[from]!) });
    this.values.set(levels, { role: 'intermediate', id: levels, shape, element: 'i8' });
    const scales = read(
      scale,
      channels.map(({ dimension }) => coordinate(dimension)),
    );
    return {
      ...step,
      expression: {
        ...expression,
        value: mapReads(expression.value, (one) => (one === source ? { ...source, tensor: levels } : one)),
        finish: multiply(expression.finish, scales),
      },
    };
  }

  /** The dimensions of what a setup step writes that the channels of the layer's output walk. */
  private channelsOf(step: ComputeStep): number[] {
    const whole = this.fills.get(step.expression.target.tensor)!;
    const blocked = this.blocks.get(whole);
    for (const { expression } of this.steps.flatMap(computeSteps)) {
      const found = readsOf(expression.value).find(({ tensor }) => tensor === whole);
      if (!found) continue;
      const channels = expression.target.index.at(-1)!.axes();
      const dimensions = found.index.flatMap((affine, n) =>
        [...affine.axes()].some((axis) => channels.has(axis)) ? [n] : [],
      );
      // The lanes of a blocked dimension stand last.
      const last = step.expression.target.index.length - 1;
      return blocked && dimensions.includes(blocked.axis) ? [...dimensions, last] : dimensions;
    }
    return [];
  }
}

/** A shape with its blocked axis as blocks and, last, the places within a block; and the index of the shape's elements there. */
function flattened(
  shape: Shape,
  blocked: Block | undefined,
): { readonly flat: Shape; readonly index: readonly Affine[] } {
  const index = shape.map((_, n) => Affine.axis(`a${n}`));
  if (!blocked) return { flat: shape, index };
  const { axis, block } = blocked;
  return {
    flat: [...shape.map((size, n) => (n === axis ? Math.ceil(size / block) : size)), block],
    index: index.map((affine, n) => (n === axis ? affine.times(block).plus(Affine.axis(`a${shape.length}`)) : affine)),
  };
}

/** A statement over every element of a shape, whose axes are `a0`, `a1`… */
const overAll = (shape: Shape, tensor: string, index: readonly Affine[], value: Scalar): TensorExpression => ({
  axes: shape.map((extent, n) => ({ name: `a${n}`, extent })),
  target: { tensor, index },
  combine: 'set',
  value,
  finish: accumulated,
  scatter: false,
});
