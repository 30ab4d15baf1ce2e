// The engine of the vector target: the WebAssembly module in base64, compiled once for all instances, each instance with
// a memory of its own that holds the weights and the arena.
import {
  type FunctionDeclarationStructure,
  StructureKind,
  VariableDeclarationKind,
  type VariableStatementStructure,
} from 'ts-morph';
import type { Plan } from '../../plan/plan.ts';
import type { Dialect, EngineSource } from '../shared/engine.ts';
import { moduleNames, Names } from '../shared/names.ts';
import { encodeBase64, headerBytes } from '../shared/weights-file.ts';
import type { Assembled } from './assemble.ts';

interface EngineNames {
  readonly code: string;
  readonly compiled: string;
  readonly decode: string;
  readonly factory: string;
  readonly prepare: string;
  readonly supported: string;
}

/** @param reserved names that a fallback takes in the same module */
export function vectorEngine(plan: Plan, assembled: Assembled, reserved: readonly string[] = []): EngineSource {
  const unique = new Names([...moduleNames(plan), ...reserved]);
  const names: EngineNames = {
    code: unique.unique('vectorCode'),
    compiled: unique.unique('vectorModule'),
    decode: unique.unique('vectorBytes'),
    factory: unique.unique('vectorEngine'),
    prepare: unique.unique('prepareVectors'),
    supported: unique.unique('supportsVectors'),
  };
  return {
    target: 'wasm',
    factory: names.factory,
    names: Object.values(names),
    prepare: names.prepare,
    supported: names.supported,
    runtime: ['decodeBase64'],
    statements: (dialect, hasFallback) => [
      ...(dialect === 'ts' ? [platform] : []),
      compiledVariable(names),
      factoryFunction(plan, assembled, names, dialect),
      prepareFunction(names),
      ...(hasFallback ? [supportedFunction(names)] : []),
      decodeFunction(assembled, names),
      codeConstant(assembled, names),
    ],
  };
}

/** Declared in the module, since a project without the types of a browser or of Node has none. */
const platform = `
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
  readonly compile: (code: Uint8Array) => Promise<object>;
};`;

const compiledVariable = ({ compiled }: EngineNames): VariableStatementStructure => ({
  kind: StructureKind.VariableStatement,
  declarationKind: VariableDeclarationKind.Let,
  docs: ['The compiled kernels, shared by all instances.'],
  declarations: [{ name: compiled, type: 'object | undefined' }],
});

function factoryFunction(
  plan: Plan,
  { sums, weights, arena }: Assembled,
  { factory, compiled, decode }: EngineNames,
  dialect: Dialect,
): FunctionDeclarationStructure {
  return {
    kind: StructureKind.Function,
    name: factory,
    docs: ['One memory that holds the weights file and then the arena, and the function that runs all layers on it.'],
    returnType: 'Engine',
    statements: (writer) => {
      const setup = plan.setup.length > 0;
      const functions = ['add(from: number, to: number)', ...(setup ? ['setup()'] : []), 'run()'];
      const type = `{ memory: { readonly buffer: ArrayBuffer }; ${functions.map((name) => `${name}: void`).join('; ')} }`;
      const cast = dialect === 'ts' ? ` as unknown as ${type}` : '';
      writer.writeLine(`${compiled} ??= new WebAssembly.Module(${decode}());`);
      writer.writeLine(
        `const { memory, add,${setup ? ' setup,' : ''} run } = new WebAssembly.Instance(${compiled}).exports${cast};`,
      );
      writer.write('return ').inlineBlock(() => {
        writer.writeLine(`arena: new Float32Array(memory.buffer, ${arena}, ${plan.arena}),`);
        const length = headerBytes + plan.weights.storedBytes;
        writer.writeLine(`file: new Uint8Array(memory.buffer, ${weights - headerBytes}, ${length}),`);
        writer.writeLine(`stripes: { sums: new Int32Array(memory.buffer, ${sums}, 4), add },`);
        if (setup) writer.writeLine('setup,');
        writer.writeLine('compute: run,');
      });
      writer.write(';');
    },
  };
}

const prepareFunction = ({ prepare, compiled, decode }: EngineNames): FunctionDeclarationStructure => ({
  kind: StructureKind.Function,
  name: prepare,
  docs: ['Compiles without blocking, while the weights are on their way.'],
  isAsync: true,
  returnType: 'Promise<void>',
  statements: [`${compiled} ??= await WebAssembly.compile(${decode}());`],
});

const supportedFunction = ({ supported }: EngineNames): FunctionDeclarationStructure => ({
  kind: StructureKind.Function,
  name: supported,
  docs: ['Whether WebAssembly is allowed here and knows vectors of 128 bits.'],
  returnType: 'boolean',
  statements: (writer) => {
    writer.write('try').block(() => {
      writer.writeLine('// A function that makes a vector and drops it.');
      writer.writeLine(`new WebAssembly.Module(new Uint8Array([${probe.join(', ')}]));`);
      writer.writeLine('return true;');
    });
    writer.write('catch').block(() => writer.writeLine('return false;'));
  },
});

/** The sections of `(module (func v128.const… drop))`: type, function, code. */
const probe = [
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  ...[1, 4, 1, 96, 0, 0],
  ...[3, 2, 1, 0],
  ...[10, 9, 1, 7, 0, 65, 0, 253, 17, 26, 11],
];

const decodeFunction = ({ bytes }: Assembled, { decode, code }: EngineNames): FunctionDeclarationStructure => ({
  kind: StructureKind.Function,
  name: decode,
  returnType: 'Uint8Array',
  statements: [`const bytes = new Uint8Array(${bytes.length});`, `decodeBase64(${code}, bytes);`, 'return bytes;'],
});

const codeConstant = ({ bytes }: Assembled, { code }: EngineNames): VariableStatementStructure => ({
  kind: StructureKind.VariableStatement,
  declarationKind: VariableDeclarationKind.Const,
  docs: ['The kernels as a WebAssembly module, in base64. Its functions are named after the layers that they serve.'],
  declarations: [{ name: code, initializer: `'${encodeBase64(bytes)}'` }],
});
