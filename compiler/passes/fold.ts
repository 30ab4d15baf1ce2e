// fold: a scale and shift by channel after a linear step moves into that step's kernel and bias, at build time.
//
//   before  a[y, x, f] += in[…] · kernel[i, j, c, f], finished by sum + bias[f];  b[y, x, f] = a[y, x, f] · s[f] + t[f]
//   after   kernel'[i, j, c, f] = kernel[i, j, c, f] · s[f]        (build)
//           b[y, x, f] += in[…] · kernel'[i, j, c, f], finished by (sum + bias[f] · s[f]) + t[f] as bias'[f]
//
// It recognises expressions, not operators: batch normalisation, a scaling by a constant, after any convolution.
import { Affine } from '../algebra/affine.ts';
import {
  accumulated,
  add,
  constant,
  coordinate,
  mapReads,
  multiply,
  type Read,
  read,
  readsOf,
  type Scalar,
  type TensorExpression,
} from '../algebra/expression.ts';
import { linearIn } from '../algebra/linear.ts';
import { overCoordinates, readsSameElement, writesElementwise } from '../algebra/pointwise.ts';
import { factorsOf } from '../algebra/window-sum.ts';
import type { ComputeStep, Program, ProgramValue, Step } from '../program/program.ts';
import { preparedValues, type Usage, usageOf } from '../program/usage.ts';
import type { Shape } from '../tensor.ts';
import type { Pass } from './pass.ts';

export const fold = {
  name: 'fold',
  about: 'A scale and shift by channel after a linear step moves into the weights and bias of that step.',
  from: 'program',
  to: 'program',
  run(program: Program): Program {
    const folder = new Folder(program);
    for (const step of program.steps) if (step.kind === 'compute') folder.visit(step);
    return folder.result();
  },
} as const satisfies Pass<'program', 'program'>;

/** One sweep over the steps. Folding changes what is read of prepared values alone, so that `usage` holds throughout. */
class Folder {
  private readonly program: Program;
  private readonly usage: Usage;
  private readonly values: Map<string, ProgramValue>;
  private readonly preparation: ComputeStep[];
  private readonly prepared: Set<string>;
  /** What a step has become; undefined where its producer's work moved into its reader. */
  private readonly changed = new Map<Step, ComputeStep | undefined>();

  constructor(program: Program) {
    this.program = program;
    this.usage = usageOf(program);
    this.values = new Map(program.values);
    this.preparation = [...program.preparation];
    this.prepared = preparedValues(program);
  }

  result(): Program {
    const { program, values, preparation, changed } = this;
    const steps = program.steps.flatMap((step) => (changed.has(step) ? (changed.get(step) ?? []) : [step]));
    return { ...program, values, preparation, steps };
  }

  visit(step: ComputeStep): void {
    if (step.expression.finish.kind !== 'accumulated') return;
    if (!writesElementwise(step.expression, this.shapeOf(step.expression.target.tensor))) return;
    const sources = readsOf(step.expression.value).filter((one) => !this.prepared.has(one.tensor));
    const [source] = sources;
    if (sources.length !== 1 || !source || !readsSameElement(step.expression, source)) return;
    const map = linearIn(overCoordinates(step.expression), source.tensor);
    // A shift alone is left to `fuse`: the kernel would only be copied.
    if (!map || (map.scale.kind === 'constant' && map.scale.value === 1)) return;
    const [written, producer] = this.linearProducer(source.tensor, step) ?? [];
    const kernel = producer && kernelOf(producer.expression, this.prepared);
    if (!written || !kernel || !channelwise(map.scale) || !channelwise(map.shift)) return;
    const folding = absorb(producer, step, kernel, map, (value) => this.shapeOf(value));
    if (!folding) return;
    for (const { value, step: made } of folding.prepared) {
      this.values.set(value.id, value);
      this.prepared.add(value.id);
      this.preparation.push(made(producer));
    }
    // The shift may use values prepared after the producer's kernel: the folded step stands where the scaling stood.
    this.changed.set(written, undefined);
    this.changed.set(step, folding.step);
  }

  /** The one step that makes the value, as written and as it is now, if it is a sum of products finished by at most a prepared addend. */
  private linearProducer(tensor: string, step: ComputeStep): readonly [written: Step, now: ComputeStep] | undefined {
    const [written, ...others] = this.usage.writers(tensor);
    const [reader, ...otherReaders] = this.usage.readers(tensor);
    if (!written || others.length + otherReaders.length > 0 || reader !== step || this.usage.isOutput(tensor))
      return undefined;
    const producer = this.changed.get(written) ?? written;
    if (producer.kind !== 'compute') return undefined;
    const { combine, finish } = producer.expression;
    const linear = linearIn(finish, undefined);
    const plain = combine === 'sum' && linear?.scale.kind === 'constant' && linear.scale.value === 1;
    return plain && readsOf(finish).every((one) => this.prepared.has(one.tensor)) ? [written, producer] : undefined;
  }

  private shapeOf(value: string): Shape {
    return this.values.get(value)!.shape;
  }
}

