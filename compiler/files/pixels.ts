// An image on its way into a tensor: pixels come run by run, so that no image is ever in memory as a whole beside the tensor
// that it becomes.

/** Pixels of one row, `step` apart: the first is at `x`. Their samples are 0..1, channel by channel. */
export interface PixelRun {
  readonly y: number;
  readonly x: number;
  readonly step: number;
  readonly count: number;
  /** `count` times as many as the image has channels; used again for the next run. */
  readonly samples: Float32Array;
}

/** An image whose size is known before its pixels are. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. */
  readonly channels: number;
  /** Every pixel once, in whatever order the file has them; the end of a sentence about the file where it is corrupt. */
  readonly read: (receive: (run: PixelRun) => void) => string | undefined;
}

/**
 * Copies one pixel to 1 (grey), 3 (RGB) or 4 (RGB and alpha) channels of `target`. Grey is the luma of ITU-R BT.601.
 */
export function convertPixel(
  source: Float32Array,
  from: number,
  channels: number,
  target: Float32Array,
  to: number,
  wanted: 1 | 3 | 4,
): void {
  const hasColour = channels >= 3;
  const red = source[from]!;
  const green = hasColour ? source[from + 1]! : red;
  const blue = hasColour ? source[from + 2]! : red;
  if (wanted === 1) {
    target[to] = hasColour ? 0.299 * red + 0.587 * green + 0.114 * blue : red;
    return;
  }
  target[to] = red;
  target[to + 1] = green;
  target[to + 2] = blue;
  if (wanted === 4) target[to + 3] = channels % 2 === 0 ? source[from + channels - 1]! : 1;
}
