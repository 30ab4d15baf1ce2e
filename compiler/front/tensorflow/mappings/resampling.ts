// Resizing of images. Without flags TensorFlow's cells lie at o·in/out, with `half_pixel_centers` at (o + ½)·in/out − ½.
import { pixelShuffle } from '../../../operators/arrangement/pixel-shuffle.ts';
import { pixelUnshuffle } from '../../../operators/arrangement/pixel-unshuffle.ts';
import { resize } from '../../../operators/arrangement/resize.ts';
import type { AnyOperator } from '../../../operators/operator.ts';
import type { Static } from '../../../operators/parameters.ts';
import type { LayerValue } from '../../importing/values.ts';
import type { Meaning, Operation } from '../operation.ts';
import { checkFormat } from '../windows.ts';

export const resampling: readonly (readonly [string, Meaning])[] = [
  ['ResizeBilinear', (operation) => resized(operation, 'linear')],
  ['ResizeNearestNeighbor', (operation) => resized(operation, 'nearest')],
  ['DepthToSpace', (operation) => blocks(operation, pixelShuffle)],
  ['SpaceToDepth', (operation) => blocks(operation, pixelUnshuffle)],
];

function resized(operation: Operation, mode: 'linear' | 'nearest'): LayerValue {
  const x = operation.channelsLast(0);
  const size = operation.integers(1);
  const [corners, half] = [operation.flag('align_corners'), operation.flag('half_pixel_centers')];
  const coordinates = corners ? 'align_corners' : half ? 'half_pixel' : 'asymmetric';
  if (size.every((cells, axis) => cells === x.shape[axis])) return x;
  const given: Readonly<Record<string, Static>> = {
    size,
    mode,
    coordinates,
    ...(mode === 'nearest' && { rounding: nearestRounding(coordinates) }),
  };
  return operation.importer.layer(resize, given, [x]);
}

/** TensorFlow rounds corners half up; of half pixels it takes ⌊(o + ½)·in/out⌋, which is half up of the centre. */
const nearestRounding = (coordinates: string): string => (coordinates === 'asymmetric' ? 'floor' : 'round_prefer_ceil');

function blocks(operation: Operation, operator: AnyOperator): LayerValue {
  checkFormat(operation);
  const given = { block: operation.number('block_size'), order: 'blocks_outer' };
  return operation.importer.layer(operator, given, [operation.channelsLast(0)]);
}
