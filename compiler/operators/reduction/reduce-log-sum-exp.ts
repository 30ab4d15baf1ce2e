// Logarithm of a sum of exponentials over axes, none of which can overflow.
//
//   pivot[c] = max of in[y, x, c], or 0 where that is infinite
//   total[c] = ln(Σ e^(in[y, x, c] − pivot[c]))
//   out[c]   = total[c] + pivot[c]
import { accumulated, add, call, express, read } from '../../algebra/expression.ts';
import { operand } from '../operator.ts';
import { elementAxes, elementIndex } from '../shared/elementwise.ts';
import { reducing } from '../shared/reduction.ts';

export const reduceLogSumExp = reducing(
  'reduceLogSumExp',
  'ln of the sum of e^x over some axes.',
  ({ box, element, kept, output }) => {
    const input = read(operand(0), element);
    const finite = call('less', call('absolute', accumulated), Number.POSITIVE_INFINITY);
    const power = call('exponential', call('subtract', input, read('pivot', kept)));
    const place = elementIndex(output);
    return {
      statements: [
        express({
          tensor: 'pivot',
          axes: box,
          target: kept,
          combine: 'max',
          value: input,
          finish: call('select', finite, accumulated, 0),
        }),
        express({
          tensor: 'total',
          axes: box,
          target: kept,
          combine: 'sum',
          value: power,
          finish: call('logarithm', accumulated),
        }),
        express({ axes: elementAxes(output), target: place, value: add(read('total', place), read('pivot', place)) }),
      ],
      temporaries: { pivot: output, total: output },
    };
  },
);
