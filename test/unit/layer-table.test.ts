// The table of layers on what is large or odd.
import { describe, expect, it } from 'vitest';
import { layerTable } from '../../compiler/analysis/table.ts';
import { analyse } from '../../compiler/compile.ts';

function fields(text: string): (readonly number[] | undefined)[] {
  const result = analyse({ file: 'net.convnet', text });
  if (!result.ok) throw new Error(result.problems[0]!.message);
  return layerTable(result.value[0]!).rows.map(({ receptiveField }) => receptiveField);
}

describe('receptive fields', () => {
  it('go through tables of any length', () => {
    const text = 'model m(x: [300000, 1]) { pad([[1, 1]], mode: reflect); upsample(2, mode: bilinear); globalAvgPool }';
    expect(fields(text)).toEqual([
      [1, 1],
      [2, 1],
      [300000, 1],
    ]);
  });
});
