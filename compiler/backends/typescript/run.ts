// The plain target, here and now.
import { javascript } from '../../machines/javascript.ts';
import type { Backend } from '../backend.ts';
import { createInstance } from '../module/instance.ts';
import { liveEngine } from './live.ts';

export const typescript: Omit<Backend, 'emit'> = {
  name: 'ts',
  machine: javascript,
  instantiate: (plan, weights, content) => createInstance(plan, liveEngine(plan), weights, content),
};
