// The lint `unused-block`: blocks that no model reaches.
import { warning } from '../../../dsl/problem.ts';
import { type Block, type Body, itemsOf } from '../../../dsl/syntax.ts';
import type { HomedBlock, Library } from './library.ts';
import type { Surroundings } from './surroundings.ts';
import { expressionsIn, namesIn } from './walk.ts';

export function lintUnusedBlocks(library: Library, { reporter }: Surroundings): void {
  const models = itemsOf(library.file, 'model');
  if (models.length === 0) return;
  const reached = new Set<Block>();
  for (const model of models) reach(namesOf(model.body), library, reached);
  for (const { block, home, introduced } of library.blocks.values()) {
    if (reached.has(block)) continue;
    const what = home === library ? 'the block' : 'the imported block';
    reporter.report(warning('lint/unused-block', `${what} \`${introduced.name}\` is never used`, introduced.span));
  }
}

function reach(names: ReadonlySet<string>, library: Library, reached: Set<Block>): void {
  const pending: HomedBlock[] = [...names].flatMap((name) => library.blocks.get(name) ?? []);
  while (pending.length > 0) {
    const { block, home } = pending.pop()!;
    if (reached.has(block)) continue;
    reached.add(block);
    pending.push(...[...namesOf(block.body)].flatMap((name) => home.blocks.get(name) ?? []));
  }
}

const namesOf = (body: Body): Set<string> =>
  new Set(expressionsIn(body).flatMap((expression) => [...namesIn(expression)]));
