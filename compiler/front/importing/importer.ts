// The state of one import: which of the file's values is what, the layers made so far, and what was refused. It knows no
// format. A format's reader goes through its file and, for each of its nodes or layers,
//
//   importer.attempt('layer "conv_1"', () => {
//     const x = channelsLast(importer, importer.value('image'));
//     importer.set('conv_1', importer.layer(conv, { filters: 8, kernel: 3 }, [x], { weights: { kernel } }));
//   });
//
// ARCHITECTURE.md, "How to add an importer", tells the rest.
import { error, type Problem } from '../../../dsl/problem.ts';
import { grouped } from '../../algebra/grouped.ts';
import { constant } from '../../operators/arrangement/constant.ts';
import { flatten } from '../../operators/dense/flatten.ts';
import { reshape } from '../../operators/dense/reshape.ts';
import { transpose } from '../../operators/dense/transpose.ts';
import type { AnyOperator, Inference } from '../../operators/operator.ts';
import { type Shape, showShape } from '../../tensor.ts';
import type { Boundary } from './boundary.ts';
import { arrangedLayout, batchAxis, dimsOf, type Layout, rearrange, sameShape } from './layout.ts';
import { Refusal } from './refusal.ts';
import type { Arguments, ConstantValue, ImportedValue, LayerOptions, LayerValue, WeightData } from './values.ts';
import { asFloats, permuteData } from './weights.ts';

/** A layer of the imported network. */
export interface ImportedLayer {
  readonly id: string;
  readonly operator: AnyOperator;
  readonly given: Arguments;
  /** All arguments as the operator reads them. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Ids of layers or names of inputs. */
  readonly operands: readonly string[];
  readonly weights: Readonly<Record<string, WeightData>>;
  readonly shape: Shape;
  readonly inference: Inference;
  /** A name from the file, if it has a good one. */
  readonly name: string | undefined;
}

export interface ImporterOptions {
  /** The file, for problems. */
  readonly file: string;
  /** How many samples the file wants at once; they are imported as one. 1, where the batch axis is just dropped, by default. */
  readonly batch?: number;
  /** The names of values as nodes and outputs read them, once for each reading. */
  readonly reads?: Iterable<string>;
  /** The family of problem codes: `import/shape`. */
  readonly codes?: string;
}

interface Refused {
  readonly subject: string;
  readonly refusal: Refusal;
}

/** A value that is read was not made. */
class Unmade extends Refusal {}

const mostListed = 12;

function alike(others: readonly Refused[]): string {
  const listed = others.slice(0, mostListed).map(({ subject }) => subject);
  const more = others.length > mostListed ? ', …' : '';
  return `the same in ${others.length} more: ${listed.join(', ')}${more}`;
}

export class Importer {
  /** By the file's names. */
  readonly values = new Map<string, ImportedValue>();
  readonly layers: ImportedLayer[] = [];
  readonly inputs: Boundary[] = [];
  readonly outputs: Boundary[] = [];
  readonly batch: number;
  readonly #file: string;
  readonly #codes: string;
  readonly #refusals: Refused[] = [];
  #made = 0;
  readonly #reads = new Map<string, number>();
  /** The tensor of the file that a known value was made of. */
  readonly #origins = new Map<string, string>();

  constructor({ file, batch = 1, reads = [], codes = 'import' }: ImporterOptions) {
    this.#file = file;
    this.batch = batch;
    this.#codes = codes;
    for (const name of reads) this.#reads.set(name, (this.#reads.get(name) ?? 0) + 1);
  }

  /**
   * Does one part of the import, such as a node; a refusal becomes a problem that begins with `subject`. What reads a value
   * that a refused part should have made is passed over: that part's own problem is enough. To have all problems told at
   * once, a part therefore first refuses the operator that it does not know, and then reads its values.
   */
  attempt(subject: string, part: () => void): void {
    try {
      part();
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      const follows = refusal instanceof Unmade && this.#refusals.length > 0;
      if (!follows) this.#refusals.push({ subject, refusal });
    }
  }

  /** How many parts were refused. */
  get refused(): number {
    return this.#refusals.length;
  }

