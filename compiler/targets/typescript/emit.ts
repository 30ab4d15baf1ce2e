// Writes the module of the plain target. Loads ts-morph, which running here and now does not need.

import { writeModule } from '../shared/shell.ts';
import type { Emit } from '../target.ts';
import { scalarEngine } from './engine.ts';

export const emitTypescript: Emit = (plan, weights, options) =>
  writeModule({ plan, weights, options, engine: scalarEngine(plan) });
