// The story: every stage, from a model as written to what a plan is made of, in one table.
import { failure, type Problem, type Result, success } from '../../dsl/problem.ts';
import type { ShapedModel } from '../graph/model.ts';
import type { Program } from '../program/program.ts';
import { allocate } from './allocate/allocate.ts';
import { assemble } from './assemble.ts';
import { defer } from './defer.ts';
import { expand } from './expand.ts';
import { fold } from './fold.ts';
import { fuse } from './fuse.ts';
import { gather } from './gather.ts';
import { infer } from './infer.ts';
import { narrow } from './narrow.ts';
import { pack } from './pack.ts';
import { type AnyPass, inOrder, type PassOptions } from './pass.ts';
import { prepare } from './prepare.ts';
import { schedule } from './schedule.ts';
import type { StageName, Stages } from './stages.ts';
import { sweep, tidy } from './tidy.ts';
import { translate } from './translate.ts';
import { winograd } from './winograd/winograd.ts';

export const passes = inOrder([
  infer, //     written   → shaped       shapes, explicit padding, problems
  expand, //    shaped    → shaped       abbreviations written out
  translate, // shaped    → program      expressions; operators are gone
  tidy,
  prepare, //                            what weights alone decide moves into the build
  fold,
  gather, //                             every element has one owner
  fuse,
  winograd,
  sweep,
  schedule, //  program   → scheduled    a record for every step
  pack, //      scheduled → packed       weights in the order of the loops
  allocate, //  packed    → allocated    views on one arena
  defer, //     allocated → deferred     what loading computes
  narrow, //                             weights in fewer bits
  assemble, //  deferred  → assembled    loop nests and their calls
]);

type Passes = typeof passes;
export type PassName = Passes[number]['name'];
type Named<N extends PassName> = Extract<Passes[number], { readonly name: N }>;

/** Something a model has become, with the kind of stage that it is. */
export type Stage = { readonly [S in StageName]: { readonly kind: S; readonly value: Stages[S] } }[StageName];

/** The program at a stage; none while there are layers. */
export function programAt({ kind, value }: Stage): Program | undefined {
  if (kind === 'written' || kind === 'shaped') return undefined;
  return kind === 'program' ? value : value.program;
}

/** Told of every pass that has run, and of what it made. */
export type Watch = (pass: AnyPass, stage: Stage) => void;

export interface RunOptions extends PassOptions {
  readonly watch?: Watch;
}

/** Runs the passes from one to another, both included; what is refused ends them. */
export function runPasses<F extends PassName, L extends PassName>(
  first: F,
  last: L,
  given: Stages[Named<F>['from']],
  options: RunOptions,
): Result<Stages[Named<L>['to']]> {
  const names: readonly PassName[] = passes.map(({ name }) => name);
  const problems: Problem[] = [];
  let value: unknown = given;
  for (const pass of passes.slice(names.indexOf(first), names.indexOf(last) + 1)) {
    const result = asResult(pass.run(value as never, options));
    problems.push(...result.problems);
    if (!result.ok) return failure(problems);
    value = result.value;
    options.watch?.(pass, { kind: pass.to, value } as Stage);
  }
  return success(value as Stages[Named<L>['to']], problems);
}

/** The stage of a shaped model after a pass. */
export const stageAfter = <N extends PassName>(
  name: N,
  model: ShapedModel,
  options: RunOptions,
): Result<Stages[Named<N>['to']]> => runPasses('expand', name, model, options);

/** Most passes refuse nothing and give just what they made. */
const asResult = (made: Result<unknown> | object): Result<unknown> => ('ok' in made ? made : success(made));
