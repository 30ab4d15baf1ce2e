// Runs a model's statements at compile time and writes down the layers they apply: blocks inlined, repeats written out,
// the branch of an `if` that holds.
//
//   block double(n) { conv(n); relu }        double_0.conv_0 = conv(8)(image)
//   double(8) as a                      →    a.conv_0, a.relu_0 …
import { error, type Problem } from '../../../dsl/problem.ts';
import type { Span } from '../../../dsl/span.ts';
import type * as syntax from '../../../dsl/syntax.ts';
import type { ModelInput } from '../../graph/model.ts';
import { Applier } from './apply.ts';
import type { Context } from './context.ts';
import { Drafts } from './drafts.ts';
import { evaluateTruth, evaluateWhole } from './evaluate.ts';
import { resolveAssertion } from './header.ts';
import type { Library } from './library.ts';
import { REPEAT_LIMIT, STATEMENT_LIMIT } from './limits.ts';
import { Naming } from './naming.ts';
import { contextOf, deeper, type Outcome, type Place, type ReturnedValue, Stop } from './place.ts';
import { FAILED, Scope, type Value } from './scope.ts';
import type { Surroundings } from './surroundings.ts';

export interface ModelBody extends Outcome {
  readonly drafts: Drafts;
  readonly weightsFile?: { readonly path: string; readonly span: Span };
}

export function runModel(
  model: syntax.Model,
  library: Library,
  inputs: readonly ModelInput[],
  scope: Scope,
  surroundings: Surroundings,
): ModelBody {
  const only = model.inputs.length === 1 ? scope.lookup(model.inputs[0]!.name.name) : undefined;
  const taken = new Map(model.inputs.map(({ name }) => [name.name, name.span]));
  const place: Place = {
    library,
    scope,
    naming: new Naming('', taken),
    input: only?.kind === 'value' ? only.value : undefined,
    round: '',
    site: undefined,
    trail: [],
    depth: 0,
    inRepeat: false,
  };
  return new Runner(new Drafts(inputs), surroundings).run(model, place);
}

export class Runner {
  private readonly drafts: Drafts;
  private readonly surroundings: Surroundings;
  private readonly applier: Applier;
  private weightsFile: ModelBody['weightsFile'];
  private statements = 0;

  constructor(drafts: Drafts, surroundings: Surroundings) {
    this.drafts = drafts;
    this.surroundings = surroundings;
    this.applier = new Applier(drafts, surroundings, (body, place, start) => this.body(body, place, start));
  }

  run(model: syntax.Model, place: Place): ModelBody {
    let outcome: Outcome = { current: FAILED };
    try {
      outcome = this.body(model.body, place, place.input);
    } catch (thrown) {
      if (!(thrown instanceof Stop)) throw thrown;
    }
    return { ...outcome, drafts: this.drafts, ...(this.weightsFile && { weightsFile: this.weightsFile }) };
  }

  private report(problem: Problem): void {
    this.surroundings.reporter.report(problem);
  }

  body(body: syntax.Body, place: Place, start: Value | undefined): Outcome {
    let outcome: Outcome = { current: start };
    for (const statement of body.statements) {
      if (outcome.returned) {
        const related = [{ at: outcome.returned.span, label: 'returned here' }];
        this.report(error('return/unreachable', 'nothing can follow `return`', statement.span, { related }));
        break;
      }
      this.count(statement.span);
      outcome = this.statement(statement, place, outcome.current);
    }
    return outcome;
  }

  private count(span: Span): void {
    this.statements += 1;
    if (this.statements <= STATEMENT_LIMIT) return;
    const message = `the model has more than ${STATEMENT_LIMIT} statements once blocks and repeats are written out`;
    this.report(error('limit/statements', message, span));
    throw new Stop();
  }

  private statement(statement: syntax.Statement, place: Place, current: Value | undefined): Outcome {
    switch (statement.kind) {
      case 'chain-statement':
        return { current: this.chainStatement(statement, place, current) };
      case 'repeat':
        return this.repeat(statement, place, current);
      case 'if':
        return this.conditional(statement, place, current);
      case 'return':
        return this.returns(statement, place, current);
      case 'weights':
        this.weights(statement, place);
        return { current };
    }
  }

  private chainStatement(
    statement: syntax.ChainStatement,
    place: Place,
    current: Value | undefined,
  ): Value | undefined {
    const { chain, assertion, as } = statement;
    const value = this.applier.chain(chain.links, place, current, as);
    if (assertion && value) this.assert(assertion, value, contextOf(place, current, this.surroundings));
    if (as) this.name(as, value ?? FAILED, place);
    return value;
  }

