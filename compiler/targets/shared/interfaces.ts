// The types that a module exports: the model, its inputs and outputs.
import { type InterfaceDeclarationStructure, StructureKind } from 'ts-morph';
import { inComment } from '../../../dsl/quote.ts';
import type { Plan, PlannedTensor } from '../../plan/plan.ts';
import { sizeOf } from '../../tensor.ts';
import { modelTypes } from './names.ts';
import { propertyKey } from './property.ts';

export function modelInterfaces(plan: Plan): readonly InterfaceDeclarationStructure[] {
  const { model, inputs, outputs } = modelTypes(plan);
  return [
    tensors(inputs, 'What a run reads: dense, row-major, channels last.', plan.inputs),
    tensors(outputs, 'What a run writes: dense, row-major, channels last.', plan.outputs),
    {
      kind: StructureKind.Interface,
      name: model,
      isExported: true,
      docs: [inComment(plan.documentation.trim() || `The model ${plan.name}.`)],
      methods: [
        {
          name: 'run',
          docs: [
            'Computes the outputs. With `outputs` given they are written there and nothing is allocated; without, the results\n' +
              "are new arrays, the caller's own. A wrong name, length or type is a TypeError.",
          ],
          parameters: [
            { name: 'inputs', type: inputs },
            { name: 'outputs', type: outputs, hasQuestionToken: true },
          ],
          returnType: outputs,
        },
      ],
    },
  ];
}

function tensors(name: string, about: string, list: readonly PlannedTensor[]): InterfaceDeclarationStructure {
  return {
    kind: StructureKind.Interface,
    name,
    isExported: true,
    docs: [about],
    properties: list.map((tensor) => ({
      name: propertyKey(tensor.name),
      type: 'Float32Array',
      isReadonly: true,
      docs: [`Shape [${tensor.shape.join(', ')}], ${sizeOf(tensor.shape)} numbers.`],
    })),
  };
}
