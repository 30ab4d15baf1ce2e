import { expect, test } from 'vitest';
import { copyNests, runLength, spreadOf } from '../../compiler/targets/shared/copy.ts';
import { denseStrides, denseView, type View } from '../../compiler/tiler/view.ts';

const view = (base: number, ...axes: View['axes'][number][]): View => ({
  memory: 'arena',
  base,
  axes,
  margins: axes.map(() => [0, 0] as const),
});

test('a dense window is one run', () => {
  const nests = copyNests([3, 4, 5], denseView('arena', 7, [3, 4, 5]));
  expect(nests).toEqual([{ window: 7, tensor: 0, loops: [{ extent: 60, window: 1, tensor: 1 }] }]);
  expect(runLength(nests[0]!)).toBe(60);
});

test('a halo costs two loops: rows, and elements within one', () => {
  const [nest] = copyNests([3, 4, 5], view(35, { stride: 30 }, { stride: 5 }, { stride: 1 }));
  expect(nest!.loops).toEqual([
    { extent: 3, window: 30, tensor: 20 },
    { extent: 20, window: 1, tensor: 1 },
  ]);
  expect(runLength(nest!)).toBeUndefined();
});

test('a single element is a run of one', () => {
  expect(runLength(copyNests([1, 1], denseView('arena', 3, [1, 1]))[0]!)).toBe(1);
});

test('a blocked axis is walked in blocks, and a block that is not full on its own', () => {
  const nests = copyNests([2, 10], view(0, { stride: 4 }, { stride: 8, block: 4 }));
  const visited = new Map<number, number>();
  for (const { window: base, tensor, loops } of nests) {
    const visit = (depth: number, from: number, to: number): void => {
      const loop = loops[depth];
      if (!loop) visited.set(to, from);
      else for (let n = 0; n < loop.extent; n++) visit(depth + 1, from + n * loop.window, to + n * loop.tensor);
    };
    visit(0, base, tensor);
  }
  expect(visited.size).toBe(20);
  for (let y = 0; y < 2; y++) {
    for (let c = 0; c < 10; c++) expect(visited.get(10 * y + c)).toBe(4 * y + 8 * Math.floor(c / 4) + (c % 4));
  }
});

/** A window of a buffer with a border, with what a read finds at each place. */
function bordered(shape: readonly number[], margins: View['margins'], base: number): View {
  const padded = shape.map((size, n) => size + margins[n]![0] + margins[n]![1]);
  const strides = denseStrides(padded);
  const inside = strides.reduce((sum, stride, n) => sum + stride * margins[n]![0], base);
  return { memory: 'arena', base: inside, axes: strides.map((stride) => ({ stride })), margins };
}

test.each([
  [
    [5, 8, 9],
    [
      [1, 1],
      [2, 1],
      [0, 0],
    ],
  ],
  [
    [5, 8, 9],
    [
      [0, 0],
      [1, 0],
      [0, 0],
    ],
  ],
  [
    [3, 40, 2],
    [
      [2, 0],
      [0, 3],
      [0, 0],
    ],
  ],
  [
    [4, 70],
    [
      [0, 3],
      [0, 1],
    ],
  ],
] as const)('%j with margins %j is spread out of the end of its buffer', (shape, margins) => {
  const view = bordered(shape, margins, 5);
  const spread = spreadOf(shape, view)!;
  const size = shape.reduce<number>((product, extent) => product * extent, 1);
  const tensor = Float32Array.from({ length: size }, (_, n) => n + 1);
  const buffer = shape.reduce<number>((product, extent, n) => product * (extent + margins[n]![0] + margins[n]![1]), 1);
  const expected = new Float32Array(5 + buffer + 5);
  for (const { window: from, tensor: to, loops } of copyNests(shape, view)) {
    for (let row = 0; row < loops[0]!.extent; row++) {
      const values = tensor.subarray(to + row * loops[0]!.tensor, to + row * loops[0]!.tensor + loops[1]!.extent);
      expected.set(values, from + row * loops[0]!.window);
    }
  }
  const arena = new Float32Array(expected.length);
  const { rows, length, window: first, stride, end } = spread;
  expect(end).toBeLessThanOrEqual(5 + buffer);
  arena.set(tensor, end - size);
  for (let row = 0; row < rows; row++) {
    const to = first + row * stride;
    const from = end - size + row * length;
    expect(from).toBeGreaterThanOrEqual(to);
    arena.copyWithin(to, from, from + length);
    arena.fill(0, to + length, row < rows - 1 ? to + stride : end);
  }
  expect(arena).toEqual(expected);
});

test('what has neighbours in its buffer, or short rows, is not spread', () => {
  const margins = [
    [0, 0],
    [0, 0],
    [0, 0],
  ] as const;
  const part = { ...bordered([6, 6, 64], margins, 0), axes: [{ stride: 768 }, { stride: 128 }, { stride: 1 }] };
  expect(spreadOf([6, 6, 64], part)).toBeUndefined();
  expect(
    spreadOf(
      [6, 20, 3],
      bordered(
        [6, 20, 3],
        [
          [1, 1],
          [1, 1],
          [0, 0],
        ],
        0,
      ),
    ),
  ).toBeUndefined();
});
