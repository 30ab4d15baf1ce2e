// Applies layers and blocks to values: finds out which arguments are values, where the current value goes, and what
// the result is called.
//
//   add(e2, it)           add_0  ← e2, the current value
//   x |> conv(8)          conv_0 ← x
//   double(16) as e1      the layers of the block, under `e1.`
import { flat } from '../../../dsl/print-expression.ts';
import { error, type Problem } from '../../../dsl/problem.ts';
import type { Span } from '../../../dsl/span.ts';
import type * as syntax from '../../../dsl/syntax.ts';
import { type AnyOperator, operand } from '../../operators/operator.ts';
import { blockScope, operatorArguments } from './arguments.ts';
import type { Drafts } from './drafts.ts';
import type { HomedBlock } from './library.ts';
import { contextOf, deeper, type Outcome, type Place } from './place.ts';
import { resultOf } from './results.ts';
import { FAILED, type Value } from './scope.ts';
import type { Surroundings } from './surroundings.ts';
import { isValue, unknownLayer } from './values.ts';

/** A layer or block applied: what was written. */
interface Application {
  readonly callee: syntax.Identifier;
  readonly given: readonly syntax.Argument[];
  readonly span: Span;
  /** Whether `|>` stands before it. */
  readonly piped: boolean;
  readonly as: syntax.Identifier | undefined;
}

interface NamedOperand {
  readonly name: string;
  readonly value: Exclude<Value, { kind: 'failed' }>;
  readonly span: Span;
}

const isNamedOperand = ({ operands }: AnyOperator, { name }: syntax.Argument): boolean =>
  name !== undefined && (operands.named ?? []).includes(name.name);

export class Applier {
  private readonly drafts: Drafts;
  private readonly surroundings: Surroundings;
  private readonly runBody: (body: syntax.Body, place: Place, start: Value | undefined) => Outcome;

  constructor(drafts: Drafts, surroundings: Surroundings, runBody: Applier['runBody']) {
    this.drafts = drafts;
    this.surroundings = surroundings;
    this.runBody = runBody;
  }

  /** Applies the links one after the other; `as` names the last layer. Undefined where there is no value to begin with. */
  chain(
    links: readonly syntax.Link[],
    place: Place,
    start: Value | undefined,
    as?: syntax.Identifier,
  ): Value | undefined {
    let current = start;
    links.forEach((link, index) => {
      const named = index === links.length - 1 ? as : undefined;
      current = this.link(link, place, current, index > 0, named);
    });
    return current;
  }

  private link(
    link: syntax.Link,
    place: Place,
    current: Value | undefined,
    piped: boolean,
    as?: syntax.Identifier,
  ): Value | undefined {
    if (link.kind === 'result') {
      const of = this.link(link.of, place, current, piped, as);
      return of && resultOf(of, link, this.surroundings.reporter);
    }
    return (!piped && this.valueNamed(link, place, current)) || this.apply(link, place, current, piped, as);
  }

  /** An expression where a value is wanted: a name, or layers applied to the current value. */
  value(expression: syntax.Expression, place: Place, current: Value | undefined): Value {
    const inner = { ...place, depth: deeper(place, expression.span, this.surroundings) };
    if (expression.kind === 'chain') return this.chain(expression.links, inner, current) ?? FAILED;
    if (expression.kind === 'name' || expression.kind === 'call' || expression.kind === 'result') {
      return this.chain([expression], inner, current) ?? FAILED;
    }
    const notes = ['a value is the result of a layer: a name, `it`, or a chain'];
    this.report(error('value/expected', 'expected a value', expression.span, { notes }));
    return FAILED;
  }

  /** The value a bare name stands for, if it stands for one. */
  private valueNamed(link: syntax.Name | syntax.Call, place: Place, current: Value | undefined): Value | undefined {
    if (link.kind !== 'name') return undefined;
    if (link.name === 'it') return current ?? this.noValue(link.span, 'it');
    const meaning = place.scope.lookup(link.name);
    if (meaning?.kind === 'value') return meaning.value;
    if (link.name === 'input') return place.input ?? this.noValue(link.span, 'input');
    return undefined;
  }

  private noValue(span: Span, what: string): Value {
    const names = [...this.drafts.inputs.keys()].map((name) => `\`${name}\``);
    const notes =
      names.length > 0 ? [`a model of several inputs begins with one of their names: ${names.join(', ')}`] : [];
    this.report(error('value/none', `\`${what}\` has no value here`, span, { notes }));
    return FAILED;
  }

