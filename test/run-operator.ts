// Runs one operator as it is meant, for tests: arguments as a writer gives them, shape rule, then the expression evaluated.
// Layers that abbreviate others run through those others; layers that rename elements copy them.
import { emptyTensor, evaluate, type Tensor } from '../compiler/algebra/evaluate.ts';
import type { TensorExpression } from '../compiler/algebra/expression.ts';
import { operators } from '../compiler/operators/index.ts';
import {
  type AnyOperator,
  type Expanded,
  type Fault,
  type Inference,
  type InferenceResult,
  isRepetition,
  type Operator,
  operand,
} from '../compiler/operators/operator.ts';
import type { Static } from '../compiler/operators/parameters.ts';
import { evaluateTurns } from '../compiler/program/evaluate.ts';
import { type Shape, sizeOf } from '../compiler/tensor.ts';

export type Written = Readonly<Record<string, Static>>;
export type Weights = Readonly<Record<string, Tensor>>;

/** A tensor from its shape and its numbers, or counting 0, 1, 2, … without them. */
export function tensor(shape: Shape, data?: ArrayLike<number>): Tensor {
  const size = sizeOf(shape);
  if (data && data.length !== size) throw new Error(`${data.length} numbers for [${shape.join(', ')}]`);
  return { shape, data: Float32Array.from(data ?? Array.from({ length: size }, (_, n) => n)) };
}

/** Small whole numbers that look random, the same for the same seed. */
export const noise = (shape: Shape, seed = 1): Tensor =>
  tensor(
    shape,
    Array.from({ length: sizeOf(shape) }, (_, n) => (((n + 1) * 7919 + seed * 104729) % 19) - 9),
  );

/** The numbers of each row: one for each place along the first axis, or one row for a list. */
export function rows({ shape, data }: Tensor): number[][] {
  const width = sizeOf(shape.length === 1 ? shape : shape.slice(1));
  return Array.from({ length: data.length / width }, (_, n) => [...data.slice(n * width, (n + 1) * width)]);
}

/** Runs the operator of this name on one input or several. */
export const runNamed = (
  name: string,
  written: Written,
  input: Tensor | readonly Tensor[],
  weights?: Weights,
): Tensor => runOperator(named(name), written, 'shape' in input ? [input] : input, weights);

export const named = (name: string): AnyOperator => {
  const operator = operators.get(name);
  if (!operator) throw new Error(`no operator ${name}`);
  return operator;
};

/** The shape rule, with written arguments; an argument that does not fit its parameter is the test's own mistake. */
export function inferOperator(operator: AnyOperator, written: Written, shapes: readonly Shape[]): InferenceResult {
  return operator.infer({
    arguments: readArguments(operator, written),
    inputs: shapes,
    given: (name) => name in written,
  });
}

function readArguments(operator: AnyOperator, written: Written): Record<string, unknown> {
  const unknown = Object.keys(written).find((name) => !(name in operator.parameters));
  if (unknown) throw new Error(`${operator.name} has no parameter ${unknown}`);
  const values: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(operator.parameters)) {
    const value = name in written ? parameter.read(written[name]!) : parameter.fallback?.value;
    if (value === undefined && (name in written || !parameter.fallback)) {
      throw new Error(`${operator.name}(${name}: ${JSON.stringify(written[name])}): expected ${parameter.expects}`);
    }
    values[name] = value;
  }
  return values;
}

/** What the shape rule finds, for calls that must be legal. */
export function legal(operator: AnyOperator, written: Written, shapes: readonly Shape[]): Inference {
  const result = inferOperator(operator, written, shapes);
  if ('faults' in result)
    throw new Error(`${operator.name}: ${result.faults.map((fault) => fault.message).join('; ')}`);
  return result;
}

/** The statements of an operator that means expressions and repeats none. */
export function expressionsOf({ meaning }: Inference): readonly TensorExpression[] {
  const statements = meaning.kind === 'expressions' ? meaning.statements : [];
  return statements.flatMap((statement) => (isRepetition(statement) ? [] : [statement]));
}

/** The faults of a call that must not be legal. */
export function faultsOf(operator: AnyOperator, written: Written, shapes: readonly Shape[]): readonly Fault[] {
  const result = inferOperator(operator, written, shapes);
  if (!('faults' in result)) throw new Error(`${operator.name} accepts ${JSON.stringify(written)}`);
  return result.faults;
}

/** The output of one operator. Weights that are neither given nor written out as literals are an error. */
export function runOperator(
  operator: AnyOperator,
  written: Written,
  inputs: readonly Tensor[],
  weights: Weights = {},
): Tensor {
  const inference = legal(
    operator,
    written,
    inputs.map((input) => input.shape),
  );
  return run(inference, inputs, withLiterals(inference, weights));
}

function withLiterals(inference: Inference, weights: Weights): Weights {
  const literals = inference.weights.flatMap(({ name, shape, literal }) =>
    literal ? [[name, tensor(shape, literal)] as const] : [],
  );
  return { ...Object.fromEntries(literals), ...weights };
}

function run({ meaning, output, weights }: Inference, inputs: readonly Tensor[], given: Weights): Tensor {
  switch (meaning.kind) {
    case 'alias':
      return tensor(output, inputs[0]!.data);
    case 'expansion':
      return runExpansion(meaning.expand, inputs, given);
    case 'expressions': {
      const tensors = new Map<string, Tensor>(inputs.map((input, n) => [operand(n), input]));
      for (const { name, shape } of weights) {
        const weight = given[name];
        if (weight?.data.length !== sizeOf(shape)) throw new Error(`weight ${name} must be [${shape.join(', ')}]`);
        tensors.set(name, { shape, data: weight.data });
      }
      for (const [name, shape] of Object.entries(meaning.temporaries ?? {})) tensors.set(name, emptyTensor(shape));
      for (const [name, { shape, data }] of Object.entries(meaning.constants ?? {}))
        tensors.set(name, tensor(shape, data));
      tensors.set('output', emptyTensor(output));
      for (const statement of meaning.statements) {
        if (isRepetition(statement)) evaluateTurns(statement.repeat, statement.statements, tensors);
        else evaluate(statement, tensors);
      }
      return tensors.get('output')!;
    }
  }
}

type Expand = Extract<Inference['meaning'], { kind: 'expansion' }>['expand'];

function runExpansion(expand: Expand, inputs: readonly Tensor[], weights: Weights): Tensor {
  const values = new Map<string, Tensor>(inputs.map((input, n) => [`in${n}`, input]));
  const result = expand({
    inputs: inputs.map(({ shape }, n) => ({ id: `in${n}`, shape })),
    apply<A>(
      operator: Operator<A>,
      given: Partial<A>,
      operands: readonly Expanded[],
      options?: { readonly weights?: Readonly<Record<string, string>> },
    ): Expanded {
      const tensors = operands.map(({ id }) => values.get(id)!);
      const defaults = Object.entries<{ fallback?: { value: unknown } }>(operator.parameters).map(
        ([name, { fallback }]) => [name, fallback?.value] as const,
      );
      const inference = operator.infer({
        arguments: { ...Object.fromEntries(defaults), ...given } as A,
        inputs: tensors.map(({ shape }) => shape),
        given: (name) => name in given,
      });
      if ('faults' in inference) throw new Error(`${operator.name} in an expansion: ${inference.faults[0]!.message}`);
      const named = inference.weights.map(({ name }) => [name, weights[options?.weights?.[name] ?? name]!] as const);
      const id = `v${values.size}`;
      values.set(id, run(inference, tensors, Object.fromEntries(named)));
      return { id, shape: inference.output };
    },
  });
  return values.get(result.id)!;
}
