// The module around an engine, written in one batch of structures: the documented surface first, then the instance, the
// engine, and what they use of the runtime. The same structures give TypeScript, JavaScript (types left out) and
// declarations (bodies left out).
import {
  IndentationText,
  type InterfaceDeclarationStructure,
  Project,
  QuoteKind,
  StructureKind,
  VariableDeclarationKind,
  type VariableStatementStructure,
} from 'ts-morph';
import { inLineComment } from '../../../dsl/quote.ts';
import { moduleOptions, settle } from '../../options.ts';
import type { Plan } from '../../plan/plan.ts';
import type { EmitOptions, GeneratedFile } from '../target.ts';
import { declared, untyped } from './dialects.ts';
import type { Dialect, ModuleRequest, ModuleStatement } from './engine.ts';
import { instanceFunction } from './instance-text.ts';
import { modelInterfaces } from './interfaces.ts';
import { fileName } from './names.ts';
import { runtimeTexts } from './runtime.ts';
import { type RuntimeName, runtimePieces } from './runtime-text.ts';
import { selfTestFunction, selfTestRuntime } from './self-test.ts';
import { createFunction, infoConstant, loadFunction } from './surface.ts';
import { compilerVersion } from './version.ts';
import { encodeBase64, weightsFile } from './weights-file.ts';

/** Weights of up to this many bytes are inlined with `inlineWeights: 'auto'`. */
const inlineLimit = 128 * 1024;

export function writeModule(request: ModuleRequest): readonly GeneratedFile[] {
  const { plan, weights, options } = request;
  const name = fileName(plan.name);
  const inline = weights.length === 0 || inlines(request);
  const module = { request, inline, weightsPath: `${name}.weights` };
  const code =
    settle(moduleOptions, options).emit === 'ts'
      ? [{ path: `${name}.ts`, content: print(statements(module, 'ts')) }]
      : [
          { path: `${name}.js`, content: print(statements(module, 'js').flatMap(untyped)) },
          { path: `${name}.d.ts`, content: print(declarations(module)) },
        ];
  return inline ? code : [...code, { path: module.weightsPath, content: weightsFile(plan, weights) }];
}

function inlines({ weights, options }: ModuleRequest): boolean {
  const { inlineWeights } = settle(moduleOptions, options);
  switch (inlineWeights) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'auto':
      return weights.length <= inlineLimit;
  }
}

interface Module {
  readonly request: ModuleRequest;
  readonly inline: boolean;
  readonly weightsPath: string;
}

function statements(module: Module, dialect: Dialect): readonly ModuleStatement[] {
  const { request, inline } = module;
  const engines = [request.engine, ...(request.fallback ? [request.fallback] : [])];
  return [
    header(request, dialect),
    ...surface(module, dialect),
    ...(dialect === 'ts' ? [engineInterface(request.plan)] : []),
    instanceFunction(request, inline, dialect),
    ...engines.flatMap((engine) => engine.statements(dialect, request.fallback !== undefined)),
    ...privateRuntime(module, dialect),
    ...(inline ? [inlinedWeights(request)] : []),
  ];
}

function declarations(module: Module): readonly ModuleStatement[] {
  return [header(module.request, 'd.ts'), ...surface(module, 'd.ts').flatMap(declared)];
}

/** What users see. */
function surface({ request, inline, weightsPath }: Module, dialect: 'ts' | 'js' | 'd.ts'): readonly ModuleStatement[] {
  return [
    ...modelInterfaces(request.plan),
    ...(dialect === 'js' ? [] : exportedTypes(request.options)),
    infoConstant(request, dialect),
    createFunction(request, inline),
    loadFunction(request, inline, weightsPath, dialect),
    ...selfTestFunction(request, inline),
  ];
}

/** What linters, formatters and runtimes with types of their own ask of generated code, then what it is. */
function header({ plan, engine, fallback }: ModuleRequest, dialect: 'ts' | 'js' | 'd.ts'): string {
  const target = fallback ? `${engine.target}, or ${fallback.target} where that does not run` : engine.target;
  const origin = `${plan.name}: written by atrous ${compilerVersion} for ${target}, from source ${plan.sourceHash}.`;
  const marks = ['// @generated', '/* eslint-disable */', ...['assist', 'format', 'lint'].map(ignored)];
  const types = dialect === 'js' ? [`// @ts-self-types="./${fileName(plan.name)}.d.ts"`] : [];
  return [...types, ...marks, inLineComment(`// ${origin}`)].join('\n');
}

const ignored = (tool: string): string => `// biome-ignore-all ${tool}: generated code`;

/** Interfaces of the runtime that users may name. */
const exportedTypes = ({ selfTest }: EmitOptions): readonly string[] =>
  exportedNames
    .filter((name) => name !== 'SelfTestResult' || selfTest !== undefined)
    .map((name) => `\n${runtimePieces[name].ts.replace(/^interface /m, 'export interface ')}`);

const exportedNames = ['LoadOptions', 'UrlLike', 'AbortSignalLike', 'SelfTestResult'] as const;

const privateRuntime = (module: Module, dialect: Dialect): readonly string[] =>
  runtimeTexts(usedRuntime(module), dialect, exportedNames).map((text) => `\n${text}`);

/** The types and functions of the runtime that this module names itself; what they use comes along. */
function usedRuntime({ request: { engine, fallback, options }, inline }: Module): readonly RuntimeName[] {
  return [
    'checkLoadOptions',
    'openWeights',
    'receiveWeights',
    'takeWeights',
    'checkWeights',
    'checkTensors',
    ...(inline ? (['decodeBase64'] as const) : []),
    ...(options.selfTest ? selfTestRuntime : []),
    ...engine.runtime,
    ...(fallback?.runtime ?? []),
  ];
}

const engineInterface = ({ setup }: Plan): InterfaceDeclarationStructure => ({
  kind: StructureKind.Interface,
  name: 'Engine',
  docs: ['The memory of one instance, and its run.'],
  properties: [
    { name: 'arena', type: 'Float32Array', isReadonly: true },
    { name: 'file', type: 'Uint8Array', isReadonly: true },
    { name: 'stripes', type: 'Stripes', isReadonly: true },
  ],
  methods: [...(setup.length > 0 ? ['setup'] : []), 'compute'].map((name) => ({ name, returnType: 'void' })),
});

const inlinedWeights = ({ weights }: ModuleRequest): VariableStatementStructure => ({
  kind: StructureKind.VariableStatement,
  declarationKind: VariableDeclarationKind.Const,
  docs: ['The weights as the kernels read them, little-endian, in base64.'],
  declarations: [{ name: 'inlined', initializer: `'${encodeBase64(weights)}'` }],
});

function print(content: readonly ModuleStatement[]): string {
  const project = new Project({
    useInMemoryFileSystem: true,
    manipulationSettings: { indentationText: IndentationText.TwoSpaces, quoteKind: QuoteKind.Single },
  });
  const text = project.createSourceFile('module.ts', { statements: [...content] }).getFullText();
  return `${text.replace(/\n{3,}/g, '\n\n').trimEnd()}\n`;
}
