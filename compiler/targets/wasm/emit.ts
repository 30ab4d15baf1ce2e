// Writes the module of the vector target; with a fallback, the plain loop nests of the same plan come along.

import { writeModule } from '../shared/shell.ts';
import type { Emit } from '../target.ts';
import { scalarEngine } from '../typescript/engine.ts';
import { assemble } from './assemble.ts';
import { vectorEngine } from './engine.ts';

export const emitWasm: Emit = (plan, weights, options) => {
  const assembled = assemble(plan);
  if (!options.fallback) return writeModule({ plan, weights, options, engine: vectorEngine(plan, assembled) });
  const fallback = scalarEngine(plan);
  return writeModule({ plan, weights, options, engine: vectorEngine(plan, assembled, fallback.names), fallback });
};
