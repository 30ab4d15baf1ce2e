// Random functions, written by us and by binaryen: the same bytes. Every instruction of the encoding is drawn, over locals of
// all types, inside loops, blocks and conditions.
import binaryen from 'binaryen';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { block, br_if, call, local, loop, select, when } from '../../compiler/targets/wasm/encoding/control.ts';
import { type Expression, type Instruction, Label, ofType } from '../../compiler/targets/wasm/encoding/expression.ts';
import type { Address } from '../../compiler/targets/wasm/encoding/instruction.ts';
import { type Local, Locals } from '../../compiler/targets/wasm/encoding/locals.ts';
import { Module } from '../../compiler/targets/wasm/encoding/module.ts';
import * as numbers from '../../compiler/targets/wasm/encoding/numbers.ts';
import type { ValueType } from '../../compiler/targets/wasm/encoding/types.ts';
import * as vectors from '../../compiler/targets/wasm/encoding/vectors.ts';

const { f32, f64, i32, i64 } = numbers;
const { f32x4, f64x2, i32x4, i8x16, v128 } = vectors;

type Reference = binaryen.ExpressionRef;
const types = ['i32', 'i64', 'f32', 'f64', 'v128'] as const;
const code = (type: ValueType): binaryen.Type => binaryen[type];

/** Two parameters, then variables of all types, in an order that is not the one of their runs. */
const parameters = ['i32', 'v128'] as const;
const variables = ['f64', 'i32', 'v128', 'f32', 'i64', 'i32', 'v128', 'f64'] as const;
const localTypes = [...parameters, ...variables];

/** What a tree is built in: ours and theirs. */
interface Places {
  readonly locals: readonly Local[];
  readonly labels: readonly Label[];
  readonly module: binaryen.Module;
}

interface Twin {
  readonly ours: (places: Places) => Expression;
  readonly theirs: (places: Places) => Reference;
}

interface StatementTwin {
  readonly ours: (places: Places) => Instruction;
  readonly theirs: (places: Places) => Reference;
}

/** Where binaryen's names differ from those of WebAssembly's text. */
const otherNames: Record<string, string> = {
  'i32.wrap_i64': 'i32.wrap',
  'i32.reinterpret_f32': 'i32.reinterpret',
  'i32.trunc_sat_f32_s': 'i32.trunc_s_sat.f32',
  'i32.trunc_sat_f64_s': 'i32.trunc_s_sat.f64',
  'i64.extend_i32_u': 'i64.extend_u',
  'i64.reinterpret_f64': 'i64.reinterpret',
  'i64.trunc_sat_f64_s': 'i64.trunc_s_sat.f64',
  'f32.convert_i32_s': 'f32.convert_s.i32',
  'f32.convert_i32_u': 'f32.convert_u.i32',
  'f32.demote_f64': 'f32.demote',
  'f64.convert_i64_s': 'f64.convert_s.i64',
  'f64.promote_f32': 'f64.promote',
  'f64.reinterpret_i64': 'f64.reinterpret',
};

type Build = (...operands: unknown[]) => Reference;

function theirBuild(module: binaryen.Module, name: string): Build {
  const path = (otherNames[name] ?? name).split('.');
  return path.reduce<unknown>((from, part) => (from as Record<string, unknown>)[part], module) as Build;
}

interface Operation {
  readonly name: string;
  readonly result: ValueType;
  readonly operands: readonly ValueType[];
  readonly build: (...operands: Expression[]) => Expression;
}

const operations: Operation[] = Object.entries({ ...numbers, ...vectors }).flatMap(([space, instructions]) =>
  Object.entries(instructions).flatMap(([name, build]: [string, unknown]) =>
    (build as Partial<Operation>).operands
      ? [{ ...(build as Operation), name: `${space}.${name}`, build: build as Operation['build'] }]
      : [],
  ),
);

const float = fc.oneof(fc.float(), fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, 2 ** -149));
const word = fc.oneof(fc.integer(), fc.constantFrom(63, 64, -64, -65, 2 ** 31 - 1, -(2 ** 31)));
const long = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constantFrom(63n, 64n, -64n, -65n));
const lane = fc.integer({ min: 0, max: 3 });
const offset = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(127, 128, 2 ** 31, 2 ** 32 - 1));

const fourTimes = (bytes: ArrayBuffer): number[] => Array.from({ length: 4 }, () => [...new Uint8Array(bytes)]).flat();

