// Stages: the form of a model after each pass of the compiler. From a program on, every stage holds all that was decided
// before it.
import type { ShapedModel, WrittenModel } from '../graph/model.ts';
import type { Plan } from '../plan/plan.ts';
import type { ComputeStep, Program } from '../program/program.ts';
import type { Schedule } from '../scheduling/machine.ts';
import type { Allocation } from './allocate/allocation.ts';

export interface Stages {
  /** Layers with their arguments, without shapes. */
  readonly written: WrittenModel;
  /** Layers with shapes, explicit padding and a meaning. */
  readonly shaped: ShapedModel;
  /** Tensor expressions; the operators are gone. */
  readonly program: Program;
  readonly scheduled: Scheduled;
  readonly packed: Packed;
  readonly allocated: Allocated;
  readonly deferred: Deferred;
  readonly assembled: Assembled;
}

export type StageName = keyof Stages;

export interface Scheduled {
  readonly program: Program;
  /** By the id of a compute step. */
  readonly schedules: ReadonlyMap<string, Schedule>;
}

/** How a packed value lies in memory: one axis is blocked by so many elements, which come innermost. */
export interface Block {
  readonly axis: number;
  readonly block: number;
}

export interface Packed extends Scheduled {
  /** By value. */
  readonly blocks: ReadonlyMap<string, Block>;
}

/** Every value of the run has its place in the arena: as far as a question about memory has to go. */
export interface Allocated extends Packed {
  readonly allocation: Allocation;
}

export interface Deferred extends Allocated {
  /** Run once, after the weights have been read. In order. */
  readonly setup: readonly ComputeStep[];
  /** Values that the setup writes under a shape of their own, and the packed values whose memory they fill. */
  readonly fills: ReadonlyMap<string, string>;
}

export interface Assembled extends Deferred {
  readonly assembly: Assembly;
}

/** All of a plan but what it is called and what comes in and goes out. */
export type Assembly = Pick<Plan, 'nests' | 'setup' | 'invocations' | 'weights' | 'arena' | 'lowerBound'>;
