// infer: written graph → shaped graph. Every operator states its output shape, explicit padding and weights; its faults
// become problems with the place of the argument they name.
import { error, failure, isError, type Problem, type Result, success, warning } from '../../dsl/problem.ts';
import { Graph } from '../graph/graph.ts';
import {
  type ModelInput,
  type ModelOutput,
  type ShapeAssertion,
  type ShapedModel,
  type ShapedNode,
  shapesOf,
  type WrittenModel,
  type WrittenNode,
} from '../graph/model.ts';
import type { Fault, Inference } from '../operators/operator.ts';
import { sizeFault } from '../operators/shared/size-limit.ts';
import { type Shape, showShape } from '../tensor.ts';
import type { Pass } from './pass.ts';

export const infer = {
  name: 'infer',
  about: 'Every layer states its output shape, its explicit padding and its weights, or what is wrong with it.',
  from: 'written',
  to: 'shaped',
  run(model: WrittenModel): Result<ShapedModel> {
    const problems: Problem[] = [];
    const shapes = new Map<string, Shape>();
    for (const { name, shape, span } of model.inputs) {
      const problem = inputProblem({ name, shape, span });
      if (problem) problems.push(problem);
      else shapes.set(name, shape);
    }
    const shaped: ShapedNode[] = [];
    for (const node of model.graph.nodes) {
      const inputs = node.operands.map((operand) => shapes.get(operand));
      // A layer after one that failed has nothing to say that would help.
      if (inputs.some((shape) => shape === undefined)) continue;
      const result = inferNode(node, inputs as Shape[]);
      problems.push(...result.problems);
      if (!result.ok) continue;
      const { output } = result.value.inference;
      // After an assertion that fails the chain goes on with the shape that is there: the assertion is what was wrong.
      problems.push(...node.assertions.flatMap((assertion) => assertShape(assertion, output, node.id)));
      for (const [value, shape] of shapesOf(result.value)) shapes.set(value, shape);
      shaped.push(result.value);
    }
    for (const output of model.outputs) {
      const shape = shapes.get(output.value);
      if (shape) problems.push(...assertOutput(output, shape));
    }
    if (problems.some(isError)) return failure(problems);
    const graph = new Graph(
      model.inputs.map((input) => input.name),
      shaped,
    );
    return success({ ...model, graph }, problems);
  },
} as const satisfies Pass<'written', 'shaped'>;

/** An input that no tensor could hold. */
export function inputProblem({ name, shape, span }: ModelInput): Problem | undefined {
  const fault = sizeFault(shape, `input ${name}`);
  return fault && error(fault.code, fault.message, span, { notes: fault.notes ?? [] });
}

/** What the header promises for an output. */
export function assertOutput({ name, assertion }: ModelOutput, shape: Shape): Problem[] {
  return assertion ? assertShape(assertion, shape, name === 'output' ? 'the output' : `output ${name}`) : [];
}

/** A layer with all that follows from its operands' shapes. */
export function inferNode(node: WrittenNode, inputs: readonly Shape[]): Result<ShapedNode> {
  const given = (parameter: string): boolean => node.argumentSpans.has(parameter);
  const { named = [] } = node;
  const inOrder = inputs.length - named.length;
  const result = node.operator.infer({
    arguments: node.arguments,
    inputs: inputs.slice(0, inOrder),
    ...(named.length > 0 && { named: Object.fromEntries(named.map((name, n) => [name, inputs[inOrder + n]!])) }),
    given,
  });
  if ('faults' in result) return failure(result.faults.map((fault) => place(node, fault, 'error')));
  const problems = [
    ...(result.warnings ?? []).map((fault) => place(node, fault, 'warning')),
    ...[result.output, ...Object.values(result.results ?? {})]
      .map((shape) => sizeFault(shape))
      .flatMap((fault) => (fault ? [place(node, fault, 'error')] : [])),
  ];
  if (problems.some(isError)) return failure(problems);
  return success(shapedNode(node, inputs, result), problems);
}

export function shapedNode(node: WrittenNode, inputs: readonly Shape[], inference: Inference): ShapedNode {
  const weightNames = new Map(inference.weights.map(({ name }) => [name, `${node.id}.${name}`]));
  return { ...node, inputs, inference, weightNames };
}

function place(node: WrittenNode, fault: Fault, severity: 'error' | 'warning'): Problem {
  const at = node.argumentSpans.get(fault.parameter ?? '') ?? node.origin;
  const details = { ...(fault.label && { label: fault.label }), notes: fault.notes ?? [] };
  return (severity === 'error' ? error : warning)(fault.code, fault.message, at, details);
}

export function assertShape({ dimensions, span }: ShapeAssertion, shape: Shape, what: string): Problem[] {
  const matches =
    dimensions.length === shape.length && dimensions.every((size, axis) => size === undefined || size === shape[axis]);
  if (matches) return [];
  const written = `[${dimensions.map((size) => size ?? '_').join(', ')}]`;
  return [
    error('shape/assertion', `${what} is ${showShape(shape)}, not ${written}`, span, {
      label: `it is ${showShape(shape)} here`,
    }),
  ];
}
