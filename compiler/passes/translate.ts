// translate: the graph of primitives becomes a program; from here on there are expressions and no operators.
//
//   before  conv(8, kernel: 3) as stem
//   after   stem[y, x, f] += image[y + i, x + j, c] · stem.kernel[i, j, c, f];  stem = stem + stem.bias[f]
import { renameTensors } from '../algebra/expression.ts';
import { resultId } from '../graph/graph.ts';
import { type ShapedModel, type ShapedNode, shapesOf } from '../graph/model.ts';
import { isRepetition, operand, operandNamed } from '../operators/operator.ts';
import type { ComputeStep, Origin, Program, ProgramValue, Step } from '../program/program.ts';
import { expand } from './expand.ts';
import type { Pass } from './pass.ts';

export const translate = {
  name: 'translate',
  about: 'Every layer becomes the tensor expressions that define it; operators are gone from here on.',
  from: 'shaped',
  to: 'program',
  run(model: ShapedModel): Program {
    const values = new Map<string, ProgramValue>();
    for (const { name, shape } of model.inputs) values.set(name, { role: 'input', id: name, shape });
    const steps = model.graph.nodes.flatMap((node) => translateNode(node, values));
    const outputs = model.outputs.map(({ name, value }) => ({ name, value }));
    return {
      name: model.name,
      documentation: model.documentation,
      inputs: model.inputs.map(({ name }) => name),
      outputs,
      values,
      preparation: [],
      steps,
    };
  },
} as const satisfies Pass<'shaped', 'program'>;

/** The meaning of a model as a program, before anything is rewritten. */
export const programOf = (model: ShapedModel): Program => translate.run(expand.run(model));

function translateNode(node: ShapedNode, values: Map<string, ProgramValue>): Step[] {
  const { weights, meaning } = node.inference;
  const origins: Origin[] = [{ layer: node.id, operator: node.operator.name, span: node.origin }];
  for (const [id, shape] of shapesOf(node)) values.set(id, { role: 'intermediate', id, shape });
  for (const { name, shape, literal } of weights) {
    const id = node.weightNames.get(name)!;
    values.set(id, { role: 'weight', id, shape, ...(literal && { literal }) });
  }
  if (meaning.kind === 'alias')
    return [{ kind: 'alias', id: node.id, target: node.id, source: node.operands[0]!, origins }];
  if (meaning.kind === 'expansion') throw new Error(`${node.id} is not expanded`);
  const names = new Map<string, string>([
    ['output', node.id],
    ...(node.results ?? []).map((name) => [name, resultId(node.id, name)] as const),
    ...node.weightNames,
    ...node.operands.map((id, n) => [operandName(node, n), id] as const),
  ]);
  for (const [name, { shape, data }] of Object.entries(meaning.constants ?? {})) {
    names.set(name, `${node.id}.${name}`);
    values.set(`${node.id}.${name}`, { role: 'constant', id: `${node.id}.${name}`, shape, data });
  }
  for (const [name, shape] of Object.entries(meaning.temporaries ?? {})) {
    names.set(name, `${node.id}.${name}`);
    values.set(`${node.id}.${name}`, { role: 'intermediate', id: `${node.id}.${name}`, shape });
  }
  const rename = (name: string): string => names.get(name) ?? unknown(node, name);
  return meaning.statements.map((statement, n): Step => {
    const id = meaning.statements.length === 1 ? node.id : `${node.id}#${n}`;
    if (!isRepetition(statement)) return { kind: 'compute', id, expression: renameTensors(statement, rename), origins };
    const { repeat: axis, statements, scratch, carried } = statement;
    const steps = statements.map((inner, m): ComputeStep => {
      return { kind: 'compute', id: `${id}.${m}`, expression: renameTensors(inner, rename), origins };
    });
    return { kind: 'blocked', id, axis, steps, scratch: scratch.map(rename), carried: carried.map(rename), origins };
  });
}

/** Within the operator's expressions. */
function operandName({ operands, named = [] }: ShapedNode, n: number): string {
  const name = named[n - (operands.length - named.length)];
  return name === undefined ? operand(n) : operandNamed(name);
}

function unknown(node: ShapedNode, name: string): never {
  throw new Error(`${node.id} reads ${name}, which it does not declare`);
}
