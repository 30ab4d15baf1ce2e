// Random networks of 3 to 12 layers with branches: fusion, folding, views, halos and shared memory, all at once.
import { beforeAll, describe, it } from 'vitest';
import { loadBackend } from '../../compiler/targets/index.ts';
import type { Backend } from '../../compiler/targets/target.ts';
import { checkAllWays } from '../all-ways.ts';
import { drawNetwork } from '../draw-network.ts';

let backends: readonly Backend[];

beforeAll(async () => {
  backends = await Promise.all([loadBackend('ts'), loadBackend('wasm')]);
});

describe('random networks', () => {
  it.each(Array.from({ length: 60 }, (_, n) => n))('network %i', (n) => {
    const { model, text } = drawNetwork(n + 1);
    checkAllWays(model, backends, n, text, 2e-4);
  });
});
