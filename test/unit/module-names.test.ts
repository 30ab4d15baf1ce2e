// Models, inputs and results with names in any script: files of their own, types of their own, and strict TypeScript.
import { execFileSync } from 'node:child_process';
import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { command, inFolder } from '../golden/cli/run.ts';

const root = join(import.meta.dirname, '../..');
const nets = `model 模型(图像: [4, 4, 2]) -> (结果: [4, 4, 3]) {
  conv(3, kernel: 1) as 卷积
  relu
}
model 网络(größe: [4]) -> (été: [2]) {
  dense(2)
}
model ñandú(x: [3]) {
  dense(2)
}
`;

test('are kept in the names of files, types and tensors', () =>
  inFolder({ 'nets.convnet': nets, 'package.json': '{ "type": "module" }' }, async (folder) => {
    const line = 'build nets.convnet --init he --inline-weights never';
    expect(await command(`${line} --out js`)).toMatchObject({ code: 0, problems: '' });
    expect(await command(`${line} --out ts --emit ts --target ts`)).toMatchObject({ code: 0, problems: '' });
    const names = ['模型', '网络', 'ñandú'];
    expect(readdirSync('js').sort()).toEqual(
      names.flatMap((name) => [`${name}.js`, `${name}.d.ts`, `${name}.weights`]).sort(),
    );
    const module = await import(pathToFileURL(join(folder, 'js/模型.js')).href);
    const model = await module.load();
    expect(model.run({ 图像: new Float32Array(32) }).结果).toHaveLength(48);
    expect(() => model.run({ 图: new Float32Array(32) })).toThrow('no input is called "图"');

    const use = (from: string) => `
      import { load, type 模型, type 模型Inputs } from './${from}';
      const inputs: 模型Inputs = { 图像: new Float32Array(32) };
      export const model: 模型 = await load();
      export const { 结果 } = model.run(inputs);
    `;
    writeFileSync('use-js.ts', use('js/模型.js'));
    writeFileSync('use-ts.ts', use('ts/模型.ts'));
    writeFileSync('others.ts', "export * from './ts/网络.ts'; export { create, type Ñandú } from './js/ñandú.js';");
    symlinkSync(join(root, 'node_modules'), 'node_modules');
    const flags = ['--ignoreConfig', '--noEmit', '--strict', '--allowImportingTsExtensions', '--target', 'es2022'];
    const report = execFileSync(
      'node_modules/.bin/tsc',
      [...flags, '--module', 'nodenext', '--types', '', 'use-js.ts', 'use-ts.ts', 'others.ts'],
      { encoding: 'utf8' },
    );
    expect(report).toBe('');
  }));
