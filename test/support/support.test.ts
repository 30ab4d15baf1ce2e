// The support matrix: every cell of docs/support.md is a run of this test, and the page says what they found.
// `npx vitest run test/support -u` writes it again.
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { operators } from '../../compiler/operators/index.ts';
import { loadBackend } from '../../compiler/targets/index.ts';
import type { Backend } from '../../compiler/targets/target.ts';
import { type Cell, columns, measure, modelText } from './measure.ts';
import { type Measured, renderPage } from './page.ts';
import { ranks, variants } from './variants.ts';

const measured: Measured[] = [];
let backends: { readonly ts: Backend; readonly wasm: Backend };

beforeAll(async () => {
  backends = { ts: await loadBackend('ts'), wasm: await loadBackend('wasm') };
});

const isWrong = (cell: Cell): boolean => cell.kind === 'wrong';

describe.each([...operators.keys()])('%s', (operator) => {
  const own = variants.filter((variant) => variant.operator === operator);
  it('is computed as its expression says, or refused', async () => {
    expect(own.length).toBeGreaterThan(0);
    for (const variant of own) {
      for (const rank of ranks) {
        const cells = await measure(variant, rank, backends);
        measured.push({ variant, rank, cells });
        const wrong = columns.flatMap((column) => (isWrong(cells[column]) ? [[column, cells[column]]] : []));
        expect(wrong, modelText(variant, rank)).toEqual([]);
      }
    }
  });
});

it('is what docs/support.md says', async () => {
  expect(measured.length, 'the page needs all tests of this file').toBe(variants.length * ranks.length);
  await expect(renderPage(measured)).toMatchFileSnapshot(resolve(import.meta.dirname, '../../docs/support.md'));
});
