// Shapes of values: the vocabulary that every layer of the compiler shares.

/** Channels last, without the batch: `[length, channels]`, `[height, width, channels]`, `[n]`… Every size at least 1. */
export type Shape = readonly number[];

/** The number of elements. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);

/** `[2, 3]` as the language writes it. */
export const showShape = (shape: Shape): string => `[${shape.join(', ')}]`;
