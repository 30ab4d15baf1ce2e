// Tensors stay below 2³¹ elements: what an index of 32 bits reaches.
import { type Fault, type Shape, showShape, sizeOf } from './operator.ts';

export const elementLimit = 2 ** 31;

/** A fault if a tensor of this shape is too large to be indexed; asked before anything of that size is built. */
export function sizeFault(shape: Shape, what = 'output', parameter?: string): Fault | undefined {
  const elements = sizeOf(shape);
  if (elements < elementLimit) return undefined;
  return {
    ...(parameter !== undefined && { parameter }),
    code: 'shape/too-large',
    message: `the ${what} would be ${showShape(shape)}, ${elements} numbers`,
    notes: [`a tensor holds fewer than 2³¹ = ${elementLimit} numbers: use smaller sizes`],
  };
}