const constants: Record<ValueType, fc.Arbitrary<Twin>> = {
  i32: word.map((value) => ({ ours: () => i32.const(value), theirs: ({ module }) => module.i32.const(value) })),
  i64: long.map((value) => ({ ours: () => i64.const(value), theirs: ({ module }) => module.i64.const(value) })),
  f32: float.map((value) => ({ ours: () => f32.const(value), theirs: ({ module }) => module.f32.const(value) })),
  f64: fc.double().map((value) => ({ ours: () => f64.const(value), theirs: ({ module }) => module.f64.const(value) })),
  v128: fc.oneof(
    float.map((value) => ({
      ours: () => f32x4.const(value),
      theirs: ({ module }: Places) => module.v128.const(fourTimes(Float32Array.of(value).buffer)),
    })),
    word.map((value) => ({
      ours: () => i32x4.const(value),
      theirs: ({ module }: Places) => module.v128.const(fourTimes(Int32Array.of(value).buffer)),
    })),
  ),
};

const localsOf = (type: ValueType): number[] => localTypes.flatMap((other, n) => (other === type ? [n] : []));

const reads = (type: ValueType): fc.Arbitrary<Twin> =>
  fc.constantFrom(...localsOf(type)).map((n) => ({
    ours: ({ locals }) => local.get(locals[n]!),
    theirs: ({ module }) => module.local.get(n, code(type)),
  }));

/** An instruction that has more than operands, drawn with them. */
const loads: {
  readonly type: ValueType;
  readonly name: string;
  readonly build: (address: Address) => Expression;
  readonly bytes?: number;
}[] = [
  { type: 'i32', name: 'i32.load8_s', build: i32.load8_s, bytes: 1 },
  { type: 'i32', name: 'i32.load8_u', build: i32.load8_u, bytes: 1 },
  { type: 'i32', name: 'i32.load16_s', build: i32.load16_s, bytes: 2 },
  { type: 'i32', name: 'i32.load16_u', build: i32.load16_u, bytes: 2 },
  { type: 'v128', name: 'v128.load16x4_s', build: v128.load16x4_s, bytes: 2 },
  { type: 'v128', name: 'v128.load16x4_u', build: v128.load16x4_u, bytes: 2 },
  { type: 'v128', name: 'v128.load32_zero', build: v128.load32_zero, bytes: 1 },
  { type: 'i32', name: 'i32.load', build: i32.load },
  { type: 'i64', name: 'i64.load32_u', build: i64.load32_u },
  { type: 'f32', name: 'f32.load', build: f32.load },
  { type: 'v128', name: 'v128.load', build: v128.load },
  { type: 'v128', name: 'v128.load32_splat', build: v128.load32_splat },
];

type Trees = Record<ValueType, Twin>;

const as = <T extends ValueType>(type: T, twin: Twin, places: Places): Expression<T> => ofType(type, twin.ours(places));

function compounds(type: ValueType, tie: (type: ValueType) => fc.Arbitrary<Twin>): fc.Arbitrary<Twin>[] {
  const plain = operations
    .filter(({ result }) => result === type)
    .map(({ name, operands, build }) =>
      fc.tuple(...operands.map(tie)).map(
        (parts): Twin => ({
          ours: (places) => build(...parts.map((part) => part.ours(places))),
          theirs: (places) => theirBuild(places.module, name)(...parts.map((part) => part.theirs(places))),
        }),
      ),
    );
  const loading = loads
    .filter((load) => load.type === type)
    .map(({ name, build, bytes = 4 }) =>
      fc.tuple(tie('i32'), offset).map(
        ([pointer, at]): Twin => ({
          ours: (places) => build({ pointer: as('i32', pointer, places), offset: at }),
          theirs: (places) => theirBuild(places.module, name)(at, bytes, pointer.theirs(places), 'memory'),
        }),
      ),
    );
  const teeing = fc.tuple(fc.constantFrom(...localsOf(type)), tie(type)).map(
    ([n, value]): Twin => ({
      ours: (places) => local.tee(places.locals[n]!, value.ours(places)),
      theirs: (places) => places.module.local.tee(n, value.theirs(places), code(type)),
    }),
  );
  const selecting = fc.tuple(tie('i32'), tie(type), tie(type)).map(
    ([condition, yes, no]): Twin => ({
      ours: (places) => select(as('i32', condition, places), yes.ours(places), no.ours(places)),
      theirs: (places) => places.module.select(condition.theirs(places), yes.theirs(places), no.theirs(places)),
    }),
  );
  return [...plain, ...loading, teeing, selecting, ...lanes(type, tie)];
}

