// A layer at every step of time, [batch, time, …]: layers that look at one place alone see no difference; windows get an
// axis more, of size 1.
import { fieldsOf } from '../../../files/json.ts';
import { reshapeTo } from '../../importing/arranging.ts';
import { resolveAxis } from '../../importing/shapes.ts';
import type { LayerValue } from '../../importing/values.ts';
import type { LayerCall, LayerWithin } from '../layer-call.ts';
import type { Table } from './mapping.ts';

/** What they do does not depend on other places, or only on those along their last axis. */
const placewise =
  /^(Dense|Activation|ReLU|LeakyReLU|ELU|ThresholdedReLU|Rescaling|(Alpha|Gaussian|Spatial)?Dropout([123]D)?|GaussianNoise|BatchNormalization|LayerNormalization)$/;

/** Layers over windows, and their twins with an axis more. */
const widened: ReadonlyMap<string, string> = new Map([
  ['Conv1D', 'Conv2D'],
  ['Conv2D', 'Conv3D'],
  ['MaxPooling1D', 'MaxPooling2D'],
  ['MaxPooling2D', 'MaxPooling3D'],
  ['AveragePooling1D', 'AveragePooling2D'],
  ['AveragePooling2D', 'AveragePooling3D'],
]);

const windowSettings = ['kernel_size', 'pool_size', 'strides', 'dilation_rate'];

function everyStep(call: LayerCall): LayerValue {
  const fields = fieldsOf(call.config.value('layer'));
  const [className, config] = [fields?.get('class_name'), fieldsOf(fields?.get('config'))];
  if (typeof className !== 'string' || !config) return call.refuse('has no layer within');
  const within = (settings: ReadonlyMap<string, unknown>, name = className): LayerValue =>
    call.apply({ className: name, config: Object.fromEntries(settings) } satisfies LayerWithin, call.inputs, 'layer');
  if (className === 'Flatten') {
    const [batch, time, ...rest] = call.dims;
    return reshapeTo(call.importer, call.input, [batch!, time!, rest.reduce((product, size) => product * size, 1)]);
  }
  if (placewise.test(className)) return within(alongLast(call, config));
  const twin = widened.get(className);
  if (!twin || config.get('data_format') === 'channels_first' || config.get('padding') === 'causal')
    return call.refuse(
      `does the layer ${className} at every step, which is not supported`,
      'a layer that looks at one place',
    );
  const rank = call.dims.length - 3;
  const longer = [...config].map(
    ([name, value]) => [name, windowSettings.includes(name) ? longerBy(value, rank) : value] as const,
  );
  return within(new Map(longer), twin);
}

/** Sizes for every axis, and 1 for time. */
function longerBy(value: unknown, rank: number): unknown {
  if (value === null || value === undefined) return value;
  return [1, ...(Array.isArray(value) ? value : Array.from({ length: rank }, () => value))];
}

/** A normalisation's axis is counted without the time: it has to be the last one. */
function alongLast(call: LayerCall, config: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
  const axes = [config.get('axis') ?? -1].flat();
  const last = axes.length === 1 && resolveAxis(Number(axes[0]), call.dims.length - 1) === call.dims.length - 2;
  if (!last) call.refuse('normalises another axis than the last at every step', 'the last axis');
  return config.has('axis') ? new Map([...config, ['axis', -1]]) : config;
}

export const wrappers: Table = { TimeDistributed: everyStep };
