// The plain target, here and now.

import { createInstance } from '../shared/instance.ts';
import type { Backend } from '../target.ts';
import { liveEngine } from './live.ts';
import { javascript } from './machine.ts';

export const typescript: Omit<Backend, 'emit'> = {
  name: 'ts',
  machine: javascript,
  instantiate: (plan, weights, content) => createInstance(plan, liveEngine(plan), weights, content),
};
