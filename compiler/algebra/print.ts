// A tensor expression as text: for dumps and comments (`out[y, x, f] += in[y + i, x + j, c] · kernel[i, j, c, f]`), and a
// canonical key by which equal expressions are found.
import type { Affine } from './affine.ts';
import type { Combine, Read, Scalar, TensorExpression } from './expression.ts';

/** How each reduction is written. */
export const operatorOf: Readonly<Record<Combine, string>> = {
  set: '=',
  sum: '+=',
  product: '·=',
  max: 'max=',
  min: 'min=',
};

/** How names are spelt, and whether what most readers would skip is told: values outside a tensor, the numbers of tables. */
export interface Notation {
  readonly name: (name: string) => string;
  readonly index: (index: Affine) => string;
  readonly outside: (value: number) => string;
}

const plain: Notation = { name: (name) => name, index: (index) => `${index}`, outside: () => '' };

export function printExpression(expression: TensorExpression, notation = plain): string {
  const { target, combine, value, finish } = expression;
  const access = printAccess(target.tensor, target.index, notation);
  const statement = `${access} ${operatorOf[combine]} ${printScalar(value, notation)}`;
  return finish.kind === 'accumulated' ? statement : `${statement}, finished by ${printScalar(finish, notation)}`;
}

/** `y < 56, x < 56, f < 64, …` */
export const printBox = (expression: TensorExpression, { name: spell } = plain): string =>
  expression.axes.map(({ name, extent }) => `${spell(name)} < ${extent}`).join(', ');

/** Functions that are written between their arguments. */
export const infix: Readonly<Record<string, string>> = { add: '+', subtract: '−', multiply: '·', divide: '/' };

export function printScalar(scalar: Scalar, notation = plain): string {
  switch (scalar.kind) {
    case 'constant':
      return printNumber(scalar.value);
    case 'accumulated':
      return 'acc';
    case 'read':
      return printRead(scalar, notation);
    case 'apply': {
      const parts = scalar.arguments.map((argument) => printScalar(argument, notation));
      const sign = infix[scalar.function];
      return sign
        ? parts.map((part, n) => parenthesise(part, scalar.arguments[n]!)).join(` ${sign} `)
        : `${scalar.function}(${parts.join(', ')})`;
    }
  }
}

const parenthesise = (text: string, scalar: Scalar): string =>
  scalar.kind === 'apply' && infix[scalar.function] ? `(${text})` : text;

/** As JavaScript reads it, but for the signs: `−0.5`, `−∞`, `1e−7`. */
export const printNumber = (value: number): string =>
  (Object.is(value, -0) ? '-0' : `${value}`).replaceAll('-', '−').replace('Infinity', '∞');

/** Computed places stand where their axes do: `in[place(rows[i], 8), c]`, of eight. */
function printRead({ tensor, index, outside, computed = [] }: Read, notation: Notation): string {
  const places = new Map(
    computed.map(({ axis, extent, value }) => [axis, `place(${printScalar(value, notation)}, ${extent})`]),
  );
  const parts = index.map((affine, n) => places.get(n) ?? notation.index(affine));
  return `${notation.name(tensor)}[${parts.join(', ')}${notation.outside(outside)}]`;
}

const printAccess = (tensor: string, index: readonly Affine[], { name, index: spell }: Notation): string =>
  `${name(tensor)}[${index.map(spell).join(', ')}]`;

const computedKey = ({ computed = [] }: Read, scalar: (value: Scalar) => unknown): unknown[] =>
  computed.map(({ axis, extent, value }) => [axis, extent, scalar(value)]);

/** Equal for expressions that compute the same in the same way on a target of this shape. */
export function expressionKey(expression: TensorExpression, shape: readonly number[]): string {
  const names = new Map(expression.axes.map(({ name }, n) => [name, `i${n}`]));
  const index = (list: readonly Affine[]): unknown => list.map((affine) => renamedKey(affine, names));
  const scalar = (value: Scalar): unknown => {
    switch (value.kind) {
      case 'constant':
        return Object.is(value.value, -0) ? '-0' : `${value.value}`;
      case 'accumulated':
        return 'acc';
      case 'read':
        return [value.tensor, index(value.index), `${value.outside}`, ...computedKey(value, scalar)];
      case 'apply':
        return [value.function, ...value.arguments.map(scalar)];
    }
  };
  const { axes, target, combine, value, finish, scatter } = expression;
  return JSON.stringify([
    shape,
    axes.map(({ extent }) => extent),
    index(target.index),
    combine,
    scalar(value),
    scalar(finish),
    scatter,
  ]);
}

function renamedKey(affine: Affine, names: ReadonlyMap<string, string>): unknown {
  const rename = (axis: string): string => names.get(axis) ?? axis;
  const terms = [...affine.terms].map(([axis, coefficient]) => `${rename(axis)}*${coefficient}`).sort();
  return [affine.constant, ...terms, ...affine.tables.map(({ axis, values }) => `${rename(axis)}[${values.join()}]`)];
}
