// Our module as `atrous build` writes it, imported and run: in Node and in a page.
import type { Entrant } from './contestant.ts';

interface GeneratedModule {
  load(): Promise<{
    run(
      inputs: Readonly<Record<string, Float32Array>>,
      outputs?: Record<string, Float32Array>,
    ): Record<string, Float32Array>;
  }>;
}

/** @param address the module's URL; its weights lie beside it */
export async function ourEntrant(
  target: string,
  address: string,
  inputs: Readonly<Record<string, Float32Array>>,
): Promise<Entrant> {
  const { load } = (await import(address)) as GeneratedModule;
  const model = await load();
  const outputs = model.run(inputs);
  const first = Object.values(outputs)[0]!;
  return {
    name: `atrous ${target}`,
    run: () => {
      model.run(inputs, outputs);
      return first;
    },
  };
}
