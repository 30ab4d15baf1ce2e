// Quantised activations are float32 here, but they keep their range: converters leave out an activation where the range of
// the stored integers cuts already.
//
//   uint8 with scale 0.1, zero 0, after a convolution      →      clip(min: 0, max: 25.5)
import { clip } from '../../../operators/activation/clip.ts';
import type { Importer } from '../../importing/importer.ts';
import type { ImportedValue } from '../../importing/values.ts';
import type { TfliteOperator, TfliteQuantization, TfliteTensor } from '../schema.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

const integers: Readonly<Record<string, Range | undefined>> = {
  int8: { min: -128, max: 127 },
  uint8: { min: 0, max: 255 },
  int16: { min: -32768, max: 32767 },
};

/** What a quantised tensor can hold; undefined for one that is not quantised. */
export function rangeOf({ element, quantization }: TfliteTensor): Range | undefined {
  const whole = integers[element];
  const [scale] = quantization?.scales ?? [];
  if (!whole || !quantization || scale === undefined || quantization.scales.length !== 1) return undefined;
  const zero = quantization.zeroPoints[0]!;
  return { min: Math.fround((whole.min - zero) * scale), max: Math.fround((whole.max - zero) * scale) };
}

/** Operators whose results are numbers that they were given. */
const choosing = new Set(
  [
    'RESHAPE SQUEEZE EXPAND_DIMS TRANSPOSE SLICE STRIDED_SLICE SPLIT SPLIT_V GATHER PACK UNPACK CONCATENATION TILE',
    'MAX_POOL_2D AVERAGE_POOL_2D RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR DEPTH_TO_SPACE SPACE_TO_DEPTH MIRROR_PAD',
  ]
    .join(' ')
    .split(' '),
);

/** The activations that cut where a range may cut as well. */
const activationRanges: Readonly<Record<string, Range | undefined>> = {
  Relu: { min: 0, max: Number.POSITIVE_INFINITY },
  Relu6: { min: 0, max: 6 },
  ReluN1To1: { min: -1, max: 1 },
};

/** Whether the range of the result makes this activation superfluous, and is not the activation itself. */
export function swallows(range: Range | undefined, activation: string | undefined): boolean {
  const own = activationRanges[activation ?? ''];
  return (
    range !== undefined && own !== undefined && range.min >= own.min && range.max <= own.max && !isSame(range, own)
  );
}

/** Half a step of 8 bits is nothing that anybody meant. */
const isSame = (range: Range, own: Range): boolean => {
  const tolerance = (range.max - range.min) / 512;
  return Math.abs(range.min - own.min) <= tolerance && Math.abs(range.max - own.max) <= tolerance;
};

/** The value cut to the range of its tensor, where the operator could leave it. */
export function withinRange(
  importer: Importer,
  value: ImportedValue,
  {
    operator,
    from,
    to,
    activation,
  }: { operator: TfliteOperator; from: TfliteTensor | undefined; to: TfliteTensor; activation: string | undefined },
): ImportedValue {
  const range = rangeOf(to);
  if (!range || value.kind === 'constant') return value;
  if (choosing.has(operator.name) && sameScale(from?.quantization, to.quantization)) return value;
  const own = activationRanges[activation ?? ''];
  if (own && isSame(range, own)) return value;
  return importer.layer(clip, { min: range.min, max: range.max }, [value]);
}

const sameScale = (a: TfliteQuantization | undefined, b: TfliteQuantization | undefined): boolean =>
  a?.scales[0] === b?.scales[0] && a?.zeroPoints[0] === b?.zeroPoints[0];
