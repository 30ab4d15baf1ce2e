// How large a tensor may be, for every stage: 2 GiB of float32, which is also what one arena holds.
import { type Shape, showShape, sizeOf } from '../../tensor.ts';
import type { Fault } from '../operator.ts';

export const largestTensor = 2 ** 29;

/** A fault if a tensor of this shape is too large; asked before anything of that size is built. */
export function sizeFault(shape: Shape, what = 'output', parameter?: string): Fault | undefined {
  const elements = sizeOf(shape);
  if (elements <= largestTensor) return undefined;
  return {
    ...(parameter !== undefined && { parameter }),
    code: 'shape/too-large',
    message: `the ${what} would be ${showShape(shape)}, ${elements} numbers`,
    notes: [`a tensor holds at most 2²⁹ = ${largestTensor} numbers, 2 GiB: use smaller sizes`],
  };
}
