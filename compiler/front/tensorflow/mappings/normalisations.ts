// Normalisations with trained numbers, and over neighbouring channels.
import { batchNorm } from '../../../operators/normalisation/batch-norm.ts';
import { l2Normalize } from '../../../operators/normalisation/l2-normalize.ts';
import { lrn } from '../../../operators/normalisation/lrn.ts';
import { ourAxis, separate } from '../../importing/arranging.ts';
import type { LayerValue } from '../../importing/values.ts';
import { reshapedTo } from '../../importing/weights.ts';
import type { Meaning, Operation } from '../operation.ts';
import { checkFormat } from '../windows.ts';

export const normalisations: readonly (readonly [string, Meaning])[] = [
  ['FusedBatchNorm', batchNormalised],
  ['FusedBatchNormV2', batchNormalised],
  ['FusedBatchNormV3', batchNormalised],
  ['LRN', neighbours],
  ['L2Normalization', lengths],
];

/** Inputs: x, scale, offset, mean, variance. */
function batchNormalised(operation: Operation): LayerValue {
  checkFormat(operation);
  operation.attribute('exponential_avg_factor');
  if (operation.flag('is_training'))
    operation.refuse('normalises with the statistics of the batch (training mode)', 'a model exported for inference');
  const x = operation.channelsLast(0);
  const channels = [x.shape.at(-1)!];
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((input) => reshapedTo(channels, operation.constant(input)));
  const weights = { gamma: gamma!, beta: beta!, mean: mean!, variance: variance! };
  return operation.importer.layer(batchNorm, { epsilon: operation.number('epsilon', 1e-4) }, [x], { weights });
}

/** TensorFlow sums 2·radius + 1 squares times alpha; ours takes their mean. */
function neighbours(operation: Operation): LayerValue {
  const size = 2 * operation.number('depth_radius', 5) + 1;
  const alpha = operation.number('alpha', 1) * size;
  const given = { size, alpha, beta: operation.number('beta', 0.5), bias: operation.number('bias', 1) };
  return operation.importer.layer(lrn, given, [operation.channelsLast(0)]);
}

function lengths(operation: Operation): LayerValue {
  const x = separate(operation.importer, operation.layer(0));
  return operation.importer.layer(l2Normalize, { axis: ourAxis(operation.importer, x, -1) }, [x]);
}
