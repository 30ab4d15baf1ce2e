import { expect, test } from 'vitest';
import { copyNests, runLength } from '../../compiler/backends/module/copy.ts';
import { denseWindow, type Window } from '../../compiler/kernel/window.ts';

const window = (base: number, ...axes: Window['axes'][number][]): Window => ({
  memory: 'arena',
  base,
  axes,
  margins: axes.map(() => [0, 0] as const),
});

test('a dense window is one run', () => {
  const nests = copyNests([3, 4, 5], denseWindow('arena', 7, [3, 4, 5]));
  expect(nests).toEqual([{ window: 7, tensor: 0, loops: [{ extent: 60, window: 1, tensor: 1 }] }]);
  expect(runLength(nests[0]!)).toBe(60);
});

test('a halo costs two loops: rows, and elements within one', () => {
  const [nest] = copyNests([3, 4, 5], window(35, { stride: 30 }, { stride: 5 }, { stride: 1 }));
  expect(nest!.loops).toEqual([
    { extent: 3, window: 30, tensor: 20 },
    { extent: 20, window: 1, tensor: 1 },
  ]);
  expect(runLength(nest!)).toBeUndefined();
});

test('a single element is a run of one', () => {
  expect(runLength(copyNests([1, 1], denseWindow('arena', 3, [1, 1]))[0]!)).toBe(1);
});

test('a blocked axis is walked in blocks, and a block that is not full on its own', () => {
  const nests = copyNests([2, 10], window(0, { stride: 4 }, { stride: 8, block: 4 }));
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
