// Pictures of networks: what stands where.
import { expect, it } from 'vitest';
import { analyse } from '../../compiler/compile.ts';
import { networkOfModel } from '../../compiler/presentation/network.ts';
import { drawNetwork } from '../../compiler/presentation/network-picture.ts';

function placesOf(text: string, names: readonly string[]): number[] {
  const models = analyse({ file: 'net.convnet', text });
  if (!models.ok) throw new Error(models.problems[0]!.message);
  const picture = drawNetwork(networkOfModel(models.value[0]!));
  return names.map((name) => Number(new RegExp(`<text x="([0-9.]+)"[^>]*>${name}<`).exec(picture)![1]));
}

it('inputs stand from left to right as they are declared', () => {
  const three = placesOf('model net(b: [4], a: [4], c: [4]) -> [4] { add(c, a); add(it, b) }', ['b', 'a', 'c']);
  expect(three).toEqual([...three].sort((one, other) => one - other));
  const two = placesOf('model net(x: [4], y: [4]) -> [4] { y |> relu |> tanh as z; add(z, x) }', ['x', 'y']);
  expect(two[0]).toBeLessThan(two[1]!);
});
