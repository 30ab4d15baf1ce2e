// What an element sees through many steps at once. As long as every step maps positions by whole numbers, each end of what
// is seen is the least (or greatest) of a few lines in the element's own position, however many steps lie between:
//
//   a[y] = x[y − 1 … y + 1];  b[y] = a[2·y … 2·y + 2];  c[y] = b[y] + x[2·y]      c sees x from min(2·y − 1, 2·y)

/** `[low, high]`, both included; may go beyond the tensor, into padding. */
export type Interval = readonly [low: number, high: number];

/** `slope · position[dimension] + offset`; a slope of 0 makes it a constant. */
export interface Line {
  readonly dimension: number;
  readonly slope: number;
  readonly offset: number;
}

/** Along one axis: the least of the lines in `low`, the greatest of those in `high`. */
export interface Range {
  readonly low: readonly Line[];
  readonly high: readonly Line[];
}

export const constantRange = ([low, high]: Interval): Range => ({
  low: [{ dimension: 0, slope: 0, offset: low }],
  high: [{ dimension: 0, slope: 0, offset: high }],
});

/** The positions themselves. */
export const sameRange = (dimension: number): Range => {
  const line: Line = { dimension, slope: 1, offset: 0 };
  return { low: [line], high: [line] };
};

export const isConstant = ({ low, high }: Range): boolean => [...low, ...high].every(({ slope }) => slope === 0);

/** A factor turns the ends around where it is negative. */
export function scaledRange({ low, high }: Range, factor: number, offset: Interval): Range {
  const scale = (lines: readonly Line[], added: number): Line[] =>
    lines.map((line) => ({ ...line, slope: factor * line.slope, offset: factor * line.offset + added }));
  const [first, last] = factor < 0 ? [high, low] : [low, high];
  return { low: scale(first, offset[0]), high: scale(last, offset[1]) };
}

/** What is seen of a third value by way of a second: `outer` in the second's positions, `inner` in those of the first. */
export function throughRanges(outer: Range, inner: readonly Range[]): Range {
  const end = (lines: readonly Line[], isLow: boolean): Line[] =>
    lines.flatMap(({ dimension, slope, offset }): readonly Line[] => {
      if (slope === 0) return [{ dimension: 0, slope, offset }];
      const { low, high } = inner[dimension]!;
      const from = slope > 0 === isLow ? low : high;
      return from.map((line) => ({ ...line, slope: slope * line.slope, offset: slope * line.offset + offset }));
    });
  return { low: outermost(end(outer.low, true), Math.min), high: outermost(end(outer.high, false), Math.max) };
}

export const hullOfRanges = (a: Range, b: Range): Range => ({
  low: outermost([...a.low, ...b.low], Math.min),
  high: outermost([...a.high, ...b.high], Math.max),
});

/** Of parallel lines only one counts. */
function outermost(lines: readonly Line[], choose: (a: number, b: number) => number): Line[] {
  const kept: Line[] = [];
  for (const { slope, dimension, offset } of lines) {
    const at = kept.findIndex((line) => line.slope === slope && (slope === 0 || line.dimension === dimension));
    if (at < 0) kept.push({ slope, dimension, offset });
    else kept[at] = { slope, dimension, offset: choose(kept[at]!.offset, offset) };
  }
  return kept;
}

export function rangeAt({ low, high }: Range, position: readonly Interval[]): Interval {
  const end = (lines: readonly Line[], isLow: boolean): number[] =>
    lines.map(({ dimension, slope, offset }) => {
      if (slope === 0) return offset;
      const [first, last] = position[dimension]!;
      return slope * (slope > 0 === isLow ? first : last) + offset;
    });
  return [Math.min(...end(low, true)), Math.max(...end(high, false))];
}
