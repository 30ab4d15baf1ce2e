// Scaled exponential linear unit, with the constants of G. Klambauer et al., "Self-Normalizing Neural Networks" (2017).
import { call, multiply } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const ALPHA = 1.6732632423543772;
export const LAMBDA = 1.0507009873554805;

export const selu = elementwise({
  name: 'selu',
  about: 'λ·x above 0, λ·α·(e^x − 1) below, with λ = 1.0507… and α = 1.6732….',
  example: 'selu',
  value: (x) => {
    const below = multiply(call('exponentialMinusOne', x), ALPHA);
    return multiply(call('select', call('less', x, 0), below, x), LAMBDA);
  },
});
