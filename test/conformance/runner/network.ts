// Builds the one- or few-node model that a case becomes: inputs with their tensors, layers with their weights.
//
//   const net = new Network();
//   const x = net.input([image]);
//   const y = net.layer('conv', { filters: 8, kernel: [3, 3] }, [x], { kernel, bias });
import { Graph } from '../../../compiler/graph/graph.ts';
import type { ModelInput, ModelOutput, WrittenModel, WrittenNode } from '../../../compiler/graph/model.ts';
import { operators } from '../../../compiler/operators/index.ts';
import type { AnyOperator } from '../../../compiler/operators/operator.ts';
import type { Static } from '../../../compiler/operators/parameters.ts';
import { infer } from '../../../compiler/passes/infer.ts';
import type { Shape } from '../../../compiler/tensor.ts';
import { error, type Problem } from '../../../dsl/problem.ts';
import type { Span } from '../../../dsl/span.ts';
import type { Dense } from './case.ts';

/** A value of the model: an input or a layer's result. */
export interface Value {
  readonly id: string;
}

/** The case cannot become a model because the model would be wrong: what a writer would get as problems. */
export class Refused extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => problem.message).join('; '));
    this.problems = problems;
  }
}

const nowhere: Span = { source: { file: 'case', text: '' }, start: 0, end: 0 };

export class Network {
  private readonly inputs: ModelInput[] = [];
  private readonly nodes: WrittenNode[] = [];
  /** For each input one tensor for every run, or one for each. */
  readonly tensors = new Map<string, readonly Dense[]>();
  /** By full name: `conv_0.kernel`. */
  readonly weights = new Map<string, Dense>();

  /** A model input; of several tensors each is for one run. A scalar becomes a list of one. */
  input(tensors: readonly Dense[]): Value {
    const id = `x${this.inputs.length}`;
    const whole = tensors.map((tensor) => (tensor.shape.length === 0 ? { ...tensor, shape: [1] } : tensor));
    this.inputs.push({ name: id, shape: whole[0]!.shape, span: nowhere });
    this.tensors.set(id, whole);
    return { id };
  }

  /** A number as a value that broadcasts. */
  constant(value: number): Value {
    return this.layer('constant', { shape: [1] }, [], { value: { shape: [1], data: Float32Array.of(value) } });
  }

  /** A layer; with a shape, `: [5, 5, _]` is asserted of its result. */
  layer(
    name: string,
    given: Readonly<Record<string, Static | undefined>>,
    operands: readonly Value[],
    weights: Readonly<Record<string, Dense | undefined>> = {},
    shape?: readonly (number | undefined)[],
  ): Value {
    const operator = operators.get(name);
    if (!operator) throw new Error(`there is no operator ${name}`);
    if (operands.length < operator.operands.minimum)
      throw new Refused([error('argument/operands', `${name} needs ${operator.operands.minimum} values`)]);
    const id = `${name}_${this.nodes.length}`;
    const written = Object.entries(given).filter((entry): entry is [string, Static] => entry[1] !== undefined);
    this.nodes.push({
      id,
      operator,
      operands: operands.map((value) => value.id),
      arguments: readArguments(operator, new Map(written)),
      argumentSpans: new Map(written.map(([key]) => [key, nowhere])),
      origin: nowhere,
      assertions: shape ? [{ dimensions: shape, span: nowhere }] : [],
    });
    for (const [key, tensor] of Object.entries(weights)) if (tensor) this.weights.set(`${id}.${key}`, tensor);
    return { id };
  }

  /** The shape of a value, through the shape pass. */
  shapeOf(value: Value): Shape {
    const input = this.inputs.find((one) => one.name === value.id);
    if (input) return input.shape;
    const shaped = infer.run(this.model([value]));
    if (!shaped.ok) throw new Refused(shaped.problems);
    return shaped.value.graph.node(value.id)!.inference.output;
  }

  /** The model whose outputs are these values, called y0, y1, …; what they do not need is left out. */
  model(results: readonly Value[], shapes: readonly (Shape | undefined)[] = []): WrittenModel {
    const outputs = results.map(({ id }, n): ModelOutput => {
      const shape = shapes[n];
      return {
        name: `y${n}`,
        value: id,
        span: nowhere,
        ...(shape && { assertion: { dimensions: shape, span: nowhere } }),
      };
    });
    const graph = new Graph(
      this.inputs.map((input) => input.name),
      this.nodes,
    );
    return { name: 'case', documentation: '', inputs: this.inputs, outputs, graph };
  }
}

/** As a source's arguments are read: what does not fit a parameter is a problem. */
function readArguments(operator: AnyOperator, given: ReadonlyMap<string, Static>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(operator.parameters)) {
    const written = given.get(name);
    const value = written === undefined ? parameter.fallback?.value : parameter.read(written);
    if (value === undefined && (written !== undefined || !parameter.fallback))
      throw new Refused([
        error(
          'argument/value',
          `${operator.name} expects ${parameter.expects} as ${name}, here is ${JSON.stringify(written)}`,
        ),
      ]);
    result[name] = value;
  }
  const unknown = [...given.keys()].find((name) => !(name in operator.parameters));
  if (unknown) throw new Error(`${operator.name} has no parameter ${unknown}`);
  return result;
}
