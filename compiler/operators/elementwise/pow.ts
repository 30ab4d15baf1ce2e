// Power, element by element.

import { call } from '../../algebra/expression.ts';
import { broadcasting } from '../shared/broadcasting.ts';

export const pow = broadcasting({
  name: 'pow',
  about: 'a to the power of b, with broadcasting.',
  example: 'pow(a, b)',
  value: (a, b) => call('power', a!, b!),
});
