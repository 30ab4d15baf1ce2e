// `selfTest()`: one run on inputs that the module carries, compared with the outputs they must give.
import { type FunctionDeclarationStructure, StructureKind } from 'ts-morph';
import { quoted } from '../../../dsl/quote.ts';
import type { ModuleRequest } from './engine.ts';
import { modelTypes } from './names.ts';
import { propertyKey } from './property.ts';
import type { RuntimeName } from './runtime-text.ts';
import { bytesOf, encodeBase64 } from './weights-file.ts';

export const selfTestRuntime: readonly RuntimeName[] = ['checkModel', 'compareOutputs', 'decodeNumbers'];

export function selfTestFunction(
  { plan, options }: ModuleRequest,
  inline: boolean,
): readonly FunctionDeclarationStructure[] {
  const { selfTest } = options;
  if (!selfTest) return [];
  const model = { name: 'model', type: modelTypes(plan).model, ...(inline ? { initializer: 'create()' } : {}) };
  return [
    {
      kind: StructureKind.Function,
      name: 'selfTest',
      isExported: true,
      docs: ['Runs the model on inputs that this module carries and compares with the outputs they must give.'],
      parameters: [model],
      returnType: 'SelfTestResult',
      statements: (writer) => {
        writer.writeLine(`checkModel(model, ${quoted(plan.name)});`);
        // Spread, since an interface has no index signature that its values could be looked up by.
        writer.writeLine(`const outputs = { ...model.run(${tensorsText(selfTest.inputs)}) };`);
        writer.writeLine(`const expected = ${tensorsText(selfTest.outputs)};`);
        writer.writeLine(`return compareOutputs(outputs, expected, ${selfTest.tolerance});`);
      },
    },
  ];
}

function tensorsText(tensors: Readonly<Record<string, Float32Array>>): string {
  const entries = Object.entries(tensors).map(([name, numbers]) => {
    return `${propertyKey(name)}: decodeNumbers('${encodeBase64(bytesOf(numbers))}', ${numbers.length})`;
  });
  return `{ ${entries.join(', ')} }`;
}
