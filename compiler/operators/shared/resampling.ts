// Resampling along one axis: where an output coordinate lies in the input, and which input cells it takes with what weight.
// The rules are those of ONNX Resize, which name the rules of every framework:
//
//   half_pixel             (o + ½)·I/O − ½            PyTorch, WebNN, TensorFlow 2; the default
//   half_pixel_symmetric   half_pixel, centred when the scale does not divide the size
//   pytorch_half_pixel     half_pixel, but 0 where the output is one cell
//   align_corners          o·(I − 1)/(O − 1)            PyTorch and TensorFlow, on request
//   asymmetric             o·I/O                        TensorFlow 1, PyTorch's nearest
//   tf_half_pixel_for_nn   (o + ½)·I/O
//
// A region [from, to] of the axis, in fractions of the way from its first cell to its last, has a rule of its own:
//
//   (from + o·(to − from)/(O − 1))·(I − 1)             TensorFlow's crop_and_resize; beyond the input there is nothing

export const coordinateRules = [
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
  'tf_half_pixel_for_nn',
] as const;
export type CoordinateRule = (typeof coordinateRules)[number];

/** Which neighbour is nearest: ONNX's names. `prefer` decides halves. */
export const roundings = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'] as const;
export type Rounding = (typeof roundings)[number];

export interface ResampledAxis {
  readonly input: number;
  readonly output: number;
  /** The scale as given; without it the scale is output / input, without rounding. */
  readonly scale: number | undefined;
  readonly region?: Region;
}

export type Region = readonly [from: number, to: number];

/** The place of an output coordinate in input coordinates, where cell n lies at n. */
export function sourceCoordinate(axis: ResampledAxis, rule: CoordinateRule, at: number): number {
  const { input, output, scale, region } = axis;
  if (region) {
    const [from, to] = region;
    return (output > 1 ? from + (at * (to - from)) / (output - 1) : (from + to) / 2) * (input - 1);
  }
  // An axis that keeps its size is not resampled, whatever the rule: the channels, above all.
  if (input === output && scale === undefined) return at;
  const unscaled = (x: number): number => (scale === undefined ? (x * input) / output : x / scale);
  // ONNX measures the output before its size is rounded down.
  const length = scale === undefined ? output : input * scale;
  switch (rule) {
    case 'half_pixel':
      return unscaled(at + 0.5) - 0.5;
    case 'half_pixel_symmetric':
      return (input / 2) * (1 - output / length) + unscaled(at + 0.5) - 0.5;
    case 'pytorch_half_pixel':
      // The cells that there are, not the size before it is rounded down: 7 cells at a quarter are one.
      return output > 1 ? unscaled(at + 0.5) - 0.5 : 0;
    case 'align_corners':
      return length > 1 ? (at * (input - 1)) / (length - 1) : 0;
    case 'asymmetric':
      return unscaled(at);
    case 'tf_half_pixel_for_nn':
      return unscaled(at + 0.5);
  }
}

/** The input cell of every output cell. */
export function nearestCells(axis: ResampledAxis, rule: CoordinateRule, rounding: Rounding): readonly number[] {
  return Array.from({ length: axis.output }, (_, at) =>
    clamp(roundTo(rounding, sourceCoordinate(axis, rule, at)), axis.input),
  );
}

/** Whether an output cell lies in the input; only regions reach beyond. Rounding of the fractions does not count. */
export function isInside(axis: ResampledAxis, at: number): boolean {
  if (!axis.region) return true;
  const place = sourceCoordinate(axis, 'align_corners', at);
  return place > -1e-5 && place < axis.input - 1 + 1e-5;
}

/** One cell for each output cell, or none. */
export const nearestTaps = (axis: ResampledAxis, rule: CoordinateRule, rounding: Rounding): Taps => ({
  start: nearestCells(axis, rule, rounding),
  width: 1,
  weights: Array.from({ length: axis.output }, (_, at) => (isInside(axis, at) ? 1 : 0)),
});

function roundTo(rounding: Rounding, x: number): number {
  switch (rounding) {
    case 'round_prefer_floor':
      return Math.ceil(x - 0.5);
    case 'round_prefer_ceil':
      return Math.floor(x + 0.5);
    case 'floor':
      return Math.floor(x);
    case 'ceil':
      return Math.ceil(x);
  }
}

const clamp = (cell: number, size: number): number => Math.min(Math.max(cell, 0), size - 1);

/** A weight for every distance between a cell and the place that is sampled; zero from `radius` on. */
export interface Filter {
  readonly radius: number;
  readonly weight: (distance: number) => number;
}

export const linearFilter: Filter = { radius: 1, weight: (distance) => Math.max(0, 1 - Math.abs(distance)) };

/** R. Keys, "Cubic convolution interpolation" (1981); the coefficient is −0.75 in PyTorch, −0.5 in TensorFlow. */
export const cubicFilter = (a: number): Filter => ({
  radius: 2,
  weight: (distance) => {
    const x = Math.abs(distance);
    if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  },
});

export interface SamplingOptions {
  readonly coordinates: CoordinateRule;
  /** Stretch the filter when shrinking, so that every input cell has a say. */
  readonly antialias: boolean;
  /** Cells outside weigh nothing, instead of counting as the edge. */
  readonly excludeOutside: boolean;
}

/** For output o: input cells start[o] … start[o] + width − 1 with weights[o·width] …, which sum to 1. */
export interface Taps {
  readonly start: readonly number[];
  readonly width: number;
  readonly weights: readonly number[];
}

export function filterTaps(axis: ResampledAxis, filter: Filter, options: SamplingOptions): Taps {
  const cells = Array.from({ length: axis.output }, (_, at) => weightedCells(axis, filter, options, at));
  const spans = cells.map((weights) => Math.max(...weights.keys()) - Math.min(...weights.keys()) + 1);
  const width = spans.reduce((a, b) => Math.max(a, b), 1);
  const start = cells.map((weights) => Math.min(...weights.keys(), axis.input - width));
  const weights = cells.flatMap((weights, at) =>
    Array.from({ length: width }, (_, tap) => weights.get(start[at]! + tap) ?? 0),
  );
  return { start, width, weights };
}

/** Input cell → weight for one output coordinate. */
function weightedCells(axis: ResampledAxis, filter: Filter, options: SamplingOptions, at: number): Map<number, number> {
  if (!isInside(axis, at)) return new Map();
  const place = sourceCoordinate(axis, options.coordinates, at);
  const stretch = options.antialias ? Math.min(axis.scale ?? axis.output / axis.input, 1) : 1;
  const reach = filter.radius / stretch;
  const weights = new Map<number, number>();
  for (let cell = Math.floor(place - reach) + 1; cell < place + reach; cell++) {
    if (options.excludeOutside && cell !== clamp(cell, axis.input)) continue;
    const weight = filter.weight((cell - place) * stretch);
    const inside = clamp(cell, axis.input);
    if (weight !== 0) weights.set(inside, (weights.get(inside) ?? 0) + weight);
  }
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  return new Map([...weights].map(([cell, weight]) => [cell, weight / total]));
}
