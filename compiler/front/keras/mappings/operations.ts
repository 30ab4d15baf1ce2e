// Functions that a model calls on its values. Keras 2 writes them as layers TFOpLambda and SlicingOpLambda that name a
// function of TensorFlow, Keras 3 as operations; what they mean is the same.

import { fieldsOf } from '../../../files/json.ts';
import { clip } from '../../../operators/activation/clip.ts';
import { relu } from '../../../operators/activation/relu.ts';
import { slice } from '../../../operators/arrangement/slice.ts';
import { abs } from '../../../operators/elementwise/abs.ts';
import { add } from '../../../operators/elementwise/add.ts';
import { div } from '../../../operators/elementwise/div.ts';
import { exp } from '../../../operators/elementwise/exp.ts';
import { log } from '../../../operators/elementwise/log.ts';
import { max } from '../../../operators/elementwise/max.ts';
import { min } from '../../../operators/elementwise/min.ts';
import { mul } from '../../../operators/elementwise/mul.ts';
import { neg } from '../../../operators/elementwise/neg.ts';
import { pow } from '../../../operators/elementwise/pow.ts';
import { sqrt } from '../../../operators/elementwise/sqrt.ts';
import { square } from '../../../operators/elementwise/square.ts';
import { sub } from '../../../operators/elementwise/sub.ts';
import type { AnyOperator } from '../../../operators/operator.ts';
import { reduceMax } from '../../../operators/reduction/reduce-max.ts';
import { reduceMean } from '../../../operators/reduction/reduce-mean.ts';
import { reduceMin } from '../../../operators/reduction/reduce-min.ts';
import { reduceSum } from '../../../operators/reduction/reduce-sum.ts';
import { asLayer, ourAxisIfAny, reshapeTo, separate, transposed } from '../../importing/arranging.ts';
import { constantOf } from '../../importing/constants.ts';
import { batchAxis } from '../../importing/layout.ts';
import { reshapedDims, resolveAxis, squeezedAxes } from '../../importing/shapes.ts';
import type { ImportedValue, LayerValue } from '../../importing/values.ts';
import { type LayerCall, Resolved } from '../layer-call.ts';
import { activate } from './activation.ts';
import type { Mapping, Table } from './mapping.ts';
import { joined } from './merging.ts';
import { combined } from './normalisation.ts';

/** An argument by its place among those of the call, by its name in it, or among the settings. */
function argument(call: LayerCall, place: number, ...names: readonly string[]): unknown {
  const named = names.map((name) => call.given.named(name) ?? call.config.value(name));
  return call.given.positional[place] ?? named.find((value) => value !== undefined);
}

function valueAt(call: LayerCall, place: number, name: string): ImportedValue {
  const given = argument(call, place, name);
  if (given instanceof Resolved) return given.value;
  if (typeof given === 'number') return constantOf([], Float32Array.of(given));
  const list = Array.isArray(given) && given.length > 0 && given.every((one) => typeof one === 'number');
  return list
    ? constantOf([given.length], Float32Array.from(given as number[]))
    : call.refuse(`takes a ${name} that is neither a value nor a number`);
}

const valuesOf = (call: LayerCall): readonly ImportedValue[] =>
  [argument(call, 0, 'values', 'xs', 'inputs')]
    .flat()
    .map((one) => (one instanceof Resolved ? one.value : call.refuse('joins something that is no value')));

function numberAt(call: LayerCall, place: number, ...names: readonly string[]): number {
  const given = argument(call, place, ...names);
  return typeof given === 'number' ? given : call.refuse(`takes a ${names[0]} that is no number`);
}

function wholesAt(call: LayerCall, place: number, ...names: readonly string[]): readonly number[] | undefined {
  const given = argument(call, place, ...names);
  if (given === undefined) return undefined;
  const list = [given].flat();
  return list.every((one): one is number => Number.isSafeInteger(one))
    ? list
    : call.refuse(`takes ${names[0]} that are no whole numbers`);
}

const two =
  (operator: AnyOperator, first: string, second: string): Mapping =>
  (call) => {
    const values = [valueAt(call, 0, first), valueAt(call, 1, second)];
    return combined(call, operator, values);
  };

const one =
  (operator: AnyOperator): Mapping =>
  (call) =>
    call.each(operator, {}, call.input);

const function_ =
  (name: string): Mapping =>
  (call) =>
    activate(call, call.input, name);

const limited =
  (low: string, high: string): Mapping =>
  (call) =>
    call.each(clip, { min: numberAt(call, 1, low), max: numberAt(call, 2, high) }, call.input);

