// Tensors in files, the format chosen by the file's extension: .png .jpg .jpeg .npy .json .f32
import { error, failure, type Result, success } from '../../dsl/problem.ts';
import { countOf } from './elements.ts';
import { readFloat32File, writeFloat32File } from './float32-file.ts';
import { imageToTensor, readJpeg, readPng, writePng } from './image.ts';
import type { Fit } from './image-fit.ts';
import { readJsonTensor, writeJsonTensor } from './json-tensor.ts';
import { readNpy, writeNpy } from './npy.ts';
import type { TensorData } from './safetensors.ts';
import { fitStatedShape, wrongCount } from './stated-shape.ts';

interface TensorFormat {
  read(bytes: Uint8Array, file: string, wanted: Wanted): Result<Float32Array>;
  /** Absent where the format is only read. */
  write?(tensor: TensorData, file: string): Result<Uint8Array>;
}

/** Beside what a tensor's numbers take in the longest way of writing them: headers, spaces, larger images to be fitted. */
const room = 2 ** 26;

/** How large a file for a tensor of this shape can be at most: more is not worth reading. */
export const mostBytes = (file: string, shape: readonly number[]): number =>
  Math.min(2 ** 31 - 1, (isImage(file) ? 4 * room : room) + 64 * (countOf(shape) ?? 0));

interface Wanted {
  readonly shape: readonly number[];
  readonly fit: Fit;
}

const image = (decode: typeof readPng): TensorFormat['read'] =>
  function readImage(bytes, file, { shape, fit }) {
    const decoded = decode(bytes, file);
    return decoded.ok ? imageToTensor(decoded.value, shape, fit, file) : decoded;
  };

const formats: Record<string, TensorFormat> = {
  png: { read: image(readPng), write: writePng },
  jpg: { read: image(readJpeg) },
  jpeg: { read: image(readJpeg) },
  npy: {
    read(bytes, file, { shape }) {
      const array = readNpy(bytes, file);
      return array.ok ? fitStatedShape(array.value, shape, file) : array;
    },
    write: (tensor) => success(writeNpy(tensor)),
  },
  json: { read: readJsonTensor, write: (tensor) => success(writeJsonTensor(tensor)) },
  f32: { read: readFloat32File, write: ({ data }) => success(writeFloat32File(data)) },
};

const formatOf = (file: string): TensorFormat | undefined => {
  const extension = /\.(\w+)$/.exec(file)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(formats, extension) ? formats[extension] : undefined;
};

/** Whether a file's name says that it is an image, which can be fitted to a size. */
export const isImage = (file: string): boolean => /\.(png|jpe?g)$/i.test(file);

const unknownFormat = (file: string, known: readonly string[]) =>
  failure([error('input/format', `${file} has no known extension; known are ${known.map((k) => `.${k}`).join(' ')}`)]);

/**
 * The numbers of a file for a tensor of this shape, row-major. An image must have the shape's size unless `fit` says
 * otherwise, and a file that states its shape must have this one; elsewhere only the count of numbers must be right.
 * Problems: `input/format`, `input/count`, `input/shape`, and those of the format; the warning `input/channels-first`.
 */
export function readTensorFile(
  bytes: Uint8Array,
  file: string,
  shape: readonly number[],
  fit: Fit = 'none',
): Result<Float32Array> {
  const format = formatOf(file);
  if (!format) return unknownFormat(file, Object.keys(formats));
  const numbers = format.read(bytes, file, { shape, fit });
  if (!numbers.ok || numbers.value.length === countOf(shape)) return numbers;
  return wrongCount(numbers.value.length, shape, file);
}

/** The bytes of a file for this tensor. Problems: `input/format`, `input/not-an-image`. */
export function writeTensorFile(tensor: TensorData, file: string): Result<Uint8Array> {
  const write = formatOf(file)?.write;
  if (write) return write(tensor, file);
  return unknownFormat(
    file,
    Object.keys(formats).filter((name) => formats[name]!.write),
  );
}
