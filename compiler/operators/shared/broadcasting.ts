// How an operator of several operands is defined that combines them element by element, with numpy's broadcasting:
// shapes are aligned at their last axes, missing leading axes count as 1, and an axis of size 1 is repeated.
//
//   add     out[a0, a1, a2] = in0[a0, a1, a2] + in1[0, 0, a2]        [4, 4, 8] and [1, 1, 8]

import { Affine } from '../../algebra/affine.ts';
import { express, read, type Scalar } from '../../algebra/expression.ts';
import { type Shape, showShape } from '../../tensor.ts';
import { defineOperator, type Fault, faults, isFault, type Operator, operand } from '../operator.ts';
import { elementAxes, elementIndex } from './elementwise.ts';

export interface Broadcasting {
  readonly name: string;
  readonly about: string;
  readonly example: string;
  readonly exampleInputs?: readonly Shape[];
  /** How many operands; two where it is left out. */
  readonly operands?: { readonly minimum: number; readonly maximum: number };
  /** The function, of one element of each operand. */
  readonly value: (...elements: readonly Scalar[]) => Scalar;
}

export function broadcasting(definition: Broadcasting): Operator<Record<never, never>> {
  const { name, about, example, value } = definition;
  return defineOperator({
    name,
    family: 'elementwise',
    about,
    example,
    exampleInputs: definition.exampleInputs ?? [
      [3, 4, 2],
      [1, 1, 2],
    ],
    operands: definition.operands ?? { minimum: 2, maximum: 2 },
    parameters: {},
    positional: [],
    infer: ({ inputs }) => {
      const output = broadcastShape(inputs);
      if (isFault(output)) return faults(output);
      const elements = inputs.map((shape, n) => read(operand(n), broadcastIndex(shape, output)));
      const statement = express({
        axes: elementAxes(output),
        target: elementIndex(output),
        value: value(...elements),
      });
      return { output, weights: [], axes: [], meaning: { kind: 'expressions', statements: [statement] } };
    },
  });
}

/** Operands that are combined one after the other; an expression is as deep as they are many. */
const longestFold = 64;

/** A function of two elements as one of any number of them: ((a ∘ b) ∘ c) ∘ …, of many the same over groups of them. */
export const folded =
  (combine: (a: Scalar, b: Scalar) => Scalar) =>
  (...elements: readonly Scalar[]): Scalar => {
    let rest = elements;
    while (rest.length > longestFold) rest = inGroups(rest).map((group) => group.reduce(combine));
    return rest.reduce(combine);
  };

const inGroups = (elements: readonly Scalar[]): Scalar[][] =>
  Array.from({ length: Math.ceil(elements.length / longestFold) }, (_, n) =>
    elements.slice(n * longestFold, (n + 1) * longestFold),
  );

/** Any number of operands from two on. */
export const manyOperands = { minimum: 2, maximum: Number.POSITIVE_INFINITY } as const;

/** The common shape, or which operand does not fit and why. */
export function broadcastShape(shapes: readonly Shape[]): Shape | Fault {
  let result: Shape = shapes[0]!;
  for (const [n, shape] of shapes.entries()) {
    const rank = Math.max(result.length, shape.length);
    const [a, b] = [extended(result, rank), extended(shape, rank)];
    const clash = a.findIndex((size, axis) => size !== b[axis] && size !== 1 && b[axis] !== 1);
    if (clash >= 0) return clashFault(n, shape, result, clash - rank);
    result = a.map((size, axis) => Math.max(size, b[axis]!));
  }
  return result;
}

function clashFault(n: number, shape: Shape, before: Shape, axis: number): Fault {
  return {
    parameter: operand(n),
    code: 'shape/broadcast',
    message: `${showShape(before)} and ${showShape(shape)} do not go together: ${before.at(axis)} and ${shape.at(axis)} differ in axis ${axis}`,
    label: `this is ${showShape(shape)}`,
    notes: [
      'shapes are aligned at their last axes; sizes must be equal, or one of them 1',
      `give a value whose axis ${axis} has size ${before.at(axis)} or 1`,
    ],
  };
}

/** How an operand is read at an element of the output: size-1 axes at 0, missing leading axes not at all. */
export const broadcastIndex = (shape: Shape, output: Shape): readonly Affine[] =>
  shape.map((size, n) => {
    const axis = output.length - shape.length + n;
    return size === 1 && output[axis] !== 1 ? Affine.constant(0) : Affine.axis(`a${axis}`);
  });

const extended = (shape: Shape, rank: number): Shape => [...Array(rank - shape.length).fill(1), ...shape];
