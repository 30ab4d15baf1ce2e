// Softplus: a smooth max(x, 0).
import { add, call, multiply } from '../../algebra/expression.ts';
import { finite, optional } from '../parameters.ts';
import { elementwise } from '../shared/elementwise.ts';

interface Arguments {
  readonly beta: number;
}

export const softplus = elementwise<Arguments>({
  name: 'softplus',
  about: 'ln(1 + e^(beta·x)) / beta.',
  example: 'softplus',
  parameters: { beta: optional(finite('Steepness of the bend.'), 1) },
  positional: ['beta'],
  value: (x, { beta }) => {
    // ln(1 + e^t) = max(t, 0) + ln(1 + e^−|t|) cannot overflow.
    const scaled = beta === 1 ? x : multiply(x, beta);
    const tail = call('logarithmOnePlus', call('exponential', call('negate', call('absolute', scaled))));
    const sum = add(call('maximum', scaled, 0), tail);
    return beta === 1 ? sum : call('divide', sum, beta);
  },
});
