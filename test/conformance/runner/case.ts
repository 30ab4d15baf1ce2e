// One case of a corpus, as its JSON states it: an operator, its inputs, what another project's test suite expects.
// The format is described in test/conformance/cases/README.md.

export interface StatedTensor {
  readonly dataType: string;
  readonly shape?: readonly number[];
  /** Flat, row-major; NaN, infinities and integers beyond 2^53 are strings. */
  readonly data?: readonly (number | string)[] | null;
}

export type Tolerance =
  /** Distance of the bit patterns. */
  | { readonly type: 'ulp'; readonly value: number }
  | { readonly type: 'abs' | 'atol'; readonly value: number }
  | { readonly type: 'abs-rel'; readonly abs: number; readonly rel: number };

export type Attributes = Readonly<Record<string, unknown>>;

/** Letters per axis of each input: `nchw`, `hwio`. */
export type Layouts = Readonly<Record<string, string>>;

export interface OperatorCall {
  /** Neutral name: `conv2d`, `averagePool2d`. */
  readonly op: string;
  readonly sourceOp?: string;
  readonly opset?: number;
  readonly layout?: Layouts;
  readonly attributes?: Attributes;
  readonly inputs: Readonly<Record<string, StatedTensor>>;
}

export interface GraphOperator {
  readonly name: string;
  readonly arguments: readonly Readonly<Record<string, unknown>>[];
  readonly outputs: string | readonly string[];
}

export interface Case extends OperatorCall {
  readonly source: string;
  readonly name: string;
  readonly graph?: { readonly operators: readonly GraphOperator[] };
  readonly expected: Readonly<Record<string, StatedTensor>>;
  readonly tolerance?: Tolerance;
  /** Only that many leading values are compared. */
  readonly compareFirst?: number;
  readonly expectsError?: boolean;
  readonly shapeOnly?: boolean;
  /** Evaluating this second call must give the same. */
  readonly equivalentTo?: OperatorCall;
  readonly gradientOf?: string;
  /** Fields of a convolution record: `outHeight`, `padInfo.top`. */
  readonly expectedInfo?: Readonly<Record<string, unknown>>;
  /** Why the expectation does not follow from the operator. */
  readonly peculiar?: string;
}

/** A dense row-major tensor; `data` is absent where only the shape is stated. */
export interface Dense {
  readonly shape: readonly number[];
  readonly data?: Float32Array;
}

export function dense({ shape = [], data }: StatedTensor): Dense {
  return data ? { shape, data: Float32Array.from(data, numberOf) } : { shape };
}

export function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  switch (value) {
    case 'Infinity':
      return Number.POSITIVE_INFINITY;
    case '-Infinity':
      return Number.NEGATIVE_INFINITY;
    default:
      return Number(value);
  }
}
