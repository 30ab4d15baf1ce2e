// Pools of TensorFlow: cells beyond the border never count.

import type { AnyOperator } from '../../../operators/operator.ts';
import { avgPool } from '../../../operators/pooling/avg-pool.ts';
import { maxPool } from '../../../operators/pooling/max-pool.ts';
import type { Meaning } from '../operation.ts';
import { compact, paddingOf, spatial } from '../windows.ts';

const pool =
  (operator: AnyOperator): Meaning =>
  (operation) => {
    const x = operation.channelsLast(0);
    const rank = x.shape.length - 1;
    const [kernel, stride] = [compact(spatial(operation, 'ksize', rank)), compact(spatial(operation, 'strides', rank))];
    const isOwn = JSON.stringify(kernel) === JSON.stringify(stride);
    const given = { kernel, ...(!isOwn && { stride }), padding: paddingOf(operation, rank) };
    return operation.importer.layer(operator, given, [x]);
  };

export const pools: readonly (readonly [string, Meaning])[] = [
  ['MaxPool', pool(maxPool)],
  ['MaxPool3D', pool(maxPool)],
  ['AvgPool', pool(avgPool)],
  ['AvgPool3D', pool(avgPool)],
];
