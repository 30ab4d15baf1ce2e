// Reductions in ONNX.
import { abs } from '../../../operators/elementwise/abs.ts';
import { log } from '../../../operators/elementwise/log.ts';
import { square } from '../../../operators/elementwise/square.ts';
import type { AnyOperator } from '../../../operators/operator.ts';
import { argMax } from '../../../operators/reduction/arg-max.ts';
import { argMin } from '../../../operators/reduction/arg-min.ts';
import { cumSum } from '../../../operators/reduction/cum-sum.ts';
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
import type { OnnxMapping, OnnxTable } from '../mapping.ts';
import { floatDataType } from '../tensor.ts';
import { exportedAxis, fromEnd } from './shared/axes.ts';
import { onnxReduction, withoutAxes } from './shared/reductions.ts';

/** With the function that a reduction of one element is, where it is one. */
const twins: readonly (readonly [AnyOperator, name: string, single?: AnyOperator])[] = [
  [reduceL1, 'ReduceL1', abs],
  [reduceL2, 'ReduceL2', abs],
  [reduceLogSum, 'ReduceLogSum', log],
  [reduceLogSumExp, 'ReduceLogSumExp'],
  [reduceMax, 'ReduceMax'],
  [reduceMean, 'ReduceMean'],
  [reduceMin, 'ReduceMin'],
  [reduceProd, 'ReduceProd'],
  [reduceSum, 'ReduceSum'],
  [reduceSumSquare, 'ReduceSumSquare', square],
];

/** The places as numbers like any others; ONNX has them as 64-bit integers. */
const placeOfExtreme = (name: string): OnnxMapping => ({
  imports: {
    [name]: (node) => {
      if (node.int('select_last_index', 0) === 1) node.refuse('takes the last of equals', 'the first of equals');
      const value = node.separate(0);
      const given = node.int('axis', 0);
      const onnxAxis = given < 0 ? given + node.dims(0).length : given;
      const axis = node.axis(value, onnxAxis);
      const keepAxes = node.int('keepdims', 1) === 1;
      const places = node.layer({ axis: fromEnd(axis, value.shape), keepAxes }, [value]);
      return { ...places, layout: keepAxes ? value.layout : withoutAxes(value, [onnxAxis], [axis]) };
    },
  },
  exports: (layer) => {
    const rank = layer.inputs[0]!.length;
    const given = layer.arguments.axis as number;
    const axis = { int: (given < 0 ? given + rank : given) + 1 };
    const keepdims = { int: layer.arguments.keepAxes === true || rank === 1 ? 1 : 0 };
    const places = layer.node(name, [layer.ourOrder(0)], { axis, keepdims });
    return layer.fromOurOrder(layer.node('Cast', [places], { to: { int: floatDataType } }), layer.output);
  },
});

const runningSums: OnnxMapping = {
  imports: {
    CumSum: (node) => {
      const value = node.separate(0);
      const [onnxAxis] = node.constant(1).data;
      const [exclusive, reverse] = [node.int('exclusive', 0) === 1, node.int('reverse', 0) === 1];
      const axis = fromEnd(node.axis(value, onnxAxis ?? 0), value.shape);
      return { ...node.layer({ axis, exclusive, reverse }, [value]), layout: value.layout };
    },
  },
  exports: (layer) => {
    const flag = (name: string) => ({ int: layer.arguments[name] === true ? 1 : 0 });
    const axis = layer.integers('axis', [exportedAxis(layer)]);
    return layer.node('CumSum', [layer.operands[0]!, axis], { exclusive: flag('exclusive'), reverse: flag('reverse') });
  },
};

export const reductions: OnnxTable = [
  ...twins.map(([operator, ...twin]) => [operator, onnxReduction(...twin)] as const),
  [argMax, placeOfExtreme('ArgMax')],
  [argMin, placeOfExtreme('ArgMin')],
  [cumSum, runningSums],
];
