// The function `instance` of a module: an engine, its weights, and `run` around it.
//
//   function instance(file?: ArrayBuffer | Uint8Array): Net {
//     const { arena, weights, compute } = scalarEngine();
//     readWeights(file, { name: 'net', layout: 0x1a2b3c4d }, weights);
//     const mask = arena.subarray(4096, 6144);
//     return {
//       run(inputs, outputs = { mask: new Float32Array(2048) }) {
//         checkTensors('input', inputs, info.inputs);
//         checkTensors('output', outputs, info.outputs);
//         arena.set(inputs.image, 0);
//         compute();
//         outputs.mask.set(mask);
//         return outputs;
//       },
//     };
//   }
import { type CodeBlockWriter, type FunctionDeclarationStructure, StructureKind } from 'ts-morph';
import { sizeOf } from '../../operators/operator.ts';
import type { PlannedTensor } from '../../plan.ts';
import { type CopyNest, copyNests, runLength } from './copy.ts';
import type { Dialect, ModuleRequest } from './engine.ts';
import { advanceText, modelTypes, Names } from './names.ts';
import { propertyKey, propertyOf, quoted } from './property.ts';
import { layoutHash } from './weights-file.ts';

/** Names in the function's scope. */
const local = ['file', 'arena', 'weights', 'setup', 'compute', 'inputs', 'outputs', 'from', 'to'];

export function instanceFunction(
  request: ModuleRequest,
  inline: boolean,
  dialect: Dialect,
): FunctionDeclarationStructure {
  const { plan } = request;
  const names = new Names([...local, ...shellCalls(request)]);
  const views = plan.outputs.map((tensor) => outputView(tensor, names));
  return {
    kind: StructureKind.Function,
    name: 'instance',
    parameters: [{ name: 'file', type: 'ArrayBuffer | Uint8Array', hasQuestionToken: inline }],
    returnType: modelTypes(plan).model,
    statements: (writer) => {
      const setup = plan.setup.length > 0;
      writer.writeLine(`const { arena, weights,${setup ? ' setup,' : ''} compute } = ${engineCall(request)};`);
      writeWeights(writer, request, inline);
      if (setup) writer.writeLine('setup();');
      for (const { declaration } of views) if (declaration !== undefined) writer.writeLine(declaration);
      writer.write('return ').inlineBlock(() => {
        writer.write(`run(inputs, outputs = ${emptyOutputs(plan.outputs)}) `).inlineBlock(() => {
          writer.writeLine("checkTensors('input', inputs, info.inputs);");
          writer.writeLine("checkTensors('output', outputs, info.outputs);");
          for (const tensor of plan.inputs) writeCopyIn(writer, tensor, dialect);
          writer.writeLine('compute();');
          for (const { write } of views) write(writer, dialect);
          writer.writeLine('return outputs;');
        });
        writer.write(',');
      });
      writer.write(';');
    },
  };
}

const shellCalls = ({ engine, fallback }: ModuleRequest): readonly string[] =>
  [engine, fallback].flatMap((source) => [source?.factory ?? '', source?.supported ?? '']);

function engineCall({ engine, fallback }: ModuleRequest): string {
  if (!fallback || engine.supported === undefined) return `${engine.factory}()`;
  return `${engine.supported}() ? ${engine.factory}() : ${fallback.factory}()`;
}

function writeWeights(writer: CodeBlockWriter, { plan }: ModuleRequest, inline: boolean): void {
  const layout = `0x${layoutHash(plan).toString(16).padStart(8, '0')}`;
  const read = `readWeights(file, { name: ${quoted(plan.name)}, layout: ${layout} }, weights);`;
  if (!inline) {
    writer.writeLine(read);
    return;
  }
  const bytes = 'new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength)';
  writer.writeLine(`if (file === undefined) decodeBase64(inlined, ${bytes});`).writeLine(`else ${read}`);
}

function emptyOutputs(outputs: readonly PlannedTensor[]): string {
  const entries = outputs.map(({ name, shape }) => `${propertyKey(name)}: new Float32Array(${sizeOf(shape)})`);
  return `{ ${entries.join(', ')} }`;
}

function writeCopyIn(writer: CodeBlockWriter, { name, shape, window }: PlannedTensor, dialect: Dialect): void {
  const value = propertyOf('inputs', name);
  for (const nest of copyNests(shape, window)) {
    if (runLength(nest) === sizeOf(shape)) writer.writeLine(`arena.set(${value}, ${nest.window});`);
    else writeCopyLoops(writer, nest, (from, to) => `arena[${from}] = ${value}[${to}]${dialect === 'ts' ? '!' : ''};`);
  }
}

interface OutputView {
  readonly declaration?: string;
  readonly write: (writer: CodeBlockWriter, dialect: Dialect) => void;
}

/** A dense output has a view of the arena that is made once: making one for each run would allocate. */
function outputView({ name, shape, window }: PlannedTensor, names: Names): OutputView {
  const target = propertyOf('outputs', name);
  const nests = copyNests(shape, window);
  const [first] = nests;
  const size = sizeOf(shape);
  if (first && runLength(first) === size) {
    const view = names.unique(name);
    return {
      declaration: `const ${view} = arena.subarray(${first.window}, ${first.window + size});`,
      write: (writer) => writer.writeLine(`${target}.set(${view});`),
    };
  }
  return {
    write: (writer, dialect) => {
      for (const nest of nests) {
        writeCopyLoops(writer, nest, (from, to) => `${target}[${to}] = arena[${from}]${dialect === 'ts' ? '!' : ''};`);
      }
    },
  };
}

/** Offsets `from` in the arena and `to` in the tensor run along; the innermost loop only adds. */
function writeCopyLoops(
  writer: CodeBlockWriter,
  nest: CopyNest,
  copy: (window: string, tensor: string) => string,
): void {
  const level = (depth: number, window: string, tensor: string): void => {
    const loop = nest.loops[depth];
    if (!loop) {
      writer.writeLine(copy(window, tensor));
      return;
    }
    const [n, w, t] = [`n${depth}`, `w${depth}`, `t${depth}`];
    const start = `${n} = 0, ${w} = ${window}, ${t} = ${tensor}`;
    const advance = [`${n}++`, advanceText(w, loop.window), advanceText(t, loop.tensor)].join(', ');
    writer.write(`for (let ${start}; ${n} < ${loop.extent}; ${advance})`).block(() => level(depth + 1, w, t));
  };
  level(0, String(nest.window), String(nest.tensor));
}
