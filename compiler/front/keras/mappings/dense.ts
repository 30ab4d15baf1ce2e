// Dense layers. On more than one axis they work at every place of the others, as a convolution of kernel 1 does.
import { conv } from '../../../operators/convolution/conv.ts';
import { dense } from '../../../operators/dense/dense.ts';
import { channelsLast, rows } from '../../importing/arranging.ts';
import type { LayerValue } from '../../importing/values.ts';
import { sortRows } from '../../importing/weights.ts';
import type { LayerCall } from '../layer-call.ts';
import { activated } from './activation.ts';
import type { Table } from './mapping.ts';

function product(call: LayerCall): LayerValue {
  const { config, importer, dims } = call;
  const units = config.integer('units');
  const bias = config.flag('use_bias', true);
  const { kernel, ...rest } = call.weights(['kernel', bias && 'bias']);
  const [inputs, outputs] = kernel!.shape;
  if (kernel!.shape.length !== 2 || inputs !== dims.at(-1) || outputs !== units)
    call.refuse(`multiplies ${dims.at(-1)} numbers with weights of [${kernel!.shape.join(', ')}]`);
  if (dims.length === 2) {
    const x = rows(importer, call.input, 1);
    const weights = { kernel: sortRows(kernel!, x), ...rest };
    return call.layer(dense, { units, bias }, [x], { weights, layout: [x.layout[0]!, [0]] });
  }
  const x = channelsLast(importer, call.input);
  const taps = dims.slice(1, -1).map(() => 1);
  const weights = { kernel: { shape: [...taps, inputs!, units], data: kernel!.data }, ...rest };
  return call.layer(conv, { filters: units, kernel: 1, bias }, [x], { weights });
}

export const products: Table = { Dense: (call) => activated(call, product(call)) };
