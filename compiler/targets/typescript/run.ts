// The plain target, here and now.

import { createInstance } from '../shared/instance.ts';
import type { Backend } from '../target.ts';
import { liveEngine } from './live.ts';
import { javascript } from './machine.ts';

export const typescript: Backend = {
  name: 'ts',
  machine: javascript,
  emit: async (...request) => (await import('./emit.ts')).emitTypescript(...request),
  instantiate: (plan, weights, content) => createInstance(plan, liveEngine(plan), weights, content),
};
