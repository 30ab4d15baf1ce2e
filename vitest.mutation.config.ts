// The tests that `npm run mutate` runs against each mutant: quick ones, by the groups of test/mutation.json.
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const text = readFileSync(new URL('test/mutation.json', import.meta.url), 'utf8');
const groups = JSON.parse(text) as Record<string, { readonly tests: readonly string[] }>;
const name = process.env.MUTATE;

export default defineConfig({
  test: {
    include: (name === undefined ? Object.values(groups) : [groups[name]!]).flatMap(({ tests }) => tests),
    testTimeout: 30_000,
    pool: 'forks',
  },
});
