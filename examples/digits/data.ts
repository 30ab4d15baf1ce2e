// The digits: rows of 64 grey values from 0 to 16 and the label. Rows 1–1437 are for training, 1438–1797 for testing.
import { readFileSync } from 'node:fs';

export interface Digit {
  /** 8×8, 0 (paper) to 1 (ink). */
  readonly pixels: Float32Array;
  readonly label: number;
}

export const trainingRows = 1437;

export function readDigits(file: URL): Digit[] {
  const rows = readFileSync(file, 'utf8').trim().split('\n');
  return rows.map((row) => {
    const numbers = row.split(',').map(Number);
    return { pixels: Float32Array.from(numbers.slice(0, 64), (grey) => grey / 16), label: numbers[64]! };
  });
}
