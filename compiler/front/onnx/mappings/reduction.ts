// Reductions in ONNX.
import { reduceL1 } from '../../../operators/reduction/reduce-l1.ts';
import { reduceL2 } from '../../../operators/reduction/reduce-l2.ts';
import { reduceLogSum } from '../../../operators/reduction/reduce-log-sum.ts';
import { reduceLogSumExp } from '../../../operators/reduction/reduce-log-sum-exp.ts';
import { reduceMax } from '../../../operators/reduction/reduce-max.ts';
import { reduceMean } from '../../../operators/reduction/reduce-mean.ts';
import { reduceMin } from '../../../operators/reduction/reduce-min.ts';
import { reduceProd } from '../../../operators/reduction/reduce-prod.ts';
import { reduceSum } from '../../../operators/reduction/reduce-sum.ts';
import { reduceSumSquare } from '../../../operators/reduction/reduce-sum-square.ts';
import type { OnnxTable } from '../mapping.ts';
import { onnxReduction } from './shared/reductions.ts';

const twins = [
  [reduceL1, 'ReduceL1'],
  [reduceL2, 'ReduceL2'],
  [reduceLogSum, 'ReduceLogSum'],
  [reduceLogSumExp, 'ReduceLogSumExp'],
  [reduceMax, 'ReduceMax'],
  [reduceMean, 'ReduceMean'],
  [reduceMin, 'ReduceMin'],
  [reduceProd, 'ReduceProd'],
  [reduceSum, 'ReduceSum'],
  [reduceSumSquare, 'ReduceSumSquare'],
] as const;

export const reductions: OnnxTable = twins.map(([operator, name]) => [operator, onnxReduction(name)] as const);
