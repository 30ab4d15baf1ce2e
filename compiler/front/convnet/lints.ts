// What is written and never used: values that no result depends on, blocks that no model reaches.
import { warning } from '../../../dsl/problem.ts';
import { type Block, type Body, itemsOf } from '../../../dsl/syntax.ts';
import { valuesOf } from '../../graph/graph.ts';
import type { ShapedModel } from '../../graph/model.ts';
import type { HomedBlock, Library } from './library.ts';
import type { Surroundings } from './surroundings.ts';
import { expressionsIn, namesIn } from './walk.ts';

export function lintUnusedValues(model: ShapedModel, { reporter }: Surroundings): void {
  const needed = model.graph.ancestors(model.outputs.map(({ value }) => value));
  for (const input of model.inputs) {
    if (needed.has(input.name)) continue;
    const message = `no result of \`${model.name}\` depends on the input \`${input.name}\``;
    reporter.report(warning('lint/unused-value', message, input.span));
  }
  const read = new Set(model.graph.nodes.flatMap(({ operands }) => operands));
  for (const node of model.graph.nodes) {
    // Of a chain that leads nowhere, its end.
    if (needed.has(node.id) || valuesOf(node).some((value) => read.has(value))) continue;
    const message = `the value of \`${node.id}\` is never used`;
    reporter.report(warning('lint/unused-value', message, node.origin));
  }
}

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
