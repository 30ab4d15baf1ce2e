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
