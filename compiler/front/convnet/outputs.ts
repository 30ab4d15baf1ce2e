// The outputs of a model: the values it returns, under the names and shapes that its header promises.
import { error } from '../../../dsl/problem.ts';
import { didYouMean } from '../../../dsl/suggest.ts';
import type { Identifier, Model, NamedShape, ShapePattern } from '../../../dsl/syntax.ts';
import type { ModelOutput } from '../../graph/model.ts';
import type { ModelBody } from './body.ts';
import { resolveAssertion } from './header.ts';
import type { ReturnedValue } from './place.ts';
import type { Scope } from './scope.ts';
import type { Surroundings } from './surroundings.ts';

/** The name of a result that has none. */
const UNNAMED = 'output';

export function resolveOutputs(model: Model, body: ModelBody, scope: Scope, surroundings: Surroundings): ModelOutput[] {
  const { reporter } = surroundings;
  const promised = model.outputs?.kind === 'named' ? model.outputs.results : [];
  const returned = returnedValues(model, body, promised, surroundings);
  const outputs: ModelOutput[] = [];
  for (const [index, { name, value, span }] of returned.entries()) {
    const label = nameOf(name, index, returned, promised);
    const names = promised.map((result) => result.name.name);
    if (label === undefined) {
      const message = 'several results need names: `return classes: it, features: features`';
      reporter.report(error('return/unnamed', message, span));
    } else if (outputs.some((output) => output.name === label)) {
      reporter.report(error('return/repeated', `\`${label}\` is returned twice`, span));
    } else if (names.length > 0 && !names.includes(label)) {
      const notes = didYouMean(label, names);
      reporter.report(error('return/unknown', `the header promises no \`${label}\``, span, { notes }));
    } else {
      const shape = promisedShape(model, label);
      const assertion = shape && resolveAssertion(shape, { scope, reporter });
      if (value.kind === 'failed') continue;
      const output = { name: label, value: value.id, span, ...(assertion && { assertion }) };
      if (value.shape) body.drafts.assertOutput(output, value.shape);
      outputs.push(output);
    }
  }
  if (returned.length > 0) reportMissing(promised, returned, surroundings);
  return outputs;
}

function promisedShape({ outputs }: Model, label: string): ShapePattern | undefined {
  if (outputs?.kind === 'unnamed') return outputs.shape;
  return outputs?.results.find(({ name }) => name.name === label)?.shape;
}

/** None where that was reported. */
function returnedValues(
  model: Model,
  { current, returned }: ModelBody,
  promised: readonly NamedShape[],
  { reporter }: Surroundings,
): readonly ReturnedValue[] {
  if (returned && model.outputs?.kind === 'unnamed' && returned.values.length > 1) {
    const related = [{ at: model.outputs.span, label: 'one result is promised here' }];
    const message = `${returned.values.length} results are returned, the header promises one`;
    reporter.report(error('return/count', message, returned.span, { related }));
    return [];
  }
  if (returned) return returned.values;
  const last = model.body.statements.at(-1);
  if (!current || !last) {
    const message = `model \`${model.name.name}\` computes nothing`;
    const notes = ['its body needs at least one layer'];
    reporter.report(error('model/no-output', message, model.name.span, { notes }));
    return [];
  }
  if (promised.length > 1) {
    const message = `the header promises ${promised.length} results, nothing is returned`;
    reporter.report(error('return/none', message, model.outputs!.span, { notes: [exampleReturn(promised)] }));
    return [];
  }
  // The last statement stands for the result.
  return [{ name: undefined, value: current, span: last.span }];
}

const exampleReturn = (promised: readonly NamedShape[]): string =>
  `end the model with \`return ${promised.map(({ name }) => `${name.name}: …`).join(', ')}\``;

function nameOf(
  name: Identifier | undefined,
  index: number,
  returned: readonly ReturnedValue[],
  promised: readonly NamedShape[],
): string | undefined {
  if (name) return name.name;
  if (promised.length === returned.length) return promised[index]!.name.name;
  return returned.length === 1 && promised.length === 0 ? UNNAMED : undefined;
}

function reportMissing(
  promised: readonly NamedShape[],
  returned: readonly ReturnedValue[],
  { reporter }: Surroundings,
): void {
  if (returned.every(({ name }) => !name) && returned.length === promised.length) return;
  for (const result of promised) {
    if (returned.some(({ name }) => name?.name === result.name.name)) continue;
    const notes = [exampleReturn(promised)];
    reporter.report(
      error('return/missing', `\`${result.name.name}\` is promised but not returned`, result.span, { notes }),
    );
  }
}
