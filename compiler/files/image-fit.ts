// Bringing an image to the size and the channels that a network wants.
import { error, failure, type Result, success } from '../../dsl/problem.ts';

/** Row-major `[height, width, channels]`, values 0..1. */
export interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Float32Array;
}

/** What to do with an image of another size: refuse it, fill the wanted size and cut the centre out, or squeeze it. */
export type Fit = 'none' | 'crop' | 'stretch';

/** Problem: `input/image-size`, with both sizes. */
export function fitImage(image: Image, height: number, width: number, fit: Fit, file: string): Result<Image> {
  if (image.height === height && image.width === width) return success(image);
  switch (fit) {
    case 'none': {
      const message = `${file} is ${image.height}×${image.width} (height × width), ${height}×${width} is wanted`;
      return failure([
        error('input/image-size', message, undefined, { notes: ['choose --fit crop or --fit stretch'] }),
      ]);
    }
    case 'stretch':
      return success(resample(image, height, width, image.height, image.width));
    case 'crop': {
      const scale = Math.min(image.height / height, image.width / width);
      return success(resample(image, height, width, height * scale, width * scale));
    }
  }
}

/** Resizes the centred window of `windowHeight` × `windowWidth` source pixels to `height` × `width`. */
function resample(image: Image, height: number, width: number, windowHeight: number, windowWidth: number): Image {
  const { channels } = image;
  const rows = resampleAxis(image.data, image.height, height, windowHeight, image.width * channels);
  const data = resampleAxis(rows, image.width, width, windowWidth, channels);
  return { height, width, channels, data };
}

/**
 * Resizes the middle axis of `[outer, size, inner]` with a triangle filter: linear interpolation when it enlarges, and
 * a filter as wide as the step when it shrinks, so that no pixel is left out.
 */
function resampleAxis(data: Float32Array, size: number, wanted: number, window: number, inner: number): Float32Array {
  const outer = data.length / (size * inner);
  const result = new Float32Array(outer * wanted * inner);
  const step = window / wanted;
  const radius = Math.max(1, step);
  for (let position = 0; position < wanted; position++) {
    const centre = (size - window) / 2 + (position + 0.5) * step - 0.5;
    const first = Math.max(0, Math.ceil(centre - radius));
    const last = Math.min(size - 1, Math.floor(centre + radius));
    const factors = Array.from({ length: last - first + 1 }, (_, i) => 1 - Math.abs(first + i - centre) / radius);
    const total = factors.reduce((sum, factor) => sum + factor, 0);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (let tap = 0; tap < factors.length; tap++) {
          sum += (factors[tap]! / total) * data[(o * size + first + tap) * inner + i]!;
        }
        result[(o * wanted + position) * inner + i] = sum;
      }
    }
  }
  return result;
}

/** The image with 1 (grey), 3 (RGB) or 4 (RGB and alpha) channels. Grey is the luma of ITU-R BT.601. */
export function withChannels(image: Image, channels: 1 | 3 | 4): Image {
  if (image.channels === channels) return image;
  const pixels = image.height * image.width;
  const data = new Float32Array(pixels * channels);
  const hasColour = image.channels >= 3;
  const hasAlpha = image.channels % 2 === 0;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const at = pixel * image.channels;
    const red = image.data[at]!;
    const green = hasColour ? image.data[at + 1]! : red;
    const blue = hasColour ? image.data[at + 2]! : red;
    const alpha = hasAlpha ? image.data[at + image.channels - 1]! : 1;
    if (channels === 1) data[pixel] = hasColour ? 0.299 * red + 0.587 * green + 0.114 * blue : red;
    else data.set(channels === 3 ? [red, green, blue] : [red, green, blue, alpha], pixel * channels);
  }
  return { ...image, channels, data };
}
