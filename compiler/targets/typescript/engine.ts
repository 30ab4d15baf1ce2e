// The engine of the plain target: one function for each loop nest, two Float32Arrays, and the calls in order.
import {
  type CodeBlockWriter,
  type FunctionDeclarationStructure,
  StructureKind,
  VariableDeclarationKind,
  type VariableStatementStructure,
} from 'ts-morph';
import { inComment, inLineComment } from '../../../dsl/quote.ts';
import type { Plan } from '../../plan/plan.ts';
import { bytesOf } from '../../tensor.ts';
import { widestVector } from '../../tiler/loop.ts';
import type { Dialect, EngineSource } from '../shared/engine.ts';
import { moduleNames, Names } from '../shared/names.ts';
import { headerBytes } from '../shared/weights-file.ts';
import { type PrintedFunction, type PrintedProgram, printProgram } from './program.ts';

export function scalarEngine(plan: Plan): EngineSource {
  const taken = moduleNames(plan);
  const factory = new Names(taken).unique('scalarEngine');
  const print = (dialect: Dialect): PrintedProgram => printProgram(plan, dialect, [...taken, factory]);
  const { helpers, functions, tables } = print('js');
  return {
    target: 'ts',
    factory,
    names: [factory, ...functions.map(({ name }) => name), ...tables.map(({ name }) => name)],
    runtime: [...helpers, 'plainStripes'],
    statements: (dialect) => {
      const program = print(dialect);
      return [
        factoryFunction(plan, program, factory),
        ...program.tables.map(tableConstant),
        ...program.functions.map(kernelFunction),
      ];
    },
  };
}

function factoryFunction(plan: Plan, program: PrintedProgram, name: string): FunctionDeclarationStructure {
  const slack = program.functions.some(({ vectors }) => vectors) ? widestVector - 1 : 0;
  return {
    kind: StructureKind.Function,
    name,
    docs: [
      'The memory of one instance, and its run: the layers in order, with the places of what they read and write.',
    ],
    returnType: 'Engine',
    statements: (writer) => {
      writer.writeLine(`const arena = new Float32Array(${plan.arena + slack});`);
      const { storedBytes, bytes } = plan.weights;
      const memory = `new ArrayBuffer(${headerBytes + bytes + slack * bytesOf('f32')})`;
      writer.writeLine(`const weights = new Float32Array(${memory}, ${headerBytes});`);
      for (const { name, text } of program.narrow) writer.writeLine(`const ${name} = ${text};`);
      writer.write('return ').inlineBlock(() => {
        writer.writeLine('arena,').writeLine(`file: new Uint8Array(weights.buffer, 0, ${headerBytes + storedBytes}),`);
        writer.writeLine(`stripes: plainStripes(new Uint32Array(weights.buffer, ${headerBytes})),`);
        if (program.setup.length > 0) writeCalls(writer, 'setup', program.setup);
        writeCalls(writer, 'compute', program.calls);
      });
      writer.write(';');
    },
  };
}

function writeCalls(writer: CodeBlockWriter, name: string, calls: PrintedProgram['calls']): void {
  writer.write(`${name}() `).inlineBlock(() => {
    for (const { text, comment } of calls) writeCall(writer, text, comment);
  });
  writer.write(',').newLine();
}

function writeCall(writer: CodeBlockWriter, text: string, comment: string): void {
  writer.writeLine(comment === '' ? text : `${text} // ${inLineComment(comment)}`);
}

function tableConstant({ name, values }: { name: string; values: string }): VariableStatementStructure {
  return {
    kind: StructureKind.VariableStatement,
    declarationKind: VariableDeclarationKind.Const,
    declarations: [{ name, type: 'readonly number[]', initializer: `[${values}]` }],
  };
}

function kernelFunction({
  name,
  about,
  arrays,
  operands,
  tables,
  body,
}: PrintedFunction): FunctionDeclarationStructure {
  return {
    kind: StructureKind.Function,
    name,
    docs: [inComment(about.join('\n'))],
    parameters: [
      ...arrays.map((array) => ({ name: array.name, type: array.type })),
      ...operands.map((operand) => ({ name: operand.name, type: 'number' })),
      ...tables.map((table) => ({ name: table.name, type: 'readonly number[]' })),
    ],
    returnType: 'void',
    statements: [body],
  };
}
