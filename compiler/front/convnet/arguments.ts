// Fits the arguments of a call to what an operator or a block declares: by position, by name, by default.
// Unknown, repeated, missing and unsuitable arguments are all reported; none is ever skipped.
import { error, type Problem } from '../../../dsl/problem.ts';
import type { Span } from '../../../dsl/span.ts';
import { didYouMean } from '../../../dsl/suggest.ts';
import type { Argument, Block, Identifier } from '../../../dsl/syntax.ts';
import type { AnyOperator } from '../../operators/operator.ts';
import type { Parameter, Static } from '../../operators/parameters.ts';
import type { Context } from './context.ts';
import { evaluate, inexactDivision, isUnknownName, show, unknownName } from './evaluate.ts';
import type { Reporter } from './reporter.ts';
import { Scope, type Value } from './scope.ts';

/** Where a block was called, for problems with values that came from there. */
export interface CallSite {
  readonly block: string;
  readonly span: Span;
}

export interface Setting extends Context {
  readonly site: CallSite | undefined;
}

/** An operator's arguments, read by its parameters. */
export interface OperatorArguments {
  readonly values: Readonly<Record<string, unknown>>;
  readonly spans: ReadonlyMap<string, Span>;
}

const fromSite = (site: CallSite | undefined): Pick<Problem, 'related'> => {
  return { related: site ? [{ at: site.span, label: `in \`${site.block}\` as called here` }] : [] };
};

/**
 * Pairs arguments with parameter names; reports those that pair with nothing or with one that is taken.
 * @param values names under which it takes values, which are not among the arguments
 */
function pair(
  callee: Identifier,
  given: readonly Argument[],
  names: readonly string[],
  positional: readonly string[],
  reporter: Reporter,
  values: readonly string[] = [],
): Map<string, Argument> {
  const paired = new Map<string, Argument>();
  let position = 0;
  for (const argument of given) {
    const name = argument.name?.name ?? positional[position];
    if (!argument.name) position += 1;
    if (name === undefined) {
      const count =
        positional.length === 0
          ? 'no argument'
          : positional.length === 1
            ? 'one argument'
            : `${positional.length} arguments`;
      const message = `\`${callee.name}\` takes ${count} without a name`;
      const rest = names.filter((each) => !paired.has(each));
      const notes = rest.length > 0 ? [`by name it takes ${rest.map((each) => `\`${each}\``).join(', ')}`] : [];
      reporter.report(error('argument/too-many', message, argument.span, { notes }));
    } else if (!names.includes(name)) {
      const known = [...names, ...values];
      const suggestion = didYouMean(name, known);
      const all = known.length > 0 ? `it takes ${known.map((each) => `\`${each}\``).join(', ')}` : 'it takes none';
      const notes = suggestion.length > 0 ? suggestion : [all];
      reporter.report(
        error('argument/unknown', `\`${callee.name}\` has no argument \`${name}\``, argument.name!.span, { notes }),
      );
    } else if (paired.has(name)) {
      const related = [{ at: paired.get(name)!.span, label: 'first given here' }];
      reporter.report(error('argument/repeated', `\`${name}\` is given twice`, argument.span, { related }));
    } else paired.set(name, argument);
  }
  return paired;
}

/** Undefined where something was reported. */
export function operatorArguments(
  callee: Identifier,
  operator: AnyOperator,
  given: readonly Argument[],
  setting: Setting,
): OperatorArguments | undefined {
  const { reporter } = setting;
  const parameters: Readonly<Record<string, Parameter<unknown>>> = operator.parameters;
  const names = Object.keys(parameters);
  const before = reporter.problems.length;
  const paired = pair(callee, given, names, operator.positional, reporter, operator.operands.named);
  let complete = reporter.problems.length === before;
  const values: Record<string, unknown> = {};
  const spans = new Map<string, Span>();
  for (const [name, parameter] of Object.entries(parameters)) {
    const argument = paired.get(name);
    if (argument) {
      const value = evaluate(argument.value, setting);
      const fitting = value === undefined ? undefined : parameter.read(value);
      if (value !== undefined && fitting === undefined)
        reporter.report(misfit(callee.name, name, parameter, argument, value, setting));
      complete &&= fitting !== undefined;
      values[name] = fitting;
      spans.set(name, argument.value.span);
    } else if (parameter.fallback) values[name] = parameter.fallback.value;
    else {
      reporter.report(missing(callee, name, `expected ${parameter.expects}`, operator.positional.includes(name)));
      complete = false;
    }
  }
  return complete ? { values, spans } : undefined;
}

function misfit(
  callee: string,
  name: string,
  parameter: Parameter<unknown>,
  argument: Argument,
  value: Static,
  setting: Setting,
): Problem {
  const { scope, site } = setting;
  const expression = argument.value;
  const division = inexactDivision(expression, setting);
  if (division) return { ...division, ...fromSite(site) };
  if (isUnknownName(expression, scope)) {
    const candidates = [...(parameter.keywords ?? []), ...scope.visible('static')];
    const suggestion = didYouMean(expression.name, candidates);
    const notes = [...suggestion, `\`${name}\` expects ${parameter.expects}`];
    return { ...unknownName(expression, scope), notes };
  }
  const message = `\`${name}\` of \`${callee}\` cannot be ${show(value)}`;
  const suggestion = typeof value === 'string' ? didYouMean(value, parameter.keywords ?? []) : [];
  return error('argument/type', message, expression.span, {
    label: `expected ${parameter.expects}`,
    notes: suggestion,
    ...fromSite(site),
  });
}

function missing(callee: Identifier, name: string, expected: string, positional: boolean): Problem {
  const example = positional ? `\`${callee.name}(…)\`` : `\`${callee.name}(${name}: …)\``;
  const notes = [`write ${example}: ${expected}`];
  return error('argument/missing', `\`${callee.name}\` needs \`${name}\``, callee.span, { notes });
}

/**
 * The scope in which a block's body is read: its parameters, above its file's params. Undefined after a problem.
 * @param input the value that the block is applied to, whose sizes its defaults may ask for
 */
export function blockScope(
  callee: Identifier,
  block: Block,
  fileScope: Scope,
  given: readonly Argument[],
  input: Value,
  setting: Setting,
): Scope | undefined {
  const { reporter } = setting;
  const names = block.parameters.map((parameter) => parameter.name.name);
  const before = reporter.problems.length;
  const paired = pair(callee, given, names, names, reporter);
  let complete = reporter.problems.length === before;
  const inner = new Scope(fileScope);
  for (const parameter of block.parameters) {
    const argument = paired.get(parameter.name.name);
    if (!argument && !parameter.default) {
      reporter.report(missing(callee, parameter.name.name, 'the block has no default for it', true));
      complete = false;
    }
    const value = argument
      ? evaluate(argument.value, setting)
      : parameter.default && evaluate(parameter.default, { scope: inner, reporter, current: input, input });
    complete &&= value !== undefined;
    inner.declare(parameter.name, { kind: 'static', value }, reporter);
  }
  return complete ? inner : undefined;
}
