// Checks defaults where nothing else would notice that they mean nothing: a word alone is a keyword, and whether a layer
// knows it is found out where it is read.
//
//   param wide = nope                 nothing reads `wide`, and no layer has a keyword `nope`
//   param a = b     param b = 3       `a` would be the keyword `b`
import { error } from '../../../dsl/problem.ts';
import { didYouMean } from '../../../dsl/suggest.ts';
import { type Expression, type File, type Identifier, itemsOf, type Model, type Name } from '../../../dsl/syntax.ts';
import type { AnyOperator } from '../../operators/operator.ts';
import type { Surroundings } from './surroundings.ts';
import { allExpressionsIn, namesIn, sizesIn, visitNames } from './walk.ts';

interface Defaulted {
  readonly name: Identifier;
  readonly default?: Expression;
}

export function checkDefaults(file: File, surroundings: Surroundings): void {
  const params = itemsOf(file, 'param');
  const blocks = itemsOf(file, 'block');
  const models = itemsOf(file, 'model');
  const ofBlocks = blocks.map(({ parameters, body }) => [...defaultsOf(parameters), ...allExpressionsIn(body)]);
  const ofModels = models.flatMap((model) => [...headerSizes(model), ...allExpressionsIn(model.body)]);
  checkRow(params, [], [...defaultsOf(params), ...ofBlocks.flat(), ...ofModels], surroundings);
  for (const [index, { parameters }] of blocks.entries()) checkRow(parameters, params, ofBlocks[index]!, surroundings);
}

const defaultsOf = (row: readonly Defaulted[]): readonly Expression[] => row.flatMap((each) => each.default ?? []);

function headerSizes({ inputs, outputs }: Model): readonly Expression[] {
  const results = outputs?.kind === 'named' ? outputs.results : outputs ? [outputs] : [];
  return [...inputs, ...results].flatMap(({ shape }) => sizesIn(shape));
}

/**
 * @param around what else is known in all of it
 * @param readers everything that may read what is defaulted here
 */
function checkRow(
  row: readonly Defaulted[],
  around: readonly Defaulted[],
  readers: readonly Expression[],
  { operators, reporter }: Surroundings,
): void {
  const names = row.map(({ name }) => name.name);
  const read = new Set(readers.flatMap((each) => [...namesIn(each)]));
  const keywords = keywordsOf(operators);
  const unknown = ({ name, span }: Name, notes: readonly string[]): void =>
    reporter.report(error('name/unknown', `\`${name}\` is not known here`, span, { notes }));
  for (const [index, { name, default: value }] of row.entries()) {
    if (!value) continue;
    visitNames(value, (word) => {
      if (names.indexOf(word.name) === index) unknown(word, ['it is being given its value here']);
      else if (names.indexOf(word.name) > index)
        unknown(word, ['it is given its value only after this: change places']);
    });
    if (read.has(name.name)) continue;
    const earlier = [...around, ...row.slice(0, index)].map((each) => each.name.name);
    for (const word of wordsAlone(value)) {
      if (!earlier.includes(word.name) && !keywords.has(word.name))
        unknown(word, didYouMean(word.name, [...earlier, ...keywords]));
    }
  }
}

/** Words that stand for themselves, where no number or truth value is wanted. */
const wordsAlone = (value: Expression): readonly Name[] =>
  value.kind === 'name' ? [value] : value.kind === 'list' ? value.elements.flatMap(wordsAlone) : [];

const keywordsOf = (operators: ReadonlyMap<string, AnyOperator>): ReadonlySet<string> =>
  new Set(
    [...operators.values()].flatMap(({ parameters }) =>
      Object.values<{ readonly keywords?: readonly string[] }>(parameters).flatMap(({ keywords }) => keywords ?? []),
    ),
  );
