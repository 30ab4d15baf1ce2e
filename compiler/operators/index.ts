// The folder listing as code: every operator, by name. A test keeps it in step with the folder.
import { conv } from './conv.ts';
import type { AnyOperator } from './operator.ts';
import { relu } from './relu.ts';

export const operators: ReadonlyMap<string, AnyOperator> = new Map<string, AnyOperator>(
  [conv, relu].map((operator) => [operator.name, operator as AnyOperator]),
);
