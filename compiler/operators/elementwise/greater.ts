// Comparison, element by element.
import { call } from '../../algebra/expression.ts';
import { broadcasting } from '../shared/broadcasting.ts';

export const greater = broadcasting({
  name: 'greater',
  about: '1 where a > b, else 0, with broadcasting.',
  example: 'greater(a, b)',
  onnx: {
    imports: {
      Greater: (node) => {
        const { operands, layout } = node.aligned();
        return node.layer({}, operands, { layout });
      },
    },
    exports: (layer) => layer.node('Cast', [layer.node('Greater', layer.aligned())], { to: { int: 1 } }),
  },
  value: (a, b) => call('less', b!, a!),
});
