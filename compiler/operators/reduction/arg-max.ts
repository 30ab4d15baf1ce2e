// Where the largest element stands.
import { extreme } from '../shared/extremes.ts';

export const argMax = extreme('argMax', 'max');