/** Axes of the file, the batch not among them. */
const reducing =
  (operator: AnyOperator): Mapping =>
  (call) => {
    const { importer } = call;
    const dims = importer.dims(call.input);
    const wanted = wholesAt(call, 1, 'axis') ?? dims.map((_, axis) => axis);
    const theirs = wanted.map((axis) => resolveAxis(axis, dims.length));
    const keep = argument(call, 2, 'keepdims') === true;
    const x = separate(importer, call.input);
    const ours = theirs.map((axis) => ourAxisIfAny(importer, x, axis)).filter((axis) => axis !== undefined);
    if (theirs.includes(0) && dims[0] !== 1) call.refuse('reduces the batch', 'axes within one sample');
    const axes = [...ours].sort((a, b) => a - b);
    const all = axes.length === x.shape.length;
    const reduced = axes.length === 0 ? x : importer.layer(operator, all ? {} : { axes }, [x]);
    const left = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const layout = x.layout.map((own) =>
      own.filter((axis) => !axes.includes(axis)).map((axis) => (axis === batchAxis ? axis : left.indexOf(axis))),
    );
    return { ...reduced, layout: keep ? layout : layout.filter((_, axis) => !theirs.includes(axis)) };
  };

function reshaped(call: LayerCall): LayerValue {
  const sizes = wholesAt(call, 1, 'shape', 'newshape') ?? call.refuse('lacks the sizes');
  const { dims, importer, input } = call;
  // The first size is the batch's, which a model leaves open.
  const [batch, ...rest] = sizes;
  const open = batch === -1 && !rest.includes(-1);
  return reshapeTo(importer, input, reshapedDims(dims, open ? [dims[0]!, ...rest] : sizes, true));
}

function turned(call: LayerCall): LayerValue {
  const order = wholesAt(call, 1, 'perm', 'axes') ?? call.dims.map((_, axis) => axis).reverse();
  if ([...order].sort((a, b) => a - b).some((axis, n) => axis !== n) || order.length !== call.dims.length)
    call.refuse(`has [${order.join(', ')}] for an order of ${call.dims.length} axes`);
  return transposed(call.input, order);
}

function widened(call: LayerCall): LayerValue {
  const axis = resolveAxis(numberAt(call, 1, 'axis'), call.dims.length + 1);
  const { layout } = call.input;
  return { ...call.input, layout: [...layout.slice(0, axis), [], ...layout.slice(axis)] };
}

function squeezed(call: LayerCall): LayerValue {
  const kept = squeezedAxes(call.dims, wholesAt(call, 1, 'axis'));
  return { ...call.input, layout: kept.map((axis) => call.input.layout[axis]!) };
}

/** `x[:, 1:3, 0]`: each entry takes a part of an axis, one cell of it, or all axes that are left. */
function sliced(call: LayerCall): LayerValue {
  const given = argument(call, 1, 'slice_spec', 'key');
  const fields = fieldsOf(given);
  const keys = Array.isArray(given)
    ? given
    : fields?.get('class_name') === '__tuple__'
      ? (fields.get('items') ?? fields.get('config'))
      : [given];
  if (!Array.isArray(keys)) return call.refuse('takes a part that is not understood');
  const isRest = (key: unknown) => fieldsOf(key)?.get('class_name') === '__ellipsis__' || key === '...';
  const named = keys.filter((key) => !isRest(key)).length;
  let axis = 0;
  let value = separate(call.importer, asLayer(call.importer, call.inputs[0]!));
  const dropped: number[] = [];
  for (const key of keys) {
    if (isRest(key)) axis += call.dims.length - named;
    else {
      const taken = rangeOf(call, key, call.dims[axis] ?? call.refuse('takes parts of more axes than there are'));
      value = part(call, value, axis, taken);
      if (taken.drop) dropped.push(axis);
      axis++;
    }
  }
  return { ...value, layout: value.layout.filter((_, place) => !dropped.includes(place)) };
}

interface Taken {
  readonly start: number;
  readonly count: number;
  readonly step: number;
  readonly drop: boolean;
}

function rangeOf(call: LayerCall, key: unknown, size: number): Taken {
  const whole = (value: unknown): number | undefined =>
    value === null || value === undefined
      ? undefined
      : Number.isSafeInteger(value)
        ? (value as number)
        : call.refuse('takes a part that is no whole number');
  if (typeof key === 'number') return { start: within(call, whole(key)!, size), count: 1, step: 1, drop: true };
  const outer = fieldsOf(key) ?? call.refuse('takes a part that is not understood');
  const fields = fieldsOf(outer.get('config')) ?? outer;
  const step = whole(fields.get('step')) ?? 1;
  if (step < 1) call.refuse(`takes a part in steps of ${step}`, 'steps of at least 1');
  const place = (value: number): number => Math.min(Math.max(value < 0 ? value + size : value, 0), size);
  const start = place(whole(fields.get('start')) ?? 0);
  const stop = place(whole(fields.get('stop')) ?? size);
  if (stop <= start) call.refuse('takes nothing', 'a part of at least one cell');
  return { start, count: Math.ceil((stop - start) / step), step, drop: false };
}

