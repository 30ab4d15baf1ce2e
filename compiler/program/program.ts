// A program: the graph of primitives with the operators gone. Values, and steps that each are one tensor expression.
// Passes from here on recognise expressions, never operators.
import type { Span } from '../../dsl/span.ts';
import type { TensorExpression } from '../algebra/expression.ts';
import type { Element, Quantization, Shape } from '../tensor.ts';

/** Which layer of the source something serves. */
export interface Origin {
  /** The layer's path, `residual_0.conv_1`. */
  readonly layer: string;
  /** The operator's name, for messages and tables only. */
  readonly operator: string;
  readonly span: Span;
}

/** `element` is what a value is stored as, float32 where it is left out: only what is known when the module is built has another. */
export type ProgramValue = { readonly element?: Element; readonly quantization?: Quantization } & (
  | { readonly role: 'input'; readonly id: string; readonly shape: Shape }
  /** A trained tensor; `literal` where its values stand in the source. */
  | { readonly role: 'weight'; readonly id: string; readonly shape: Shape; readonly literal?: readonly number[] }
  /** Known at compile time: counts, resampling weights, transform matrices. */
  | { readonly role: 'constant'; readonly id: string; readonly shape: Shape; readonly data: readonly number[] }
  | { readonly role: 'intermediate'; readonly id: string; readonly shape: Shape }
);

export type Step =
  /** Tensor names in the expression are ids of values. */
  | {
      readonly kind: 'compute';
      readonly id: string;
      readonly expression: TensorExpression;
      readonly origins: readonly Origin[];
    }
  /** `target` is `source` under another shape, same elements in row-major order. */
  | {
      readonly kind: 'alias';
      readonly id: string;
      readonly target: string;
      readonly source: string;
      readonly origins: readonly Origin[];
    }
  /**
   * Steps that run together for each value of an outer axis, one iteration after the other; their indices may use it. A block of
   * Winograd tiles, a moment of a recurrence. Values in `scratch` live only within one iteration. Of those in `carried` an iteration
   * reads what the iterations before have left, or steps before the first: a running sum, the state of a recurrent layer.
   */
  | {
      readonly kind: 'blocked';
      readonly id: string;
      readonly axis: { readonly name: string; readonly extent: number };
      readonly steps: readonly Extract<Step, { kind: 'compute' }>[];
      readonly scratch: readonly string[];
      readonly carried: readonly string[];
      readonly origins: readonly Origin[];
    };

export type ComputeStep = Extract<Step, { kind: 'compute' }>;

export interface Program {
  readonly name: string;
  readonly documentation: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly { readonly name: string; readonly value: string }[];
  readonly values: ReadonlyMap<string, ProgramValue>;
  /** Run when the module is built: everything that depends on weights and constants alone. In order. */
  readonly preparation: readonly ComputeStep[];
  /** Run at each call, in order. */
  readonly steps: readonly Step[];
}