/** The prepared factor of a product. */
function kernelOf(expression: TensorExpression, prepared: ReadonlySet<string>): Read | undefined {
  const { value } = expression;
  if (value.kind !== 'apply' || value.function !== 'multiply') return undefined;
  const { weights } = factorsOf(expression, prepared);
  return weights.length === 1 && value.arguments.every(({ kind }) => kind === 'read') ? weights[0] : undefined;
}

/** Whether a coefficient depends on one coordinate at most: only then can it be a vector over channels. */
function channelwise(scalar: Scalar): boolean {
  const axes = new Set(readsOf(scalar).flatMap((one) => one.index.flatMap((index) => [...index.axes()])));
  return axes.size <= 1;
}

interface Linear {
  readonly scale: Scalar;
  readonly shift: Scalar;
}

interface Folding {
  readonly prepared: readonly NewValue[];
  readonly step: ComputeStep;
}

function absorb(
  producer: ComputeStep,
  step: ComputeStep,
  kernel: Read,
  map: Linear,
  shapeOf: (value: string) => Shape,
): Folding | undefined {
  const { expression } = producer;
  const target = step.expression.target.tensor;
  const scaled = scaleKernel(shapeOf(kernel.tensor), expression, kernel, map.scale, `${target}.folded`);
  if (!scaled) return undefined;
  const bias = foldBias(expression.finish, map, shapeOf(target), `${target}.folded_bias`);
  if (!bias) return undefined;
  const replaceKernel = (one: Read): Scalar => (one === kernel ? { ...one, tensor: scaled.value.id } : one);
  const folded: ComputeStep = {
    ...producer,
    expression: {
      ...expression,
      target: { ...expression.target, tensor: target },
      value: mapReads(expression.value, replaceKernel),
      finish: add(accumulated, read(bias.value.id, [coordinate(bias.axis)])),
    },
    origins: [...producer.origins, ...step.origins],
  };
  return { prepared: [scaled, bias], step: folded };
}

interface NewValue {
  readonly value: ProgramValue;
  readonly step: (from: ComputeStep) => ComputeStep;
}

/** kernel'[d0, d1, …] = kernel[d0, d1, …] · scale, with the output's coordinates found among the kernel's own axes. */
function scaleKernel(
  shape: Shape,
  expression: TensorExpression,
  kernel: Read,
  scale: Scalar,
  id: string,
): NewValue | undefined {
  const names = shape.map((_, n) => `d${n}`);
  const known = new Map<string, Affine>();
  kernel.index.forEach((index, n) => {
    const axis = index.bareAxis();
    if (axis) known.set(axis, Affine.axis(names[n]!));
  });
  const coordinates = new Map<string, Affine>();
  expression.target.index.forEach((index, n) => {
    const whole = kernel.index.findIndex((candidate) => candidate.equals(index));
    if (whole >= 0) coordinates.set(`@${n}`, Affine.axis(names[whole]!));
    else if ([...index.axes()].every((axis) => known.has(axis))) coordinates.set(`@${n}`, index.substitute(known));
  });
  const needed = new Set(readsOf(scale).flatMap((one) => one.index.flatMap((index) => [...index.axes()])));
  if (![...needed].every((axis) => coordinates.has(axis))) return undefined;
  const factor = mapReads(scale, (one) => ({ ...one, index: one.index.map((index) => index.substitute(coordinates)) }));
  const axes = names.map((name, n) => ({ name, extent: shape[n]! }));
  const index = names.map((name) => Affine.axis(name));
  const value = multiply(read(kernel.tensor, index), factor);
  const scaled: TensorExpression = {
    axes,
    target: { tensor: id, index },
    combine: 'set',
    value,
    finish: accumulated,
    scatter: false,
  };
  return { value: { role: 'intermediate', id, shape }, step: (from) => ({ ...from, id, expression: scaled }) };
}

/** bias'[c] = addend[c] · scale[c] + shift[c]. */
function foldBias(
  finish: Scalar,
  map: Linear,
  shape: readonly number[],
  id: string,
): (NewValue & { readonly axis: number }) | undefined {
  const addend = linearIn(finish, undefined)!.shift;
  const value = add(multiply(addend, map.scale), map.shift);
  const axes = [...new Set(readsOf(value).flatMap((one) => one.index.flatMap((index) => [...index.axes()])))];
  if (axes.length > 1) return undefined;
  const axis = axes.length === 1 ? Number(axes[0]!.slice(1)) : shape.length - 1;
  const channel = new Map([[`@${axis}`, Affine.axis('c')]]);
  const overChannel = mapReads(value, (one) => ({
    ...one,
    index: one.index.map((index) => index.substitute(channel)),
  }));
  const extent = shape[axis]!;
  const expression: TensorExpression = {
    axes: [{ name: 'c', extent }],
    target: { tensor: id, index: [Affine.axis('c')] },
    combine: 'set',
    value:
      readsOf(overChannel).length === 0 && overChannel.kind === 'constant' ? constant(overChannel.value) : overChannel,
    finish: accumulated,
    scatter: false,
  };
  return { value: { role: 'intermediate', id, shape: [extent] }, step: (from) => ({ ...from, id, expression }), axis };
}
