// Normalisations. Their axes count the batch; gamma and beta are there as `scale` and `center` say.

import { add } from '../../../operators/elementwise/add.ts';
import { div } from '../../../operators/elementwise/div.ts';
import { mul } from '../../../operators/elementwise/mul.ts';
import { sub } from '../../../operators/elementwise/sub.ts';
import { batchNorm } from '../../../operators/normalisation/batch-norm.ts';
import { groupNorm } from '../../../operators/normalisation/group-norm.ts';
import { l2Normalize } from '../../../operators/normalisation/l2-normalize.ts';
import { layerNorm } from '../../../operators/normalisation/layer-norm.ts';
import type { AnyOperator } from '../../../operators/operator.ts';
import { align } from '../../importing/align.ts';
import { ordered, ourAxis, separate } from '../../importing/arranging.ts';
import { constantOf } from '../../importing/constants.ts';
import { resolveAxis } from '../../importing/shapes.ts';
import type { Arguments, ConstantValue, ImportedValue, LayerValue } from '../../importing/values.ts';
import { permuted } from '../../importing/weights.ts';
import type { LayerCall } from '../layer-call.ts';
import { alongAxis } from './activation.ts';
import type { Table } from './mapping.ts';

/** `axis` as a list, counted from 0, the batch included. */
function axesOf({ config, dims }: LayerCall, fallback: number): readonly number[] {
  const given = config.value('axis') === undefined ? [fallback] : config.integers('axis');
  return given.map((axis) => resolveAxis(axis, dims.length));
}

/** The only value with the one axis of the settings last. */
function channelsAtEnd(call: LayerCall): LayerValue {
  const axes = axesOf(call, -1);
  if (axes.length !== 1 || axes[0] === 0)
    call.refuse(`works along the axes [${axes.join(', ')}]`, 'the axis of the channels');
  const space = call.dims.map((_, axis) => axis).filter((axis) => axis > 0 && axis !== axes[0]);
  return ordered(call.importer, call.input, [...space, axes[0]!]);
}

const scaleAndShift = ({
  config,
}: LayerCall): { readonly given: Arguments; readonly names: readonly (string | false)[] } => {
  const [scale, center] = [config.flag('scale', true), config.flag('center', true)];
  return {
    given: { epsilon: config.number('epsilon', 1e-3), scale, center },
    names: [scale && 'gamma', center && 'beta'],
  };
};

function batchNormalised(call: LayerCall): LayerValue {
  const { given, names } = scaleAndShift(call);
  call.config.value('fused');
  const { moving_mean, moving_variance, ...rest } = call.weights([...names, 'moving_mean', 'moving_variance']);
  const weights = { ...rest, mean: moving_mean!, variance: moving_variance! };
  return call.layer(batchNorm, given, [channelsAtEnd(call)], { weights });
}

function layerNormalised(call: LayerCall): LayerValue {
  const { importer } = call;
  const { given, names } = scaleAndShift(call);
  const theirs = [...axesOf(call, -1)].sort((a, b) => a - b);
  const x = separate(importer, call.input);
  const ours = theirs.map((axis) => ourAxis(importer, x, axis));
  const sorted = ours.map((_, n) => n).sort((a, b) => ours[a]! - ours[b]!);
  const weights = Object.fromEntries(
    Object.entries(call.weights(names)).map(([name, weight]) => [name, permuted(weight, sorted)]),
  );
  const axes = sorted.map((n) => ours[n]!);
  const last = axes.length === 1 && axes[0] === x.shape.length - 1;
  return call.layer(layerNorm, { ...given, ...(!last && { axes }) }, [x], { weights });
}

function groupNormalised(call: LayerCall): LayerValue {
  const { given, names } = scaleAndShift(call);
  const x = channelsAtEnd(call);
  const groups = call.config.integer('groups', 32);
  const all = { groups: groups === -1 ? x.shape.at(-1)! : groups, ...given };
  return call.layer(groupNorm, all, [x], { weights: call.weights(names) });
}

/** The smallest length is 10⁻¹² in Keras 3; before, the smallest square was. */
function unit(call: LayerCall): LayerValue {
  const [axis, ...more] = axesOf(call, -1);
  if (more.length > 0) call.refuse('divides by a length over several axes', 'one axis');
  const epsilon = call.dialect === 'keras3' ? 1e-12 : 1e-6;
  const value = alongAxis(call, l2Normalize, call.input, axis!);
  const made = call.importer.layers.at(-1)!;
  call.importer.layers[call.importer.layers.length - 1] = { ...made, given: { ...made.given, epsilon } };
  return value;
}

/** A value and numbers that the file broadcasts to it. */
export function combined(call: LayerCall, operator: AnyOperator, values: readonly ImportedValue[]): LayerValue {
  const { operands, layout } = align(call.importer, values);
  return call.importer.layer(operator, {}, operands, { layout });
}

/** (x − mean) / max(√variance, 10⁻⁷), with numbers of the settings or of the weights. */
function standardised(call: LayerCall): LayerValue {
  const { config, dims } = call;
  const invert = config.flag('invert', false);
  const axes = config.value('axis') === undefined ? [] : axesOf(call, -1);
  const own = config.value('mean') === undefined ? call.weights(['mean', 'variance']) : undefined;
  const numbers = (name: 'mean' | 'variance'): ConstantValue => {
    const listed = config.value(name);
    const flat = own ? own[name]!.data : Float32Array.from([listed].flat(8) as number[]);
    const sizes = dims.map((size, axis) => (axes.includes(axis) ? size : 1));
    const count = sizes.reduce((product, size) => product * size, 1);
    if (flat.length !== count && flat.length !== 1) call.refuse(`has ${flat.length} numbers ${name} for ${count}`);
    return constantOf(flat.length === 1 ? [] : sizes.slice(1), flat);
  };
  const mean = numbers('mean');
  const variance = numbers('variance');
  const deviation = constantOf(
    variance.shape,
    Float32Array.from(variance.data, (one) => Math.max(Math.sqrt(one), 1e-7)),
  );
  if (invert) return combined(call, add, [combined(call, mul, [call.input, deviation]), mean]);
  return combined(call, div, [combined(call, sub, [call.input, mean]), deviation]);
}

export const normalisations: Table = {
  BatchNormalization: batchNormalised,
  LayerNormalization: layerNormalised,
  GroupNormalization: groupNormalised,
  UnitNormalization: unit,
  Normalization: standardised,
};
