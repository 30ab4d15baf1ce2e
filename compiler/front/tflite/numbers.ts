// The numbers of a TensorFlow Lite tensor: quantised ones stand for (q − zero)·scale, sparse ones are spread out.
import { type ElementType, readFloats, readNumbers } from '../../files/elements.ts';
import { showShape, sizeOf } from '../../tensor.ts';
import { constantOf, sized } from '../importing/constants.ts';
import { Refusal } from '../importing/refusal.ts';
import type { ConstantValue } from '../importing/values.ts';
import type { SparseAxis, TfliteQuantization, TfliteTensor } from './schema.ts';

const floating: ReadonlySet<string> = new Set(['float32', 'float16', 'bfloat16', 'float64']);
const whole: ReadonlySet<string> = new Set([
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'bool',
]);

/** A tensor that the file holds; undefined for one that is computed. */
export function constantOfTensor(tensor: TfliteTensor): ConstantValue | undefined {
  const { data, element, shape, quantization, sparsity } = tensor;
  if (!data) return sizeOf(shape) === 0 ? constantOf(shape, new Float32Array(0)) : undefined;
  const isFloat = floating.has(element);
  if (!isFloat && !whole.has(element))
    throw new Refusal(`holds ${element}`, 'numbers of 8, 16, 32 or 64 bits', 'element');
  const stored = isFloat ? readFloats(element as ElementType, data) : readNumbers(element as ElementType, data);
  const values = sparsity ? spreadOut(stored, tensor) : stored;
  return constantOf(shape, quantization ? scaled(values, shape, quantization) : values);
}

/** (q − zero)·scale, with one pair for the tensor or one for each index along an axis. */
function scaled(
  values: Float32Array | Float64Array,
  shape: readonly number[],
  { scales, zeroPoints, axis }: TfliteQuantization,
): Float32Array {
  const size = scales.length === 1 ? 1 : shape[axis];
  if (scales.length !== 1 && scales.length !== size)
    throw new Refusal(`has ${scales.length} scales for axis ${axis} of ${showShape(shape)}`);
  const step = scales.length === 1 ? values.length : sizeOf(shape.slice(axis + 1));
  return Float32Array.from(values, (q, n) => {
    const place = scales.length === 1 ? 0 : Math.floor(n / step) % scales.length;
    return (q - zeroPoints[place]!) * scales[place]!;
  });
}

/**
 * The numbers of a sparse tensor at their places, zeros elsewhere. Its axes, in the traversal order, are the tensor's own and
 * then the blocks that some of them are cut into; a sparse axis lists the places that are there, segment by segment.
 */
function spreadOut(values: Float32Array | Float64Array, { shape, sparsity }: TfliteTensor): Float32Array {
  const { traversalOrder, blockMap, axes } = sparsity!;
  const rank = shape.length;
  if (axes.length !== traversalOrder.length || axes.length !== rank + blockMap.length)
    throw new Refusal('is sparse in a way that contradicts itself');
  const result = new Float32Array(sized(shape));
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const blocks = blockMap.map((_, n) => sizeAt(axes, traversalOrder.indexOf(rank + n)));
  const blockOf = new Map(blockMap.map((axis, n) => [axis, blocks[n]!]));
  let read = 0;
  const visit = (level: number, segment: number, offset: number): void => {
    if (level === axes.length) {
      if (offset >= 0 && offset < result.length) result[offset] = values[read] ?? 0;
      read++;
      return;
    }
    const own = traversalOrder[level]!;
    const stride = own < rank ? strides[own]! * (blockOf.get(own) ?? 1) : strides[blockMap[own - rank]!]!;
    for (const [place, next] of placesOf(axes[level]!, segment)) visit(level + 1, next, offset + place * stride);
  };
  visit(0, 0, 0);
  return result;
}

function sizeAt(axes: readonly SparseAxis[], level: number): number {
  const axis = axes[level];
  if (axis?.kind === 'dense') return axis.size;
  throw new Refusal('has blocks that are sparse within');
}

/** The places along an axis that are there, and the segment of the next axis that belongs to each. */
function* placesOf(axis: SparseAxis, segment: number): Generator<readonly [place: number, next: number]> {
  if (axis.kind === 'dense') for (let place = 0; place < axis.size; place++) yield [place, segment * axis.size + place];
  else
    for (let n = axis.segments[segment] ?? 0; n < (axis.segments[segment + 1] ?? 0); n++)
      yield [axis.indices[n] ?? 0, n];
}
