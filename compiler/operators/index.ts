// The folder listing as code: every operator, by name. A test keeps it in step with the folder.

import { celu } from './activation/celu.ts';
import { clip } from './activation/clip.ts';
import { elu } from './activation/elu.ts';
import { gelu } from './activation/gelu.ts';
import { hardSigmoid } from './activation/hard-sigmoid.ts';
import { hardSwish } from './activation/hard-swish.ts';
import { leakyRelu } from './activation/leaky-relu.ts';
import { logSigmoid } from './activation/log-sigmoid.ts';
import { logSoftmax } from './activation/log-softmax.ts';
import { mish } from './activation/mish.ts';
import { prelu } from './activation/prelu.ts';
import { relu } from './activation/relu.ts';
import { relu6 } from './activation/relu6.ts';
import { selu } from './activation/selu.ts';
import { sigmoid } from './activation/sigmoid.ts';
import { silu } from './activation/silu.ts';
import { softmax } from './activation/softmax.ts';
import { softplus } from './activation/softplus.ts';
import { softsign } from './activation/softsign.ts';
import { tanh } from './activation/tanh.ts';
import { thresholdedRelu } from './activation/thresholded-relu.ts';
import { channelShuffle } from './arrangement/channel-shuffle.ts';
import { concat } from './arrangement/concat.ts';
import { constant } from './arrangement/constant.ts';
import { crop } from './arrangement/crop.ts';
import { dropout } from './arrangement/dropout.ts';
import { expand } from './arrangement/expand.ts';
import { gather } from './arrangement/gather.ts';
import { pad } from './arrangement/pad.ts';
import { pixelShuffle } from './arrangement/pixel-shuffle.ts';
import { pixelUnshuffle } from './arrangement/pixel-unshuffle.ts';
import { resize } from './arrangement/resize.ts';
import { slice } from './arrangement/slice.ts';
import { take } from './arrangement/take.ts';
import { tile } from './arrangement/tile.ts';
import { upsample } from './arrangement/upsample.ts';
import { conv } from './convolution/conv.ts';
import { convTranspose } from './convolution/conv-transpose.ts';
import { depthwiseConv } from './convolution/depthwise-conv.ts';
import { separableConv } from './convolution/separable-conv.ts';
import { dense } from './dense/dense.ts';
import { flatten } from './dense/flatten.ts';
import { matmul } from './dense/matmul.ts';
import { reshape } from './dense/reshape.ts';
import { transpose } from './dense/transpose.ts';
import { abs } from './elementwise/abs.ts';
import { add } from './elementwise/add.ts';
import { ceil } from './elementwise/ceil.ts';
import { cos } from './elementwise/cos.ts';
import { div } from './elementwise/div.ts';
import { erf } from './elementwise/erf.ts';
import { exp } from './elementwise/exp.ts';
import { expm1 } from './elementwise/expm1.ts';
import { floor } from './elementwise/floor.ts';
import { greater } from './elementwise/greater.ts';
import { less } from './elementwise/less.ts';
import { log } from './elementwise/log.ts';
import { log1p } from './elementwise/log1p.ts';
import { max } from './elementwise/max.ts';
import { min } from './elementwise/min.ts';
import { mul } from './elementwise/mul.ts';
import { neg } from './elementwise/neg.ts';
import { pow } from './elementwise/pow.ts';
import { reciprocal } from './elementwise/reciprocal.ts';
import { round } from './elementwise/round.ts';
import { sign } from './elementwise/sign.ts';
import { sin } from './elementwise/sin.ts';
import { sqrt } from './elementwise/sqrt.ts';
import { square } from './elementwise/square.ts';
import { sub } from './elementwise/sub.ts';
import { tan } from './elementwise/tan.ts';
import { where } from './elementwise/where.ts';
import { batchNorm } from './normalisation/batch-norm.ts';
import { groupNorm } from './normalisation/group-norm.ts';
import { instanceNorm } from './normalisation/instance-norm.ts';
import { l2Normalize } from './normalisation/l2-normalize.ts';
import { layerNorm } from './normalisation/layer-norm.ts';
import { lpNormalize } from './normalisation/lp-normalize.ts';
import { lrn } from './normalisation/lrn.ts';
import type { AnyOperator } from './operator.ts';
import { argMaxPool } from './pooling/arg-max-pool.ts';
import { avgPool } from './pooling/avg-pool.ts';
import { globalAvgPool } from './pooling/global-avg-pool.ts';
import { globalMaxPool } from './pooling/global-max-pool.ts';
import { lpPool } from './pooling/lp-pool.ts';
import { maxPool } from './pooling/max-pool.ts';
import { gru } from './recurrent/gru.ts';
import { lstm } from './recurrent/lstm.ts';
import { rnn } from './recurrent/rnn.ts';
import { argMax } from './reduction/arg-max.ts';
import { argMin } from './reduction/arg-min.ts';
import { cumSum } from './reduction/cum-sum.ts';
import { reduceL1 } from './reduction/reduce-l1.ts';
import { reduceL2 } from './reduction/reduce-l2.ts';
import { reduceLogSum } from './reduction/reduce-log-sum.ts';
import { reduceLogSumExp } from './reduction/reduce-log-sum-exp.ts';
import { reduceMax } from './reduction/reduce-max.ts';
import { reduceMean } from './reduction/reduce-mean.ts';
import { reduceMin } from './reduction/reduce-min.ts';
import { reduceProd } from './reduction/reduce-prod.ts';
import { reduceSum } from './reduction/reduce-sum.ts';
import { reduceSumSquare } from './reduction/reduce-sum-square.ts';

export const operators: ReadonlyMap<string, AnyOperator> = new Map<string, AnyOperator>(
  [
    abs,
    add,
    argMax,
    argMaxPool,
    argMin,
    avgPool,
    batchNorm,
    ceil,
    celu,
    channelShuffle,
    clip,
    concat,
    constant,
    conv,
    convTranspose,
    cos,
    crop,
    cumSum,
    dense,
    depthwiseConv,
    div,
    dropout,
    elu,
    erf,
    exp,
    expand,
    expm1,
    flatten,
    floor,
    gather,
    gelu,
    globalAvgPool,
    globalMaxPool,
    greater,
    groupNorm,
    gru,
    hardSigmoid,
    hardSwish,
    instanceNorm,
    l2Normalize,
    layerNorm,
    leakyRelu,
    less,
    log,
    log1p,
    logSigmoid,
    logSoftmax,
    lpNormalize,
    lpPool,
    lrn,
    lstm,
    matmul,
    max,
    maxPool,
    min,
    mish,
    mul,
    neg,
    pad,
    pixelShuffle,
    pixelUnshuffle,
    pow,
    prelu,
    reciprocal,
    reduceL1,
    reduceL2,
    reduceLogSum,
    reduceLogSumExp,
    reduceMax,
    reduceMean,
    reduceMin,
    reduceProd,
    reduceSum,
    reduceSumSquare,
    relu,
    relu6,
    reshape,
    resize,
    rnn,
    round,
    selu,
    separableConv,
    sigmoid,
    sign,
    silu,
    sin,
    slice,
    softmax,
    softplus,
    softsign,
    sqrt,
    square,
    sub,
    take,
    tan,
    tanh,
    thresholdedRelu,
    tile,
    transpose,
    upsample,
    where,
  ].map((operator) => [operator.name, operator as AnyOperator]),
);
