// Functions of single elements in ONNX, most of which differ in nothing but the name.

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
import type { OnnxLayerWriter, OnnxTable } from '../mapping.ts';
import { onnxAligned, onnxBroadcasting, onnxUnary } from './shared/elementwise.ts';

const unary = [
  [abs, 'Abs'],
  [ceil, 'Ceil'],
  [cos, 'Cos'],
  [erf, 'Erf'],
  [exp, 'Exp'],
  [floor, 'Floor'],
  [log, 'Log'],
  [neg, 'Neg'],
  [reciprocal, 'Reciprocal'],
  [round, 'Round'],
  [sign, 'Sign'],
  [sin, 'Sin'],
  [sqrt, 'Sqrt'],
  [tan, 'Tan'],
] as const;

const broadcasting: readonly (readonly [AnyOperator, string, ...string[]])[] = [
  [add, 'Add', 'Sum'],
  [div, 'Div'],
  [max, 'Max'],
  [min, 'Min'],
  [mul, 'Mul'],
  [pow, 'Pow'],
  [sub, 'Sub'],
];

export const elementwise: OnnxTable = [
  ...unary.map(([operator, name]) => [operator, onnxUnary(name)] as const),
  ...broadcasting.map(([operator, ...names]) => [operator, onnxBroadcasting(...names)] as const),
  [
    expm1,
    {
      exports: (layer) => {
        const one = layer.tensor('one', { shape: [], data: Float32Array.of(1) });
        return layer.node('Sub', [layer.node('Exp', layer.operands), one]);
      },
    },
  ],
  [
    greater,
    {
      imports: {
        Greater: onnxAligned,
      },
      exports: (layer) => layer.node('Cast', [layer.node('Greater', layer.aligned())], { to: { int: 1 } }),
    },
  ],
  [
    less,
    {
      imports: {
        Less: onnxAligned,
      },
      exports: (layer) => layer.node('Cast', [layer.node('Less', layer.aligned())], { to: { int: 1 } }),
    },
  ],
  [log1p, { exports: (layer) => layer.node('Log', [plusOne(layer)]) }],
  [square, { exports: (layer) => layer.node('Mul', [layer.operands[0]!, layer.operands[0]!]) }],
  [
    where,
    {
      imports: {
        Where: onnxAligned,
      },
      patterns: {
        // A number as a truth value; a choice by it is a choice by the number.
        Cast: (node) =>
          node.int('to') === truth ? node.layer({}, [node.value(0), node.number(1), node.number(0)]) : undefined,
        Where: (node) => {
          const cast = node.madeBy(0, 'Cast');
          if (cast?.int('to') !== truth) return undefined;
          const { operands, layout } = node.aligned(undefined, cast.value(0));
          return node.layer({}, operands, { layout });
        },
      },
      exports: (layer) => {
        const [condition, chosen, otherwise] = layer.aligned();
        return layer.node('Where', [layer.node('Cast', [condition!], { to: { int: truth } }), chosen!, otherwise!]);
      },
    },
  ],
];

const plusOne = (layer: OnnxLayerWriter): string =>
  layer.node('Add', [layer.operands[0]!, layer.tensor('one', { shape: [], data: Float32Array.of(1) })]);

/** ONNX's number of the type of truth values. */
const truth = 9;
