// Limits of memory and code for a network: more is the user's problem, told before anything is filled or written.
import { error, type Problem } from '../../dsl/problem.ts';
import type { Origin } from '../program/program.ts';
import { bytesOf } from '../tensor.ts';
import { mostStatements } from '../tiler/room.ts';
import type { Allocation } from './allocate/allocation.ts';

/** 2 GiB of float32. */
const largestArena = 2 ** 29;

/** The bytes that 32 bits address, less some room for tables. */
const largestMemory = 2 ** 30 - 2 ** 24;

const bytes = (elements: number): string => `${((elements * bytesOf('f32')) / 2 ** 30).toFixed(2)} GiB`;

export function arenaProblem({ size, lowerBound }: Allocation): Problem | undefined {
  if (size <= largestArena) return undefined;
  return error('memory/arena', `the arena would be ${bytes(size)}, the limit is 2 GiB`, undefined, {
    notes: [`the largest sum of live tensors is ${bytes(lowerBound)}: use smaller sizes or fewer channels`],
  });
}

/** @param weights in elements, as `arena` */
export function memoryProblem(weights: number, arena: number): Problem | undefined {
  if (weights + arena <= largestMemory) return undefined;
  const parts = `${bytes(weights)} of weights and ${bytes(arena)} of arena`;
  const message = `the memory would be ${parts}, the limit is ${bytes(largestMemory)} together`;
  return error('memory/total', message, undefined, { notes: ['use smaller sizes or fewer channels'] });
}

/** @param at the layer with which the code became too large */
export function codeProblem({ operator, span }: Origin): Problem {
  const message = `with this ${operator} the network's code would have more than ${mostStatements} statements`;
  const note =
    'where a window is wider than its input, every output near a border has code of its own: use a smaller kernel, or less padding';
  return error('code/too-large', message, span, { notes: [note] });
}