  /** Within the assertion `it` is still what the statement began with. */
  private assert(pattern: syntax.ShapePattern, value: Value, context: Context): void {
    const assertion = resolveAssertion(pattern, context);
    if (assertion) this.drafts.assert(assertion, value);
  }

  /** `as` gives a value its name; a layer's or block's name would make the bare word ambiguous. */
  private name(as: syntax.Identifier, value: Value, place: Place): void {
    if (this.surroundings.operators.has(as.name) || place.library.blocks.has(as.name)) {
      const what = this.surroundings.operators.has(as.name) ? 'layer' : 'block';
      const notes = [`\`${as.name}\` alone would mean the ${what}: choose another name`];
      this.report(error('name/taken', `\`${as.name}\` is a ${what} already`, as.span, { notes }));
    } else place.scope.declare(as, { kind: 'value', value }, this.surroundings.reporter);
  }

  private repeat(repeat: syntax.Repeat, place: Place, start: Value | undefined): Outcome {
    const { reporter } = this.surroundings;
    const rounds = evaluateWhole(repeat.count, 'the number of rounds', 0, contextOf(place, start, this.surroundings));
    if (place.explorer) return this.someRound(repeat, place);
    if (rounds === undefined) return { current: FAILED };
    if (rounds > REPEAT_LIMIT) {
      const message = `${rounds} rounds are more than the limit of ${REPEAT_LIMIT}`;
      this.report(error('limit/repeat', message, repeat.count.span));
      return { current: FAILED };
    }
    const depth = deeper(place, repeat.span, this.surroundings);
    let current = start;
    for (let round = 0; round < rounds; round += 1) {
      this.count(repeat.span);
      const scope = new Scope(place.scope);
      if (repeat.variable) scope.declare(repeat.variable, { kind: 'static', value: round }, reporter);
      const outcome = this.body(
        repeat.body,
        { ...place, scope, depth, round: `${place.round}_${round}`, inRepeat: true },
        current,
      );
      current = outcome.current;
    }
    return { current };
  }

  /** Of a repeat that is only read. */
  private someRound({ variable, body, span }: syntax.Repeat, place: Place): Outcome {
    const scope = new Scope(place.scope);
    if (variable) scope.declare(variable, { kind: 'static', value: undefined }, this.surroundings.reporter);
    this.body(body, { ...place, scope, depth: deeper(place, span, this.surroundings), inRepeat: true }, FAILED);
    return { current: FAILED };
  }

  private conditional(statement: syntax.If, place: Place, current: Value | undefined): Outcome {
    const inner = { ...place, depth: deeper(place, statement.span, this.surroundings) };
    const context = contextOf(place, current, this.surroundings);
    if (place.explorer) return this.everyBranch(statement, inner, context);
    for (const { condition, body } of statement.branches) {
      const holds = evaluateTruth(condition, context);
      if (holds === undefined) return { current: FAILED };
      if (holds) return this.body(body, inner, current);
    }
    return statement.otherwise ? this.body(statement.otherwise, inner, current) : { current };
  }

  /** Of an `if` that is only read. */
  private everyBranch({ branches, otherwise }: syntax.If, place: Place, context: Context): Outcome {
    for (const { condition } of branches) evaluateTruth(condition, context);
    const bodies = [...branches.map(({ body }) => body), ...(otherwise ? [otherwise] : [])];
    const scopes = bodies.map((body) => {
      const scope = new Scope(place.scope);
      this.body(body, { ...place, scope }, FAILED);
      return scope;
    });
    place.scope.suppose(scopes);
    return { current: FAILED };
  }

  private returns(statement: syntax.Return, place: Place, current: Value | undefined): Outcome {
    if (place.inRepeat) {
      this.report(error('return/repeat', '`return` cannot stand in `repeat`', statement.span));
      return { current };
    }
    const values = statement.results.map(({ name, value, span }): ReturnedValue => {
      return { name, value: this.applier.value(value, place, current), span };
    });
    return { current, returned: { values, span: statement.span } };
  }

  private weights(statement: syntax.Weights, place: Place): void {
    const { path, span } = statement;
    if (place.trail.length > 0 || place.inRepeat) {
      const message = '`weights` belongs to a model, not into a block or repeat';
      this.report(error('weights/place', message, span));
    } else if (this.weightsFile && !place.explorer) {
      const related = [{ at: this.weightsFile.span, label: 'first named here' }];
      this.report(error('weights/repeated', 'a model has one file of weights', span, { related }));
    } else this.weightsFile = { path: path.value, span: path.span };
  }
}
