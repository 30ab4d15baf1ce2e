// The table of TensorFlow's operators: what each is in our layers. An operation whose inputs are all known is computed
// while the model is imported.

import { Refusal } from '../../importing/refusal.ts';
import type { ImportedValue } from '../../importing/values.ts';
import { folds, ofSizes } from '../constant-folding.ts';
import type { Meaning, Operation } from '../operation.ts';
import { activations } from './activations.ts';
import { arithmetic } from './arithmetic.ts';
import { arrangements } from './arrangements.ts';
import { convolutions } from './convolutions.ts';
import { matrices } from './matrices.ts';
import { normalisations } from './normalisations.ts';
import { pools } from './pools.ts';
import { reductions } from './reductions.ts';
import { resampling } from './resampling.ts';

const meanings: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ...activations,
  ...arithmetic,
  ...arrangements,
  ...convolutions,
  ...matrices,
  ...normalisations,
  ...pools,
  ...reductions,
  ...resampling,
]);

export const isKnown = (operator: string): boolean =>
  meanings.has(operator) || folds.has(operator) || ofSizes.has(operator);

/** The results of an operation; refused where an attribute that means something was not asked for. */
export function importOperation(operation: Operation): readonly ImportedValue[] {
  const result = meaningOf(operation)(operation);
  const unread = operation.unread();
  if (unread !== undefined)
    throw new Refusal(
      `has the attribute ${unread}, which is not supported`,
      `the model without ${unread}`,
      'attribute',
    );
  return 'kind' in result ? [result] : result;
}

function meaningOf(operation: Operation): Meaning {
  const { operator, inputs } = operation;
  const fold = inputs.every(({ value }) => value.kind === 'constant') ? folds.get(operator) : undefined;
  const meaning = fold ?? ofSizes.get(operator) ?? meanings.get(operator);
  if (meaning) return meaning;
  throw new Refusal(
    `uses the operator ${operator}, which is not supported`,
    'the same computation from operators that are',
    'operator',
  );
}
