// Runs one model every way through the compiler and demands the same result: the expression as it reads, phases and zero
// insertion through the loop IR's interpreter, the emitted TypeScript kernels, the WebAssembly kernels.
import { expect } from 'vitest';
import type { Scalar } from '../compiler/algebra/expression.ts';
import { generator } from '../compiler/algebra/pseudo-random.ts';
import { evaluateOutputs } from '../compiler/analysis/reference.ts';
import { compileModel } from '../compiler/compile.ts';
import type { ShapedModel } from '../compiler/graph/model.ts';
import type { Lowering } from '../compiler/options.ts';
import { programOf } from '../compiler/passes/translate.ts';
import { type WeightTensors, weightSpecifications } from '../compiler/plan/weights.ts';
import { computeSteps } from '../compiler/program/usage.ts';
import type { Backend } from '../compiler/targets/target.ts';
import { sizeOf } from '../compiler/tensor.ts';
import { runPlan } from './run-plan.ts';

const integers = (size: number, random: () => number, low: number, high: number): Float32Array =>
  Float32Array.from({ length: size }, () => low + Math.floor(random() * (high - low + 1)));

/** Small integers for every trained tensor; scales and variances stay positive. */
function drawWeights(model: ShapedModel, random: () => number): WeightTensors {
  const trained = [...weightSpecifications(model)].filter(([, { literal }]) => !literal);
  const range = (fill: string): readonly [number, number] => (fill === 'one' ? [1, 4] : [-2, 2]);
  return new Map(
    trained.map(([name, { shape, fill }]) => [name, { shape, data: integers(sizeOf(shape), random, ...range(fill)) }]),
  );
}

const literals = (model: ShapedModel): WeightTensors =>
  new Map(
    [...weightSpecifications(model)].flatMap(([name, { shape, literal }]) =>
      literal ? [[name, { shape, data: Float32Array.from(literal) }] as const] : [],
    ),
  );

export interface Case {
  readonly inputs: Readonly<Record<string, Float32Array>>;
  /** Without those that are written out in the source. */
  readonly weights: WeightTensors;
  readonly everyWeight: WeightTensors;
  /** What the expressions give. */
  readonly expected: Readonly<Record<string, Float32Array>>;
  /** How far a result may be from it, relative to the largest number. */
  readonly allowed: number;
}

/** Inputs and weights of small integers, and what must come out. */
export function drawCase(model: ShapedModel, seed: number, tolerance = 2e-5, mayRound = false): Case {
  const random = generator(seed);
  const inputs = Object.fromEntries(
    model.inputs.map(({ name, shape }) => [name, integers(sizeOf(shape), random, -3, 3)]),
  );
  const weights = drawWeights(model, random);
  const everyWeight = new Map([...weights, ...literals(model)]);
  const expected = evaluateOutputs(model, everyWeight, inputs);
  const whole = Object.values(expected).every((list) =>
    list.every((value) => Number.isInteger(value) && Math.abs(value) < 2 ** 24),
  );
  return { inputs, weights, everyWeight, expected, allowed: whole && !mayRound && isExact(model) ? 0 : tolerance };
}

/**
 * @param tolerance relative to the largest expected number, where functions are applied that round; else equality is exact,
 * unless `mayRound` says that transformed tiles are expected
 */
export function checkAllWays(
  model: ShapedModel,
  backends: readonly Backend[],
  seed: number,
  what: string,
  tolerance = 2e-5,
  mayRound = false,
): void {
  const { inputs, weights, expected, allowed } = drawCase(model, seed, tolerance, mayRound);
  for (const lowering of ['phases', 'zero-insertion'] satisfies Lowering[]) {
    for (const backend of backends) {
      const compiled = compileModel(model, backend, { weights, lowering, sourceHash: '00000000' });
      if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('; '));
      const { plan } = compiled.value.planned;
      const precision = backend.name === 'ts' ? 'double' : 'single';
      const interpreted = runPlan(plan, compiled.value.weights, inputs, precision);
      const run = compiled.value.instantiate().run(inputs);
      for (const { name } of model.outputs) {
        compare(interpreted[name]!, expected[name]!, `${what}: ${lowering}, loop IR for ${backend.name}`, allowed);
        compare(run[name]!, expected[name]!, `${what}: ${lowering}, ${backend.name} kernels`, allowed);
      }
    }
  }
}

/** Functions whose result on integers is an integer, and the same in every precision. */
const exact = new Set([
  'add',
  'subtract',
  'multiply',
  'maximum',
  'minimum',
  'negate',
  'absolute',
  'floor',
  'ceiling',
  'truncate',
  'sign',
  'less',
  'select',
]);

function isExact(model: ShapedModel): boolean {
  const expressions = programOf(model)
    .steps.flatMap(computeSteps)
    .map((step) => step.expression);
  const functionsOf = (scalar: Scalar): string[] =>
    scalar.kind === 'apply' ? [scalar.function, ...scalar.arguments.flatMap(functionsOf)] : [];
  return expressions.every(({ value, finish }) =>
    [...functionsOf(value), ...functionsOf(finish)].every((name) => exact.has(name)),
  );
}

function compare(result: Float32Array, expected: Float32Array, what: string, tolerance: number): void {
  expect(disagreement(result, expected, tolerance), what).toBe('');
}

/** The first element that is not as expected, in words; nothing where all are. */
export function disagreement(result: Float32Array, expected: Float32Array, tolerance: number): string {
  if (result.length !== expected.length) return `${result.length} elements, expected ${expected.length}`;
  const scale = Math.max(1, ...expected.map((value) => (Number.isFinite(value) ? Math.abs(value) : 0)));
  const agrees = (value: number, got: number): boolean => {
    if (value === got || (Number.isNaN(value) && Number.isNaN(got))) return true;
    return Math.abs(value - got) <= tolerance * scale;
  };
  const wrong = expected.findIndex((value, at) => !agrees(value, result[at]!));
  return wrong < 0 ? '' : `element ${wrong} is ${result[wrong]}, expected ${expected[wrong]}`;
}
