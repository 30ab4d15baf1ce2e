// The activation inside a fused operator.
import type { Dense } from '../case.ts';
import type { Value } from '../network.ts';
import { type Call, number, text, Unsupported } from '../translation.ts';
import { slopeBelow } from './elementwise.ts';

export function activated(call: Call, value: Value, slope: Dense | undefined = call.tensor('preluSlope')): Value {
  const { network } = call;
  const name = text(call, 'activation', 'linear');
  switch (name) {
    case 'linear':
      return value;
    case 'relu':
    case 'relu6':
    case 'elu':
    case 'sigmoid':
      return network.layer(name, {}, [value]);
    case 'leakyrelu':
      return network.layer('leakyRelu', { slope: number(call, 'leakyreluAlpha', 0.2) }, [value]);
    case 'prelu':
      return slopeBelow(call, value, slope!);
    default:
      throw new Unsupported(`activation ${name} in a fused operator`);
  }
}
