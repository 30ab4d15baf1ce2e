// Every operator that some source has and the language can say.
import type { Table } from '../translation.ts';
import { arrangement } from './arrangement.ts';
import { elementwise } from './elementwise.ts';
import { normalisations } from './normalisations.ts';
import { products } from './products.ts';
import { reductions } from './reductions.ts';
import { resizing } from './resizing.ts';
import { windows } from './windows.ts';

export const table: Table = {
  ...arrangement,
  ...elementwise,
  ...normalisations,
  ...products,
  ...reductions,
  ...resizing,
  ...windows,
};
