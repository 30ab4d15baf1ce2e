// Comparison, element by element.
import { call } from '../../algebra/expression.ts';
import { broadcasting } from '../shared/broadcasting.ts';

export const less = broadcasting({
  name: 'less',
  about: '1 where a < b, else 0, with broadcasting.',
  example: 'less(a, b)',
  onnx: {
    imports: {
      Less: (node) => {
        const { operands, layout } = node.aligned();
        return node.layer({}, operands, { layout });
      },
    },
    exports: (layer) => layer.node('Cast', [layer.node('Less', layer.aligned())], { to: { int: 1 } }),
  },
  value: (a, b) => call('less', a!, b!),
});
