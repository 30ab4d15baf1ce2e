// The functions that have no instruction, each as one WebAssembly function for a vector of four and one for a plain number,
// added to a module when they are first used. Functions written for vectors serve plain numbers through a splat; those
// written for one number at a time serve vectors lane by lane.

import type { FunctionName } from '../../../algebra/functions.ts';
import { type Callee, call, local } from '../encoding/control.ts';
import type { Expression } from '../encoding/expression.ts';
import { Locals } from '../encoding/locals.ts';
import type { FunctionContent, Module } from '../encoding/module.ts';
import { f32x4 } from '../encoding/vectors.ts';
import { DoubleBuilder, type Single, type Vector, VectorBuilder } from './builder.ts';
import { exponential, exponentialMinusOne } from './exponential.ts';
import { logarithm, logarithmOnePlus } from './logarithm.ts';
import { power } from './power.ts';
import { errorFunction, sigmoid, sign, tanh } from './saturating.ts';
import { cosine, sine, tangent } from './trigonometry.ts';

type VectorFunction = (v: VectorBuilder, x: Vector) => Vector;
type PlainFunction = (d: DoubleBuilder, a: Single, b: Single) => Single;

interface Plain {
  readonly arity: 1 | 2;
  readonly build: PlainFunction;
}

const vectorFunctions: Partial<Record<FunctionName, VectorFunction>> = {
  exponential,
  exponentialMinusOne,
  logarithm,
  logarithmOnePlus,
  tanh,
  sigmoid,
  errorFunction,
  sign,
};

const plainFunctions: Partial<Record<FunctionName, Plain>> = {
  sine: { arity: 1, build: sine },
  cosine: { arity: 1, build: cosine },
  tangent: { arity: 1, build: tangent },
  power: { arity: 2, build: power },
};

/** What a module has of the library. */
export class Library {
  private readonly module: Module;
  private readonly table: (values: readonly number[]) => number;
  private readonly plains = new Map<FunctionName, Callee<'f32'>>();
  private readonly vectors = new Map<FunctionName, Callee<'v128'>>();

  /** @param table the byte address of a table of 32-bit integers */
  constructor(module: Module, table: (values: readonly number[]) => number) {
    this.module = module;
    this.table = table;
  }

  /** The function, which the module has from now on. */
  plain(name: FunctionName): Callee<'f32'> {
    const full = `math ${name}`;
    return known(this.plains, name, () =>
      this.module.addFunction(
        vectorFunctions[name] ? fromVector(full, this.vector(name)) : this.plainContent(full, plainFunction(name)),
      ),
    );
  }

  vector(name: FunctionName): Callee<'v128'> {
    const full = `math ${name} ×4`;
    const build = vectorFunctions[name];
    return known(this.vectors, name, () =>
      this.module.addFunction(
        build ? this.vectorContent(full, build) : fromPlain(full, plainFunction(name).arity, this.plain(name)),
      ),
    );
  }

  private vectorContent(full: string, build: VectorFunction): FunctionContent<'v128'> {
    const v = new VectorBuilder((name) => this.vector(name));
    return v.content(full, build(v, v.locals.parameters[0]));
  }

  private plainContent(full: string, { arity, build }: Plain): FunctionContent<'f32'> {
    const d = new DoubleBuilder(arity, this.table);
    const [a, b] = d.locals.parameters;
    return d.content(full, build(d, a!, b!));
  }
}

function known<Value>(values: Map<FunctionName, Value>, name: FunctionName, make: () => Value): Value {
  const value = values.get(name) ?? make();
  values.set(name, value);
  return value;
}

function plainFunction(name: FunctionName): Plain {
  const plain = plainFunctions[name];
  if (!plain) throw new Error(`${name} is neither an instruction nor in the library`);
  return plain;
}

function fromVector(name: string, vector: Callee<'v128'>): FunctionContent<'f32'> {
  const locals = new Locals('f32');
  const x = f32x4.splat(local.get(locals.parameters[0]));
  return { name, locals, body: [], result: f32x4.extract_lane(call(vector, [x]), 0) };
}

function fromPlain(name: string, arity: 1 | 2, plain: Callee<'f32'>): FunctionContent<'v128'> {
  const locals = new Locals(...Array.from({ length: arity }, () => 'v128' as const));
  const lane = (n: number): Expression<'f32'> =>
    call(
      plain,
      locals.parameters.map((parameter) => f32x4.extract_lane(local.get(parameter), n)),
    );
  const first = f32x4.splat(lane(0));
  const result = [1, 2, 3].reduce((vector, n) => f32x4.replace_lane(vector, n, lane(n)), first);
  return { name, locals, body: [], result };
}
