// Images in and out: PNG and JPEG become `[height, width, channels]` in 0..1, and tensors become PNG.
import { encode as encodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import { error, failure, type Result, success } from '../../dsl/problem.ts';
import { type Fit, fitImage, type ImageLayout } from './image-fit.ts';
import { jpegSize } from './jpeg-size.ts';
import type { Picture, PixelRun } from './pixels.ts';
import { mostPixels, readPngFile } from './png-chunks.ts';
import { pictureOf } from './png-rows.ts';
import type { TensorData } from './safetensors.ts';

/** Problems: `input/image` (corrupt, or another format), `input/image-too-large`. */
export function readPng(bytes: Uint8Array, file: string): Result<Picture> {
  const png = readPngFile(bytes, file);
  return png.ok ? success(pictureOf(png.value)) : png;
}

/** Always 3 channels. Problems: `input/image` (corrupt, or another format), `input/image-too-large`. */
export function readJpeg(bytes: Uint8Array, file: string): Result<Picture> {
  const size = jpegSize(bytes);
  if (!size) return failure([error('input/image', `${file} is no JPEG image`)]);
  const { height, width } = size;
  if (height * width > mostJpegPixels) {
    const message = `${file} has ${height}×${width} pixels, too many for a JPEG image`;
    return failure([error('input/image-too-large', message)]);
  }
  return success({ height, width, channels: 3, read: (receive) => decodeJpeg(bytes, size, receive) });
}

/** A JPEG image is decoded as a whole, in up to 16 bytes a pixel. */
const mostJpegPixels = mostPixels / 2;

function decodeJpeg(
  bytes: Uint8Array,
  { height, width }: { readonly height: number; readonly width: number },
  receive: (run: PixelRun) => void,
): string | undefined {
  try {
    const decoded = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: Math.ceil((height * width) / 1e6),
      maxMemoryUsageInMB: (16 * mostJpegPixels) / 2 ** 20,
    });
    if (decoded.height !== height || decoded.width !== width) return 'is a JPEG image of two sizes';
    const samples = new Float32Array(3 * width);
    for (let y = 0; y < height; y++) {
      for (let n = 0; n < samples.length; n++) samples[n] = decoded.data[y * samples.length + n]! / 255;
      receive({ y, x: 0, step: 1, count: width, samples });
    }
    return undefined;
  } catch (reason) {
    return `is a corrupt JPEG image: ${(reason as Error).message}`;
  }
}

/**
 * The numbers of an image as a tensor `[height, width]` or `[height, width, 1 | 3 | 4]`.
 * Problems: `input/image-size`, `input/image`, `input/not-an-image` where the shape is none of these.
 */
export function imageToTensor(
  picture: Picture,
  shape: readonly number[],
  fit: Fit,
  file: string,
): Result<Float32Array> {
  const layout = imageLayout(shape);
  return layout ? fitImage(picture, layout, fit, file) : notAnImage(shape, file);
}

/** A tensor in 0..1 as PNG with 8 bits; what lies outside is clamped. Problem: `input/not-an-image`. */
export function writePng({ shape, data }: TensorData, file: string): Result<Uint8Array> {
  const layout = imageLayout(shape);
  if (!layout || layout.height === 0 || layout.width === 0) return notAnImage(shape, file);
  // A Uint8ClampedArray rounds to nearest and takes NaN for 0.
  const samples = new Uint8ClampedArray(data.length);
  for (let n = 0; n < data.length; n++) samples[n] = data[n]! * 255;
  return success(encodePng({ ...layout, depth: 8, data: new Uint8Array(samples.buffer) }));
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
