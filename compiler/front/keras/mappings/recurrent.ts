// Recurrent layers over [batch, time, channels]. Gates lie in our order; what goes backwards gives its last moment first, where
// ours leaves every moment in its place.

import { fieldsOf } from '../../../files/json.ts';
import { slice } from '../../../operators/arrangement/slice.ts';
import { add } from '../../../operators/elementwise/add.ts';
import { mul } from '../../../operators/elementwise/mul.ts';
import type { AnyOperator } from '../../../operators/operator.ts';
import { gru } from '../../../operators/recurrent/gru.ts';
import { lstm } from '../../../operators/recurrent/lstm.ts';
import { rnn } from '../../../operators/recurrent/rnn.ts';
import { channelsLast } from '../../importing/arranging.ts';
import type { Arguments, LayerValue } from '../../importing/values.ts';
import type { LayerCall } from '../layer-call.ts';
import type { Mapping, Table } from './mapping.ts';
import { joined } from './merging.ts';
import { combined } from './normalisation.ts';

const recurrent =
  (operator: AnyOperator, own: (call: LayerCall) => Arguments): Mapping =>
  (call) => {
    const { config, importer } = call;
    if (call.inputs.length !== 1) call.refuse('begins with a state of its own', 'a layer that begins with zeros');
    if (call.dims.length !== 3) call.refuse(`takes ${call.dims.length} axes`, '[batch, time, channels]');
    for (const name of idle) config.value(name);
    const [bias, reverse] = [config.flag('use_bias', true), config.flag('go_backwards', false)];
    const given = { units: config.integer('units'), ...own(call), ...(reverse && { reverse }), bias };
    const { recurrent_kernel, ...rest } = call.weights(['kernel', 'recurrent_kernel', bias && 'bias'], 'cell');
    const x = channelsLast(importer, call.input);
    const steps = call.layer(operator, given, [x], { weights: { ...rest, recurrent: recurrent_kernel! } });
    if (config.flag('return_sequences', false)) return reverse ? backwards(call, steps) : steps;
    const last = reverse ? 0 : steps.shape[0]! - 1;
    const shown = importer.layer(slice, { starts: [last], sizes: [1], axes: [0] }, [steps]);
    return { ...shown, layout: [steps.layout[0]!, [1]] };
  };

/** How it is trained, and how Keras computes it. */
const idle = [
  'dropout',
  'recurrent_dropout',
  'unit_forget_bias',
  'unroll',
  'implementation',
  'use_cudnn',
  'zero_output_for_mask',
];

/** Gates that are no sigmoids, and states that are no tanh, have no layer of ours. */
function usual({ config, refuse }: LayerCall, gates: string): Arguments {
  const activation = config.value('activation') ?? 'tanh';
  const recurrent = config.value('recurrent_activation') ?? gates;
  if (activation !== 'tanh' || recurrent !== 'sigmoid')
    refuse(
      `has the activations ${String(activation)} and ${String(recurrent)}`,
      'tanh, and sigmoid as recurrent_activation',
    );
  return {};
}

const gatesOf = ({ dialect }: LayerCall): string => (dialect === 'tfjs' ? 'hard_sigmoid' : 'sigmoid');

const turning = { starts: [-1], strides: [-1], axes: [0] };

/** The last moment first; what was turned is as it was before. */
function backwards({ importer }: LayerCall, value: LayerValue): LayerValue {
  const last = importer.layers.at(-1);
  if (last?.id === value.id && last.given === turning) {
    importer.layers.pop();
    return { ...value, id: last.operands[0]! };
  }
  return importer.layer(slice, turning, [value]);
}

function bothWays(call: LayerCall): LayerValue {
  const { config } = call;
  const forward = fieldsOf(config.value('layer'));
  const backward = fieldsOf(config.value('backward_layer'));
  const settings = fieldsOf(forward?.get('config'));
  const className = forward?.get('class_name');
  if (typeof className !== 'string' || !settings) return call.refuse('has no layer within');
  const own =
    fieldsOf(backward?.get('config')) ??
    new Map([...settings, ['go_backwards', settings.get('go_backwards') !== true]]);
  const run = (given: ReadonlyMap<string, unknown>, part: string) =>
    call.apply({ className, config: Object.fromEntries(given) }, call.inputs, part);
  const first = run(settings, 'forward_layer');
  const turned = run(own, 'backward_layer');
  const second = settings.get('return_sequences') === true ? backwards(call, turned) : turned;
  const mode = config.word('merge_mode', 'concat', 'sum', 'mul', 'ave');
  if (mode === 'concat') return joined(call, [first, second], -1);
  const merged = combined(call, mode === 'mul' ? mul : add, [first, second]);
  return mode === 'ave' ? combined(call, mul, [merged, call.number(0.5)]) : merged;
}

export const recurrents: Table = {
  LSTM: recurrent(lstm, (call) => usual(call, gatesOf(call))),
  GRU: recurrent(gru, (call) => {
    const resetAfter = call.config.flag('reset_after', call.dialect !== 'tfjs');
    return { ...usual(call, gatesOf(call)), resetAfter };
  }),
  SimpleRNN: recurrent(rnn, ({ config }) => ({
    activation: config.word('activation', 'tanh', 'relu', 'sigmoid', 'linear'),
  })),
  Bidirectional: bothWays,
};
