// Runs a model's statements at compile time and writes down the layers they apply: blocks inlined, repeats written out,
// the branch of an `if` that holds.
//
//   block double(n) { conv(n); relu }        double_0.conv_0 = conv(8)(image)
//   double(8) as a                      →    a.conv_0, a.relu_0 …
import { error, type Problem } from '../../../dsl/problem.ts';
import type { Span } from '../../../dsl/span.ts';
import { didYouMean } from '../../../dsl/suggest.ts';
import type * as syntax from '../../../dsl/syntax.ts';
import type { ModelInput, ShapeAssertion, WrittenNode } from '../../graph/model.ts';
import { type AnyOperator, operand, showShape } from '../../operators/operator.ts';
import { blockScope, type CallSite, operatorArguments } from './arguments.ts';
import { evaluateTruth, evaluateWhole, isFunction } from './evaluate.ts';
import { resolveAssertion } from './header.ts';
import type { HomedBlock, Library, Surroundings } from './library.ts';
import { DEPTH_LIMIT, REPEAT_LIMIT, STATEMENT_LIMIT } from './limits.ts';
import { Naming } from './naming.ts';
import { FAILED, Scope, type Value } from './scope.ts';

/** A layer whose checks are still being gathered. */
interface Draft extends WrittenNode {
  readonly assertions: ShapeAssertion[];
}

export interface ReturnedValue {
  readonly name: syntax.Identifier | undefined;
  readonly value: Value;
  readonly span: Span;
}

/** Where statements run: a model, a block as inlined, a round of a repeat. */
interface Place {
  readonly library: Library;
  readonly scope: Scope;
  readonly naming: Naming;
  /** What `input` means; absent in a model of several inputs. */
  readonly input: Value | undefined;
  /** `_0` in the first round of a repeat, `_0_2` in nested ones. */
  readonly round: string;
  readonly site: CallSite | undefined;
  /** The blocks being inlined, the outermost first. */
  readonly trail: readonly syntax.Block[];
  readonly depth: number;
  readonly inRepeat: boolean;
}

/** What a sequence of statements leaves behind. */
interface Outcome {
  readonly current: Value | undefined;
  readonly returned?: { readonly values: readonly ReturnedValue[]; readonly span: Span };
}

/** Thrown to stop at a limit; never leaves `run`. */
class Stop {}

export interface ModelBody extends Outcome {
  readonly nodes: readonly WrittenNode[];
  readonly weightsFile?: { readonly path: string; readonly span: Span };
}

export function runModel(
  model: syntax.Model,
  library: Library,
  inputs: readonly ModelInput[],
  scope: Scope,
  surroundings: Surroundings,
): ModelBody {
  const runner = new Runner(library, inputs, surroundings);
  return runner.run(model, scope);
}

class Runner {
  private readonly nodes: Draft[] = [];
  private readonly byId = new Map<string, Draft>();
  private readonly inputs: ReadonlyMap<string, ModelInput>;
  private readonly library: Library;
  private readonly surroundings: Surroundings;
  private weightsFile: ModelBody['weightsFile'];
  private statements = 0;

  constructor(library: Library, inputs: readonly ModelInput[], surroundings: Surroundings) {
    this.library = library;
    this.surroundings = surroundings;
    this.inputs = new Map(inputs.map((input) => [input.name, input]));
  }

  run(model: syntax.Model, scope: Scope): ModelBody {
    const only = model.inputs.length === 1 ? scope.lookup(model.inputs[0]!.name.name) : undefined;
    const input = only?.kind === 'value' ? only.value : undefined;
    const taken = new Map(model.inputs.map(({ name }) => [name.name, name.span]));
    const place: Place = {
      library: this.library,
      scope,
      naming: new Naming('', taken),
      input,
      round: '',
      site: undefined,
      trail: [],
      depth: 0,
      inRepeat: false,
    };
    let outcome: Outcome = { current: FAILED };
    try {
      outcome = this.body(model.body, place, input);
    } catch (thrown) {
      if (!(thrown instanceof Stop)) throw thrown;
    }
    return { ...outcome, nodes: this.nodes, ...(this.weightsFile && { weightsFile: this.weightsFile }) };
  }

  private report(problem: Problem): void {
    this.surroundings.reporter.report(problem);
  }

  private body(body: syntax.Body, place: Place, start: Value | undefined): Outcome {
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
    const value = this.chain(chain.links, place, current, as);
    if (assertion && value) this.assert(assertion, value, place);
    if (as) this.name(as, value ?? FAILED, place);
    return value;
  }

