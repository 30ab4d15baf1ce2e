// A tensor expression for people: on one line with its box, coordinates in its finish by the names of the axes.
//
//   out[y, x, f] += in[y + i, x + j, c] · kernel[i, j, c, f], finished by acc + bias[f]   for y < 5, x < 5, …
import type { Affine } from '../algebra/affine.ts';
import { mapReads, type TensorExpression } from '../algebra/expression.ts';
import { printBox, printExpression } from '../algebra/print.ts';

export function showStatement(expression: TensorExpression): string {
  const box = printBox(expression);
  return `${printExpression(withNamedCoordinates(expression))}${box === '' ? '' : `   for ${box}`}`;
}

/** `bias[@2]` is `bias[f]` where the target's last index is the axis f. */
function withNamedCoordinates(expression: TensorExpression): TensorExpression {
  const names = new Map<string, Affine>();
  for (const [n, index] of expression.target.index.entries()) if (index.bareAxis()) names.set(`@${n}`, index);
  const finish = mapReads(expression.finish, (read) => ({
    ...read,
    index: read.index.map((index) => index.substitute(names)),
  }));
  return { ...expression, finish };
}
