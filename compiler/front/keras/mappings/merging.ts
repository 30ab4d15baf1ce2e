// Layers of several values.
import { concat } from '../../../operators/arrangement/concat.ts';
import { matmul } from '../../../operators/dense/matmul.ts';
import { add } from '../../../operators/elementwise/add.ts';
import { max } from '../../../operators/elementwise/max.ts';
import { min } from '../../../operators/elementwise/min.ts';
import { mul } from '../../../operators/elementwise/mul.ts';
import { sub } from '../../../operators/elementwise/sub.ts';
import { l2Normalize } from '../../../operators/normalisation/l2-normalize.ts';
import type { AnyOperator } from '../../../operators/operator.ts';
import { reduceSum } from '../../../operators/reduction/reduce-sum.ts';
import { align } from '../../importing/align.ts';
import { asLayer, ordered, ourAxis, separate } from '../../importing/arranging.ts';
import { resolveAxis } from '../../importing/shapes.ts';
import type { ImportedValue, LayerValue } from '../../importing/values.ts';
import type { LayerCall } from '../layer-call.ts';
import type { Mapping, Table } from './mapping.ts';
import { combined } from './normalisation.ts';

const merged =
  (operator: AnyOperator): Mapping =>
  (call) => {
    if (call.inputs.length < 2) return call.input;
    return combined(call, operator, call.inputs);
  };

function mean(call: LayerCall): LayerValue {
  if (call.inputs.length < 2) return call.input;
  const sum = combined(call, add, call.inputs);
  return combined(call, mul, [sum, call.number(1 / call.inputs.length)]);
}

/** One after the other along an axis of the file. */
export function joined(call: LayerCall, values: readonly ImportedValue[], axis: number): LayerValue {
  const { importer } = call;
  const [first] = values;
  if (!first) return call.refuse('joins nothing');
  if (values.length === 1) return asLayer(importer, first);
  const place = resolveAxis(axis, importer.dims(first).length);
  const { operands, layout } = align(importer, values, [], place);
  const ours = ourAxis(importer, { ...operands[0]!, layout }, place);
  const given = { axis: ours === operands[0]!.shape.length - 1 ? -1 : ours };
  return importer.layer(concat, given, operands, { layout });
}

/** Products of the values' vectors or matrices along an axis of each. */
function dot(call: LayerCall): LayerValue {
  const { importer, config } = call;
  const [first, second, ...more] = call.inputs.map((value) => asLayer(importer, value));
  if (!first || !second || more.length > 0) return call.refuse(`takes ${call.inputs.length} values`, 'two values');
  const dims = [first, second].map((value) => importer.dims(value));
  const given = config.integers('axes');
  const axes = dims.map(({ length }, n) => resolveAxis(given[n] ?? given[0]!, length));
  const along = config.flag('normalize', false)
    ? [first, second].map((value, n) => normalised(call, value, axes[n]!))
    : [first, second];
  if (dims.every(({ length }) => length === 2) && axes.every((axis) => axis === 1)) {
    const each = combined(call, mul, along);
    const sum = importer.layer(reduceSum, { axes: [each.shape.length - 1] }, [each]);
    return { ...sum, layout: [each.layout[0]!, [0]] };
  }
  if (!dims.every(({ length }) => length === 3) || axes.includes(0))
    return call.refuse(`multiplies [${dims[0]!.join(', ')}] and [${dims[1]!.join(', ')}]`, 'vectors or matrices');
  const matrices = along.map((value) => ordered(importer, value, [1, 2]));
  const turns = { transposeFirst: axes[0] === 1, transposeSecond: axes[1] === 2 };
  return importer.layer(matmul, turns, matrices, { layout: [[], [0], [1]] });
}

function normalised({ importer }: LayerCall, value: LayerValue, axis: number): LayerValue {
  const apart = separate(importer, value);
  return importer.layer(l2Normalize, { axis: ourAxis(importer, apart, axis), epsilon: 1e-6 }, [apart]);
}

export const merges: Table = {
  Add: merged(add),
  Subtract: merged(sub),
  Multiply: merged(mul),
  Average: mean,
  Maximum: merged(max),
  Minimum: merged(min),
  Concatenate: (call) => joined(call, call.inputs, call.config.integer('axis', -1)),
  Dot: dot,
};
