// The grammar that is loaded is the grammar that stands in the source.
import { grammar } from 'ohm-js';
import { expect, it } from 'vitest';
import { GRAMMAR } from '../../dsl/grammar.ts';
import { RECIPE } from '../../dsl/grammar-recipe.ts';

it('the recipe is up to date (node dist/scripts/compile-grammar.js)', () => {
  const { toRecipe } = grammar(GRAMMAR) as unknown as { toRecipe: () => string };
  expect(RECIPE).toBe(toRecipe.call(grammar(GRAMMAR)));
});
