// Activations, as layers and as settings of other layers by name. Versions differ: `hard_sigmoid` of Keras 2 and
// TensorFlow.js is 0.2·x + 0.5, of Keras 3 x/6 + 0.5; a leaky slope is 0.3 as a layer and 0.2 by name.

import { fieldsOf, showJson } from '../../../files/json.ts';
import { celu } from '../../../operators/activation/celu.ts';
import { clip } from '../../../operators/activation/clip.ts';
import { elu } from '../../../operators/activation/elu.ts';
import { gelu } from '../../../operators/activation/gelu.ts';
import { hardSigmoid } from '../../../operators/activation/hard-sigmoid.ts';
import { hardSwish } from '../../../operators/activation/hard-swish.ts';
import { leakyRelu } from '../../../operators/activation/leaky-relu.ts';
import { logSigmoid } from '../../../operators/activation/log-sigmoid.ts';
import { logSoftmax } from '../../../operators/activation/log-softmax.ts';
import { mish } from '../../../operators/activation/mish.ts';
import { prelu } from '../../../operators/activation/prelu.ts';
import { relu } from '../../../operators/activation/relu.ts';
import { relu6 } from '../../../operators/activation/relu6.ts';
import { selu } from '../../../operators/activation/selu.ts';
import { sigmoid } from '../../../operators/activation/sigmoid.ts';
import { silu } from '../../../operators/activation/silu.ts';
import { softmax } from '../../../operators/activation/softmax.ts';
import { softplus } from '../../../operators/activation/softplus.ts';
import { softsign } from '../../../operators/activation/softsign.ts';
import { tanh } from '../../../operators/activation/tanh.ts';
import { thresholdedRelu } from '../../../operators/activation/thresholded-relu.ts';
import { exp } from '../../../operators/elementwise/exp.ts';
import type { AnyOperator } from '../../../operators/operator.ts';
import { alongside, ourAxis, separate } from '../../importing/arranging.ts';
import type { Arguments, LayerValue } from '../../importing/values.ts';
import type { LayerCall } from '../layer-call.ts';
import type { Table } from './mapping.ts';

type Applied = readonly [operator: AnyOperator, given?: Arguments];

/** Functions of one element, by the name that settings use. */
const named = new Map<string, Applied>([
  ['relu', [relu]],
  ['relu6', [relu6]],
  ['elu', [elu]],
  ['selu', [selu]],
  ['celu', [celu]],
  ['sigmoid', [sigmoid]],
  ['tanh', [tanh]],
  ['softplus', [softplus]],
  ['softsign', [softsign]],
  ['swish', [silu]],
  ['silu', [silu]],
  ['gelu', [gelu]],
  ['gelu_new', [gelu, { approximate: 'tanh' }]],
  ['mish', [mish]],
  ['exponential', [exp]],
  ['leaky_relu', [leakyRelu, { slope: 0.2 }]],
  ['hard_silu', [hardSwish]],
  ['hard_swish', [hardSwish]],
  ['hard_tanh', [clip, { min: -1, max: 1 }]],
  ['log_sigmoid', [logSigmoid]],
]);

/** By name, on any value. */
export function activate(call: LayerCall, value: LayerValue, name: string): LayerValue {
  if (name === 'linear') return value;
  if (name === 'softmax') return alongAxis(call, softmax, value, -1);
  if (name === 'log_softmax') return alongAxis(call, logSoftmax, value, -1);
  if (name === 'hard_sigmoid') return call.each(hardSigmoid, { alpha: call.dialect === 'keras3' ? 1 / 6 : 0.2 }, value);
  const [operator, given = {}] =
    named.get(name) ?? call.refuse(`has the activation ${showJson(name)}, which is not supported`);
  return call.each(operator, given, value);
}

/** The result of a layer, through the activation among its settings: a name, or a layer of its own. */
export function activated(call: LayerCall, value: LayerValue): LayerValue {
  const activation = call.config.value('activation') ?? 'linear';
  if (typeof activation === 'string') return activate(call, value, activation);
  const fields = fieldsOf(activation);
  const [className, config] = [fields?.get('class_name'), fields?.get('config')];
  if (className === 'function' && typeof config === 'string') return activate(call, value, config);
  if (typeof className === 'string' && fieldsOf(config)) return call.apply({ className, config }, [value]);
  return call.refuse(`has the activation ${showJson(activation)}, which is not supported`);
}

/** Along an axis of the file. */
export function alongAxis(call: LayerCall, operator: AnyOperator, value: LayerValue, axis: number): LayerValue {
  const apart = separate(call.importer, value);
  const ours = ourAxis(call.importer, apart, axis);
  return call.each(operator, { axis: ours === apart.shape.length - 1 ? -1 : ours }, apart);
}

/** max_value cuts from above; below the threshold lies nothing, or a slope. */
function rectified(call: LayerCall): LayerValue {
  const { config, input } = call;
  const max = config.optional('max_value');
  const slope = config.number(['negative_slope', 'alpha'], 0);
  const threshold = config.number('threshold', 0);
  if (threshold !== 0 && slope !== 0) call.refuse('has both a threshold and a negative_slope', 'one of them');
  if (threshold !== 0) return cut(call, call.each(thresholdedRelu, { theta: threshold }, input), max);
  if (slope !== 0) return cut(call, call.each(leakyRelu, { slope }, input), max);
  if (max === 6) return call.each(relu6, {}, input);
  return max === undefined ? call.each(relu, {}, input) : call.each(clip, { min: 0, max }, input);
}

const cut = (call: LayerCall, value: LayerValue, max: number | undefined): LayerValue =>
  max === undefined ? value : call.each(clip, { max }, value);

function slopes(call: LayerCall): LayerValue {
  const { importer, config, input } = call;
  config.value('shared_axes');
  const { alpha } = call.weights(['alpha']);
  const x = separate(importer, input);
  const slope = alongside(importer, { kind: 'constant', ...alpha! }, x);
  const perChannel = slope.shape.join() === `${x.shape.at(-1)}`;
  return call.layer(prelu, perChannel ? {} : { shape: slope.shape }, [x], { weights: { slope } });
}

function alongSetting(call: LayerCall, operator: AnyOperator): LayerValue {
  const axes = call.config.value('axis') === undefined ? [-1] : call.config.integers('axis');
  if (axes.length !== 1) call.refuse(`works along ${axes.length} axes at once`, 'one axis');
  return alongAxis(call, operator, call.input, axes[0]!);
}

export const activations: Table = {
  Activation: (call) => activated(call, call.input),
  ReLU: rectified,
  LeakyReLU: (call) =>
    call.each(leakyRelu, { slope: call.config.number(['negative_slope', 'alpha'], 0.3) }, call.input),
  ELU: (call) => call.each(elu, { alpha: call.config.number('alpha', 1) }, call.input),
  ThresholdedReLU: (call) => call.each(thresholdedRelu, { theta: call.config.number('theta', 1) }, call.input),
  PReLU: slopes,
  Softmax: (call) => alongSetting(call, softmax),
};
