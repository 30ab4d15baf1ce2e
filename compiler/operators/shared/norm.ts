// The p-norm of some elements, (Σ |x|^p)^(1/p), where no power over- or underflows: the largest size is divided out first.
//
//   scale[t]  = max of |x|, or 1 where that is 0 or infinite
//   total[t]  = (Σ (|x| / scale[t])^p)^(1/p)
//   length[t] = total[t] · scale[t]
import type { Affine } from '../../algebra/affine.ts';
import {
  accumulated,
  call,
  express,
  multiply,
  read,
  type Scalar,
  type TensorExpression,
} from '../../algebra/expression.ts';
import type { Shape } from '../../tensor.ts';
import { elementAxes, elementIndex } from './elementwise.ts';

export interface Norm {
  readonly p: number;
  /** All points that are summed over, and where each norm stands. */
  readonly axes: Readonly<Record<string, number>>;
  readonly target: readonly Affine[];
  readonly element: Scalar;
  /** The shape of the norms. */
  readonly output: Shape;
  /** The temporary that is filled; the layer's output where it is left out. */
  readonly tensor?: string;
  /** What becomes of a norm; itself where it is left out. */
  readonly finish?: (norm: Scalar) => Scalar;
}

export function normOf({ p, axes, target, element, output, tensor, finish = (norm) => norm }: Norm): {
  readonly statements: readonly TensorExpression[];
  readonly temporaries: Readonly<Record<string, Shape>>;
} {
  const size = call('absolute', element);
  const named = tensor === undefined ? {} : { tensor };
  const result = tensor === undefined ? {} : { [tensor]: output };
  // A sum of sizes is never larger than the norm.
  if (p === 1) {
    const sum = express({ ...named, axes, target, combine: 'sum', value: size, finish: finish(accumulated) });
    return { statements: [sum], temporaries: result };
  }
  const scaled = call('divide', p === 2 ? element : size, read('scale', target));
  const place = elementIndex(output);
  const divisible = multiply(call('less', 0, accumulated), call('less', accumulated, Number.POSITIVE_INFINITY));
  return {
    statements: [
      express({
        tensor: 'scale',
        axes,
        target,
        combine: 'max',
        value: size,
        finish: call('select', divisible, accumulated, 1),
      }),
      express({ tensor: 'total', axes, target, combine: 'sum', ...powers(p, scaled) }),
      express({
        ...named,
        axes: elementAxes(output),
        target: place,
        value: finish(multiply(read('total', place), read('scale', place))),
      }),
    ],
    temporaries: { scale: output, total: output, ...result },
  };
}

/** What is summed and how the sum ends, without powers for the usual norm. */
const powers = (p: number, x: Scalar): { readonly value: Scalar; readonly finish: Scalar } =>
  p === 2
    ? { value: multiply(x, x), finish: call('squareRoot', accumulated) }
    : { value: call('power', x, p), finish: call('power', accumulated, 1 / p) };
