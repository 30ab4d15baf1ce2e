// Paths in modules: from the folder of the model's file, wherever the compiler was called.
import { mkdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { besideFile } from '../../compiler/front/convnet/library.ts';
import { pathFrom } from '../../compiler/plan/places.ts';
import { command, inFolder } from '../golden/cli/run.ts';

test.each([
  ['a.convnet', 'a.convnet', 'a.convnet'],
  ['nets/a.convnet', 'nets/a.convnet', 'a.convnet'],
  ['./nets/a.convnet', 'nets/lib/b.convnet', 'lib/b.convnet'],
  ['nets/a.convnet', 'lib/b.convnet', '../lib/b.convnet'],
  ['../x/a.convnet', '../../lib/b.convnet', '../../lib/b.convnet'],
  ['/home/me/a.convnet', '/home/me/lib/b.convnet', 'lib/b.convnet'],
  ['a.convnet', '/lib/b.convnet', '/lib/b.convnet'],
])('from the folder of %s, %s is %s', (file, path, expected) => {
  expect(pathFrom(file, path)).toBe(expected);
});

test.each([
  ['./a.convnet', '../b.convnet', '../b.convnet'],
  ['a.convnet', './b.convnet', 'b.convnet'],
  ['x/./a.convnet', '../b.convnet', 'b.convnet'],
  ['/x/a.convnet', '../b.convnet', '/b.convnet'],
])('what %s imports as %s is %s', (file, path, expected) => {
  expect(besideFile(file, path)).toBe(expected);
});

describe('a module', () => {
  const files = {
    'p/net.convnet':
      'import { a } from "../lib/a.convnet"\n\nmodel net(x: [4, 4, 2]) {\n  conv(2, kernel: 3)\n  a\n}\n',
    'lib/a.convnet': 'block a() {\n  conv(2, kernel: 1); relu\n}\n',
  };

  it.each(['ts', 'wasm'])('has the same bytes from every folder: %s', (target) =>
    inFolder(files, async (folder) => {
      mkdirSync('q');
      const build = async (from: string, file: string): Promise<string> => {
        process.chdir(`${folder}/${from}`);
        const ran = await command(`build ${file} --init he --target ${target} --out ${folder}/out`);
        expect(ran).toMatchObject({ code: 0, problems: '' });
        return readFileSync(`${folder}/out/net.js`, 'utf8');
      };
      const module = await build('p', 'net.convnet');
      expect(await build('p', './net.convnet')).toBe(module);
      expect(await build('.', 'p/net.convnet')).toBe(module);
      expect(await build('q', '../p/net.convnet')).toBe(module);
      expect(await build('q', `${folder}/p/net.convnet`)).toBe(module);
      expect(module).not.toContain(folder);
    }),
  );
});
