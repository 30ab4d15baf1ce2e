// The functions that have no instruction, each as one WebAssembly function for a vector of four and one for a plain number,
// added to a module when they are first used. Functions written for vectors serve plain numbers through a splat; those
// written for one number at a time serve vectors lane by lane.
import binaryen from 'binaryen';
import type { FunctionName } from '../../../algebra/functions.ts';
import type { Width } from '../../../tiler/loop.ts';
import { DoubleBuilder, type Kept, VectorBuilder } from './builder.ts';
import { exponential, exponentialMinusOne } from './exponential.ts';
import { logarithm, logarithmOnePlus } from './logarithm.ts';
import { power } from './power.ts';
import { errorFunction, sigmoid, sign, tanh } from './saturating.ts';
import { cosine, sine, tangent } from './trigonometry.ts';

type VectorFunction = (v: VectorBuilder, x: Kept) => Kept;
type PlainFunction = (d: DoubleBuilder, ...parameters: [Kept, Kept]) => Kept;

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

const plainFunctions: Partial<Record<FunctionName, { readonly arity: 1 | 2; readonly build: PlainFunction }>> = {
  sine: { arity: 1, build: sine },
  cosine: { arity: 1, build: cosine },
  tangent: { arity: 1, build: tangent },
  power: { arity: 2, build: power },
};

/** What a module has of the library. */
export class Library {
  private readonly module: binaryen.Module;
  private readonly table: (values: readonly number[]) => number;
  private readonly included = new Set<string>();

  /** @param table the byte address of a table of 32-bit integers */
  constructor(module: binaryen.Module, table: (values: readonly number[]) => number) {
    this.module = module;
    this.table = table;
  }

  /** @returns the name of the function, which the module has from now on */
  use(name: FunctionName, width: Width): string {
    const full = `math ${name}${width === 4 ? ' ×4' : ''}`;
    if (this.included.has(full)) return full;
    this.included.add(full);
    const vector = vectorFunctions[name];
    const plain = plainFunctions[name];
    if (vector) {
      if (width === 4) this.addVector(full, vector);
      else this.addFromVector(full, this.use(name, 4));
    } else if (plain) {
      if (width === 1) this.addPlain(full, plain.arity, plain.build);
      else this.addFromPlain(full, plain.arity, this.use(name, 1));
    } else {
      throw new Error(`${name} is neither an instruction nor in the library`);
    }
    return full;
  }

  private addVector(full: string, build: VectorFunction): void {
    const v = new VectorBuilder(this.module, 1, (name) => this.use(name, 4));
    const result = build(v, { index: 0, type: binaryen.v128 });
    this.module.addFunction(full, binaryen.v128, binaryen.v128, v.locals, v.body(result));
  }

  private addPlain(full: string, arity: number, build: PlainFunction): void {
    const d = new DoubleBuilder(this.module, arity, this.table);
    const result = build(d, { index: 0, type: binaryen.f32 }, { index: 1, type: binaryen.f32 });
    this.module.addFunction(full, repeated(binaryen.f32, arity), binaryen.f32, d.locals, d.body(result));
  }

  private addFromVector(full: string, vector: string): void {
    const { local, f32x4, call } = this.module;
    const x = f32x4.splat(local.get(0, binaryen.f32));
    const result = f32x4.extract_lane(call(vector, [x], binaryen.v128), 0);
    this.module.addFunction(full, binaryen.f32, binaryen.f32, [], result);
  }

  private addFromPlain(full: string, arity: number, plain: string): void {
    const { local, f32x4, call } = this.module;
    const parameters = Array.from({ length: arity }, (_, n) => n);
    const lane = (n: number): binaryen.ExpressionRef =>
      call(
        plain,
        parameters.map((parameter) => f32x4.extract_lane(local.get(parameter, binaryen.v128), n)),
        binaryen.f32,
      );
    const first = f32x4.splat(lane(0));
    const result = [1, 2, 3].reduce((vector, n) => f32x4.replace_lane(vector, n, lane(n)), first);
    this.module.addFunction(full, repeated(binaryen.v128, arity), binaryen.v128, [], result);
  }
}

const repeated = (type: binaryen.Type, count: number): binaryen.Type =>
  binaryen.createType(Array.from({ length: count }, () => type));
