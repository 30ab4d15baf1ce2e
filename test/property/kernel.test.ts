// Any legal schedule, any layout, with vectors of any width or without: the nest computes what the expression says.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { javascript } from '../../compiler/targets/typescript/machine.ts';
import { wasm } from '../../compiler/targets/wasm/machine.ts';
import {
  bothWays,
  type Case,
  channelwise,
  choices,
  convolutions,
  elementwise,
  phases,
  reductions,
} from './kernel-cases.ts';

const families: Readonly<Record<string, fc.Arbitrary<Case>>> = {
  convolutions,
  channelwise,
  elementwise,
  reductions,
  phases,
};

describe('a nest equals its expression', () => {
  for (const [name, cases] of Object.entries(families)) {
    it(`for ${name}`, () => {
      fc.assert(
        fc.property(cases, choices, (given, chosen) => {
          const { expected, actual } = bothWays(given, chosen);
          expect(actual.map(positiveZero)).toEqual(expected.map(positiveZero));
        }),
        { numRuns: 200 },
      );
    }, 120_000);
  }
});

describe('the first guess of a machine is a legal schedule', () => {
  for (const machine of [javascript, wasm]) {
    it(`for ${machine.name}`, () => {
      fc.assert(
        fc.property(fc.oneof(...Object.values(families)), choices, (given, chosen) => {
          const vector = machine.lanes;
          const { expected, actual } = bothWays(given, { ...chosen, vector }, machine.firstGuess(given.expression));
          expect(actual.map(positiveZero)).toEqual(expected.map(positiveZero));
        }),
        { numRuns: 300 },
      );
    }, 120_000);
  }
});

const positiveZero = (value: number): number => value + 0;
