// Padding and rounding of windows, made explicit where a source's rule is not ours.
import type { Static } from '../../../../compiler/operators/parameters.ts';
import { type Call, numbers, text } from '../translation.ts';

/** The spatial sizes of the sample. */
export const spaceOf = (call: Call): readonly number[] => call.network.shapeOf(call.value('input')).slice(0, -1);

/** Padding as our layers take it; malformed padding is passed on, for the problem it is. */
export function amounts({ attributes }: Call): Static | undefined {
  const { padding } = attributes;
  if (padding === 'same-lower') return 'same_lower';
  // Flat numbers are pairs of which some are missing.
  if (Array.isArray(padding) && padding.some((entry) => !Array.isArray(entry))) return [padding];
  return padding === undefined ? undefined : (padding as Static);
}

export function pairsOf({ attributes }: Call): readonly (readonly [number, number])[] | undefined {
  return Array.isArray(attributes.padding) ? (attributes.padding as [number, number][]) : undefined;
}

/**
 * Padding that gives the number of windows which the source's rounding gives. WebNN keeps a last window that starts in the
 * tail padding, tfjs can round to the nearest number, and both may state the number: the tail is made to fit it.
 */
export function roundedPadding(call: Call, kernel: readonly number[], sizes?: readonly number[]): Static | undefined {
  const rounding = roundingOf(call, sizes);
  const pads = call.attributes.padding === 'valid' ? kernel.map(() => [0, 0] as const) : pairsOf(call);
  const space = spaceOf(call);
  if (!rounding || !pads || pads.length !== space.length || kernel.length !== space.length) return amounts(call);
  return pads.map(([before, after], axis): Static => {
    const stride = numbers(call, 'strides')?.[axis] ?? kernel[axis]!;
    const dilation = numbers(call, 'dilations')?.[axis] ?? 1;
    const extent = dilation * (kernel[axis]! - 1) + 1;
    const steps = (space[axis]! + before + after - extent) / stride;
    if (Number.isInteger(steps) && !sizes) return [before, after];
    const output = rounding(steps, axis) + 1;
    const tail = (output - 1) * stride + extent - space[axis]! - before;
    return [before, Math.max(tail, after)];
  });
}

type Rounding = (steps: number, axis: number) => number;

function roundingOf(call: Call, sizes: readonly number[] | undefined): Rounding | undefined {
  const name = text(call, 'roundingType', text(call, 'dimRoundingMode', 'floor'));
  // Stated sizes are one of the two roundings, or wrong: then the output's shape will not be the expected one.
  if (sizes) return (steps, axis) => (Math.ceil(steps) + 1 === sizes[axis] ? Math.ceil(steps) : Math.floor(steps));
  if (name === 'ceil') return Math.ceil;
  if (name === 'round') return Math.round;
  return undefined;
}
