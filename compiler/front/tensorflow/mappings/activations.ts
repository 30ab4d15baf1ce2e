// Activations of TensorFlow, and the same names where they are fused into other operations.
import { clip } from '../../../operators/activation/clip.ts';
import { elu } from '../../../operators/activation/elu.ts';
import { gelu } from '../../../operators/activation/gelu.ts';
import { hardSwish } from '../../../operators/activation/hard-swish.ts';
import { leakyRelu } from '../../../operators/activation/leaky-relu.ts';
import { logSoftmax } from '../../../operators/activation/log-softmax.ts';
import { prelu } from '../../../operators/activation/prelu.ts';
import { relu } from '../../../operators/activation/relu.ts';
import { relu6 } from '../../../operators/activation/relu6.ts';
import { selu } from '../../../operators/activation/selu.ts';
import { sigmoid } from '../../../operators/activation/sigmoid.ts';
import { softmax } from '../../../operators/activation/softmax.ts';
import { softplus } from '../../../operators/activation/softplus.ts';
import { softsign } from '../../../operators/activation/softsign.ts';
import { tanh } from '../../../operators/activation/tanh.ts';
import { mul } from '../../../operators/elementwise/mul.ts';
import type { AnyOperator } from '../../../operators/operator.ts';
import { alongside, ourAxis, separate } from '../../importing/arranging.ts';
import type { LayerValue } from '../../importing/values.ts';
import type { Operation } from '../operation.ts';

const unary =
  (operator: AnyOperator) =>
  (operation: Operation): LayerValue =>
    operation.importer.layer(operator, {}, [operation.layer(0)]);

export const activations: ReadonlyMap<string, (operation: Operation) => LayerValue> = new Map([
  ['Relu', unary(relu)],
  ['Relu6', unary(relu6)],
  ['Elu', unary(elu)],
  ['Selu', unary(selu)],
  ['Sigmoid', unary(sigmoid)],
  ['Tanh', unary(tanh)],
  ['Softplus', unary(softplus)],
  ['Softsign', unary(softsign)],
  ['HardSwish', unary(hardSwish)],
  ['ReluN1To1', (operation) => operation.importer.layer(clip, { min: -1, max: 1 }, [operation.layer(0)])],
  ['Relu0To1', (operation) => operation.importer.layer(clip, { min: 0, max: 1 }, [operation.layer(0)])],
  ['LeakyRelu', (operation) => leaky(operation)],
  ['Gelu', (operation) => approximated(operation)],
  ['Prelu', (operation) => slopes(operation)],
  ['Softmax', (operation) => alongLast(operation, softmax)],
  ['LogSoftmax', (operation) => alongLast(operation, logSoftmax)],
]);

const leaky = (operation: Operation): LayerValue =>
  operation.importer.layer(leakyRelu, { slope: operation.number('alpha', 0.2) }, [operation.layer(0)]);

const approximated = (operation: Operation): LayerValue =>
  operation.importer.layer(gelu, { approximate: operation.flag('approximate') ? 'tanh' : 'none' }, [
    operation.layer(0),
  ]);

/** One slope for each channel, or for each cell and channel. */
function slopes(operation: Operation): LayerValue {
  const x = operation.channelsLast(0);
  const slope = alongside(operation.importer, operation.constant(1), x);
  const perChannel = slope.shape.join() === `${x.shape.at(-1)}`;
  return operation.importer.layer(prelu, perChannel ? {} : { shape: slope.shape }, [x], { weights: { slope } });
}

/** Over the last axis; `beta` scales what goes in. */
function alongLast(operation: Operation, operator: AnyOperator): LayerValue {
  const { importer } = operation;
  const x = separate(importer, operation.layer(0));
  const beta = operation.number('beta', 1);
  const scaled = beta === 1 ? x : importer.layer(mul, {}, [x, importer.constantLayer(scalar(beta), [])]);
  return importer.layer(operator, { axis: ourAxis(importer, scaled, -1) }, [scaled]);
}

const scalar = (value: number) => ({ kind: 'constant', shape: [], data: Float32Array.of(value) }) as const;
