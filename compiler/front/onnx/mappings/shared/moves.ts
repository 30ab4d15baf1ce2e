// Reshape, Transpose, Reshape: how exporters say a layer that moves channels, and how it is recognised.
import type { OnnxNodeReader } from '../../mapping.ts';

export interface OnnxMove {
  /** Sizes before the first Reshape: a batch of 1, channels, space. */
  readonly before: readonly number[];
  /** Sizes between the first Reshape and the Transpose. */
  readonly between: readonly number[];
  readonly permutation: readonly number[];
  /** The first Reshape. */
  readonly reader: OnnxNodeReader;
}

/** The three nodes of which this Reshape is the last, where batch and rank come back as they were. */
export function onnxMoved(node: OnnxNodeReader): OnnxMove | undefined {
  const transpose = node.madeBy(0, 'Transpose');
  const reader = transpose?.madeBy(0, 'Reshape');
  if (!transpose || !reader) return undefined;
  const [before, between, after] = [reader.dims(0), transpose.dims(0), node.target()];
  const permutation = transpose.ints('perm') ?? between.map((_, axis) => between.length - 1 - axis);
  const isImage = before.length >= 3 && before.length === after.length && before[0] === after[0];
  return isImage && between[0] === before[0] ? { before, between, permutation, reader } : undefined;
}
