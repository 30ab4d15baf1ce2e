// The text of a program read back: the inverse of `print.ts`, for tests of single passes and for a dump that is looked at
// again.
import { failure, type Result, success } from '../../dsl/problem.ts';
import type { Source } from '../../dsl/span.ts';
import { elements, type Quantization, quantizationFaults, type Shape, sizeOf } from '../tensor.ts';
import { Cursor, Unexpected } from './cursor.ts';
import { parseAxis, parseExpression } from './parse-expression.ts';
import type { ComputeStep, Origin, Program, ProgramValue, Step } from './program.ts';

export interface ParseOptions {
  /** What origins point into; a file that is not here counts as empty. */
  readonly sources?: readonly Source[];
  /** Long lists of numbers, by the keys that stand for them. */
  readonly numbers?: ReadonlyMap<string, readonly number[]>;
}

/** Problem: `program/syntax`, where the text is no program. */
export function parseProgram(text: string, options: ParseOptions = {}): Result<Program> {
  const parser = new Parser(options);
  let start = 0;
  for (const line of text.split('\n')) {
    try {
      if (line.trim() !== '') parser.line(new Cursor(line));
    } catch (thrown) {
      if (!(thrown instanceof Unexpected)) throw thrown;
      return failure([thrown.problem({ file: 'program', text }, start)]);
    }
    start += line.length + 1;
  }
  return success(parser.program());
}

const roles = ['input', 'weight', 'constant', 'intermediate'] as const;

/** A step whose origins and inner steps may still come. */
type Growing<S> = { -readonly [K in keyof S]: S[K] };

class Parser {
  private readonly sources: Map<string, Source>;
  private readonly given: ReadonlyMap<string, readonly number[]>;
  private readonly tables = new Map<string, readonly number[]>();
  private readonly values = new Map<string, ProgramValue>();
  private readonly outputs: { name: string; value: string }[] = [];
  private readonly preparation: ComputeStep[] = [];
  private readonly steps: Step[] = [];
  private name = '';
  private documentation = '';
  /** The step that the last line began, to which its origins belong, and the one that inner steps belong to. */
  private last: Growing<Step> | undefined;
  private inner: ComputeStep[] | undefined;

  constructor({ sources = [], numbers = new Map() }: ParseOptions) {
    this.sources = new Map(sources.map((source) => [source.file, source]));
    this.given = numbers;
  }

  program(): Program {
    const { name, documentation, values, outputs, preparation, steps } = this;
    const inputs = [...values.values()].filter(({ role }) => role === 'input').map(({ id }) => id);
    return { name, documentation, inputs, outputs, values, preparation, steps };
  }

  line(cursor: Cursor): void {
    const role = roles.find((one) => cursor.takes(one));
    if (role) this.value(role, cursor);
    else if (cursor.takes('program')) this.name = cursor.name();
    else if (cursor.takes('about')) this.documentation = cursor.name();
    else if (cursor.takes('table')) this.table(cursor);
    else if (cursor.takes('output')) this.output(cursor);
    else if (cursor.takes('build')) this.preparation.push(this.compute(cursor));
    else if (cursor.takes('run')) this.steps.push(this.step(cursor));
    else if (cursor.takes('step')) (this.inner ?? cursor.fail('no block is open')).push(this.compute(cursor));
    else if (cursor.takes('of')) this.origins(cursor);
    else cursor.fail('this begins no line of a program');
    if (!cursor.isDone()) cursor.fail('the line should end here');
  }

  private value(role: ProgramValue['role'], cursor: Cursor): void {
    const id = cursor.name();
    if (this.values.has(id)) cursor.fail(`${id} stands here twice`);
    const shape = this.shape(cursor);
    const element = elements.find((name) => cursor.takes(name));
    const quantization = cursor.takes('scale') ? this.quantization(cursor) : undefined;
    const [fault] = quantization ? quantizationFaults(quantization, shape, element) : [];
    if (fault !== undefined) cursor.fail(fault);
    const data = cursor.takes('=') ? this.numbers(cursor) : undefined;
    if (data && data.length !== sizeOf(shape))
      cursor.fail(`${data.length} numbers do not fill ${sizeOf(shape)} elements`);
    const stored = { ...(element && { element }), ...(quantization && { quantization }) };
    this.values.set(id, { ...this.valueOf(role, id, shape, data, cursor), ...stored });
  }

