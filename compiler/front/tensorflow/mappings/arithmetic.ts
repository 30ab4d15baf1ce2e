// Functions of single numbers and of pairs, with broadcasting.
import { abs } from '../../../operators/elementwise/abs.ts';
import { add } from '../../../operators/elementwise/add.ts';
import { ceil } from '../../../operators/elementwise/ceil.ts';
import { cos } from '../../../operators/elementwise/cos.ts';
import { div } from '../../../operators/elementwise/div.ts';
import { erf } from '../../../operators/elementwise/erf.ts';
import { exp } from '../../../operators/elementwise/exp.ts';
import { expm1 } from '../../../operators/elementwise/expm1.ts';
import { floor } from '../../../operators/elementwise/floor.ts';
import { greater } from '../../../operators/elementwise/greater.ts';
import { less } from '../../../operators/elementwise/less.ts';
import { log } from '../../../operators/elementwise/log.ts';
import { log1p } from '../../../operators/elementwise/log1p.ts';
import { max } from '../../../operators/elementwise/max.ts';
import { min } from '../../../operators/elementwise/min.ts';
import { mul } from '../../../operators/elementwise/mul.ts';
import { neg } from '../../../operators/elementwise/neg.ts';
import { pow } from '../../../operators/elementwise/pow.ts';
import { reciprocal } from '../../../operators/elementwise/reciprocal.ts';
import { round } from '../../../operators/elementwise/round.ts';
import { sign } from '../../../operators/elementwise/sign.ts';
import { sin } from '../../../operators/elementwise/sin.ts';
import { sqrt } from '../../../operators/elementwise/sqrt.ts';
import { square } from '../../../operators/elementwise/square.ts';
import { sub } from '../../../operators/elementwise/sub.ts';
import { tan } from '../../../operators/elementwise/tan.ts';
import { where } from '../../../operators/elementwise/where.ts';
import type { AnyOperator } from '../../../operators/operator.ts';
import { type Aligned, align } from '../../importing/align.ts';
import { constantOf } from '../../importing/constants.ts';
import { mergeBias } from '../../importing/merge-bias.ts';
import type { ImportedValue, LayerValue } from '../../importing/values.ts';
import type { Meaning, Operation } from '../operation.ts';
import { checkFormat } from '../windows.ts';

const unary =
  (operator: AnyOperator): Meaning =>
  (operation) =>
    operation.importer.layer(operator, {}, [operation.layer(0)]);

/** All inputs, or these values, in one arrangement, and a layer of them. */
function joined(operation: Operation, operator: AnyOperator, values?: readonly ImportedValue[]): LayerValue {
  const { importer, inputs } = operation;
  const given = values ?? inputs.map(({ value }) => value);
  const names = values ? [] : inputs.map(({ name }) => name);
  const { operands, layout }: Aligned = align(importer, given, names);
  return importer.layer(operator, {}, operands, { layout });
}

const binary =
  (operator: AnyOperator): Meaning =>
  (operation) =>
    joined(operation, operator);

const number = (value: number) => constantOf([], Float32Array.of(value));

/** a ? 0 : 1 of numbers that are 0 or 1. */
const not = (operation: Operation, value: ImportedValue): LayerValue => joined(operation, sub, [number(1), value]);

/** A sum with a constant for each channel is the bias of the layer before it, where that has none. */
function sum(operation: Operation): LayerValue {
  const [first, second] = [operation.value(0), operation.value(1)];
  const [value, constant] = first.kind === 'constant' ? [second, first] : [first, second];
  const merged =
    value.kind === 'layer' && constant.kind === 'constant' ? mergeBias(operation.importer, value, constant) : undefined;
  return merged ?? joined(operation, add);
}

function biased(operation: Operation): LayerValue {
  checkFormat(operation);
  return sum(operation);
}

/** 1 where the numbers are equal: neither is greater. */
function equal(operation: Operation): LayerValue {
  const either = joined(operation, max, [joined(operation, greater), joined(operation, less)]);
  return not(operation, either);
}

/** a / b, and 0 where b is 0. */
function divideOrZero(operation: Operation): LayerValue {
  const [a, b] = [operation.value(0), operation.value(1)];
  const known = operation.known(1);
  if (known?.data.every((value) => value !== 0)) return joined(operation, div);
  const isZero = not(
    operation,
    joined(operation, max, [joined(operation, greater, [b, number(0)]), joined(operation, less, [b, number(0)])]),
  );
  const divisor = joined(operation, where, [isZero, number(1), b]);
  return joined(operation, where, [isZero, number(0), joined(operation, div, [a, divisor])]);
}

const floored = (operation: Operation): LayerValue => operation.importer.layer(floor, {}, [joined(operation, div)]);

/** a − ⌊a / b⌋·b */
function remainder(operation: Operation): LayerValue {
  const multiple = joined(operation, mul, [floored(operation), operation.value(1)]);
  return joined(operation, sub, [operation.value(0), multiple]);
}

/** All inputs, which have one shape. */
function sumOfAll(operation: Operation): LayerValue {
  return operation.inputs.length === 1 ? operation.layer(0) : joined(operation, add);
}

export const arithmetic: readonly (readonly [string, Meaning])[] = [
  ['Abs', unary(abs)],
  ['Ceil', unary(ceil)],
  ['Cos', unary(cos)],
  ['Erf', unary(erf)],
  ['Exp', unary(exp)],
  ['Expm1', unary(expm1)],
  ['Floor', unary(floor)],
  ['Log', unary(log)],
  ['Log1p', unary(log1p)],
  ['Neg', unary(neg)],
  ['Reciprocal', unary(reciprocal)],
  ['Inv', unary(reciprocal)],
  ['Round', unary(round)],
  ['Sign', unary(sign)],
  ['Sin', unary(sin)],
  ['Sqrt', unary(sqrt)],
  ['Square', unary(square)],
  ['Tan', unary(tan)],
  [
    'Rsqrt',
    (operation) => operation.importer.layer(reciprocal, {}, [operation.importer.layer(sqrt, {}, [operation.layer(0)])]),
  ],
  ['Add', sum],
  ['AddV2', sum],
  ['BiasAdd', biased],
  ['AddN', sumOfAll],
  ['Sub', binary(sub)],
  ['Mul', binary(mul)],
  ['RealDiv', binary(div)],
  ['Div', binary(div)],
  ['DivNoNan', divideOrZero],
  ['FloorDiv', floored],
  ['FloorMod', remainder],
  ['Mod', remainder],
  ['Maximum', binary(max)],
  ['Minimum', binary(min)],
  ['Pow', binary(pow)],
  ['SquaredDifference', (operation) => operation.importer.layer(square, {}, [joined(operation, sub)])],
  ['Greater', binary(greater)],
  ['Less', binary(less)],
  ['GreaterEqual', (operation) => not(operation, joined(operation, less))],
  ['LessEqual', (operation) => not(operation, joined(operation, greater))],
  ['Equal', equal],
  ['NotEqual', (operation) => joined(operation, max, [joined(operation, greater), joined(operation, less)])],
  ['LogicalAnd', binary(mul)],
  ['LogicalOr', binary(max)],
  ['LogicalNot', (operation) => not(operation, operation.value(0))],
  ['Select', binary(where)],
  ['SelectV2', binary(where)],
];
