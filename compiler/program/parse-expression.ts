// Expressions as `print.ts` writes them: `out[y, f] += in[y + i, c else −∞] · kernel[i, c, f]   for y < 4, f < 8, …`.
import { Affine } from '../algebra/affine.ts';
import {
  type Axis,
  accumulated,
  type Combine,
  type ComputedIndex,
  call,
  constant,
  read,
  type Scalar,
  type TensorExpression,
} from '../algebra/expression.ts';
import { type FunctionName, functions } from '../algebra/functions.ts';
import { infix, operatorOf } from '../algebra/print.ts';
import type { Cursor } from './cursor.ts';

type Tables = ReadonlyMap<string, readonly number[]>;

const combines = Object.entries(operatorOf) as [Combine, string][];
const signs = Object.entries(infix) as [FunctionName, string][];

/** A statement, the name of whose target has been read. */
export function parseExpression(tensor: string, cursor: Cursor, tables: Tables): TensorExpression {
  const reader = new Reader(cursor, tables);
  const { index } = reader.access(tensor);
  const combine = combines.find(([, sign]) => cursor.takes(sign))?.[0] ?? cursor.fail('"=" or "+=" is expected');
  const value = reader.scalar();
  const finish = cursor.takes(', finished by') ? reader.scalar() : accumulated;
  const axes = cursor.takes('for') ? cursor.list(() => parseAxis(cursor)) : [];
  return { axes, target: { tensor, index }, combine, value, finish, scatter: cursor.takes('scattered') };
}

/** `y < 56`. */
export function parseAxis(cursor: Cursor): Axis {
  const name = cursor.name();
  cursor.expect('<');
  return { name, extent: cursor.integer() };
}

class Reader {
  private readonly cursor: Cursor;
  private readonly tables: Tables;

  constructor(cursor: Cursor, tables: Tables) {
    this.cursor = cursor;
    this.tables = tables;
  }

  scalar(): Scalar {
    const first = this.operand();
    const sign = signs.find(([, text]) => this.cursor.takes(text));
    return sign ? call(sign[0], first, this.operand()) : first;
  }

  private operand(): Scalar {
    const { cursor } = this;
    if (cursor.takes('(')) return this.closed(this.scalar());
    const value = cursor.maybeNumber();
    if (value !== undefined) return constant(value);
    if (cursor.takes('acc')) return accumulated;
    const name = cursor.name();
    return cursor.takes('(') ? this.application(name) : this.access(name);
  }

  private application(name: string): Scalar {
    if (!Object.hasOwn(functions, name)) this.cursor.fail(`there is no function ${name}`);
    const values = this.cursor.list(() => this.scalar());
    const { arity } = functions[name as FunctionName];
    if (values.length !== arity) this.cursor.fail(`${name} has ${arity} arguments, not ${values.length}`);
    return this.closed(call(name as FunctionName, ...values));
  }

  private closed(scalar: Scalar): Scalar {
    this.cursor.expect(')');
    return scalar;
  }

  access(tensor: string) {
    const { cursor } = this;
    cursor.expect('[');
    if (cursor.takes(']')) return read(tensor, []);
    const computed: ComputedIndex[] = [];
    let axis = 0;
    const index = cursor.list(() => this.index(axis++, computed));
    const outside = cursor.takes('else') ? cursor.number() : 0;
    cursor.expect(']');
    return { ...read(tensor, index, outside), ...(computed.length > 0 && { computed }) };
  }

  /** `y + 1`, or `place(rows[i], 8)` where values say which of eight. */
  private index(axis: number, computed: ComputedIndex[]): Affine {
    const { cursor } = this;
    if (!cursor.takes('place(')) return this.affine();
    const value = this.scalar();
    cursor.expect(',');
    computed.push({ axis, extent: cursor.integer(), value });
    cursor.expect(')');
    return Affine.constant(0);
  }

  private affine(): Affine {
    const { cursor } = this;
    let sum = cursor.takes('−') ? this.term().times(-1) : this.term();
    for (;;) {
      if (cursor.takes('+')) sum = sum.plus(this.term());
      else if (cursor.takes('−')) sum = sum.minus(this.term());
      else return sum;
    }
  }

  /** `3`, `y`, `3·y` or, through a table, `t0[y]`. */
  private term(): Affine {
    const { cursor } = this;
    const size = cursor.maybeNumber();
    if (size !== undefined && !cursor.takes('·')) return Affine.constant(size);
    const name = cursor.name();
    if (size !== undefined || !cursor.takes('[')) return Affine.axis(name, size ?? 1);
    const axis = cursor.name();
    cursor.expect(']');
    return Affine.table(axis, this.tables.get(name) ?? cursor.fail(`there is no table ${name}`));
  }
}
