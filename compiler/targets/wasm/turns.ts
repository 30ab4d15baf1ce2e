// A long loop nest in short calls: the iterations of its outermost loops become calls of a function, so that an engine that starts
// with quick code and optimises what runs often can change over within the first run instead of after it.
//
//   kernel(out, in):  for y < 56: …out + 448·y … in + 224·y …
//     →  turn(out, in):    …out … in …
//        kernel(out, in):  for y < 56: turn(out + 448·y, in + 224·y)
//
// Registers that are set before the loop are set by each iteration.
import { Affine } from '../../algebra/affine.ts';
import type { LoopNest, Statement } from '../../tiler/loop.ts';
import { mapPlaces } from '../../tiler/map-places.ts';

type Loop = Extract<Statement, { kind: 'for' }>;
type Setting = Extract<Statement, { kind: 'set' }>;

/** So many calls of `turn`, each operand's base that many elements further than in the call before. */
export interface Turns {
  readonly turn: LoopNest;
  readonly extent: number;
  readonly steps: readonly number[];
}

/** What an iteration must have to become a function. */
export interface Least {
  /** Of fewer statements calls would take a good part of the time. */
  readonly statements: number;
  /** Loops inside each other. V8 unrolls a loop by how deep it stands; one that stands alone was half as fast. */
  readonly depth: number;
}

const least: Least = { statements: 5_000, depth: 2 };

/** The parts of a loop nest in order, or nothing where it is short or its iterations are not alike. */
export function turnsOf(nest: LoopNest, { statements, depth } = least): readonly (Turns | Statement)[] | undefined {
  const kept: Setting[] = [];
  const changed = registersSet(nest.body.filter(({ kind }) => kind === 'for'));
  for (const statement of nest.body) {
    if (statement.kind === 'store' || (statement.kind === 'set' && changed.has(statement.register))) return undefined;
  }
  const parts = nest.body.map((statement, n) => {
    if (statement.kind === 'set') kept.push(statement);
    if (statement.kind !== 'for' || workOf(statement.body) < statements || depthOf(statement.body) < depth)
      return statement;
    return turns(nest, kept, statement, n) ?? statement;
  });
  return parts.some((part) => 'turn' in part) ? parts : undefined;
}

/** @param kept registers that were set before the loop: each iteration sets them again */
function turns(nest: LoopNest, kept: readonly Setting[], loop: Loop, number: number): Turns | undefined {
  if (loop.extent < 2) return undefined;
  const steps = new Array<number | undefined>(nest.operands.length).fill(undefined);
  let alike = true;
  const first = (operand: number, at: Affine): Affine => {
    const step = at.coefficient(loop.variable);
    alike &&= (steps[operand] ?? step) === step && !at.tables.some(({ axis }) => axis === loop.variable);
    steps[operand] = step;
    return at.substitute(new Map([[loop.variable, Affine.constant(0)]]));
  };
  const body = [...kept, ...loop.body].map((statement) => mapPlaces(statement, first));
  if (!alike) return undefined;
  const turn = { ...nest, name: `${nest.name}.turn${number}`, body };
  return { turn, extent: loop.extent, steps: steps.map((step) => step ?? 0) };
}

function registersSet(body: readonly Statement[], found = new Set<string>()): ReadonlySet<string> {
  for (const statement of body) {
    if (statement.kind === 'for') registersSet(statement.body, found);
    else if (statement.kind === 'set') found.add(statement.register);
  }
  return found;
}

const depthOf = (body: readonly Statement[]): number =>
  body.reduce((depth, statement) => Math.max(depth, statement.kind === 'for' ? 1 + depthOf(statement.body) : 0), 0);

const workOf = (body: readonly Statement[]): number =>
  body.reduce((sum, statement) => sum + (statement.kind === 'for' ? statement.extent * workOf(statement.body) : 1), 0);
