// Pools. Their stride is their window where none is given.
import type { AnyOperator } from '../../../operators/operator.ts';
import { avgPool } from '../../../operators/pooling/avg-pool.ts';
import { globalAvgPool } from '../../../operators/pooling/global-avg-pool.ts';
import { globalMaxPool } from '../../../operators/pooling/global-max-pool.ts';
import { maxPool } from '../../../operators/pooling/max-pool.ts';
import { compact } from '../layer-call.ts';
import type { Mapping, Table } from './mapping.ts';

const pool =
  (operator: AnyOperator, rank: number): Mapping =>
  (call) => {
    const { config } = call;
    const kernel = config.sizes('pool_size', rank, 2);
    const stride = config.sizes('strides', rank, kernel);
    const given = {
      kernel: compact(kernel),
      ...(stride.join() !== kernel.join() && { stride: compact(stride) }),
      padding: config.word('padding', 'valid', 'same'),
    };
    return call.each(operator, given, call.space(rank));
  };

/** Over all of space; the axes of space go, unless `keepdims`. */
const global =
  (operator: AnyOperator, rank: number): Mapping =>
  (call) => {
    const pooled = call.each(operator, {}, call.space(rank));
    if (call.config.flag('keepdims', false)) return pooled;
    const channels = pooled.shape.length - 1;
    return { ...pooled, layout: [pooled.layout[0]!, [channels]] };
  };

export const pools: Table = {
  MaxPooling1D: pool(maxPool, 1),
  MaxPooling2D: pool(maxPool, 2),
  MaxPooling3D: pool(maxPool, 3),
  AveragePooling1D: pool(avgPool, 1),
  AveragePooling2D: pool(avgPool, 2),
  AveragePooling3D: pool(avgPool, 3),
  GlobalMaxPooling1D: global(globalMaxPool, 1),
  GlobalMaxPooling2D: global(globalMaxPool, 2),
  GlobalMaxPooling3D: global(globalMaxPool, 3),
  GlobalAveragePooling1D: global(globalAvgPool, 1),
  GlobalAveragePooling2D: global(globalAvgPool, 2),
  GlobalAveragePooling3D: global(globalAvgPool, 3),
};
