// `atrous import`: what the files are called, and what is said about names.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeModel } from '../../compiler/front/onnx/codec.ts';
import { command, inFolder } from '../golden/cli/run.ts';
import { model, node, tensor, value } from './formats-onnx-builder.ts';

/** A convolution that multiplies by `factor`; its input has the name `input`. */
const scaling = (factor: number, input = 'x'): Uint8Array =>
  encodeModel(
    model({
      inputs: [value(input, [1, 1, 2, 2])],
      outputs: [value('y', [])],
      initializers: [tensor('c.weight', [1, 1, 1, 1], [factor])],
      nodes: [node('Conv', [input, 'c.weight'], ['y'])],
    }),
  );

describe('import', () => {
  it.each([
    ['模型.onnx', '网络.onnx', '模型.convnet', '网络.convnet'],
    ['модель.onnx', 'сеть.onnx', 'модель.convnet', 'сеть.convnet'],
    ['𠮷.onnx', 'été.onnx', '𠮷.convnet', 'été.convnet'],
    ['🐱.onnx', '🐶.onnx', 'network_bc2e871b.convnet', 'network_c12e8efa.convnet'],
  ])('files of different names stay apart: %s, %s', (one, other, first, second) =>
    inFolder({ [one]: scaling(2), [other]: scaling(3), 'x.json': '[1, 2, 3, 4]' }, async () => {
      for (const file of [one, other]) expect(await command(`import ${file}`)).toMatchObject({ code: 0, problems: '' });
      expect(readdirSync('.').filter((file) => file.endsWith('.convnet'))).toEqual([first, second].sort());
      for (const [file, expected] of [
        [first, [2, 4, 6, 8]],
        [second, [3, 6, 9, 12]],
      ] as const) {
        const ran = await command(`run ${file} --input x.json --json`);
        expect(JSON.parse(ran.output).outputs.output?.values.flat(2)).toEqual(expected);
      }
    }),
  );

  it('says that it replaces another file, and nothing where the file is the same', () =>
    inFolder({ 'a/net.onnx': scaling(2), 'b/net.onnx': scaling(3) }, async () => {
      expect((await command('import a/net.onnx')).problems).toBe('');
      expect((await command('import a/net.onnx')).problems).toBe('');
      const again = await command('import b/net.onnx');
      expect(again).toMatchObject({ code: 0, problems: expect.stringContaining('warning[import/replaced]') });
      expect(again.problems).toContain('net.safetensors');
    }));

  it('says what an input is called where it cannot keep its name', () =>
    inFolder({ 'net.onnx': scaling(2, 'pixels:0') }, async () => {
      const ran = await command('import net.onnx');
      expect(ran).toMatchObject({ code: 0, problems: expect.stringContaining('"pixels:0" is called pixels_0 here') });
      expect(readFileSync('net.convnet', 'utf8')).toContain('(pixels_0: [2, 2, 1])');
    }));
});