  private apply(
    link: syntax.Name | syntax.Call,
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
    if (!place.library.unavailable.has(callee.name)) this.report(unknownLayer(callee, place, this.surroundings));
    return FAILED;
  }

  private layer(operator: AnyOperator, application: Application, place: Place, current: Value | undefined): Value {
    const { callee, given, span } = application;
    const several = operator.operands.maximum > 1;
    const onlyOperands = several && operator.positional.length === 0;
    const isOperand = ({ name, value }: syntax.Argument): boolean =>
      !name && (onlyOperands || isValue(value, place, this.surroundings, several));
    const named = this.namedOperands(operator, given, place, current);
    const written = given.filter(isOperand);
    if (!several && written.length > 0) return this.refuseValue(callee, written[0]!.value);
    const setting = { ...contextOf(place, current, this.surroundings), site: place.site };
    const settled = operatorArguments(
      callee,
      operator,
      given.filter((argument) => !isOperand(argument) && !isNamedOperand(operator, argument)),
      setting,
    );
    const operands = this.operands(operator, application, written, place, current);
    const id = this.path(application, place);
    if (!settled || !operands || !named || id === undefined) return FAILED;
    const spans = new Map(settled.spans);
    // A current value that nobody wrote down has no place of its own.
    const unwritten = operands.length - written.length;
    for (const [index, argument] of written.entries()) spans.set(operand(index + unwritten), argument.span);
    for (const { name, span } of named) spans.set(name, span);
    return this.drafts.add(
      {
        id,
        operator,
        arguments: settled.values,
        argumentSpans: spans,
        origin: span,
        ...(named.length > 0 && { named: named.map(({ name }) => name) }),
        ...(operator.results && { results: operator.results }),
      },
      [...operands, ...named.map(({ value }) => value)],
    );
  }

  /** `hidden: h0`: values that are given by name. Undefined where one of them failed. */
  private namedOperands(
    operator: AnyOperator,
    given: readonly syntax.Argument[],
    place: Place,
    current: Value | undefined,
  ): readonly NamedOperand[] | undefined {
    const found = new Map<string, NamedOperand | undefined>();
    for (const argument of given) {
      if (!isNamedOperand(operator, argument)) continue;
      const { name, span } = argument.name!;
      if (found.has(name)) this.report(error('argument/repeated', `\`${name}\` is given twice`, span));
      const value = this.value(argument.value, place, current);
      found.set(name, value.kind === 'failed' ? undefined : { name, value, span: argument.value.span });
    }
    const known = [...found.values()].filter((operand) => operand !== undefined);
    return known.length === found.size ? known : undefined;
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
    const written = value.kind === 'name' || value.kind === 'result' ? flat(value) : 'x';
    const notes = [`the value stands before it: \`${written} |> ${name}\``];
    this.report(error('argument/value', `\`${name}\` takes no value in parentheses`, value.span, { notes }));
    return FAILED;
  }

  private path({ callee, as, span }: Application, place: Place): string | undefined {
    if (place.explorer) return undefined;
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
    const values = given.filter(({ name, value }) => !name && isValue(value, place, this.surroundings, false));
    if (values.length > 0) return this.refuseValue(callee, values[0]!.value);
    const setting = { ...contextOf(place, current, this.surroundings), site: place.site };
    const input = current ?? this.noValue(callee.span, callee.name);
    const scope = blockScope(callee, block, home.scope, given, input, setting);
    const path = this.path(application, place);
    place.explorer?.block({ block, home, introduced: callee }, place);
    if (!scope || path === undefined) return FAILED;
    const inner: Place = {
      library: home,
      scope,
      naming: place.naming.within(path),
      input,
      round: '',
      site: { block: callee.name, span },
      trail: [...place.trail, block],
      depth: deeper(place, span, this.surroundings),
      inRepeat: false,
    };
    return this.blockResult(block, this.runBody(block.body, inner, input));
  }

  private blockResult(block: syntax.Block, { current, returned }: Outcome): Value {
    if (!returned) return current ?? FAILED;
    const [first, ...more] = returned.values;
    if (first && more.length === 0 && !first.name) return first.value;
    const message = `the block \`${block.name.name}\` returns one value, without a name`;
    this.report(error('return/block', message, returned.span));
    return FAILED;
  }

  private report(problem: Problem): void {
    this.surroundings.reporter.report(problem);
  }
}
