// Draws a legal use of any operator from what the operator itself states: values that its parameters read, shapes that its
// rule accepts. No operator is named here; a new one is drawn from the day it is in the table.

import { generator } from '../compiler/algebra/pseudo-random.ts';
import type { WrittenNode } from '../compiler/graph/model.ts';
import type { AnyOperator, Inference } from '../compiler/operators/operator.ts';
import type { Static } from '../compiler/operators/parameters.ts';
import type { Shape } from '../compiler/tensor.ts';
import type { Span } from '../dsl/span.ts';

export interface Drawn {
  readonly operator: AnyOperator;
  readonly arguments: Record<string, unknown>;
  readonly inputs: readonly Shape[];
  readonly inference: Inference;
  /** As it would be written, for the message of a failing test. */
  readonly text: string;
}

export type Random = () => number;

const below = (random: Random, limit: number): number => Math.floor(random() * limit);
const pick = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)]!;

/** Undefined where this draw was not legal; the next may be. */
export function attempt(operator: AnyOperator, inputs: readonly Shape[], random: Random): Drawn | undefined {
  const rank = inputs[0]?.length ?? 2;
  const values: Record<string, unknown> = {};
  const given: string[] = [];
  const written: string[] = [];
  for (const [name, parameter] of Object.entries<AnyOperator['parameters'][string]>(operator.parameters)) {
    if (parameter.fallback && random() < 0.45) {
      values[name] = parameter.fallback.value;
      continue;
    }
    const candidate = Array.from({ length: 12 }, () => drawStatic(random, rank, parameter.keywords ?? [])).find(
      (value) => parameter.read(value) !== undefined,
    );
    if (candidate === undefined && !parameter.fallback) return undefined;
    if (candidate === undefined) {
      values[name] = parameter.fallback!.value;
      continue;
    }
    values[name] = parameter.read(candidate);
    given.push(name);
    written.push(`${name}: ${JSON.stringify(candidate)}`);
  }
  const result = operator.infer({ arguments: values, inputs, given: (name: string) => given.includes(name) });
  if ('faults' in result) return undefined;
  const text = `${inputs.map((shape) => `[${shape}]`).join(' ')} |> ${operator.name}(${written.join(', ')})`;
  return { operator, arguments: values, inputs, inference: result, text };
}

export function drawOperator(operator: AnyOperator, seed: number): Drawn {
  const random = generator(seed);
  for (let tries = 0; tries < 4000; tries++) {
    const drawn = attempt(operator, drawInputs(operator, random), random);
    if (drawn && drawn.inference.output.reduce((size, extent) => size * extent, 1) <= 4000) return drawn;
  }
  throw new Error(`${operator.name}: no legal draw was found`);
}

function drawInputs(operator: AnyOperator, random: Random): Shape[] {
  const { minimum, maximum } = operator.operands;
  if (maximum === 0) return [];
  const count = minimum + below(random, Math.min(maximum, 3) - minimum + 1);
  // Half of the draws vary the example's own shapes, so that operators which want related operands are met.
  const first =
    random() < 0.5
      ? operator.exampleInputs[0]!
      : Array.from({ length: 1 + below(random, 4) }, () => 1 + below(random, 7));
  const channels = pick(random, [1, 2, 3, 4, 6, 8]);
  const base = random() < 0.7 && first.length > 1 ? [...first.slice(0, -1), channels] : first;
  return Array.from({ length: count }, (_, n) => {
    if (n > 0 && random() < 0.3) return operator.exampleInputs[n] ?? base;
    return n > 0 && random() < 0.3 ? base.map((size) => (random() < 0.4 ? 1 : size)) : base;
  });
}

function drawStatic(random: Random, rank: number, keywords: readonly string[]): Static {
  const small = (): number => pick(random, [1, 1, 2, 2, 3, 4]);
  const signed = (): number => pick(random, [-1, 0, 0, 1, 1, 2]);
  const forms: (() => Static)[] = [
    small,
    signed,
    () => Array.from({ length: Math.max(1, rank - 1) }, small),
    () => Array.from({ length: Math.max(1, rank - 1) }, () => [signed(), signed()]),
    () => Array.from({ length: rank }, signed),
    () =>
      shuffle(
        random,
        Array.from({ length: rank }, (_, n) => n),
      ),
    () => random() < 0.5,
    () => pick(random, [0.5, 0.25, 1.5, 2]),
  ];
  return keywords.length > 0 && random() < 0.6 ? pick(random, keywords) : pick(random, forms)();
}

function shuffle(random: Random, list: readonly number[]): number[] {
  return list
    .map((value) => ({ value, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

const nowhere: Span = { source: { file: 'drawn', text: '' }, start: 0, end: 0 };

export function drawnNode(
  { operator, arguments: values }: Drawn,
  id: string,
  operands: readonly string[],
): WrittenNode {
  const argumentSpans = new Map(Object.keys(values).map((name) => [name, nowhere]));
  const shared = { argumentSpans, operands, origin: nowhere, assertions: [] };
  return { id, operator, arguments: values, ...shared, ...(operator.results && { results: operator.results }) };
}

export { nowhere };
