// The tests that `npm run mutate` runs against each mutant: those of shape rules and index arithmetic, quick ones only.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'test/unit/integers.test.ts',
      'test/unit/phases.test.ts',
      'test/unit/window-sum.test.ts',
      'test/unit/windows.test.ts',
      'test/unit/dialects.test.ts',
      'test/unit/operator-faults.test.ts',
      'test/oracle/windows.test.ts',
      'test/oracle/convolutions.test.ts',
      'test/oracle/matrix.test.ts',
    ],
    testTimeout: 30_000,
    pool: 'forks',
  },
});
