import type binaryen from 'binaryen';
import type { FunctionName } from '../../../algebra/functions.ts';
import type { Width } from '../../../kernel/loop.ts';
export function addMathFunction(_m: binaryen.Module, _i: Set<string>, name: FunctionName, _w: Width): string {
  throw new Error(name);
}
