// Values built so that equal ones are the same object: what is computed twice can be seen by counting, and simple
// arithmetic (x · 0, x + 0) is done here.
import type { Affine } from '../algebra/affine.ts';
import type { FunctionName } from '../algebra/functions.ts';
import { type PlaceIndex, type Value, type Width, widthOf } from './loop.ts';
import { simplifyApplication } from './simplify.ts';

export class Values {
  private readonly known = new Map<string, Value>();
  private readonly numbers = new Map<Value, number>();

  constant(value: number, width: Width): Value {
    return this.share(`constant ${Object.is(value, -0) ? '-0' : value} ${width}`, { kind: 'constant', value, width });
  }

  register(name: string, width: Width): Value {
    return this.share(`register ${name}`, { kind: 'register', name, width });
  }

  load(operand: number, at: Affine, width: Width): Value {
    return this.share(`load ${operand} ${width} ${at.key()}`, { kind: 'load', operand, at, width });
  }

  splat(operand: number, at: Affine, width: Width): Value {
    return this.share(`splat ${operand} ${width} ${at.key()}`, { kind: 'splat', operand, at, width });
  }

  gather(operand: number, at: Affine, indices: readonly PlaceIndex[]): Value {
    const places = indices.map(({ value, stride, extent }) => `${this.number(value)}·${stride}<${extent}`);
    return this.share(`gather ${operand} ${at.key()} ${places.join()}`, { kind: 'gather', operand, at, indices });
  }

  lane(of: Value, index: number): Value {
    return this.share(`lane ${this.number(of)} ${index}`, { kind: 'lane', of, index });
  }

  apply(name: FunctionName, ...parts: readonly Value[]): Value {
    const simplified = simplifyApplication(
      name,
      parts.map((part) => (part.kind === 'constant' ? part.value : undefined)),
    );
    switch (simplified?.kind) {
      case 'constant':
        return this.constant(simplified.value, widthOf(parts[0]!));
      case 'argument':
        return parts[simplified.position]!;
      case 'negated':
        return this.apply('negate', parts[simplified.position]!);
      case undefined: {
        const key = `apply ${name} ${parts.map((part) => this.number(part)).join(' ')}`;
        return this.share(key, { kind: 'apply', function: name, arguments: parts });
      }
    }
  }

  /** A small number that is the value's own. */
  number(value: Value): number {
    const number = this.numbers.get(value) ?? this.numbers.size;
    this.numbers.set(value, number);
    return number;
  }

  private share(key: string, value: Value): Value {
    const known = this.known.get(key);
    if (known) return known;
    this.known.set(key, value);
    return value;
  }
}

export type Access = Extract<Value, { kind: 'load' | 'splat' | 'gather' }>;

/** The values a value is made of. */
export function partsOf(value: Value): readonly Value[] {
  switch (value.kind) {
    case 'apply':
      return value.arguments;
    case 'gather':
      return value.indices.map((index) => index.value);
    case 'lane':
    case 'extract':
      return [value.of];
    case 'constant':
    case 'register':
    case 'load':
    case 'splat':
      return [];
  }
}

/** Every loop variable that a value depends on through the places it loads from. */
export function variablesOf(value: Value): ReadonlySet<string> {
  if (value.kind === 'load' || value.kind === 'splat') return value.at.axes();
  if (value.kind === 'gather')
    return new Set([...value.at.axes(), ...partsOf(value).flatMap((part) => [...variablesOf(part)])]);
  return new Set(partsOf(value).flatMap((part) => [...variablesOf(part)]));
}

/** Every place that a value reads from, in order. */
export const accessesIn = (value: Value): readonly Access[] => [
  ...(value.kind === 'load' || value.kind === 'splat' || value.kind === 'gather' ? [value] : []),
  ...partsOf(value).flatMap(accessesIn),
];

/** Whether a value reads a register, that one or any. */
export const readsRegister = (value: Value, name?: string): boolean =>
  (value.kind === 'register' && (name === undefined || value.name === name)) ||
  partsOf(value).some((part) => readsRegister(part, name));
