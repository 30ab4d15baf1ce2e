// One list of structures, three texts: TypeScript as it is, JavaScript without the types, declarations without the bodies.
import {
  type FunctionDeclarationStructure,
  type ParameterDeclarationStructure,
  StructureKind,
  type VariableStatementStructure,
} from 'ts-morph';
import type { ModuleStatement } from './engine.ts';

/** The statement in JavaScript, or nothing where it is only a type. */
export function untyped(statement: ModuleStatement): readonly ModuleStatement[] {
  if (typeof statement === 'string' || typeof statement === 'function') return [statement];
  switch (statement.kind) {
    case StructureKind.Interface:
    case StructureKind.TypeAlias:
      return [];
    case StructureKind.Function:
      return [untypedFunction(statement)];
    case StructureKind.VariableStatement:
      return [{ ...statement, declarations: statement.declarations.map(({ type: _, ...declaration }) => declaration) }];
    default:
      throw new Error(`a module has no statement of kind ${StructureKind[statement.kind]}`);
  }
}

function untypedFunction({ returnType: _, ...rest }: FunctionDeclarationStructure): FunctionDeclarationStructure {
  const parameters = (rest.parameters ?? []).map(({ type: _, hasQuestionToken: __, ...parameter }) => parameter);
  return { ...rest, parameters };
}

/** The statement in a .d.ts, or nothing where it is not exported. Text stays as it is. */
export function declared(statement: ModuleStatement): readonly ModuleStatement[] {
  if (typeof statement === 'string' || typeof statement === 'function') return [statement];
  switch (statement.kind) {
    case StructureKind.Interface:
    case StructureKind.TypeAlias:
      return statement.isExported ? [statement] : [];
    case StructureKind.Function:
      return statement.isExported ? [declaredFunction(statement)] : [];
    case StructureKind.VariableStatement:
      return statement.isExported ? [declaredVariables(statement)] : [];
    default:
      throw new Error(`a module has no statement of kind ${StructureKind[statement.kind]}`);
  }
}

function declaredFunction(statement: FunctionDeclarationStructure): FunctionDeclarationStructure {
  const { statements: _, isAsync: __, ...rest } = statement;
  return { ...rest, hasDeclareKeyword: true, parameters: (rest.parameters ?? []).map(declaredParameter) };
}

function declaredParameter({
  initializer,
  ...parameter
}: Omit<ParameterDeclarationStructure, 'kind'>): Omit<ParameterDeclarationStructure, 'kind'> {
  return initializer === undefined ? parameter : { ...parameter, hasQuestionToken: true };
}

function declaredVariables(statement: VariableStatementStructure): VariableStatementStructure {
  const declarations = statement.declarations.map(({ initializer: _, ...declaration }) => declaration);
  return { ...statement, hasDeclareKeyword: true, declarations };
}
