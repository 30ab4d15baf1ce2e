import { describe, expect, it } from 'vitest';
import { stageFaults } from '../../compiler/analysis/verify-stage.ts';
import type { Allocation } from '../../compiler/passes/allocate/allocation.ts';
import { defer } from '../../compiler/passes/defer.ts';
import { showStage } from '../../compiler/presentation/stage-text.ts';
import { plain, programOf } from './text.ts';

const allocation = {} as Allocation;

function deferred(text: string, block?: { axis: number; block: number }): string {
  const blocks = new Map(block ? [['packed', block]] : []);
  const value = defer.run({ program: programOf(text), schedules: new Map(), blocks, allocation });
  expect(stageFaults({ kind: 'deferred', value })).toEqual([]);
  return plain(showStage({ kind: 'deferred', value }));
}

/** Weights that become four times as many, and a copy of them in another order. */
const text = (copy = 'packed[f, k] = grown[k, f] for f < 8, k < 4', size = 4): string => `input x [8]
  weight w [2, 8]
  constant g [4, 2] = 1 0 0 1 1 1 1 −1
  intermediate grown [${size}, 8]
  intermediate packed [8, ${size}]
  intermediate out [8]
  output y = out
  build grown[k, f] += g[k, a] · w[a, f] for k < ${size}, f < 8, a < 2
  build ${copy}
  run out[f] += packed[f, k] · x[f] for f < 8, k < ${size}`;

describe('defer', () => {
  it('stores what the weights are, and computes the larger value when they are loaded', () =>
    expect(deferred(text())).toBe(
      plain(`input x [8]
        weight w [2, 8]
        constant g [4, 2] = 1 0 0 1 1 1 1 −1
        intermediate grown [4, 8]
        intermediate packed [8, 4]
        intermediate out [8]
        intermediate packed.stored [8, 2]
        intermediate packed.setup [8, 4]
        output y = out
        build #packed.stored: packed.stored[f, a] = w[a, f] for f < 8, a < 2
        run out[f] += packed[f, k] · x[f] for f < 8, k < 4
        load packed.setup[f, k] += g[k, a] · packed.stored[f, a] for f < 8, k < 4, a < 2
        fills packed.setup lies where packed does`).replace('#packed.stored: ', ''),
    ));

  it('splits an axis that lies in blocks, whole ones alone', () => {
    const made = deferred(text(), { axis: 0, block: 4 });
    expect(made).toContain('layout packed in blocks of 4 along axis 0');
    expect(made).toContain('intermediate packed.setup [2, 4, 4]');
    expect(made).toContain('packed.stored[f.block, a, f.lane] = w[a, 4·f.block + f.lane]');
    expect(deferred(text(), { axis: 0, block: 3 })).not.toContain('load');
  });

  it.each([
    [
      'what hardly grows',
      text(undefined, 3).replace('[4, 2] = 1 0 0 1 1 1 1 −1', '[3, 2] = 1 0 0 1 1 1').replace('k < 4', 'k < 3'),
    ],
    ['more than a copy', text('packed[f, k] = grown[k, f] · 2 for f < 8, k < 4')],
    ['a copy that reads another order of elements', text('packed[f, k] = grown[−k + 3, f] for f < 8, k < 4')],
    ['a sum with a finish', text().replace('· w[a, f] for', '· w[a, f], finished by acc + 1 for')],
    ['a largest', text().replace('grown[k, f] +=', 'grown[k, f] max=')],
    ['a product of two weights', text().replace('constant g [4, 2] = 1 0 0 1 1 1 1 −1', 'weight g [4, 2]')],
  ])('leaves %s', (_, program) => expect(deferred(program)).not.toContain('load'));
});
