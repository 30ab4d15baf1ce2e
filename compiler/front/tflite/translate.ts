// TensorFlow Lite's operators as TensorFlow's, which the dialect's table knows. Here stand the differences: other names,
// kernels [out, taps…, in], strides as two numbers, and activations fused into anything.
//
//   CONV_2D(x, kernel, bias) { strideWidth: 2, … activation: RELU6 }
//     → _FusedConv2D(x, kernel turned to [taps…, in, out], bias) { strides: [1, 2, 2, 1], fused_ops: [BiasAdd] }, then Relu6
import { integersOf } from '../importing/constants.ts';
import { Refusal } from '../importing/refusal.ts';
import type { ConstantValue, ImportedValue } from '../importing/values.ts';
import { permuteData } from '../importing/weights.ts';
import type { AttributeValue, OperationInput } from '../tensorflow/operation.ts';
import { fusedActivations, paddings, type TfliteOperator, type TfliteOptions } from './schema.ts';

/** An operation of TensorFlow, and the activation that follows it. */
export interface Translated {
  readonly operator: string;
  readonly inputs: readonly OperationInput[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly activation?: string;
}

export interface Given {
  readonly operator: TfliteOperator;
  /** Left out where the operator leaves out an optional input. */
  readonly inputs: readonly (OperationInput | undefined)[];
}

type Translation = (given: Given) => Translated;

const number = (options: TfliteOptions, name: string): number => Number(options[name] ?? 0);

const activationNames: Readonly<Record<string, string | undefined>> = {
  RELU: 'Relu',
  RELU_N1_TO_1: 'ReluN1To1',
  RELU6: 'Relu6',
  TANH: 'Tanh',
};

function activationOf({ activation }: TfliteOptions): string | undefined {
  const name = fusedActivations[Number(activation ?? 0)];
  if (name === 'NONE') return undefined;
  return activationNames[name ?? ''] ?? refuse(`fuses the activation ${name ?? activation}`);
}

function refuse(message: string): never {
  throw new Refusal(message);
}

const present = (inputs: Given['inputs']): readonly OperationInput[] => inputs.filter((input) => input !== undefined);

/** A computed or known input; it must be there. */
function required({ inputs }: Given, at: number): OperationInput {
  return inputs[at] ?? refuse(`lacks its input ${at}`);
}

function known(given: Given, at: number): ConstantValue {
  const { value } = required(given, at);
  return value.kind === 'constant' ? value : refuse(`computes its input ${at}`);
}

/** The same operator by another name; its options under TensorFlow's names. */
const renamed =
  (
    operator: string,
    attributes: (options: TfliteOptions) => Readonly<Record<string, AttributeValue>> = () => ({}),
  ): Translation =>
  ({ operator: { options }, inputs }) => {
    const activation = activationOf(options);
    return { operator, inputs: present(inputs), attributes: attributes(options), ...(activation && { activation }) };
  };

const windowOf = (options: TfliteOptions): Readonly<Record<string, AttributeValue>> => ({
  padding: paddings[number(options, 'padding')] ?? refuse(`has padding ${number(options, 'padding')}`),
  strides: [1, number(options, 'strideHeight'), number(options, 'strideWidth'), 1],
  ...('dilationWidth' in options && {
    dilations: [1, number(options, 'dilationHeight'), number(options, 'dilationWidth'), 1],
  }),
});

const pool = (operator: string): Translation =>
  renamed(operator, (options) => ({
    ...windowOf(options),
    ksize: [1, number(options, 'filterHeight'), number(options, 'filterWidth'), 1],
  }));

const reduction = (operator: string): Translation =>
  renamed(operator, ({ keepDimensions = false }) => ({ keep_dims: keepDimensions }));

const resize = (operator: string): Translation =>
  renamed(operator, ({ alignCorners = false, halfPixelCenters = false }) => ({
    align_corners: alignCorners,
    half_pixel_centers: halfPixelCenters,
  }));

const turned = ({ shape, data }: ConstantValue, order: readonly number[]): ConstantValue => ({
  kind: 'constant',
  shape: order.map((axis) => shape[axis]!),
  data: permuteData(data, shape, order),
});

const under = (value: ConstantValue, shape: readonly number[]): ConstantValue => ({ ...value, shape });

/** A layer with a kernel, a bias where it has one, and the activation that is fused into it. */
function fused(
  given: Given,
  operator: string,
  kernel: ImportedValue,
  before: readonly OperationInput[],
  bias: number,
): Translated {
  const { options } = given.operator;
  const activation = activationOf(options);
  const name = given.inputs[1]?.name;
  const biases = given.inputs[bias];
  return {
    operator,
    inputs: [
      ...before,
      { value: kernel, name },
      ...(operator === '_FusedConv2DBackpropInput' ? [required(given, 2)] : []),
      ...(biases ? [biases] : []),
    ],
    attributes: {
      ...('padding' in options && windowOf(options)),
      fused_ops: biases ? ['BiasAdd'] : [],
    },
    ...(activation && { activation }),
  };
}

const convolution: Translation = (given) =>
  fused(given, '_FusedConv2D', turned(known(given, 1), [1, 2, 3, 0]), [required(given, 0)], 2);

/** Kernels are [1, height, width, channels · multiplier]. */
const depthwise: Translation = (given) => {
  const kernel = known(given, 1);
  const [, height, width, filters] = kernel.shape as [number, number, number, number];
  const multiplier = number(given.operator.options, 'multiplier') || 1;
  const shape = [height, width, filters / multiplier, multiplier];
  return fused(given, 'FusedDepthwiseConv2dNative', under(kernel, shape), [required(given, 0)], 2);
};

/** Kernels are [out, height, width, in]; TensorFlow's transposed ones [height, width, out, in]. */
const transposed: Translation = (given) =>
  fused(given, '_FusedConv2DBackpropInput', turned(known(given, 1), [1, 2, 0, 3]), [required(given, 0)], 3);

/** Rows of a flattened value times [out, in]; the value keeps its axes only where the options say so. */
const fullyConnected: Translation = (given) => {
  if (number(given.operator.options, 'weightsFormat') !== 0) refuse('has shuffled weights');
  const { value } = required(given, 1);
  if (value.kind !== 'constant') refuse('computes its weights');
  const product = fused(given, '_FusedMatMul', turned(value as ConstantValue, [1, 0]), [required(given, 0)], 2);
  const keeps = given.operator.options.keepDimensions === true;
  return keeps ? product : { ...product, attributes: { ...product.attributes, as_rows: true } };
};

const shapeInput = (given: Given, name: string): Translated => {
  const list = given.operator.options[name];
  const shape = given.inputs[1] ?? { value: integersOf(Array.isArray(list) ? list : []), name: undefined };
  return { operator: 'Reshape', inputs: [required(given, 0), shape], attributes: {} };
};

/** TensorFlow has the axis last. */
const concatenation: Translation = (given) => {
  const { options } = given.operator;
  const activation = activationOf(options);
  const axis: OperationInput = { value: integersOf([number(options, 'axis')]), name: undefined };
  return {
    operator: 'ConcatV2',
    inputs: [...present(given.inputs), axis],
    attributes: {},
    ...(activation && { activation }),
  };
};

const gather: Translation = (given) => ({
  operator: 'GatherV2',
  inputs: [...present(given.inputs), { value: integersOf([number(given.operator.options, 'axis')]), name: undefined }],
  attributes: { batch_dims: number(given.operator.options, 'batchDimensions') },
});

const strided = renamed('StridedSlice', (options) => ({
  begin_mask: number(options, 'beginMask'),
  end_mask: number(options, 'endMask'),
  ellipsis_mask: number(options, 'ellipsisMask'),
  new_axis_mask: number(options, 'newAxisMask'),
  shrink_axis_mask: number(options, 'shrinkAxisMask'),
}));

const types = [
  'DT_FLOAT',
  'DT_FLOAT',
  'DT_INT32',
  'DT_INT8',
  'DT_INT64',
  'DT_STRING',
  'DT_BOOL',
  'DT_INT16',
  '',
  'DT_INT8',
  'DT_FLOAT',
];

/** MediaPipe's transposed convolution: raw structs, in which padding 1 is SAME and 2 VALID. Kernels [out, height, width, in]. */
const transposedWithBias: Translation = (given) => {
  const options = given.operator.customOptions;
  if (!options || options.byteLength < 12) return refuse('has no options');
  const view = new DataView(options.buffer, options.byteOffset, options.byteLength);
  const [padding, strideWidth, strideHeight] = [0, 4, 8].map((at) => view.getInt32(at, true)) as [
    number,
    number,
    number,
  ];
  const x = required(given, 0);
  const kernel = known(given, 1);
  const rule = padding === 1 ? 'SAME' : padding === 2 ? 'VALID' : refuse(`has padding ${padding}`);
  const bias = given.inputs[2];
  const turnedKernel = { value: turned(kernel, [1, 2, 0, 3]), name: given.inputs[1]?.name };
  return {
    operator: '_FusedConv2DBackpropInput',
    inputs: [{ value: integersOf([]), name: undefined }, turnedKernel, x, ...(bias ? [bias] : [])],
    attributes: { padding: rule, strides: [1, strideHeight, strideWidth, 1], fused_ops: bias ? ['BiasAdd'] : [] },
  };
};

const translations: ReadonlyMap<string, Translation> = new Map<string, Translation>([
  ['CONV_2D', convolution],
  ['DEPTHWISE_CONV_2D', depthwise],
  ['TRANSPOSE_CONV', transposed],
  ['Convolution2DTransposeBias', transposedWithBias],
  ['FULLY_CONNECTED', fullyConnected],
  ['MAX_POOL_2D', pool('MaxPool')],
  ['AVERAGE_POOL_2D', pool('AvgPool')],
  ['CONCATENATION', concatenation],
  ['RESHAPE', (given) => shapeInput(given, 'shape')],
  ['SQUEEZE', renamed('Squeeze', ({ axes = [] }) => ({ squeeze_dims: axes }))],
  ['EXPAND_DIMS', renamed('ExpandDims')],
  ['TRANSPOSE', renamed('Transpose')],
  ['GATHER', gather],
  ['PACK', renamed('Pack', (options) => ({ axis: number(options, 'axis') }))],
  ['UNPACK', renamed('Unpack', (options) => ({ axis: number(options, 'axis') }))],
  ['SPLIT', renamed('Split', (options) => ({ num_split: number(options, 'count') }))],
  ['SPLIT_V', renamed('SplitV', (options) => ({ num_split: number(options, 'count') }))],
  ['SLICE', renamed('Slice')],
  ['STRIDED_SLICE', strided],
  ['PAD', renamed('Pad')],
  ['PADV2', renamed('PadV2')],
  [
    'MIRROR_PAD',
    renamed('MirrorPad', (options) => ({ mode: number(options, 'mode') === 0 ? 'REFLECT' : 'SYMMETRIC' })),
  ],
  ['TILE', renamed('Tile')],
  ['BROADCAST_TO', renamed('BroadcastTo')],
  ['FILL', renamed('Fill')],
  ['RANGE', renamed('Range')],
  ['SHAPE', renamed('Shape')],
  ['RANK', renamed('Rank')],
  ['ZEROS_LIKE', renamed('ZerosLike')],
  [
    'CAST',
    renamed('Cast', ({ from = 0, to = 0 }) => ({ SrcT: types[Number(from)] ?? '', DstT: types[Number(to)] ?? '' })),
  ],
  ['MEAN', reduction('Mean')],
  ['SUM', reduction('Sum')],
  ['REDUCE_MAX', reduction('Max')],
  ['REDUCE_MIN', reduction('Min')],
  ['REDUCE_PROD', reduction('Prod')],
  ['RESIZE_BILINEAR', resize('ResizeBilinear')],
  ['RESIZE_NEAREST_NEIGHBOR', resize('ResizeNearestNeighbor')],
  ['DEPTH_TO_SPACE', renamed('DepthToSpace', (options) => ({ block_size: number(options, 'block') }))],
  ['SPACE_TO_DEPTH', renamed('SpaceToDepth', (options) => ({ block_size: number(options, 'block') }))],
  ['SOFTMAX', renamed('Softmax', (options) => ({ beta: number(options, 'beta') }))],
  ['LOG_SOFTMAX', renamed('LogSoftmax')],
  ['LEAKY_RELU', renamed('LeakyRelu', (options) => ({ alpha: number(options, 'alpha') }))],
  ['GELU', renamed('Gelu', ({ approximate = false }) => ({ approximate }))],
  ['PRELU', renamed('Prelu')],
  ['L2_NORMALIZATION', renamed('L2Normalization')],
  [
    'LOCAL_RESPONSE_NORMALIZATION',
    renamed('LRN', (options) => ({
      depth_radius: number(options, 'radius'),
      bias: number(options, 'bias'),
      alpha: number(options, 'alpha'),
      beta: number(options, 'beta'),
    })),
  ],
  [
    'BATCH_MATMUL',
    renamed('BatchMatMulV2', ({ adjointLeft = false, adjointRight = false }) => ({
      adj_x: adjointLeft,
      adj_y: adjointRight,
    })),
  ],
  // Numbers are known as they are meant, so nothing is left to do.
  ['DEQUANTIZE', renamed('Identity')],
  ['DENSIFY', renamed('Identity')],
  ['QUANTIZE', renamed('Identity')],
  ...Object.entries({
    ADD: 'AddV2',
    SUB: 'Sub',
    MUL: 'Mul',
    DIV: 'RealDiv',
    ADD_N: 'AddN',
    FLOOR_DIV: 'FloorDiv',
    FLOOR_MOD: 'FloorMod',
    MAXIMUM: 'Maximum',
    MINIMUM: 'Minimum',
    POW: 'Pow',
    SQUARED_DIFFERENCE: 'SquaredDifference',
    GREATER: 'Greater',
    GREATER_EQUAL: 'GreaterEqual',
    LESS: 'Less',
    LESS_EQUAL: 'LessEqual',
    EQUAL: 'Equal',
    NOT_EQUAL: 'NotEqual',
    LOGICAL_AND: 'LogicalAnd',
    LOGICAL_OR: 'LogicalOr',
    LOGICAL_NOT: 'LogicalNot',
    SELECT: 'Select',
    SELECT_V2: 'SelectV2',
    RELU: 'Relu',
    RELU6: 'Relu6',
    RELU_N1_TO_1: 'ReluN1To1',
    RELU_0_TO_1: 'Relu0To1',
    ELU: 'Elu',
    TANH: 'Tanh',
    LOGISTIC: 'Sigmoid',
    HARD_SWISH: 'HardSwish',
    ABS: 'Abs',
    CEIL: 'Ceil',
    COS: 'Cos',
    EXP: 'Exp',
    FLOOR: 'Floor',
    LOG: 'Log',
    NEG: 'Neg',
    ROUND: 'Round',
    RSQRT: 'Rsqrt',
    SIGN: 'Sign',
    SIN: 'Sin',
    SQRT: 'Sqrt',
    SQUARE: 'Square',
  }).map(([name, operator]) => [name, renamed(operator)] as const),
]);

export function translate(given: Given): Translated {
  const { name, isCustom } = given.operator;
  const translation = translations.get(name);
  if (translation) return translation(given);
  const kind = isCustom ? 'custom operator' : 'operator';
  throw new Refusal(
    `uses the ${kind} ${JSON.stringify(name)}, which is not supported`,
    'the same computation from operators that are',
    'operator',
  );
}
