// Every lint, by name. Lints over a whole model are files of this folder. The others stand where what they look at is known:
// one layer's lints with its operator (`Inference.warnings`), those over the text with its reader; their lines are here too.
import type { Problem } from '../../../dsl/problem.ts';
import type { ShapedModel } from '../../graph/model.ts';
import { gridding } from './gridding.ts';
import type { Lint, ModelLint } from './lint.ts';
import { unusedValue } from './unused-value.ts';

export const modelLints: readonly ModelLint[] = [gridding, unusedValue];

const ofOneLayer: readonly Lint[] = [
  {
    name: 'checkerboard',
    about: 'A transposed kernel overlaps unevenly, which draws a checkerboard.',
    mend: 'Use a kernel that is a multiple of the stride: `kernel: 4, stride: 2`.',
  },
  {
    name: 'dead-taps',
    about: 'Some taps of a kernel only ever see padding, or only ever write outside the output.',
    mend: 'Use a smaller kernel or dilation, or a larger input.',
  },
  { name: 'empty-window', about: 'A window of a pool sees only padding.', mend: 'Use less padding.' },
];

const ofTheText: readonly Lint[] = [
  {
    name: 'unknown-lint',
    about: 'An `// allow` comment names a lint that does not exist.',
    mend: 'Use one of the names listed.',
  },
  {
    name: 'unused-block',
    about: 'No model calls this block.',
    mend: 'Remove it, or silence the lint: `// allow unused-block`.',
  },
];

/** In alphabetical order. */
export const lints: readonly Lint[] = [...modelLints, ...ofOneLayer, ...ofTheText].sort((a, b) =>
  a.name < b.name ? -1 : 1,
);

export const lintNames: readonly string[] = lints.map(({ name }) => name);

export const lintModel = (model: ShapedModel): readonly Problem[] => modelLints.flatMap(({ find }) => find(model));
