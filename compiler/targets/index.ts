// The table of backends, one entry each. Nothing is loaded before it is asked for, and what writes modules (ts-morph, a
// TypeScript compiler) not before modules are to be written.
import type { Machine } from '../scheduling/machine.ts';
import type { Backend } from './target.ts';

interface Entry {
  readonly machine: () => Promise<Machine>;
  readonly run: () => Promise<Omit<Backend, 'emit'>>;
  readonly emit: () => Promise<Backend['emit']>;
}

const table = {
  ts: {
    machine: async () => (await import('./typescript/machine.ts')).javascript,
    run: async () => (await import('./typescript/run.ts')).typescript,
    emit: async () => (await import('./typescript/emit.ts')).emitTypescript,
  },
  wasm: {
    machine: async () => (await import('./wasm/machine.ts')).wasm,
    run: async () => (await import('./wasm/run.ts')).wasm,
    emit: async () => (await import('./wasm/emit.ts')).emitWasm,
  },
} satisfies Record<string, Entry>;

export type BackendName = keyof typeof table;
export const backendNames = Object.keys(table) as readonly BackendName[];

/** What a backend compiles for, without the backend: enough to plan with. */
export const loadMachine = (name: BackendName): Promise<Machine> => table[name].machine();

/** @param purpose `run` is quicker to load; such a backend must not be asked to emit */
export async function loadBackend(name: BackendName, purpose: 'run' | 'write'): Promise<Backend> {
  const entry: Entry = table[name];
  if (purpose === 'write') {
    const [backend, emit] = await Promise.all([entry.run(), entry.emit()]);
    return { ...backend, emit };
  }
  return {
    ...(await entry.run()),
    emit: () => {
      throw new Error(`the backend ${name} was loaded to run only`);
    },
  };
}