  private assert(pattern: syntax.ShapePattern, value: Value, place: Place): void {
    const assertion = resolveAssertion(pattern, place.scope, this.surroundings);
    if (!assertion || value.kind === 'failed') return;
    const shape = this.inputs.get(value.id)?.shape;
    if (value.kind === 'node') this.byId.get(value.id)!.assertions.push(assertion);
    else if (shape && !matches(assertion, shape)) {
      const details = { label: `it is ${showShape(shape)} here` };
      const written = `[${assertion.dimensions.map((size) => size ?? '_').join(', ')}]`;
      this.report(
        error('shape/assertion', `${value.id} is ${showShape(shape)}, not ${written}`, assertion.span, details),
      );
    }
  }

  /** `as` gives a value its name; a layer's or block's name would make the bare word ambiguous. */
  private name(as: syntax.Identifier, value: Value, place: Place): void {
    if (this.surroundings.operators.has(as.name) || place.library.blocks.has(as.name)) {
      const what = this.surroundings.operators.has(as.name) ? 'layer' : 'block';
      const notes = [`\`${as.name}\` alone would mean the ${what}: choose another name`];
      this.report(error('name/taken', `\`${as.name}\` is a ${what} already`, as.span, { notes }));
    } else place.scope.declare(as, { kind: 'value', value }, this.surroundings.reporter);
  }

  /** Applies the links one after the other; `as` names the last layer. Undefined where there is no value to begin with. */
  private chain(
    links: readonly syntax.Link[],
    place: Place,
    start: Value | undefined,
    as?: syntax.Identifier,
  ): Value | undefined {
    let current = start;
    links.forEach((link, index) => {
      const named = index === links.length - 1 ? as : undefined;
      current =
        (index === 0 && this.valueNamed(link, place, current)) || this.apply(link, place, current, index > 0, named);
    });
    return current;
  }

  /** The value a bare name stands for, if it stands for one. */
  private valueNamed(link: syntax.Expression, place: Place, current: Value | undefined): Value | undefined {
    if (link.kind !== 'name') return undefined;
    if (link.name === 'it') return current ?? this.noValue(link.span, 'it');
    const meaning = place.scope.lookup(link.name);
    if (meaning?.kind === 'value') return meaning.value;
    if (link.name === 'input') return place.input ?? this.noValue(link.span, 'input');
    return undefined;
  }

  private noValue(span: Span, what: string): Value {
    const names = [...this.inputs.keys()].map((name) => `\`${name}\``);
    const notes =
      names.length > 0 ? [`a model of several inputs begins with one of their names: ${names.join(', ')}`] : [];
    this.report(error('value/none', `\`${what}\` has no value to stand on`, span, { notes }));
    return FAILED;
  }

  private apply(
    link: syntax.Link,
    place: Place,
    current: Value | undefined,
    piped: boolean,
    as?: syntax.Identifier,
  ): Value {
    const callee = link.kind === 'name' ? { name: link.name, span: link.span } : link.callee;
    const given = link.kind === 'name' ? [] : link.arguments;
    const operator = this.surroundings.operators.get(callee.name);
    if (operator) return this.layer(operator, { callee, given, span: link.span, piped, as }, place, current);
    const block = place.library.blocks.get(callee.name);
    if (block) return this.block(block, { callee, given, span: link.span, piped, as }, place, current);
    if (!place.library.unavailable.has(callee.name)) this.report(this.unknown(callee, place));
    return FAILED;
  }

  private unknown({ name, span }: syntax.Identifier, place: Place): Problem {
    const meaning = place.scope.lookup(name);
    if (meaning) {
      const what = meaning.kind === 'value' ? 'a value' : 'known at compile time: no value';
      const notes = meaning.kind === 'value' ? ['a value stands at the beginning of a chain'] : [];
      const related = [{ at: meaning.span, label: 'named here' }];
      return error('name/no-layer', `\`${name}\` is ${what}, and no layer`, span, { notes, related });
    }
    const layers = [...this.surroundings.operators.keys(), ...place.library.blocks.keys()];
    const notes = didYouMean(name, [...layers, ...place.scope.visible('value')]);
    const what = isFunction(name)
      ? `\`${name}\` computes numbers, it is no layer`
      : `there is no layer, block or value \`${name}\``;
    return error('name/unknown', what, span, { notes });
  }

