// What TensorFlow's optimiser fuses into a convolution or a matrix product: a bias, then an activation.
//
//   _FusedConv2D(x, kernel, bias, slope) [BiasAdd, Prelu]      →      conv with a bias; prelu

import type { ConstantValue, LayerValue } from '../../importing/values.ts';
import { Operation } from '../operation.ts';
import { activations } from './activations.ts';

/** Makes the layer with the bias that was fused into it, then what follows. Inputs from `first` on are theirs. */
export function activated(
  operation: Operation,
  layer: (bias: ConstantValue | undefined) => LayerValue,
  first = 2,
): LayerValue {
  const fused = operation.texts('fused_ops');
  let next = first;
  let bias: ConstantValue | undefined;
  const rest = [...fused];
  if (rest[0] === 'BiasAdd') {
    rest.shift();
    bias = operation.constant(next++);
  }
  const slope = operation.attribute('leakyrelu_alpha');
  operation.attribute('epsilon');
  let value = layer(bias);
  for (const name of rest) {
    const meaning = activations.get(name) ?? operation.refuse(`fuses ${name}`, 'BiasAdd and an activation');
    const own = name === 'Prelu' ? [operation.inputs[next++]!] : [];
    const attributes = new Map(name === 'LeakyRelu' && typeof slope === 'number' ? [['alpha', slope]] : []);
    const inner = new Operation(operation.importer, name, [{ value, name: undefined }, ...own], attributes);
    value = meaning(inner);
  }
  return value;
}
