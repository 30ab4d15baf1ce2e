// Reductions: the axes come as an attribute, as a tensor or not at all, and so does whether they stay.
import type { Value } from '../network.ts';
import { type Call, flag, numbers, type Table, wholes } from '../translation.ts';

const names = {
  logSumExp: 'reduceLogSumExp',
  prod: 'reduceProd',
  reduceL1: 'reduceL1',
  reduceL2: 'reduceL2',
  reduceLogSum: 'reduceLogSum',
  reduceLogSumExp: 'reduceLogSumExp',
  reduceMax: 'reduceMax',
  reduceMean: 'reduceMean',
  reduceMin: 'reduceMin',
  reduceProd: 'reduceProd',
  reduceProduct: 'reduceProd',
  reduceSum: 'reduceSum',
  reduceSumSquare: 'reduceSumSquare',
};

function reduce(call: Call, layer: string): Value {
  const stated = wholes(call, 'axes') ?? numbers(call, 'axes') ?? numbers(call, 'axis');
  // ONNX keeps axes by default, and an empty list means all of them unless it says otherwise.
  const onnx = call.source === 'onnx';
  const empty = stated?.length === 0;
  if (onnx && flag(call, 'noop_with_empty_axes', false) && (empty || !stated))
    return call.network.layer('dropout', {}, [call.value('input')]);
  const keepAxes = flag(call, 'keepDimensions', flag(call, 'keepDims', flag(call, 'keepdims', onnx)));
  return call.network.layer(layer, { axes: onnx && empty ? undefined : stated, keepAxes }, [call.value('input')]);
}

export const reductions: Table = Object.fromEntries(
  Object.entries(names).map(([name, layer]) => [name, { layers: (call: Call) => reduce(call, layer) }]),
);
