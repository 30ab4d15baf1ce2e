// What layers of exponentials along an axis share: the largest element of every line is subtracted first, so that no
// exponential overflows.
//
//   largest[y, x, 0] max= in[y, x, c]
//   shifted[y, x, c]    = in[y, x, c] − largest[y, x, 0]         an expression, not a tensor
import { Affine } from '../../algebra/affine.ts';
import { call, express, read, type Scalar, type TensorExpression } from '../../algebra/expression.ts';
import type { Shape } from '../../tensor.ts';
import { type Fault, isFault, operand } from '../operator.ts';
import { resolveAxis } from './axes.ts';
import { elementAxes, elementIndex } from './elementwise.ts';

export interface Exponentials {
  readonly axes: Readonly<Record<string, number>>;
  readonly element: readonly Affine[];
  /** The place of a line's number, and the shape of all of them. */
  readonly line: readonly Affine[];
  readonly lines: Shape;
  /** Fills the temporary `largest`, which `shifted` reads. */
  readonly largest: TensorExpression;
  readonly shifted: Scalar;
}

export function exponentialsAlong(axis: number, shape: Shape): Exponentials | Fault {
  const along = resolveAxis(axis, shape);
  if (isFault(along)) return along;
  const axes = elementAxes(shape);
  const element = elementIndex(shape);
  const line = element.with(along, Affine.constant(0));
  return {
    axes,
    element,
    line,
    lines: shape.with(along, 1),
    largest: express({ tensor: 'largest', axes, target: line, combine: 'max', value: read(operand(0), element) }),
    shifted: call('subtract', read(operand(0), element), read('largest', line)),
  };
}
