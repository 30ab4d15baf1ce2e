// How much code a network may have is known while it is made: a clear problem instead of minutes and megabytes.
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../compiler/algebra/evaluate.ts';
import { analyse, compileModel, type Planned, planModel } from '../../compiler/compile.ts';
import { loadBackend } from '../../compiler/targets/index.ts';
import { mostStatements } from '../../compiler/tiler/room.ts';
import type { Result } from '../../dsl/problem.ts';

async function planned(text: string): Promise<Result<Planned>> {
  const models = analyse({ file: 'net.convnet', text });
  if (!models.ok) throw new Error(models.problems[0]!.message);
  const { machine } = await loadBackend('wasm');
  return planModel(models.value[0]!, { machine, sourceHash: '' });
}

describe('the code of a network', () => {
  it('that is too much is a problem at the layer', async () => {
    const text = 'model net(x: [60000, 1]) -> [_, _] { relu; argMaxPool(59999, stride: 1, padding: same) }';
    const result = await planned(text);
    expect(result.ok).toBe(false);
    const [problem] = result.problems;
    expect(problem).toMatchObject({ code: 'code/too-large' });
    expect(problem!.message).toBe(
      `with this argMaxPool the network's code would have more than ${mostStatements} statements`,
    );
    expect(problem!.at?.start).toBe(text.indexOf('argMaxPool'));
  });

  it('is shared by equal layers, and counts once', async () => {
    const layer = 'argMaxPool(1999, stride: 1, padding: same)';
    const [one, many] = await Promise.all(
      [1, 13].map((count) => planned(`model net(x: [2000, 1]) -> [2000, 1] { repeat ${count} { ${layer}; relu } }`)),
    );
    expect(one!.ok && many!.ok).toBe(true);
  });

  it('of phases that are alike does not grow with the stride', async () => {
    const kernels = async (stride: number): Promise<number> => {
      const result = await planned(
        `model net(x: [4, 4, 2]) -> [_, _, _] { convTranspose(4, kernel: 3, stride: ${stride}) }`,
      );
      if (!result.ok) throw new Error(result.problems[0]!.message);
      return result.value.plan.nests.length;
    };
    const [small, large] = await Promise.all([kernels(20), kernels(160)]);
    expect(large).toBe(small);
    expect(large).toBeLessThan(20);
  });
});

describe('a network that is too large', () => {
  it('is refused before its weights are looked at', async () => {
    const text = 'model net(x: [20000]) -> [20000] { repeat 3 { dense(20000) } }';
    const models = analyse({ file: 'net.convnet', text });
    if (!models.ok) throw new Error(models.problems[0]!.message);
    const weights = new Map<string, Tensor>();
    const looked: string[] = [];
    weights.get = (name) => {
      looked.push(name);
      return undefined;
    };
    const result = compileModel(models.value[0]!, await loadBackend('wasm'), { weights, sourceHash: '' });
    expect(result.ok).toBe(false);
    expect(result.problems.map(({ code }) => code)).toEqual(['memory/total']);
    expect(looked).toEqual([]);
  });
});
