// How long algorithms take, in nanoseconds: a small model with a handful of constants, fitted to the layers of
// `test/bench/layers.ts`. It ranks algorithms; it does not predict times.

export interface Costs {
  /** One multiply-add of a full register tile. */
  readonly multiplyAdd: number;
  /** Taking one number through a Winograd transform, there or back. */
  readonly transform: number;
  /** Reading one transformed weight from beyond the second-level cache; a fifth of it from there. */
  readonly stream: number;
  /** Numbers that a block of tiles may have before it leaves the second-level cache. */
  readonly cache: number;
  /** Factor on what leaves it. */
  readonly spill: number;
  /** Channels and filters of tiles come in whole vectors of so many. */
  readonly vector: number;
}

/** V8 on x86-64, 128-bit vectors. */
export const vectorCosts: Costs = {
  multiplyAdd: 0.038,
  transform: 0.28,
  stream: 0.1,
  cache: 160_000,
  spill: 1.06,
  vector: 4,
};

/** V8 on x86-64, plain numbers: a multiplication is ten times dearer, a transform only five times. */
export const scalarCosts: Costs = {
  multiplyAdd: 0.42,
  transform: 1.4,
  stream: 0.1,
  cache: 260_000,
  spill: 1.05,
  vector: 4,
};

/** Rows of a register tile: 4 × 8 sums. */
export const registerRows = 4;

export interface DirectWork {
  readonly multiplyAdds: number;
}

export const directTime = ({ multiplyAdds }: DirectWork, costs: Costs): number => multiplyAdds * costs.multiplyAdd;

/** A convolution in tiles: transform, multiply, transform back, for one block of tiles after the other. */
export interface TiledWork {
  /** Tiles of a block, the overhanging ones too, and how many blocks there are. */
  readonly tiles: number;
  readonly blocks: number;
  /** Multiplications of a tile for one channel and one filter; m·m outputs come of it. */
  readonly size: number;
  readonly outputs: number;
  readonly channels: number;
  readonly filters: number;
}

export function tiledTime({ tiles, blocks, size, outputs, channels, filters }: TiledWork, costs: Costs): number {
  // A register tile has so many rows: one less costs nearly as much.
  const rest = tiles % registerRows;
  const rows = tiles - rest + (rest === 0 ? 0 : rest * 0.6 + 1.6);
  const multiply = rows * size * channels * filters * costs.multiplyAdd;
  const transforms = tiles * (size * channels + ((size + outputs) / 2) * filters) * costs.transform;
  const kernel = size * channels * filters;
  const weights = kernel * (kernel > costs.cache ? costs.stream : costs.stream / 5);
  const block = size * tiles * (channels + filters);
  const factor = block > costs.cache ? costs.spill : 1;
  return blocks * ((multiply + transforms) * factor + weights);
}
