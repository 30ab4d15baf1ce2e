// Images in and out: PNG and JPEG become `[height, width, channels]` in 0..1, and tensors become PNG.
import { convertIndexedToRgb, type DecodedPng, decode as decodePng, encode as encodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import { error, failure, type Result, success } from '../../dsl/problem.ts';
import { type Fit, fitImage, type Image, withChannels } from './image-fit.ts';
import { mostPixels, readPngHeader } from './png-chunks.ts';
import type { TensorData } from './safetensors.ts';

/** Problems: `input/image` (corrupt, or another format), `input/image-too-large`. */
export function readPng(bytes: Uint8Array, file: string): Result<Image> {
  const header = readPngHeader(bytes, file);
  if (!header.ok) return header;
  const { height, width, indexed } = header.value;
  try {
    const png = decodePng(header.value.bytes, { checkCrc: true });
    const depth = indexed ? 8 : png.depth;
    const samples = indexed ? convertIndexedToRgb(png) : depth < 8 ? unpackBits(png) : png.data;
    const data = Float32Array.from(samples, (sample) => sample / (2 ** depth - 1));
    return success({ height, width, channels: data.length / (height * width), data });
  } catch (reason) {
    return failure([error('input/image', `${file} is a corrupt PNG image: ${(reason as Error).message}`)]);
  }
}

/** One number per pixel from rows of 1, 2 or 4 bits, each row padded to whole bytes. */
function unpackBits({ width, height, depth, data }: DecodedPng): Uint8Array {
  const samples = new Uint8Array(width * height);
  const bytesPerRow = Math.ceil((width * depth) / 8);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      samples[y * width + x] = (data[y * bytesPerRow + (bit >> 3)]! >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
    }
  }
  return samples;
}

/** Always 3 channels. Problem: `input/image` (corrupt, another format, or beyond 64 million pixels or 512 MiB). */
export function readJpeg(bytes: Uint8Array, file: string): Result<Image> {
  try {
    const { height, width, data } = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: mostPixels / 1e6,
      maxMemoryUsageInMB: 512,
    });
    return success({ height, width, channels: 3, data: Float32Array.from(data, (sample) => sample / 255) });
  } catch (reason) {
    return failure([error('input/image', `${file} is no JPEG image: ${(reason as Error).message}`)]);
  }
}

/**
 * The numbers of an image as a tensor `[height, width]` or `[height, width, 1 | 3 | 4]`.
 * Problems: `input/image-size`, `input/not-an-image` where the shape is none of these.
 */
export function imageToTensor(image: Image, shape: readonly number[], fit: Fit, file: string): Result<Float32Array> {
  const layout = imageLayout(shape);
  if (!layout) return notAnImage(shape, file);
  const fitted = fitImage(image, layout.height, layout.width, fit, file);
  return fitted.ok ? success(withChannels(fitted.value, layout.channels).data) : fitted;
}

/** A tensor in 0..1 as PNG with 8 bits; what lies outside is clamped. Problem: `input/not-an-image`. */
export function writePng({ shape, data }: TensorData, file: string): Result<Uint8Array> {
  const layout = imageLayout(shape);
  if (!layout || layout.height === 0 || layout.width === 0) return notAnImage(shape, file);
  // A Uint8ClampedArray rounds to nearest and takes NaN for 0.
  const samples = new Uint8Array(Uint8ClampedArray.from(data, (value) => value * 255).buffer);
  return success(encodePng({ ...layout, depth: 8, data: samples }));
}

interface ImageLayout {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
}

function imageLayout(shape: readonly number[]): ImageLayout | undefined {
  const [height, width, channels = 1] = shape;
  if (height === undefined || width === undefined || shape.length > 3) return undefined;
  return channels === 1 || channels === 3 || channels === 4 ? { height, width, channels } : undefined;
}

const notAnImage = (shape: readonly number[], file: string) =>
  failure([
    error('input/not-an-image', `${file} is an image, but the tensor is [${shape.join(', ')}]`, undefined, {
      notes: ['an image is [height, width], or [height, width, channels] with 1, 3 or 4 channels'],
    }),
  ]);
