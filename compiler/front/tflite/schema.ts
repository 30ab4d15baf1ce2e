// A TensorFlow Lite model as its file states it: names of the schema, nothing interpreted.
// Schema: tensorflow/lite/schema/schema.fbs (tables and field numbers below), version 3.

/** How numbers are stored; the others that the schema knows hold no numbers that a network computes with. */
export const elementTypes = [
  'float32',
  'float16',
  'int32',
  'uint8',
  'int64',
  'string',
  'bool',
  'int16',
  'complex64',
  'int8',
  'float64',
  'complex128',
  'uint64',
  'resource',
  'variant',
  'uint32',
  'uint16',
  'int4',
  'bfloat16',
] as const;

export type TfliteElement = (typeof elementTypes)[number];

/** `(q − zeroPoint)·scale`, one pair for the tensor or one per index along `axis`. */
export interface TfliteQuantization {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number;
}

/** One axis of a sparse tensor: all of `size`, or those places that the indices name, segment by segment. */
export type SparseAxis =
  | { readonly kind: 'dense'; readonly size: number }
  | { readonly kind: 'sparse'; readonly segments: readonly number[]; readonly indices: readonly number[] };

export interface Sparsity {
  readonly traversalOrder: readonly number[];
  readonly blockMap: readonly number[];
  readonly axes: readonly SparseAxis[];
}

export interface TfliteTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** The same with −1 where the size is open; empty where the file does not say. */
  readonly signature: readonly number[];
  readonly element: TfliteElement;
  /** Undefined where the tensor is computed. */
  readonly data: Uint8Array | undefined;
  readonly quantization: TfliteQuantization | undefined;
  readonly sparsity: Sparsity | undefined;
  readonly isVariable: boolean;
}

export interface TfliteOperator {
  /** `CONV_2D`, or a custom operator's own name. */
  readonly name: string;
  readonly isCustom: boolean;
  readonly version: number;
  /** Indices of tensors; −1 where an optional one is left out. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: TfliteOptions;
  /** Raw bytes of a custom operator. */
  readonly customOptions: Uint8Array | undefined;
}

/** The fields of a built-in operator's options, by the schema's names in camel case. */
export type TfliteOptions = Readonly<Record<string, number | boolean | readonly number[]>>;

