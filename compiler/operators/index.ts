// The folder listing as code: every operator, by name. A test keeps it in step with the folder.
import { abs } from './abs.ts';
import { add } from './add.ts';
import { batchNorm } from './batchNorm.ts';
import { ceil } from './ceil.ts';
import { celu } from './celu.ts';
import { conv } from './conv.ts';
import { cos } from './cos.ts';
import { div } from './div.ts';
import { elu } from './elu.ts';
import { erf } from './erf.ts';
import { exp } from './exp.ts';
import { expm1 } from './expm1.ts';
import { floor } from './floor.ts';
import { hardSwish } from './hardSwish.ts';
import { leakyRelu } from './leakyRelu.ts';
import { log } from './log.ts';
import { log1p } from './log1p.ts';
import { logSigmoid } from './logSigmoid.ts';
import { max } from './max.ts';
import { min } from './min.ts';
import { mish } from './mish.ts';
import { mul } from './mul.ts';
import { neg } from './neg.ts';
import type { AnyOperator } from './operator.ts';
import { pow } from './pow.ts';
import { reciprocal } from './reciprocal.ts';
import { relu } from './relu.ts';
import { relu6 } from './relu6.ts';
import { round } from './round.ts';
import { selu } from './selu.ts';
import { sigmoid } from './sigmoid.ts';
import { sign } from './sign.ts';
import { silu } from './silu.ts';
import { sin } from './sin.ts';
import { softmax } from './softmax.ts';
import { softplus } from './softplus.ts';
import { softsign } from './softsign.ts';
import { sqrt } from './sqrt.ts';
import { square } from './square.ts';
import { sub } from './sub.ts';
import { tan } from './tan.ts';
import { tanh } from './tanh.ts';
import { thresholdedRelu } from './thresholdedRelu.ts';

export const operators: ReadonlyMap<string, AnyOperator> = new Map<string, AnyOperator>(
  [
    abs,
    add,
    batchNorm,
    ceil,
    celu,
    conv,
    cos,
    div,
    elu,
    erf,
    exp,
    expm1,
    floor,
    hardSwish,
    leakyRelu,
    log,
    log1p,
    logSigmoid,
    max,
    min,
    mish,
    mul,
    neg,
    pow,
    reciprocal,
    relu,
    relu6,
    round,
    selu,
    sigmoid,
    sign,
    silu,
    sin,
    softmax,
    softplus,
    softsign,
    sqrt,
    square,
    sub,
    tan,
    tanh,
    thresholdedRelu,
  ].map((operator) => [operator.name, operator as AnyOperator]),
);
