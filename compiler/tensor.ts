// Shapes and elements of values: the vocabulary that every layer of the compiler shares.

/** Channels last, without the batch: `[length, channels]`, `[height, width, channels]`, `[n]`… Every size at least 1. */
export type Shape = readonly number[];

/** The number of elements. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);

/** `[2, 3]` as the language writes it. */
export const showShape = (shape: Shape): string => `[${shape.join(', ')}]`;

/** The type that a tensor's elements are stored in. Whatever it is, a read gives a float32: the element, widened. */
export type Element = 'f32' | 'f16' | 'i8' | 'u8' | 'i16' | 'u16' | 'i32';

const elementBytes = { f32: 4, f16: 2, i8: 1, u8: 1, i16: 2, u16: 2, i32: 4 } satisfies Record<Element, number>;

/** Their names, as text has them. */
export const elements = Object.keys(elementBytes) as readonly Element[];

/** The size of one element. */
export const bytesOf = (element: Element): number => elementBytes[element];

/**
 * What stored integers q stand for: (q − zero)·scale, or q·scale + min, with one pair for the tensor or one for each index
 * along an axis, its channels. A read gives the number that is stood for.
 */
export type Quantization = {
  readonly scales: readonly number[];
  /** The axis of the channels; left out where the tensor has one scale. */
  readonly axis?: number;
} & ({ readonly zeros: readonly number[] } | { readonly mins: readonly number[] });

/** Whether it fits its tensor; each fault is a sentence. */
export function quantizationFaults(quantization: Quantization, shape: Shape, element: Element = 'f32'): string[] {
  const { scales, axis } = quantization;
  const [word, offsets] = 'zeros' in quantization ? ['zeros', quantization.zeros] : ['mins', quantization.mins];
  const channels = axis === undefined ? 1 : shape[axis];
  if (element === 'f32' || element === 'f16') return [`${element} has no scale: its elements are no integers`];
  if (channels === undefined) return [`there is no axis ${axis} in ${showShape(shape)}`];
  const isScale = (scale: number): boolean => scale > 0 && Number.isFinite(scale);
  return [
    ...(scales.length === channels ? [] : [`scales: ${scales.length} given, ${channels} needed`]),
    ...(offsets.length === channels ? [] : [`${word}: ${offsets.length} given, ${channels} needed`]),
    ...(scales.every(isScale) ? [] : ['a scale is not above 0 and finite']),
    ...(word === 'mins' || offsets.every(Number.isInteger) ? [] : ['a zero is no integer']),
    ...(offsets.every(Number.isFinite) ? [] : [`one of the ${word} is not finite`]),
  ];
}
