// Where the smallest element stands.
import { extreme } from '../shared/extremes.ts';

export const argMin = extreme('argMin', 'min');
