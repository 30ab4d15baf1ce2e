// The folder listing as code: every operator, by name. A test keeps it in step with the folder.
import { abs } from './abs.ts';
import { add } from './add.ts';
import { argMaxPool } from './arg-max-pool.ts';
import { avgPool } from './avg-pool.ts';
import { batchNorm } from './batch-norm.ts';
import { ceil } from './ceil.ts';
import { celu } from './celu.ts';
import { channelShuffle } from './channel-shuffle.ts';
import { clip } from './clip.ts';
import { concat } from './concat.ts';
import { constant } from './constant.ts';
import { conv } from './conv.ts';
import { convTranspose } from './conv-transpose.ts';
import { cos } from './cos.ts';
import { crop } from './crop.ts';
import { dense } from './dense.ts';
import { depthwiseConv } from './depthwise-conv.ts';
import { div } from './div.ts';
import { dropout } from './dropout.ts';
import { elu } from './elu.ts';
import { erf } from './erf.ts';
import { exp } from './exp.ts';
import { expand } from './expand.ts';
import { expm1 } from './expm1.ts';
import { flatten } from './flatten.ts';
import { floor } from './floor.ts';
import { gelu } from './gelu.ts';
import { globalAvgPool } from './global-avg-pool.ts';
import { globalMaxPool } from './global-max-pool.ts';
import { greater } from './greater.ts';
import { groupNorm } from './group-norm.ts';
import { hardSigmoid } from './hard-sigmoid.ts';
import { hardSwish } from './hard-swish.ts';
import { instanceNorm } from './instance-norm.ts';
import { l2Normalize } from './l2-normalize.ts';
import { layerNorm } from './layer-norm.ts';
import { leakyRelu } from './leaky-relu.ts';
import { less } from './less.ts';
import { log } from './log.ts';
import { logSigmoid } from './log-sigmoid.ts';
import { logSoftmax } from './log-softmax.ts';
import { log1p } from './log1p.ts';
import { lpNormalize } from './lp-normalize.ts';
import { lpPool } from './lp-pool.ts';
import { lrn } from './lrn.ts';
import { matmul } from './matmul.ts';
import { max } from './max.ts';
import { maxPool } from './max-pool.ts';
import { min } from './min.ts';
import { mish } from './mish.ts';
import { mul } from './mul.ts';
import { neg } from './neg.ts';
import type { AnyOperator } from './operator.ts';
import { pad } from './pad.ts';
import { pixelShuffle } from './pixel-shuffle.ts';
import { pixelUnshuffle } from './pixel-unshuffle.ts';
import { pow } from './pow.ts';
import { prelu } from './prelu.ts';
import { reciprocal } from './reciprocal.ts';
import { reduceL1 } from './reduce-l1.ts';
import { reduceL2 } from './reduce-l2.ts';
import { reduceLogSum } from './reduce-log-sum.ts';
import { reduceLogSumExp } from './reduce-log-sum-exp.ts';
import { reduceMax } from './reduce-max.ts';
import { reduceMean } from './reduce-mean.ts';
import { reduceMin } from './reduce-min.ts';
import { reduceProd } from './reduce-prod.ts';
import { reduceSum } from './reduce-sum.ts';
import { reduceSumSquare } from './reduce-sum-square.ts';
import { relu } from './relu.ts';
import { relu6 } from './relu6.ts';
import { reshape } from './reshape.ts';
import { resize } from './resize.ts';
import { round } from './round.ts';
import { selu } from './selu.ts';
import { separableConv } from './separable-conv.ts';
import { sigmoid } from './sigmoid.ts';
import { sign } from './sign.ts';
import { silu } from './silu.ts';
import { sin } from './sin.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { softplus } from './softplus.ts';
import { softsign } from './softsign.ts';
import { sqrt } from './sqrt.ts';
import { square } from './square.ts';
import { sub } from './sub.ts';
import { tan } from './tan.ts';
import { tanh } from './tanh.ts';
import { thresholdedRelu } from './thresholded-relu.ts';
import { transpose } from './transpose.ts';
import { upsample } from './upsample.ts';
import { where } from './where.ts';

export const operators: ReadonlyMap<string, AnyOperator> = new Map<string, AnyOperator>(
  [
    abs,
    add,
    argMaxPool,
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
    gelu,
    globalAvgPool,
    globalMaxPool,
    greater,
    groupNorm,
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
    tan,
    tanh,
    thresholdedRelu,
    transpose,
    upsample,
    where,
  ].map((operator) => [operator.name, operator as AnyOperator]),
);
