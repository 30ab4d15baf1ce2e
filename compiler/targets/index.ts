// The table of backends, one entry each. Nothing is loaded before it is asked for.
import type { Machine } from '../scheduling/machine.ts';
import type { Backend } from './target.ts';

interface Entry {
  readonly machine: () => Promise<Machine>;
  readonly backend: () => Promise<Backend>;
}

const table = {
  ts: {
    machine: async () => (await import('./typescript/machine.ts')).javascript,
    backend: async () => (await import('./typescript/run.ts')).typescript,
  },
  wasm: {
    machine: async () => (await import('./wasm/machine.ts')).wasm,
    backend: async () => (await import('./wasm/run.ts')).wasm,
  },
} satisfies Record<string, Entry>;

export type BackendName = keyof typeof table;
export const backendNames = Object.keys(table) as readonly BackendName[];

/** What a backend compiles for, without the backend: enough to plan with. */
export const loadMachine = (name: BackendName): Promise<Machine> => table[name].machine();

export const loadBackend = (name: BackendName): Promise<Backend> => table[name].backend();
