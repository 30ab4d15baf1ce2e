// Choice between two values, element by element.
import { call } from '../../algebra/expression.ts';
import { broadcasting } from '../shared/broadcasting.ts';

export const where = broadcasting({
  name: 'where',
  about: 'b where a is not zero, else c, with broadcasting.',
  example: 'where(a, b, c)',
  exampleInputs: [
    [3, 4, 2],
    [1, 1, 2],
    [3, 4, 1],
  ],
  operands: { minimum: 3, maximum: 3 },
  value: (condition, chosen, otherwise) => call('select', condition!, chosen!, otherwise!),
});
