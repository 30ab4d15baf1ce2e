// One of several results of a layer: `l.hidden`.
import { error } from '../../../dsl/problem.ts';
import { didYouMean } from '../../../dsl/suggest.ts';
import type { ResultOf } from '../../../dsl/syntax.ts';
import type { Reporter } from './reporter.ts';
import { FAILED, type Value } from './scope.ts';

export function resultOf(value: Value, { of, result }: ResultOf, reporter: Reporter): Value {
  if (value.kind === 'failed') return FAILED;
  const found = value.results?.get(result.name);
  if (found) return found;
  const names = [...(value.results?.keys() ?? [])];
  const known =
    names.length > 0
      ? `it has ${names.map((name) => `\`${name}\``).join(', ')}`
      : 'it has one result, which is the value itself; layers are chained by `|>`';
  const suggestion = didYouMean(result.name, names);
  const message = `\`${of.kind === 'name' ? of.name : of.callee.name}\` has no result \`${result.name}\``;
  reporter.report(
    error('result/unknown', message, result.span, { notes: suggestion.length > 0 ? suggestion : [known] }),
  );
  return FAILED;
}
