// Choice between two values, element by element.
import { call } from '../../algebra/expression.ts';
import { broadcasting } from '../shared/broadcasting.ts';

/** ONNX's number of the type of truth values. */
const truth = 9;

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
    patterns: {
      // A number as a truth value; a choice by it is a choice by the number.
      Cast: (node) =>
        node.int('to') === truth ? node.layer({}, [node.value(0), node.number(1), node.number(0)]) : undefined,
      Where: (node) => {
        const cast = node.madeBy(0, 'Cast');
        if (cast?.int('to') !== truth) return undefined;
        const { operands, layout } = node.aligned(undefined, cast.value(0));
        return node.layer({}, operands, { layout });
      },
    },
    exports: (layer) => {
      const [condition, chosen, otherwise] = layer.aligned();
      return layer.node('Where', [layer.node('Cast', [condition!], { to: { int: truth } }), chosen!, otherwise!]);
    },
  },
  value: (condition, chosen, otherwise) => call('select', condition!, chosen!, otherwise!),
});