export interface TfliteSubgraph {
  readonly name: string;
  readonly tensors: readonly TfliteTensor[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly operators: readonly TfliteOperator[];
}

/** Names that a signature gives to tensors of a subgraph. */
export interface TfliteSignature {
  readonly key: string;
  readonly subgraph: number;
  readonly inputs: ReadonlyMap<number, string>;
  readonly outputs: ReadonlyMap<number, string>;
}

export interface TfliteModel {
  readonly version: number;
  readonly description: string;
  readonly subgraphs: readonly TfliteSubgraph[];
  readonly signatures: readonly TfliteSignature[];
}

export const fusedActivations = ['NONE', 'RELU', 'RELU_N1_TO_1', 'RELU6', 'TANH', 'SIGN_BIT'] as const;
export const paddings = ['SAME', 'VALID'] as const;

/** By the schema's number. */
export const builtinOperators: readonly string[] = [
  'ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE EMBEDDING_LOOKUP FLOOR',
  'FULLY_CONNECTED HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D LOCAL_RESPONSE_NORMALIZATION LOGISTIC LSH_PROJECTION',
  'LSTM MAX_POOL_2D MUL RELU RELU_N1_TO_1 RELU6 RESHAPE RESIZE_BILINEAR RNN SOFTMAX SPACE_TO_DEPTH SVDF TANH',
  'CONCAT_EMBEDDINGS SKIP_GRAM CALL CUSTOM EMBEDDING_LOOKUP_SPARSE PAD UNIDIRECTIONAL_SEQUENCE_RNN GATHER',
  'BATCH_TO_SPACE_ND SPACE_TO_BATCH_ND TRANSPOSE MEAN SUB DIV SQUEEZE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE',
  'BIDIRECTIONAL_SEQUENCE_RNN EXP TOPK_V2 SPLIT LOG_SOFTMAX DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM CAST PRELU MAXIMUM',
  'ARG_MAX MINIMUM LESS NEG PADV2 GREATER GREATER_EQUAL LESS_EQUAL SELECT SLICE SIN TRANSPOSE_CONV SPARSE_TO_DENSE TILE',
  'EXPAND_DIMS EQUAL NOT_EQUAL LOG SUM SQRT RSQRT SHAPE POW ARG_MIN FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK LOGICAL_OR',
  'ONE_HOT LOGICAL_AND LOGICAL_NOT UNPACK REDUCE_MIN FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL FLOOR_MOD RANGE',
  'RESIZE_NEAREST_NEIGHBOR LEAKY_RELU SQUARED_DIFFERENCE MIRROR_PAD ABS SPLIT_V UNIQUE CEIL REVERSE_V2 ADD_N GATHER_ND',
  'COS WHERE RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE MATRIX_SET_DIAG ROUND HARD_SWISH IF WHILE',
  'NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 SCATTER_ND SELECT_V2 DENSIFY SEGMENT_SUM BATCH_MATMUL',
  'PLACEHOLDER_FOR_GREATER_OP_CODES CUMSUM CALL_ONCE BROADCAST_TO RFFT2D CONV_3D IMAG REAL COMPLEX_ABS HASHTABLE',
  'HASHTABLE_FIND HASHTABLE_IMPORT HASHTABLE_SIZE REDUCE_ALL CONV_3D_TRANSPOSE VAR_HANDLE READ_VARIABLE ASSIGN_VARIABLE',
  'BROADCAST_ARGS RANDOM_STANDARD_NORMAL BUCKETIZE RANDOM_UNIFORM MULTINOMIAL GELU DYNAMIC_UPDATE_SLICE RELU_0_TO_1',
  'UNSORTED_SEGMENT_PROD UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_SUM ATAN2 UNSORTED_SEGMENT_MIN SIGN BITCAST BITWISE_XOR',
  'RIGHT_SHIFT',
].flatMap((line) => line.split(' '));

type Field = readonly [field: number, kind: 'int8' | 'int32' | 'float32' | 'flag' | 'int32s', fallback?: number];

const window2d = { padding: [0, 'int8'], strideWidth: [1, 'int32'], strideHeight: [2, 'int32'] } as const;
const resizing = (first: number) => ({ alignCorners: [first, 'flag'], halfPixelCenters: [first + 1, 'flag'] }) as const;
const fused = (field: number) => ({ activation: [field, 'int8'] }) as const;
const pool = { ...window2d, filterWidth: [3, 'int32'], filterHeight: [4, 'int32'], ...fused(5) } as const;
const reducer = { keepDimensions: [0, 'flag'] } as const;
const resultElement = { element: [0, 'int8'] } as const;

/** Which fields an operator's options have: their numbers in its table of the schema, and what is meant where one is left out. */
export const optionFields: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
  CONV_2D: { ...window2d, ...fused(3), dilationWidth: [4, 'int32', 1], dilationHeight: [5, 'int32', 1] },
  DEPTHWISE_CONV_2D: {
    ...window2d,
    multiplier: [3, 'int32'],
    ...fused(4),
    dilationWidth: [5, 'int32', 1],
    dilationHeight: [6, 'int32', 1],
  },
  TRANSPOSE_CONV: { ...window2d, ...fused(3) },
  CONV_3D: {
    padding: [0, 'int8'],
    strideDepth: [1, 'int32'],
    strideWidth: [2, 'int32'],
    strideHeight: [3, 'int32'],
    ...fused(4),
    dilationDepth: [5, 'int32', 1],
    dilationWidth: [6, 'int32', 1],
    dilationHeight: [7, 'int32', 1],
  },
  AVERAGE_POOL_2D: pool,
  MAX_POOL_2D: pool,
  L2_POOL_2D: pool,
  FULLY_CONNECTED: { ...fused(0), weightsFormat: [1, 'int8'], keepDimensions: [2, 'flag'] },
  SOFTMAX: { beta: [0, 'float32'] },
  CONCATENATION: { axis: [0, 'int32'], ...fused(1) },
  ADD: fused(0),
  SUB: fused(0),
  MUL: fused(0),
  DIV: fused(0),
  L2_NORMALIZATION: fused(0),
  LOCAL_RESPONSE_NORMALIZATION: {
    radius: [0, 'int32'],
    bias: [1, 'float32'],
    alpha: [2, 'float32'],
    beta: [3, 'float32'],
  },
  RESIZE_BILINEAR: resizing(2),
  RESIZE_NEAREST_NEIGHBOR: resizing(0),
  RESHAPE: { shape: [0, 'int32s'] },
  SQUEEZE: { axes: [0, 'int32s'] },
  SPACE_TO_DEPTH: { block: [0, 'int32'] },
  DEPTH_TO_SPACE: { block: [0, 'int32'] },
  MEAN: reducer,
  SUM: reducer,
  REDUCE_MAX: reducer,
  REDUCE_MIN: reducer,
  REDUCE_PROD: reducer,
  REDUCE_ANY: reducer,
  REDUCE_ALL: reducer,
  SPLIT: { count: [0, 'int32'] },
  SPLIT_V: { count: [0, 'int32'] },
  STRIDED_SLICE: {
    beginMask: [0, 'int32'],
    endMask: [1, 'int32'],
    ellipsisMask: [2, 'int32'],
    newAxisMask: [3, 'int32'],
    shrinkAxisMask: [4, 'int32'],
    offset: [5, 'flag'],
  },
  GATHER: { axis: [0, 'int32'], batchDimensions: [1, 'int32'] },
  LEAKY_RELU: { alpha: [0, 'float32'] },
  PACK: { count: [0, 'int32'], axis: [1, 'int32'] },
  UNPACK: { count: [0, 'int32'], axis: [1, 'int32'] },
  ARG_MAX: resultElement,
  ARG_MIN: resultElement,
  SHAPE: resultElement,
  CAST: { from: [0, 'int8'], to: [1, 'int8'] },
  MIRROR_PAD: { mode: [0, 'int8'] },
  BATCH_MATMUL: { adjointLeft: [0, 'flag'], adjointRight: [1, 'flag'] },
  GELU: { approximate: [0, 'flag'] },
  CUMSUM: { exclusive: [0, 'flag'], reverse: [1, 'flag'] },
  ONE_HOT: { axis: [0, 'int32'] },
  IF: { thenSubgraph: [0, 'int32'], elseSubgraph: [1, 'int32'] },
  WHILE: { conditionSubgraph: [0, 'int32'], bodySubgraph: [1, 'int32'] },
  UNIDIRECTIONAL_SEQUENCE_LSTM: {
    ...fused(0),
    cellClip: [1, 'float32'],
    projectionClip: [2, 'float32'],
    timeMajor: [3, 'flag'],
  },
};
