// What a module exports beside its types: `info`, `create`, `load`, and `selfTest` where it carries one.
import { type FunctionDeclarationStructure, StructureKind } from 'ts-morph';
import { quoted } from '../../../dsl/quote.ts';
import type { ModuleRequest } from './engine.ts';
import { literalText, literalType, moduleInfo } from './info.ts';
import { modelTypes } from './names.ts';

/** In TypeScript the type is inferred from the constant; a declaration file writes it out. */
export function infoConstant({ plan, engine }: ModuleRequest, dialect: 'ts' | 'js' | 'd.ts'): string {
  const info = moduleInfo(plan, engine.target);
  const constant = {
    ts: `const info = ${literalText(info)} as const`,
    js: `const info = ${literalText(info)}`,
    'd.ts': `declare const info: ${literalType(info)}`,
  };
  return `\n/** What this module computes, and what it was built from. */\nexport ${constant[dialect]};`;
}

export function createFunction(request: ModuleRequest, inline: boolean): FunctionDeclarationStructure {
  const taken = 'takeWeights(weights, engine)';
  const origin = inline
    ? 'Without `weights`, with the ones that this module carries.'
    : '`weights` is the content of the weights file.';
  return {
    kind: StructureKind.Function,
    name: 'create',
    isExported: true,
    docs: [
      'Makes a model with memory of its own, at once: also in a worker, a worklet, a service worker.\n' +
        `${origin} Throws where they are not exactly those of this model.`,
    ],
    parameters: [{ name: 'weights', type: 'ArrayBuffer | Uint8Array', hasQuestionToken: inline }],
    returnType: modelTypes(request.plan).model,
    statements: [
      `const engine = ${engineCall(request)};`,
      `return instance(engine, ${inline ? `weights === undefined ? undefined : ${taken}` : taken});`,
    ],
  };
}

export function loadFunction(
  request: ModuleRequest,
  inline: boolean,
  weightsPath: string,
  dialect: 'ts' | 'js' | 'd.ts',
): FunctionDeclarationStructure {
  const { plan } = request;
  const { model } = modelTypes(plan);
  return {
    kind: StructureKind.Function,
    name: 'load',
    isExported: true,
    isAsync: true,
    docs: [
      inline
        ? 'As `create`, and takes weights from elsewhere too: a URL, a path, bytes.'
        : `Fetches the weights, from \`${weightsPath}\` beside this module unless told otherwise, and makes a model.\n` +
          'Works in Node and in a page.',
    ],
    parameters: [{ name: 'options', type: 'LoadOptions', initializer: '{}' }],
    returnType: `Promise<${model}>`,
    statements: (writer) => {
      writer.writeLine('checkLoadOptions(options);');
      writer.writeLine('options.signal?.throwIfAborted();');
      if (inline) {
        const prepared = preparation(request);
        if (prepared !== undefined) writer.writeLine(`await ${prepared};`);
        writer.writeLine('if (options.weights === undefined) return create();');
        writer.writeLine('const source = await openWeights(options.weights, options);');
      } else {
        // The type of `import.meta` has a `url` only with the types of a browser or of Node.
        const meta = dialect === 'ts' ? '(import.meta as unknown as { readonly url: string })' : 'import.meta';
        const beside = `new URL(${quoted(`./${weightsPath}`)}, ${meta}.url)`;
        writer.writeLine(`const weights = options.weights ?? ${beside};`);
        const opened = 'openWeights(weights, options)';
        const prepared = preparation(request);
        if (prepared === undefined) writer.writeLine(`const source = await ${opened};`);
        else writer.writeLine(`const [source] = await Promise.all([${opened}, ${prepared}]);`);
      }
      writer.writeLine(`const engine = ${engineCall(request)};`);
      writer.writeLine('return instance(engine, await receiveWeights(source, engine, options));');
    },
  };
}

function engineCall({ engine, fallback }: ModuleRequest): string {
  if (!fallback || engine.supported === undefined) return `${engine.factory}()`;
  return `${engine.supported}() ? ${engine.factory}() : ${fallback.factory}()`;
}

/** What compiles the loop nests ahead, while the weights are on their way; with a fallback, only where they will run. */
function preparation({ engine, fallback }: ModuleRequest): string | undefined {
  const { prepare, supported } = engine;
  if (prepare === undefined) return undefined;
  return fallback && supported !== undefined ? `${supported}() ? ${prepare}() : undefined` : `${prepare}()`;
}
