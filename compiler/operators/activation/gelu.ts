// Gaussian error linear unit. D. Hendrycks and K. Gimpel, "Gaussian Error Linear Units" (2016).

import { add, call, multiply, type Scalar } from '../../algebra/expression.ts';
import type { LayerValue, OnnxNodeReader } from '../../front/onnx/mapping.ts';
import { choice, optional } from '../parameters.ts';
import { elementwise } from '../shared/elementwise.ts';

interface Arguments {
  readonly approximate: 'none' | 'tanh';
}

export const gelu = elementwise<Arguments>({
  name: 'gelu',
  about: 'x · Φ(x) = x/2 · (1 + erf(x/√2)), or its approximation by tanh.',
  example: 'gelu',
  parameters: {
    approximate: optional(
      choice('none: with the error function. tanh: the paper’s approximation.', 'none', 'tanh'),
      'none',
    ),
  },
  positional: [],
  onnx: {
    imports: {
      Gelu: (node) => node.layer({ approximate: node.string('approximate', 'none') }, [node.value(0)]),
      'com.microsoft:Gelu': (node) => node.layer({}, [node.value(0)]),
    },
    patterns: { Mul: (node) => erfGate(node) },
    exports: (layer) =>
      layer.node('Gelu', layer.operands, { approximate: { string: layer.arguments.approximate as string } }),
  },
  value: (x, { approximate }) => {
    const gate = approximate === 'tanh' ? call('tanh', bent(x)) : call('errorFunction', multiply(x, Math.SQRT1_2));
    return multiply(multiply(x, 0.5), add(gate, 1));
  },
});

/** √(2/π) · (x + 0.044715·x³). */
function bent(x: Scalar): Scalar {
  const cube = multiply(multiply(x, x), x);
  return multiply(add(x, multiply(cube, 0.044715)), Math.sqrt(2 / Math.PI));
}

/** x · (1 + erf(x/√2)) · ½, in whatever order the three are multiplied. */
function erfGate(node: OnnxNodeReader): LayerValue | undefined {
  const factors = productOf(node);
  const halves = factors.filter(({ reader, input }) => isNumber(reader, input, 0.5));
  const gates = factors.filter(({ reader, input }) => bentInput(reader, input) !== undefined);
  const others = factors.filter((factor) => !halves.includes(factor) && !gates.includes(factor));
  const [half, gate, x] = [halves[0], gates[0], others[0]];
  if (factors.length !== 3 || !half || !gate || !x) return undefined;
  const same = bentInput(gate.reader, gate.input) === x.reader.name(x.input);
  return same ? node.layer({}, [x.reader.value(x.input)]) : undefined;
}

interface Factor {
  readonly reader: OnnxNodeReader;
  readonly input: number;
}

/** The factors of a product and of a product within it. */
const productOf = (node: OnnxNodeReader): Factor[] =>
  [0, 1].flatMap((input): Factor[] => {
    const inner = node.madeBy(input, 'Mul');
    return inner ? [0, 1].map((at) => ({ reader: inner, input: at })) : [{ reader: node, input }];
  });

function isNumber(node: OnnxNodeReader, input: number, value: number): boolean {
  const data = node.known(input)?.data;
  return data?.length === 1 && Math.abs(data[0]! - value) < 1e-6;
}

/** The name of x where an input is 1 + erf(x/√2). */
function bentInput(node: OnnxNodeReader, input: number): string | undefined {
  const sum = node.madeBy(input, 'Add');
  const [at, one] = sum?.madeBy(0, 'Erf') ? [0, 1] : [1, 0];
  const bend = sum?.madeBy(at, 'Erf');
  if (!sum || !bend || !isNumber(sum, one, 1)) return undefined;
  const [quotient, scaled] = [bend.madeBy(0, 'Div'), bend.madeBy(0, 'Mul')];
  if (quotient && isNumber(quotient, 1, Math.SQRT2)) return quotient.name(0);
  return scaled && isNumber(scaled, 1, Math.SQRT1_2) ? scaled.name(0) : undefined;
}
