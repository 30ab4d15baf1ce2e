// Writes the module of the vector target.
import type { Backend } from '../backend.ts';
import { writeModule } from '../module/shell.ts';
import { assemble } from './assemble.ts';
import { vectorEngine } from './engine.ts';

export const emitWasm: Backend['emit'] = (plan, weights, options) =>
  writeModule({ plan, weights, options, engine: vectorEngine(plan, assemble(plan)) });
