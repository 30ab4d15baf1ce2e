// A program as text that says all of it: `parse.ts` reads it back. A line for each value and each step.
//
//   program      net
//   input        image [8, 8, 3]
//   weight       stem.kernel [3, 3, 3, 4]
//   constant     window.counts [3] = 2 3 2
//   intermediate stem [8, 8, 4]
//   intermediate stem.levels [3, 3, 3, 4] i8
//   weight       head.kernel [64, 2] i8 scale 0.5 0.25 zero 3 0 along 1
//   table        t0 = 0 0 1 1
//   output       output = stem
//   build        stem.folded[d0, d1] = stem.kernel[d0, d1] · bn.scale[d1]   for d0 < 3, d1 < 4
//   run          stem[y, x, f] += image[y + i, x + j, c] · stem.folded[i, j, c, f], finished by acc + bias[@2]   for y < 8, …
//                of stem (conv net.convnet 30-60)
//
// A step has a name in front (`run  #name:`) where it is not called after the value that it fills. Long lists of numbers may
// be given by their key, `= #1f2e3d4c`, for whoever has them.
import type { Affine } from '../algebra/affine.ts';
import type { Axis } from '../algebra/expression.ts';
import { type Notation, printBox, printExpression, printNumber } from '../algebra/print.ts';
import { hash } from '../algebra/pseudo-random.ts';
import { type Quantization, showShape } from '../tensor.ts';
import type { ComputeStep, Origin, Program, ProgramValue, Step } from './program.ts';

export interface PrintOptions {
  /** Longer lists of numbers are told by their key. */
  readonly longest?: number;
}

/** What stands before a value, a step or what belongs to it. */
export const margin = 13;

const line = (word: string, text: string): string => `${word.padEnd(margin)}${text}`;

export function printProgram(program: Program, options: PrintOptions = {}): string {
  const printer = new Printer(options);
  const steps = [
    ...program.preparation.flatMap((step) => printer.step('build', step)),
    ...program.steps.flatMap((step) => printer.step('run', step)),
  ];
  return [
    ...(program.name === '' ? [] : [line('program', spell(program.name))]),
    ...(program.documentation === '' ? [] : [line('about', JSON.stringify(program.documentation))]),
    ...[...program.values.values()].map((value) => printer.value(value)),
    ...printer.tables(),
    ...program.outputs.map(({ name, value }) => line('output', `${spell(name)} = ${spell(value)}`)),
    ...steps,
    '',
  ].join('\n');
}

/** Steps alone, under another word. */
export const printSteps = (word: string, steps: readonly Step[]): string[] => {
  const printer = new Printer({});
  return steps.flatMap((step) => printer.step(word, step));
};

/** Words of the notation that stand where a name could. */
const reserved = new Set(['acc', 'NaN', 'each', 'else', 'finished', 'for', 'is', 'scattered']);

const plainName = /^[\p{L}_@][\p{L}\p{N}_.#@/$]*$/u;

/** A name as it is, or in quotes where it could be read as something else. */
const spell = (name: string): string => (plainName.test(name) && !reserved.has(name) ? name : JSON.stringify(name));

/** What a long list of numbers is known by. */
export const keyOf = (numbers: readonly number[]): string =>
  `#${hash(numbers.map(printNumber).join(' ')).toString(16).padStart(8, '0')}`;

class Printer {
  private readonly longest: number;
  /** Names of the tables that indices go through, by their numbers. */
  private readonly names = new Map<string, string>();
  private readonly notation: Notation = {
    name: spell,
    index: (index: Affine) => index.show(spell, (values) => this.table(values)),
    outside: (value) => (Object.is(value, 0) ? '' : ` else ${printNumber(value)}`),
  };

  constructor({ longest = Number.POSITIVE_INFINITY }: PrintOptions) {
    this.longest = longest;
  }

  value(value: ProgramValue): string {
    const { role, id, shape, element, quantization } = value;
    const numbers = role === 'constant' ? value.data : role === 'weight' ? value.literal : undefined;
    const data = numbers ? ` = ${this.numbers(numbers)}` : '';
    const scaled = quantization ? ` ${this.quantization(quantization)}` : '';
    return line(role, `${spell(id)} ${showShape(shape)}${element ? ` ${element}` : ''}${scaled}${data}`);
  }

  /** `scale 0.5 0.25 zero 3 0 along 1` */
  private quantization(quantization: Quantization): string {
    const { scales, axis } = quantization;
    const offset =
      'zeros' in quantization ? `zero ${this.numbers(quantization.zeros)}` : `min ${this.numbers(quantization.mins)}`;
    return `scale ${this.numbers(scales)} ${offset}${axis === undefined ? '' : ` along ${axis}`}`;
  }

  /** Of the steps that were printed. */
  tables(): string[] {
    return [...this.names].map(([numbers, name]) => line('table', `${name} = ${numbers}`));
  }

  step(word: string, step: Step): string[] {
    const [name, ...inner] = this.stepLines(step);
    const own = step.kind === 'blocked' ? '' : step.kind === 'alias' ? step.target : step.expression.target.tensor;
    const label = step.id === own ? '' : `#${spell(step.id)}: `;
    return [line(word, `${label}${name}`), ...this.origins(step.origins), ...inner];
  }

  private stepLines(step: Step): string[] {
    switch (step.kind) {
      case 'compute':
        return [this.compute(step)];
      case 'alias':
        return [`${spell(step.target)} is ${spell(step.source)}`];
      case 'blocked': {
        const list = (word: string, ids: readonly string[]): string =>
          ids.length > 0 ? `; ${word} ${ids.map(spell).join(', ')}` : '';
        const head = `${this.axis(step.axis)}${list('scratch', step.scratch)}${list('carried', step.carried)}`;
        return [`each ${head}`, ...step.steps.flatMap((inner) => this.step('  step', inner))];
      }
    }
  }

  private axis({ name, extent }: Axis): string {
    return `${spell(name)} < ${extent}`;
  }

  private compute({ expression }: ComputeStep): string {
    const box = printBox(expression, this.notation);
    const scatter = expression.scatter ? ' scattered' : '';
    return `${printExpression(expression, this.notation)}${box === '' ? '' : `   for ${box}`}${scatter}`;
  }

  private origins(origins: readonly Origin[]): string[] {
    const show = ({ layer, operator, span }: Origin): string =>
      `${spell(layer)} (${spell(operator)} ${spell(span.source.file)} ${span.start}-${span.end})`;
    return origins.length > 0 ? [line('', `of ${origins.map(show).join(', ')}`)] : [];
  }

  private table(values: readonly number[]): string {
    const numbers = this.numbers(values);
    const name = this.names.get(numbers) ?? `t${this.names.size}`;
    this.names.set(numbers, name);
    return name;
  }

  private numbers(values: readonly number[]): string {
    return values.length > this.longest ? keyOf(values) : values.map(printNumber).join(' ');
  }
}