function lanes(type: ValueType, tie: (type: ValueType) => fc.Arbitrary<Twin>): fc.Arbitrary<Twin>[] {
  const extracting = {
    f32: { name: 'f32x4', build: f32x4.extract_lane },
    f64: { name: 'f64x2', build: f64x2.extract_lane },
  };
  if (type === 'f32' || type === 'f64') {
    const { name, build } = extracting[type];
    return [
      fc.tuple(tie('v128'), lane).map(([vector, index]) => {
        const number = type === 'f64' ? index % 2 : index;
        return {
          ours: (places) => build(as('v128', vector, places), number),
          theirs: (places) => theirBuild(places.module, `${name}.extract_lane`)(vector.theirs(places), number),
        } satisfies Twin;
      }),
    ];
  }
  if (type !== 'v128') return [];
  return [
    fc.tuple(tie('v128'), lane, tie('f32')).map(([vector, index, value]) => ({
      ours: (places) => f32x4.replace_lane(as('v128', vector, places), index, as('f32', value, places)),
      theirs: (places) => places.module.f32x4.replace_lane(vector.theirs(places), index, value.theirs(places)),
    })),
    fc
      .tuple(tie('v128'), tie('v128'), fc.array(fc.integer({ min: 0, max: 31 }), { minLength: 16, maxLength: 16 }))
      .map(([a, b, bytes]) => ({
        ours: (places) => i8x16.shuffle(as('v128', a, places), as('v128', b, places), bytes),
        theirs: (places) => places.module.i8x16.shuffle(a.theirs(places), b.theirs(places), bytes),
      })),
  ];
}

const trees = fc.letrec<Trees>((tie) => {
  const of = (type: ValueType): fc.Arbitrary<Twin> =>
    fc.oneof({ maxDepth: 4, depthIdentifier: 'tree' }, constants[type], reads(type), ...compounds(type, tie));
  return { i32: of('i32'), i64: of('i64'), f32: of('f32'), f64: of('f64'), v128: of('v128') };
});

const stores = [
  { type: 'f32', name: 'f32.store', build: f32.store },
  { type: 'f64', name: 'f64.store', build: f64.store },
  { type: 'v128', name: 'v128.store', build: v128.store },
] as const;

const storing = fc.constantFrom(...stores).chain(({ type, name, build }) =>
  fc.tuple(trees.i32, offset, trees[type]).map(
    ([pointer, at, value]): StatementTwin => ({
      ours: (places) =>
        (build as (address: Address, value: Expression) => Instruction)(
          { pointer: as('i32', pointer, places), offset: at },
          value.ours(places),
        ),
      theirs: (places) =>
        theirBuild(places.module, name)(at, 4, pointer.theirs(places), value.theirs(places), 'memory'),
    }),
  ),
);

const setting = fc.constantFrom(...types).chain((type) =>
  fc.tuple(fc.constantFrom(...localsOf(type)), trees[type]).map(
    ([n, value]): StatementTwin => ({
      ours: (places) => local.set(places.locals[n]!, value.ours(places)),
      theirs: (places) => places.module.local.set(n, value.theirs(places)),
    }),
  ),
);

/** Binaryen's labels are names, unique in a module. */
const labelNames = new WeakMap<Label, string>();
let labelCount = 0;
function labelName(label: Label): string {
  const name = labelNames.get(label) ?? `label ${labelCount++}`;
  labelNames.set(label, name);
  return name;
}

/** To any of the labels around it, if there is one. */
const branching = fc.tuple(fc.nat(), trees.i32).map(
  ([choice, condition]): StatementTwin => ({
    ours: (places) => {
      const { labels } = places;
      const test = as('i32', condition, places);
      return labels.length === 0 ? when(test, []) : br_if(labels[choice % labels.length]!, test);
    },
    theirs: (places) => {
      const { labels, module } = places;
      const test = condition.theirs(places);
      if (labels.length === 0) return module.if(test, module.block(null, []));
      return module.br_if(labelName(labels[choice % labels.length]!), test);
    },
  }),
);

const calling = trees.f32.map(
  (value): StatementTwin => ({
    ours: (places) =>
      local.set(
        places.locals[3]!,
        call({ name: 'callee', number: 0, parameters: ['f32'], result: 'i32' }, [value.ours(places)]),
      ),
    theirs: (places) => {
      const { module } = places;
      return module.local.set(3, module.call('callee', [value.theirs(places)], binaryen.i32));
    },
  }),
);

const nestings = ['block', 'loop', 'when'] as const;