  private layer(operator: AnyOperator, application: Application, place: Place, current: Value | undefined): Value {
    const { callee, given, span } = application;
    const { reporter } = this.surroundings;
    const several = operator.operands.maximum > 1;
    const onlyOperands = several && operator.positional.length === 0;
    const isOperand = ({ name, value }: syntax.Argument): boolean =>
      !name && (onlyOperands || this.isValue(value, place, several));
    const written = given.filter(isOperand);
    if (!several && written.length > 0) return this.refuseValue(callee, written[0]!.value);
    const setting = { scope: place.scope, reporter, site: place.site };
    const settled = operatorArguments(
      callee,
      operator,
      given.filter((argument) => !isOperand(argument)),
      setting,
    );
    const operands = this.operands(operator, application, written, place, current);
    const id = this.path(application, place);
    if (!settled || !operands || id === undefined) return FAILED;
    const spans = new Map(settled.spans);
    // A current value that nobody wrote down has no place of its own.
    const unwritten = operands.length - written.length;
    for (const [index, argument] of written.entries()) spans.set(operand(index + unwritten), argument.span);
    const node: Draft = {
      id,
      operands: operands.map((value) => value.id),
      operator,
      arguments: settled.values,
      argumentSpans: spans,
      origin: span,
      assertions: [],
    };
    this.nodes.push(node);
    this.byId.set(id, node);
    return { kind: 'node', id };
  }

  /** The values a layer takes: those written, led by the current one where it is piped in or where one is missing. */
  private operands(
    operator: AnyOperator,
    { callee, piped }: Application,
    written: readonly syntax.Argument[],
    place: Place,
    current: Value | undefined,
  ): Exclude<Value, { kind: 'failed' }>[] | undefined {
    const { minimum, maximum } = operator.operands;
    const values = written.map(({ value }) => this.value(value, place, current));
    const mentionsIt = written.some(({ value }) => value.kind === 'name' && value.name === 'it');
    if (values.length < minimum || (piped && !mentionsIt))
      values.unshift(current ?? this.noValue(callee.span, callee.name));
    if (values.length < minimum || values.length > maximum) {
      const wanted = minimum === maximum ? `${minimum} values` : `at least ${minimum} values`;
      const notes = ['values are names, `it`, or chains; the current value leads where one is missing'];
      const message = `\`${callee.name}\` takes ${wanted}, not ${values.length}`;
      this.report(error('argument/operands', message, callee.span, { notes }));
      return undefined;
    }
    const known = values.filter((value) => value.kind !== 'failed');
    return known.length === values.length ? known : undefined;
  }

  /** Layers of one value and blocks take it from the chain, not from their parentheses. */
  private refuseValue({ name }: syntax.Identifier, value: syntax.Expression): Value {
    const written = value.kind === 'name' ? value.name : 'x';
    const notes = [`the value stands before it: \`${written} |> ${name}\``];
    this.report(error('argument/value', `\`${name}\` takes no value in parentheses`, value.span, { notes }));
    return FAILED;
  }

  /** Whether an argument without a name is a value rather than a number or keyword. */
  private isValue(expression: syntax.Expression, place: Place, several: boolean): boolean {
    if (expression.kind === 'chain') return true;
    if (expression.kind === 'name') {
      const meaning = place.scope.lookup(expression.name);
      if (meaning) return meaning.kind === 'value';
      return expression.name === 'it' || expression.name === 'input' || several;
    }
    if (expression.kind !== 'call') return false;
    const { name } = expression.callee;
    if (!isFunction(name)) return several || this.isLayer(name, place);
    return (
      several &&
      this.isLayer(name, place) &&
      expression.arguments.some(({ value }) => this.isValue(value, place, false))
    );
  }

  private isLayer(name: string, place: Place): boolean {
    return this.surroundings.operators.has(name) || place.library.blocks.has(name);
  }

  /** An expression where a value is wanted: a name, or layers applied to the current value. */
  private value(expression: syntax.Expression, place: Place, current: Value | undefined): Value {
    if (expression.kind === 'chain') return this.chain(expression.links, place, current) ?? FAILED;
    if (expression.kind === 'name' || expression.kind === 'call') {
      return this.chain([expression], place, current) ?? FAILED;
    }
    const notes = ['a value is the result of a layer: a name, `it`, or a chain'];
    this.report(error('value/expected', 'expected a value', expression.span, { notes }));
    return FAILED;
  }

  private path({ callee, as, span }: Application, place: Place): string | undefined {
    if (!as) return place.naming.numbered(callee.name, span);
    const path = place.naming.named(as, place.round);
    if (typeof path === 'string') return path;
    // The value's name will be reported where it is declared twice in one scope.
    if (!place.scope.lookup(as.name)) this.report(path);
    return undefined;
  }

