// Checks the calls that no model ran: those in unused blocks and in branches that did not hold still need known names.
import { error } from '../../../dsl/problem.ts';
import { didYouMean } from '../../../dsl/suggest.ts';
import { type Call, itemsOf } from '../../../dsl/syntax.ts';
import { isFunction } from './evaluate.ts';
import type { Library, Surroundings } from './library.ts';
import { expressionsIn, visitCalls } from './walk.ts';

export function checkUnreadCalls(library: Library, { operators, reporter }: Surroundings): void {
  const known = (name: string): boolean =>
    operators.has(name) || library.blocks.has(name) || isFunction(name) || library.unavailable.has(name);
  const check = ({ callee }: Call): void => {
    if (known(callee.name) || reporter.hasProblemAt(callee.span)) return;
    const notes = didYouMean(callee.name, [...operators.keys(), ...library.blocks.keys()]);
    reporter.report(error('name/unknown', `there is no layer or block \`${callee.name}\``, callee.span, { notes }));
  };
  const bodies = [...itemsOf(library.file, 'model'), ...itemsOf(library.file, 'block')].map(({ body }) => body);
  for (const body of bodies) for (const expression of expressionsIn(body)) visitCalls(expression, check);
}
