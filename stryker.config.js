// `MUTATE=fold npm run mutate` changes what test/mutation.json names under fold; without a name all of it is changed.
import { readFileSync } from 'node:fs';

const groups = JSON.parse(readFileSync(new URL('test/mutation.json', import.meta.url), 'utf8'));
const name = process.env.MUTATE;
if (name !== undefined && !(name in groups))
  throw new Error(`there is no group ${name}: ${Object.keys(groups).join(', ')}`);

export default {
  testRunner: 'vitest',
  mutate: (name === undefined ? Object.values(groups) : [groups[name]]).flatMap(({ mutate }) => mutate),
  vitest: { configFile: 'vitest.mutation.config.ts' },
  reporters: ['clear-text'],
  concurrency: 1,
  coverageAnalysis: 'perTest',
  ignorePatterns: ['dist', 'docs', 'test/bench'],
  // Names no file: Stryker would rewrite one with an API that TypeScript 7 does not have.
  tsconfigFile: 'tsconfig.mutation.json',
};
