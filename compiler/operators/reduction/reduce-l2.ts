// Euclidean length over axes.
import { read } from '../../algebra/expression.ts';
import { operand } from '../operator.ts';
import { normOf } from '../shared/norm.ts';
import { reducing } from '../shared/reduction.ts';

export const reduceL2 = reducing(
  'reduceL2',
  'The root of the sum of x² over some axes.',
  ({ box, element, kept, output }) =>
    normOf({ p: 2, axes: box, target: kept, element: read(operand(0), element), output }),
);
