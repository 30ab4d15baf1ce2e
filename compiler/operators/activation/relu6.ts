// Rectified linear unit with a ceiling, for networks that run in few bits (MobileNet).

import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';
import { exportLimits, onnxLimits } from './clip.ts';

export const relu6 = elementwise({
  name: 'relu6',
  about: 'min(max(x, 0), 6).',
  example: 'relu6',
  onnx: {
    imports: {
      Clip: (node) => {
        const { min, max } = onnxLimits(node);
        return min === 0 && max === 6 ? node.layer({}, [node.value(0)]) : undefined;
      },
    },
    exports: (layer) => exportLimits(layer, 0, 6),
  },
  value: (x) => call('minimum', call('maximum', x, 0), 6),
});