  private quantization(cursor: Cursor): Quantization {
    const scales = this.numbers(cursor);
    const offsets = cursor.takes('min') ? { mins: this.numbers(cursor) } : { zeros: this.zeros(cursor) };
    return { scales, ...offsets, ...(cursor.takes('along') && { axis: cursor.integer() }) };
  }

  private zeros(cursor: Cursor): readonly number[] {
    cursor.expect('zero');
    return this.numbers(cursor);
  }

  private valueOf(
    role: ProgramValue['role'],
    id: string,
    shape: Shape,
    data: readonly number[] | undefined,
    cursor: Cursor,
  ): ProgramValue {
    if (role === 'constant') return { role, id, shape, data: data ?? cursor.fail('a constant has numbers') };
    if (role === 'weight') return { role, id, shape, ...(data && { literal: data }) };
    return data ? cursor.fail(`an ${role} value has no numbers`) : { role, id, shape };
  }

  private shape(cursor: Cursor): Shape {
    cursor.expect('[');
    if (cursor.takes(']')) return [];
    const sizes = cursor.list(() => cursor.integer());
    cursor.expect(']');
    return sizes;
  }

  private numbers(cursor: Cursor): readonly number[] {
    const key = cursor.key();
    if (key !== undefined) return this.given.get(key) ?? cursor.fail(`the numbers ${key} are not given`);
    const numbers: number[] = [];
    for (let value = cursor.maybeNumber(); value !== undefined; value = cursor.maybeNumber()) numbers.push(value);
    return numbers;
  }

  private table(cursor: Cursor): void {
    const name = cursor.name();
    cursor.expect('=');
    this.tables.set(name, this.numbers(cursor));
  }

  private output(cursor: Cursor): void {
    const name = cursor.name();
    cursor.expect('=');
    this.outputs.push({ name, value: cursor.name() });
  }

  private step(cursor: Cursor): Step {
    const id = this.label(cursor);
    if (cursor.takes('each')) return this.block(id ?? cursor.fail('a block has a name'), cursor);
    const name = cursor.name();
    if (!cursor.takes('is')) return this.begun(this.statement(id, name, cursor));
    return this.begun({ kind: 'alias', id: id ?? name, target: name, source: cursor.name(), origins: [] });
  }

  private compute(cursor: Cursor): ComputeStep {
    const inner = this.inner;
    const id = this.label(cursor);
    const step = this.begun(this.statement(id, cursor.name(), cursor));
    this.inner = inner;
    return step;
  }

  private statement(id: string | undefined, target: string, cursor: Cursor): ComputeStep {
    const expression = parseExpression(target, cursor, this.tables);
    return { kind: 'compute', id: id ?? target, expression, origins: [] };
  }

  private block(id: string, cursor: Cursor): Step {
    const axis = parseAxis(cursor);
    const list = (word: string): readonly string[] =>
      cursor.takes(`; ${word}`) ? cursor.list(() => cursor.name()) : [];
    const steps: ComputeStep[] = [];
    const block = {
      kind: 'blocked',
      id,
      axis,
      steps,
      scratch: list('scratch'),
      carried: list('carried'),
      origins: [],
    } as const;
    const step = this.begun(block);
    this.inner = steps;
    return step;
  }

  private begun<S extends Step>(step: S): S {
    this.last = step;
    this.inner = undefined;
    return step;
  }

  private label(cursor: Cursor): string | undefined {
    if (!cursor.takes('#')) return undefined;
    const id = cursor.name();
    cursor.expect(':');
    return id;
  }

  private origins(cursor: Cursor): void {
    const step = this.last ?? cursor.fail('no step stands before');
    step.origins = cursor.list(() => this.origin(cursor));
  }

  private origin(cursor: Cursor): Origin {
    const layer = cursor.name();
    cursor.expect('(');
    const operator = cursor.name();
    const file = cursor.name();
    const start = cursor.integer();
    cursor.expect('-');
    const end = cursor.integer();
    cursor.expect(')');
    return { layer, operator, span: { source: this.source(file), start, end } };
  }

  /** One object for each file, as problems expect. */
  private source(file: string): Source {
    const source = this.sources.get(file) ?? { file, text: '' };
    this.sources.set(file, source);
    return source;
  }
}
