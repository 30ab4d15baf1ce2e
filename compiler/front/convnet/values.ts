// Tells values from numbers and keywords, and names that mean a layer from names that mean nothing.
import { error, type Problem } from '../../../dsl/problem.ts';
import { didYouMean } from '../../../dsl/suggest.ts';
import type * as syntax from '../../../dsl/syntax.ts';
import { isFunction } from './evaluate.ts';
import type { Place } from './place.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Whether an argument without a name is a value rather than a number or keyword.
 * @param several whether the callee takes values in its parentheses, so that an unknown name is meant as one
 */
export function isValue(
  expression: syntax.Expression,
  place: Place,
  surroundings: Surroundings,
  several: boolean,
): boolean {
  if (expression.kind === 'chain' || expression.kind === 'result') return true;
  if (expression.kind === 'name') {
    const meaning = place.scope.lookup(expression.name);
    if (meaning) return meaning.kind === 'value';
    return expression.name === 'it' || expression.name === 'input' || several;
  }
  if (expression.kind !== 'call') return false;
  const { name } = expression.callee;
  if (!isFunction(name)) return several || isLayer(name, place, surroundings);
  return (
    several &&
    isLayer(name, place, surroundings) &&
    expression.arguments.some(({ value }) => isValue(value, place, surroundings, false))
  );
}

export function isLayer(name: string, place: Place, { operators }: Surroundings): boolean {
  return operators.has(name) || place.library.blocks.has(name);
}

/** What to say of a callee that is neither layer nor block. */
export function unknownLayer({ name, span }: syntax.Identifier, place: Place, { operators }: Surroundings): Problem {
  const meaning = place.scope.lookup(name);
  if (meaning) {
    const what = meaning.kind === 'value' ? 'a value' : 'known at compile time: no value';
    const notes = meaning.kind === 'value' ? ['a value stands at the beginning of a chain'] : [];
    const related = [{ at: meaning.span, label: 'named here' }];
    return error('name/no-layer', `\`${name}\` is ${what}, and no layer`, span, { notes, related });
  }
  const layers = [...operators.keys(), ...place.library.blocks.keys()];
  const notes = didYouMean(name, [...layers, ...place.scope.visible('value')]);
  const what = isFunction(name)
    ? `\`${name}\` computes numbers, it is no layer`
    : `there is no layer, block or value \`${name}\``;
  return error('name/unknown', what, span, { notes });
}
