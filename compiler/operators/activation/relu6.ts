// Rectified linear unit with a ceiling, for networks that run in few bits (MobileNet).

import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const relu6 = elementwise({
  name: 'relu6',
  about: 'min(max(x, 0), 6).',
  example: 'relu6',
  value: (x) => call('minimum', call('maximum', x, 0), 6),
});
