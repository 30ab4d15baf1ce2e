// The function `instance` of a module: an engine with a weights file in its memory, and `run` around it.
//
//   function instance({ arena, file, compute }: Engine, arrival: Arrival): Net {
//     checkWeights(file, arrival, { name: 'net', layout: 0x1a2b3c4d });
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
import { quoted } from '../../../dsl/quote.ts';
import type { Plan, PlannedTensor } from '../../plan/plan.ts';
import { sizeOf } from '../../tensor.ts';
import { type CopyNest, copyNests, runLength, type Spread, spreadOf } from './copy.ts';
import type { Dialect, ModuleRequest } from './engine.ts';
import { advanceText, modelTypes, moduleNames, Names } from './names.ts';
import { propertyKey, propertyOf } from './property.ts';
import { headerBytes, layoutHash } from './weights-file.ts';

/** Names in the function's scope, beside those of the loops of a copy, which hide nothing that they need. */
const local = ['row', 'arena', 'file', 'arrival', 'setup', 'compute', 'inputs', 'outputs', 'from', 'to'];

export function instanceFunction(
  { plan, engine, fallback }: ModuleRequest,
  inline: boolean,
  dialect: Dialect,
): FunctionDeclarationStructure {
  const setup = plan.setup.length > 0;
  const names = new Names([...moduleNames(plan), ...engine.names, ...(fallback?.names ?? []), ...local]);
  const views = plan.outputs.map((tensor) => outputView(tensor, names));
  return {
    kind: StructureKind.Function,
    name: 'instance',
    parameters: [
      { name: `{ arena, file,${setup ? ' setup,' : ''} compute }`, type: 'Engine' },
      { name: 'arrival', type: 'Arrival', hasQuestionToken: inline },
    ],
    returnType: modelTypes(plan).model,
    statements: (writer) => {
      writeCheck(writer, plan, inline);
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

function writeCheck(writer: CodeBlockWriter, plan: Plan, inline: boolean): void {
  const layout = `0x${layoutHash(plan).toString(16).padStart(8, '0')}`;
  const check = `checkWeights(file, arrival, { name: ${quoted(plan.name)}, layout: ${layout} });`;
  if (!inline) {
    writer.writeLine(check);
    return;
  }
  writer.writeLine(`if (arrival === undefined) decodeBase64(inlined, file.subarray(${headerBytes}));`);
  writer.writeLine(`else ${check}`);
}

function emptyOutputs(outputs: readonly PlannedTensor[]): string {
  const entries = outputs.map(({ name, shape }) => `${propertyKey(name)}: new Float32Array(${sizeOf(shape)})`);
  return `{ ${entries.join(', ')} }`;
}

function writeCopyIn(writer: CodeBlockWriter, { name, shape, view }: PlannedTensor, dialect: Dialect): void {
  const value = propertyOf('inputs', name);
  const spread = spreadOf(shape, view);
  if (spread) {
    writeSpread(writer, value, spread);
    return;
  }
  for (const nest of copyNests(shape, view)) {
    if (runLength(nest) === sizeOf(shape)) writer.writeLine(`arena.set(${value}, ${nest.window});`);
    else writeCopyLoops(writer, nest, (from, to) => `arena[${from}] = ${value}[${to}]${dialect === 'ts' ? '!' : ''};`);
  }
}

/** Calls of the platform, which are fast in the first run too. */
function writeSpread(writer: CodeBlockWriter, value: string, { rows, length, window, stride, end }: Spread): void {
  const start = end - rows * length;
  const last = window + (rows - 1) * stride;
  writer.writeLine(`arena.set(${value}, ${start});`);
  const advance = ['row++', advanceText('to', stride), advanceText('from', length)].join(', ');
  writer.write(`for (let row = 1, to = ${window}, from = ${start}; row < ${rows}; ${advance})`).block(() => {
    writer.writeLine(`arena.copyWithin(to, from, from + ${length});`);
    writer.writeLine(`arena.fill(0, to + ${length}, to + ${stride});`);
  });
  if (last + length === end) return;
  writer.writeLine(`arena.copyWithin(${last}, ${end - length}, ${end});`);
  writer.writeLine(`arena.fill(0, ${last + length}, ${end});`);
}

interface OutputView {
  readonly declaration?: string;
  readonly write: (writer: CodeBlockWriter, dialect: Dialect) => void;
}

/** A dense output has a view of the arena that is made once: making one for each run would allocate. */
function outputView({ name, shape, view }: PlannedTensor, names: Names): OutputView {
  const target = propertyOf('outputs', name);
  const nests = copyNests(shape, view);
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
