// Bringing an image to the size and the channels that a network wants, while it is read.
import { error, failure, type Result, success } from '../../dsl/problem.ts';
import { convertPixel, type Picture, type PixelRun } from './pixels.ts';

/** What to do with an image of another size: refuse it, fill the wanted size and cut the centre out, or squeeze it. */
export type Fit = 'none' | 'crop' | 'stretch';

export interface ImageLayout {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
}

/** Takes the pixels of an image, gives a tensor `[height, width, channels]`. */
interface Receiver {
  readonly receive: (run: PixelRun) => void;
  readonly result: () => Float32Array;
}

/** Problems: `input/image-size`, with both sizes, before any pixel is read; `input/image` where they are corrupt. */
export function fitImage(picture: Picture, wanted: ImageLayout, fit: Fit, file: string): Result<Float32Array> {
  const { height, width } = wanted;
  const isRight = picture.height === height && picture.width === width;
  if (!isRight && fit === 'none') {
    const message = `${file} is ${picture.height}×${picture.width} (height × width), ${height}×${width} is wanted`;
    const notes = ['choose --fit crop or --fit stretch'];
    return failure([error('input/image-size', message, undefined, { notes })]);
  }
  const receiver = isRight ? placing(picture, wanted) : resampling(picture, wanted, windowOf(picture, wanted, fit));
  const fault = picture.read(receiver.receive);
  return fault === undefined ? success(receiver.result()) : failure([error('input/image', `${file} ${fault}`)]);
}

/** Every pixel to its place. */
function placing({ channels, width }: Picture, wanted: ImageLayout): Receiver {
  const data = new Float32Array(wanted.height * wanted.width * wanted.channels);
  return {
    receive: ({ y, x, step, count, samples }) => {
      const first = (y * width + x) * wanted.channels;
      if (step === 1 && channels === wanted.channels) data.set(samples.subarray(0, count * channels), first);
      else
        for (let n = 0; n < count; n++)
          convertPixel(samples, n * channels, channels, data, first + n * step * wanted.channels, wanted.channels);
    },
    result: () => data,
  };
}

interface Window {
  readonly height: number;
  readonly width: number;
}

/** The centred part of the image that is taken, in its own pixels. */
function windowOf(picture: Picture, { height, width }: ImageLayout, fit: Fit): Window {
  if (fit === 'stretch') return picture;
  const scale = Math.min(picture.height / height, picture.width / width);
  return { height: height * scale, width: width * scale };
}

/** Every pixel into the sums that it has a part in, across the row first, then down. */
function resampling({ height, width, channels }: Picture, wanted: ImageLayout, window: Window): Receiver {
  const down = sharesOf(height, wanted.height, window.height);
  const across = sharesOf(width, wanted.width, window.width);
  const inRow = wanted.width * wanted.channels;
  const sums = new Float64Array(wanted.height * inRow);
  const row = new Float64Array(inRow);
  const pixel = new Float32Array(wanted.channels);
  return {
    receive: ({ y, x, step, count, samples }) => {
      if (down.begins[y] === down.begins[y + 1]) return;
      row.fill(0);
      for (let n = 0; n < count; n++) {
        convertPixel(samples, n * channels, channels, pixel, 0, wanted.channels);
        addShares(across, x + n * step, pixel, row);
      }
      addShares(down, y, row, sums);
    },
    result: () => new Float32Array(sums),
  };
}

/** What each sample of one axis adds to samples of another: `factors[n]` times itself to the one at `targets[n]`. */
interface Shares {
  /** Those of sample p are `begins[p] … begins[p + 1]`. */
  readonly begins: Uint32Array;
  readonly targets: Uint32Array;
  readonly factors: Float64Array;
}

/** A sample here is all of `values`. */
function addShares(shares: Shares, position: number, values: Float32Array | Float64Array, sums: Float64Array): void {
  const { begins, targets, factors } = shares;
  for (let share = begins[position]!; share < begins[position + 1]!; share++) {
    const factor = factors[share]!;
    const first = targets[share]! * values.length;
    for (let n = 0; n < values.length; n++) sums[first + n]! += factor * values[n]!;
  }
}

/**
 * Resizes an axis with a triangle filter: linear interpolation when it enlarges, and a filter as wide as the step when it
 * shrinks, so that no pixel is left out.
 */
function sharesOf(size: number, wanted: number, window: number): Shares {
  const shares: { readonly to: number; readonly factor: number }[][] = Array.from({ length: size }, () => []);
  const step = window / wanted;
  const radius = Math.max(1, step);
  for (let to = 0; to < wanted; to++) {
    const centre = (size - window) / 2 + (to + 0.5) * step - 0.5;
    const first = Math.max(0, Math.ceil(centre - radius));
    const last = Math.min(size - 1, Math.floor(centre + radius));
    const factors = Array.from({ length: last - first + 1 }, (_, i) => 1 - Math.abs(first + i - centre) / radius);
    const total = factors.reduce((sum, factor) => sum + factor, 0);
    for (const [n, factor] of factors.entries()) shares[first + n]!.push({ to, factor: factor / total });
  }
  const begins = new Uint32Array(size + 1);
  for (const [position, { length }] of shares.entries()) begins[position + 1] = begins[position]! + length;
  return {
    begins,
    targets: Uint32Array.from(shares.flat(), ({ to }) => to),
    factors: Float64Array.from(shares.flat(), ({ factor }) => factor),
  };
}
