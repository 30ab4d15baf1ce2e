// The vocabulary of an import: values that layers compute, numbers that are known, and what a layer is given.
import type { Static } from '../../operators/parameters.ts';
import type { Shape } from '../../tensor.ts';
import type { Layout } from './layout.ts';

/** A value that layers compute, in our layout. */
export interface LayerValue {
  readonly kind: 'layer';
  readonly id: string;
  readonly shape: Shape;
  readonly layout: Layout;
}

/** Numbers known at import, in the file's own shape. Floating point is float32; integers are doubles, exact to 2⁵³. */
export interface ConstantValue {
  readonly kind: 'constant';
  readonly shape: Shape;
  readonly data: Float32Array | Float64Array;
}

export type ImportedValue = LayerValue | ConstantValue;

/** By the operator's parameters, as they are written in the language. */
export type Arguments = Readonly<Record<string, Static>>;

/** Numbers of a layer, in our layout: kernels are [taps…, in, out]. */
export interface WeightData {
  readonly shape: Shape;
  readonly data: Float32Array;
}

export interface LayerOptions {
  /** In our layout, by the operator's names. */
  readonly weights?: Readonly<Record<string, WeightData>>;
  /** Where the file's axes are in the result; those of the first operand where it is left out. */
  readonly layout?: Layout;
  /** A name that people chose, made clean (`cleanName`). */
  readonly name?: string | undefined;
}