  /** One for each reason; parts that are refused for the same one are counted and listed in its notes. */
  get problems(): readonly Problem[] {
    const reasons = grouped(this.#refusals.map((one) => [`${one.refusal.kind} ${one.refusal.message}`, one]));
    return [...reasons.values()].map(([first, ...others]) => {
      const { subject, refusal } = first!;
      const { kind, message, wanted } = refusal;
      const notes = [
        ...(others.length > 0 ? [alike(others)] : []),
        ...(wanted === undefined ? [] : [`what would work: ${wanted}`]),
      ];
      return error(`${this.#codes}/${kind}`, `${subject} of ${this.#file} ${message}`, undefined, { notes });
    });
  }

  /** The value of this name. */
  value(name: string): ImportedValue {
    const found = this.values.get(name);
    if (found) return found;
    throw new Unmade(`reads ${JSON.stringify(name)}, which nothing makes`);
  }

  /** Keeps a value; a known one of as many numbers as the one it was made `from` is still called by that one's tensor. */
  set(name: string, value: ImportedValue, from?: string): void {
    this.values.set(name, value);
    const source = this.values.get(from ?? '');
    if (value.kind !== 'constant' || source?.kind !== 'constant') return;
    if (source.data.length === value.data.length) this.#origins.set(name, this.originOf(from!));
  }

  /** The name of the file's tensor that a known value was made of. */
  originOf(name: string): string {
    return this.#origins.get(name) ?? name;
  }

  /** Whether one node and no other reads this layer, under whatever names it has. */
  isReadOnce(id: string): boolean {
    const names = [...this.values].flatMap(([name, value]) =>
      value.kind === 'layer' && value.id === id ? [name] : [],
    );
    return (
      names.every((name) => (this.#reads.get(name) ?? 0) <= 1) &&
      !this.layers.some(({ operands }) => operands.includes(id))
    );
  }

  /** The sizes as the file sees them, the batch included. */
  dims(value: ImportedValue): readonly number[] {
    return value.kind === 'constant' ? value.shape : dimsOf(value.shape, value.layout, this.batch);
  }

  /** Whether an axis of the file holds the samples of the batch, or nothing. */
  isLeading(value: ImportedValue, axis: number): boolean {
    if (this.dims(value)[axis] === 1) return true;
    return value.kind === 'layer' && value.layout[axis]?.join() === `${batchAxis}`;
  }

  /** Adds a layer. Its shape rule decides whether it is legal. */
  layer(
    operator: AnyOperator,
    given: Arguments,
    operands: readonly LayerValue[],
    { weights = {}, layout, name }: LayerOptions = {},
  ): LayerValue {
    const values = readArguments(operator, given);
    const inference = operator.infer({
      arguments: values,
      inputs: operands.map((value) => value.shape),
      given: (parameter) => parameter in given,
    });
    if ('faults' in inference) {
      const [fault] = inference.faults;
      throw new Refusal(`cannot become ${operator.name}: ${fault!.message}`, fault!.notes?.[0], 'shape');
    }
    for (const weight of inference.weights) {
      const found = weights[weight.name];
      if (weight.literal === undefined && !(found && sameShape(found.shape, weight.shape))) {
        const is = found ? `is ${showShape(found.shape)}` : 'is missing';
        throw new Refusal(`needs a ${weight.name} of ${showShape(weight.shape)}, it ${is}`, undefined, 'shape');
      }
    }
    const id = `layer ${this.#made++}`;
    const ids = operands.map((value) => value.id);
    const shape = inference.output;
    this.layers.push({ id, operator, given, values, operands: ids, weights, shape, inference, name });
    return { kind: 'layer', id, shape, layout: layout ?? operands[0]?.layout ?? [] };
  }

  /** The value with one axis for each entry of `order`, axes of the file; `undefined` stands for a new axis of size 1. */
  arrange(value: LayerValue, order: readonly (number | undefined)[]): LayerValue {
    const steps = rearrange(value.shape, value.layout, order);
    if (!steps) {
      throw new Refusal(`mixes the ${this.batch} samples of the batch`, 'a model for one sample: a batch axis of 1');
    }
    const layout = arrangedLayout(value.layout, order);
    const turned = steps.permutation
      ? this.layer(transpose, { [transpose.positional[0]!]: steps.permutation }, [value])
      : value;
    return { ...(steps.shape ? this.reshape(turned, steps.shape) : turned), layout };
  }

  /** The same elements under another shape of ours; the layout is the caller's. */
  reshape(value: LayerValue, shape: Shape): LayerValue {
    if (sameShape(value.shape, shape)) return value;
    if (shape.length === 1) return this.layer(flatten, {}, [value]);
    return this.layer(reshape, { [reshape.positional[0]!]: shape }, [value]);
  }

  /** Known numbers as a layer, with one axis for each entry of `order`: axes of the file, `undefined` for size 1. */
  constantLayer(known: ConstantValue, order: readonly (number | undefined)[], name?: string): LayerValue {
    const moving = order.filter((axis) => axis !== undefined);
    const left = known.shape.map((_, axis) => axis).filter((axis) => !moving.includes(axis));
    const data = permuteData(known.data, known.shape, [...left, ...moving]);
    const sizes = order.map((axis) => (axis === undefined ? 1 : known.shape[axis]!));
    const shape = sizes.length === 0 ? [1] : sizes;
    const layout: Layout = known.shape.map((_, axis) => (order.includes(axis) ? [order.indexOf(axis)] : []));
    const weights = { value: { shape, data: asFloats(data) } };
    return this.layer(constant, { [constant.positional[0]!]: shape }, [], { weights, layout, name });
  }
}

/** Arguments as the resolver reads them, defaults filled in. */
function readArguments(operator: AnyOperator, given: Arguments): Record<string, unknown> {
  for (const [name, value] of Object.entries(given)) {
    if (!(name in operator.parameters)) throw new Error(`${operator.name} has no parameter ${name}`);
    if ([value].flat(3).some((part) => Number.isNaN(part)))
      throw new Refusal(`cannot become ${operator.name}: ${name} is NaN`, 'a number');
  }
  return Object.fromEntries(
    Object.entries(operator.parameters).map(([name, parameter]) => {
      const written = given[name];
      const value = written === undefined ? parameter.fallback?.value : parameter.read(written);
      if (value !== undefined || (written === undefined && parameter.fallback)) return [name, value];
      throw new Refusal(
        `cannot become ${operator.name}: ${name} ${JSON.stringify(written)} is not ${parameter.expects}`,
      );
    }),
  );
}