  private block(
    { block, home }: HomedBlock,
    application: Application,
    place: Place,
    current: Value | undefined,
  ): Value {
    const { callee, given, span } = application;
    if (place.trail.includes(block)) {
      const circle = [...place.trail.slice(place.trail.indexOf(block)), block].map(({ name }) => `\`${name.name}\``);
      const notes = [circle.join(' → '), 'a block is written out where it is called, so it cannot contain itself'];
      this.report(error('block/recursive', `the block \`${callee.name}\` calls itself`, span, { notes }));
      return FAILED;
    }
    const values = given.filter(({ name, value }) => !name && this.isValue(value, place, false));
    if (values.length > 0) {
      return this.refuseValue(callee, values[0]!.value);
    }
    const setting = { scope: place.scope, reporter: this.surroundings.reporter, site: place.site };
    const scope = blockScope(callee, block, home.scope, given, setting);
    const path = this.path(application, place);
    const input = current ?? this.noValue(callee.span, callee.name);
    if (!scope || path === undefined) return FAILED;
    const inner: Place = {
      library: home,
      scope,
      naming: place.naming.within(path),
      input,
      round: '',
      site: { block: callee.name, span },
      trail: [...place.trail, block],
      depth: this.deeper(place, span),
      inRepeat: false,
    };
    return this.blockResult(block, this.body(block.body, inner, input));
  }

  private blockResult(block: syntax.Block, { current, returned }: Outcome): Value {
    if (!returned) return current ?? FAILED;
    const [first, ...more] = returned.values;
    if (first && more.length === 0 && !first.name) return first.value;
    const message = `the block \`${block.name.name}\` returns one value, without a name`;
    this.report(error('return/block', message, returned.span));
    return FAILED;
  }

  private deeper(place: Place, span: Span): number {
    if (place.depth < DEPTH_LIMIT) return place.depth + 1;
    this.report(error('limit/depth', `blocks, repeats and ifs are more than ${DEPTH_LIMIT} deep here`, span));
    throw new Stop();
  }

  private repeat(repeat: syntax.Repeat, place: Place, start: Value | undefined): Outcome {
    const { reporter } = this.surroundings;
    const rounds = evaluateWhole(repeat.count, 'the number of rounds', 0, place.scope, reporter);
    if (rounds === undefined) return { current: FAILED };
    if (rounds > REPEAT_LIMIT) {
      const message = `${rounds} rounds are more than the limit of ${REPEAT_LIMIT}`;
      this.report(error('limit/repeat', message, repeat.count.span));
      return { current: FAILED };
    }
    const depth = this.deeper(place, repeat.span);
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

  private conditional(statement: syntax.If, place: Place, current: Value | undefined): Outcome {
    const deeper = { ...place, depth: this.deeper(place, statement.span) };
    for (const { condition, body } of statement.branches) {
      const holds = evaluateTruth(condition, place.scope, this.surroundings.reporter);
      if (holds === undefined) return { current: FAILED };
      if (holds) return this.body(body, deeper, current);
    }
    return statement.otherwise ? this.body(statement.otherwise, deeper, current) : { current };
  }

  private returns(statement: syntax.Return, place: Place, current: Value | undefined): Outcome {
    if (place.inRepeat) {
      this.report(error('return/repeat', '`return` cannot stand in `repeat`', statement.span));
      return { current };
    }
    const values = statement.results.map(({ name, value, span }): ReturnedValue => {
      return { name, value: this.value(value, place, current), span };
    });
    return { current, returned: { values, span: statement.span } };
  }

  private weights(statement: syntax.Weights, place: Place): void {
    const { path, span } = statement;
    if (place.trail.length > 0 || place.inRepeat) {
      const message = '`weights` belongs to a model, not into a block or repeat';
      this.report(error('weights/place', message, span));
    } else if (this.weightsFile) {
      const related = [{ at: this.weightsFile.span, label: 'first named here' }];
      this.report(error('weights/repeated', 'a model has one file of weights', span, { related }));
    } else this.weightsFile = { path: path.value, span: path.span };
  }
}

/** A layer or block applied: what was written. */
interface Application {
  readonly callee: syntax.Identifier;
  readonly given: readonly syntax.Argument[];
  readonly span: Span;
  /** Whether `|>` stands before it. */
  readonly piped: boolean;
  readonly as: syntax.Identifier | undefined;
}

const matches = ({ dimensions }: ShapeAssertion, shape: readonly number[]): boolean =>
  dimensions.length === shape.length && dimensions.every((size, axis) => size === undefined || size === shape[axis]);