function within(call: LayerCall, place: number, size: number): number {
  const at = place < 0 ? place + size : place;
  return at >= 0 && at < size ? at : call.refuse(`takes cell ${place} of ${size}`);
}

function part(
  { importer, refuse }: LayerCall,
  value: LayerValue,
  axis: number,
  { start, count, step }: Taken,
): LayerValue {
  const size = importer.dims(value)[axis]!;
  if (start === 0 && step === 1 && count === size) return value;
  const ours = ourAxisIfAny(importer, value, axis);
  if (ours === undefined) return refuse('takes a part of the batch', 'parts of one sample');
  const given = { starts: [start], sizes: [count], axes: [ours] };
  return importer.layer(slice, step === 1 ? given : { ...given, strides: [step] }, [value]);
}

const concatenated: Mapping = (call) => joined(call, valuesOf(call), numberAt(call, 1, 'axis'));

/** Functions of TensorFlow, as layers of Keras 2 name them. */
export const functions: Table = {
  'math.add': two(add, 'x', 'y'),
  '__operators__.add': two(add, 'x', 'y'),
  'math.subtract': two(sub, 'x', 'y'),
  'math.multiply': two(mul, 'x', 'y'),
  'math.divide': two(div, 'x', 'y'),
  'math.truediv': two(div, 'x', 'y'),
  'math.maximum': two(max, 'x', 'y'),
  'math.minimum': two(min, 'x', 'y'),
  'math.pow': two(pow, 'x', 'y'),
  'math.negative': one(neg),
  'math.abs': one(abs),
  'math.exp': one(exp),
  'math.log': one(log),
  'math.sqrt': one(sqrt),
  'math.square': one(square),
  'math.sigmoid': function_('sigmoid'),
  'math.tanh': function_('tanh'),
  'nn.relu': one(relu),
  'nn.relu6': function_('relu6'),
  'nn.elu': function_('elu'),
  'nn.selu': function_('selu'),
  'nn.sigmoid': function_('sigmoid'),
  'nn.tanh': function_('tanh'),
  'nn.silu': function_('silu'),
  'nn.swish': function_('silu'),
  'nn.softplus': function_('softplus'),
  clip_by_value: limited('clip_value_min', 'clip_value_max'),
  'math.reduce_mean': reducing(reduceMean),
  'math.reduce_sum': reducing(reduceSum),
  'math.reduce_max': reducing(reduceMax),
  'math.reduce_min': reducing(reduceMin),
  reshape: reshaped,
  transpose: turned,
  expand_dims: widened,
  squeeze: squeezed,
  concat: concatenated,
  identity: (call) => call.input,
  '__operators__.getitem': sliced,
};

/** Operations of Keras 3. */
export const operations: Table = {
  Add: two(add, 'x1', 'x2'),
  Subtract: two(sub, 'x1', 'x2'),
  Multiply: two(mul, 'x1', 'x2'),
  Divide: two(div, 'x1', 'x2'),
  TrueDivide: two(div, 'x1', 'x2'),
  Maximum: two(max, 'x1', 'x2'),
  Minimum: two(min, 'x1', 'x2'),
  Power: two(pow, 'x1', 'x2'),
  Negative: one(neg),
  Absolute: one(abs),
  Abs: one(abs),
  Exp: one(exp),
  Log: one(log),
  Sqrt: one(sqrt),
  Square: one(square),
  Sigmoid: function_('sigmoid'),
  Tanh: function_('tanh'),
  Relu: one(relu),
  Relu6: function_('relu6'),
  Selu: function_('selu'),
  Silu: function_('silu'),
  Softplus: function_('softplus'),
  Softsign: function_('softsign'),
  HardSigmoid: function_('hard_sigmoid'),
  HardSilu: function_('hard_silu'),
  Clip: limited('x_min', 'x_max'),
  Mean: reducing(reduceMean),
  Sum: reducing(reduceSum),
  Max: reducing(reduceMax),
  Min: reducing(reduceMin),
  Reshape: reshaped,
  Transpose: turned,
  ExpandDims: widened,
  Squeeze: squeezed,
  Concatenate: concatenated,
  GetItem: sliced,
};