const { statement } = fc.letrec<{ statement: StatementTwin; nested: StatementTwin }>((tie) => ({
  statement: fc.oneof({ maxDepth: 3 }, storing, setting, branching, calling, tie('nested')),
  nested: fc
    .tuple(fc.constantFrom(...nestings), trees.i32, fc.array(tie('statement'), { minLength: 1, maxLength: 4 }))
    .map(([kind, condition, inner]) => ({
      ours: (places) => {
        const labels = kind === 'when' ? places.labels : [...places.labels, new Label()];
        const statements = inner.map((one) => one.ours({ ...places, labels }));
        if (kind === 'when') return when(as('i32', condition, places), statements);
        const label = labels.at(-1)!;
        return kind === 'loop' ? loop(label, statements) : block(label, [...statements, br_if(label, i32.const(0))]);
      },
      theirs: (places) => theirNesting(kind, condition, inner, places),
    })),
}));

function theirNesting(
  kind: (typeof nestings)[number],
  condition: Twin,
  inner: readonly StatementTwin[],
  places: Places,
): Reference {
  const { module } = places;
  const test = condition.theirs(places);
  const labels = kind === 'when' ? places.labels : [...places.labels, new Label()];
  const statements = inner.map((one) => one.theirs({ ...places, labels }));
  if (kind === 'when') return module.if(test, module.block(null, statements));
  const name = labelName(labels.at(-1)!);
  // Binaryen leaves out a block that nothing branches to.
  if (kind === 'block') return module.block(name, [...statements, module.br_if(name, module.i32.const(0))]);
  return module.loop(name, module.block(null, statements));
}

function ours(statements: readonly StatementTwin[], result: Twin, module: binaryen.Module): Uint8Array {
  const encoded = new Module();
  const calleeLocals = new Locals('f32');
  encoded.addFunction({ name: 'callee', locals: calleeLocals, body: [], result: i32.const(1) });
  const locals = new Locals(...parameters);
  const places = { locals: [...locals.parameters, ...variables.map((type) => locals.add(type))], labels: [], module };
  const caller = encoded.addFunction({
    name: 'größer ✓',
    locals,
    body: statements.map((one) => one.ours(places)),
    result: result.ours(places),
  });
  encoded.memory = { minimum: 1, maximum: 300, exported: 'memory' };
  encoded.data.push({ offset: 64, bytes: Uint8Array.of(1, 2, 3) });
  encoded.export('run', caller);
  return encoded.encode();
}

function theirs(statements: readonly StatementTwin[], result: Twin, module: binaryen.Module): Uint8Array {
  const places = { locals: [], labels: [], module };
  const data = [{ offset: module.i32.const(64), data: Uint8Array.of(1, 2, 3) }];
  module.setFeatures(binaryen.Features.SIMD128 | binaryen.Features.NontrappingFPToInt);
  module.setMemory(1, 300, 'memory', data, false, false, 'memory');
  module.addFunction('callee', binaryen.f32, binaryen.i32, [], module.i32.const(1));
  module.addFunction(
    'größer ✓',
    binaryen.createType(parameters.map(code)),
    binaryen.f64,
    variables.map(code),
    module.block(null, [...statements.map((one) => one.theirs(places)), result.theirs(places)], binaryen.f64),
  );
  module.addFunctionExport('größer ✓', 'run');
  expect(module.validate()).toBe(1);
  binaryen.setDebugInfo(true);
  return module.emitBinary();
}

describe('the encoding of WebAssembly', () => {
  it('knows the instructions that it draws', () => {
    expect(operations.length).toBeGreaterThan(80);
  });

  it('gives the bytes that binaryen gives', () => {
    const modules = fc.tuple(fc.array(statement, { maxLength: 5 }), trees.f64);
    fc.assert(
      fc.property(modules, ([statements, result]) => {
        const module = new binaryen.Module();
        try {
          const bytes = ours(statements, result, module);
          expect(Buffer.from(bytes).toString('hex')).toBe(
            Buffer.from(theirs(statements, result, module)).toString('hex'),
          );
          expect(WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)).toBe(true);
        } finally {
          module.dispose();
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(operations)('gives the bytes of $name', ({ name, operands, result, build }) => {
    const module = new binaryen.Module();
    const twin: Twin = {
      ours: ({ locals }) => build(...operands.map((type) => local.get(locals[localsOf(type)[0]!]!))),
      theirs: (places) =>
        theirBuild(
          places.module,
          name,
        )(...operands.map((type) => places.module.local.get(localsOf(type)[0]!, code(type)))),
    };
    const target = localsOf(result)[0]!;
    const set: StatementTwin = {
      ours: (places) => local.set(places.locals[target]!, twin.ours(places)),
      theirs: (places) => places.module.local.set(target, twin.theirs(places)),
    };
    const zero: Twin = { ours: () => f64.const(0), theirs: () => module.f64.const(0) };
    expect(ours([set], zero, module)).toEqual(theirs([set], zero, module));
    module.dispose();
  });
});
