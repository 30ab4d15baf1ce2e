// The layers of a model while it is being written out. Each is shaped as it is added, so that what follows can ask for
// the sizes of its value.

import type { Problem } from '../../../dsl/problem.ts';
import { resultId } from '../../graph/graph.ts';
import type { ModelInput, ModelOutput, ShapeAssertion, ShapedNode, WrittenNode } from '../../graph/model.ts';
import type { Inference } from '../../operators/operator.ts';
import { assertOutput, assertShape, inferNode, inputProblem } from '../../passes/infer.ts';
import type { Shape } from '../../tensor.ts';
import type { Value } from './scope.ts';

type Known = Extract<Value, { kind: 'node' | 'input' }>;

/** What a layer gives; without shapes where it was refused. */
function valueGiven({ id, operator }: Pick<WrittenNode, 'id' | 'operator'>, inference?: Inference): Value {
  const results = new Map(
    (operator.results ?? []).map((name): [string, Value] => {
      return [name, { kind: 'node', id: resultId(id, name), shape: inference?.results?.[name] }];
    }),
  );
  return { kind: 'node', id, shape: inference?.output, ...(results.size > 0 && { results }) };
}

export class Drafts {
  readonly inputs: ReadonlyMap<string, ModelInput>;
  /** In the order in which they were added, as far as their shapes are known. */
  readonly nodes: ShapedNode[] = [];
  private readonly found: Problem[] = [];
  private readonly told = new Set<string>();
  private readonly assertions = new Map<string, ShapeAssertion[]>();

  constructor(inputs: readonly ModelInput[]) {
    this.inputs = new Map(inputs.map((input) => [input.name, input]));
    for (const input of inputs) this.report(inputProblem(input));
  }

  /** What is wrong with shapes, in the order of the layers. */
  get problems(): readonly Problem[] {
    return this.found;
  }

  add(node: Omit<WrittenNode, 'assertions' | 'operands'>, operands: readonly Known[]): Value {
    const assertions: ShapeAssertion[] = [];
    const written = { ...node, operands: operands.map(({ id }) => id), assertions };
    const inputs = operands.flatMap(({ shape }) => (shape ? [shape] : []));
    // A layer after one that failed has nothing to say that would help.
    if (inputs.length < operands.length) return valueGiven(node);
    const result = inferNode(written, inputs);
    for (const problem of result.problems) this.report(problem);
    if (!result.ok) return valueGiven(node);
    this.nodes.push(result.value);
    this.assertions.set(node.id, assertions);
    return valueGiven(node, result.value.inference);
  }

  /** After an assertion that fails the chain goes on with the shape that is there: the assertion is what was wrong. */
  assert(assertion: ShapeAssertion, value: Value): void {
    if (value.kind === 'failed' || !value.shape) return;
    this.assertions.get(value.id)?.push(assertion);
    for (const problem of assertShape(assertion, value.shape, value.id)) this.report(problem);
  }

  assertOutput(output: ModelOutput, shape: Shape): void {
    for (const problem of assertOutput(output, shape)) this.report(problem);
  }

  /** A block that is inlined a hundred times says the same of a layer in it once. */
  private report(problem: Problem | undefined): void {
    if (!problem) return;
    const { code, message, at } = problem;
    const key = JSON.stringify([code, message, at?.source.file, at?.start, at?.end]);
    if (!this.told.has(key)) this.found.push(problem);
    this.told.add(key);
  }
}
