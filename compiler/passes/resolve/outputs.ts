// What a model gives back: the values it returns, under the names and shapes that its header promises.
import { error } from '../../../dsl/problem.ts';
import { didYouMean } from '../../../dsl/suggest.ts';
import type { Identifier, Model, NamedShape } from '../../../dsl/syntax.ts';
import type { ModelOutput } from '../../graph/model.ts';
import type { ModelBody, ReturnedValue } from './body.ts';
import { resolveAssertion } from './header.ts';
import type { Surroundings } from './library.ts';
import type { Scope } from './scope.ts';

/** The name of a result that has none. */
const UNNAMED = 'output';

export function resolveOutputs(model: Model, body: ModelBody, scope: Scope, surroundings: Surroundings): ModelOutput[] {
  const { reporter } = surroundings;
  const promised = model.outputs?.kind === 'named' ? model.outputs.results : [];
  const returned = returnedValues(model, body, surroundings);
  const outputs: ModelOutput[] = [];
  returned.forEach(({ name, value, span }, index) => {
    const label = nameOf(name, index, returned, promised);
    if (label === undefined) {
      const message = 'several results need names: `return classes: it, features: features`';
      reporter.report(error('return/unnamed', message, span));
    } else if (outputs.some((output) => output.name === label)) {
      reporter.report(error('return/repeated', `\`${label}\` is returned twice`, span));
    } else if (promised.length > 0 && !promised.some((result) => result.name.name === label)) {
      const names = promised.map((result) => result.name.name);
      reporter.report(
        error('return/unknown', `the header promises no \`${label}\``, span, { notes: didYouMean(label, names) }),
      );
    } else {
      const shape =
        model.outputs?.kind === 'unnamed'
          ? model.outputs.shape
          : promised.find((result) => result.name.name === label)?.shape;
      const assertion =
        shape && (model.outputs?.kind === 'named' || returned.length === 1)
          ? resolveAssertion(shape, scope, surroundings)
          : undefined;
      if (value.kind !== 'failed')
        outputs.push({ name: label, value: value.id, span, ...(assertion && { assertion }) });
    }
  });
  if (returned.length > 0) reportMissing(promised, returned, surroundings);
  return outputs;
}

function returnedValues(
  model: Model,
  { current, returned }: ModelBody,
  { reporter }: Surroundings,
): readonly ReturnedValue[] {
  if (returned) {
    if (model.outputs?.kind === 'unnamed' && returned.values.length > 1) {
      const related = [{ at: model.outputs.span, label: 'one result is promised here' }];
      const message = `${returned.values.length} results are returned, the header promises one`;
      reporter.report(error('return/count', message, returned.span, { related }));
    }
    return returned.values;
  }
  if (current && model.body.statements.length > 0) {
    // The last statement that says which value is current stands for the result.
    return [{ name: undefined, value: current, span: model.body.statements.at(-1)!.span }];
  }
  const message = `model \`${model.name.name}\` computes nothing`;
  reporter.report(error('model/no-output', message, model.name.span, { notes: ['its body needs at least one layer'] }));
  return [];
}

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
    const notes = [`end the model with \`return ${promised.map(({ name }) => `${name.name}: …`).join(', ')}\``];
    reporter.report(
      error('return/missing', `\`${result.name.name}\` is promised but not returned`, result.span, { notes }),
    );
  }
}
