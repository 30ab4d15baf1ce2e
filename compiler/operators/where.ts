// Choice between two values, element by element.
import { call } from '../algebra/expression.ts';
import { broadcasting } from './broadcasting.ts';

export const where = broadcasting({
  name: 'where',
  about: 'b where a is not zero, else c, with broadcasting.',
  example: 'where(a, b, c)',
  exampleInputs: [
    [3, 4, 2],
    [1, 1, 2],
    [3, 4, 1],
  ],
  operands: { minimum: 3, maximum: 3 },
  onnx: {
    imports: {
      Where: (node) => {
        const { operands, layout } = node.aligned();
        return node.layer({}, operands, { layout });
      },
    },
    exports: (layer) => {
      const [condition, chosen, otherwise] = layer.aligned();
      return layer.node('Where', [layer.node('Cast', [condition!], { to: { int: 9 } }), chosen!, otherwise!]);
    },
  },
  value: (condition, chosen, otherwise) => call('select', condition!, chosen!, otherwise!),
});
