// Time in the number of layers, without a clock: how often the passes look at a step of the program.
import { describe, expect, it } from 'vitest';
import { ReceptiveFields } from '../../compiler/analysis/receptive-field.ts';
import { analyse } from '../../compiler/compile.ts';
import { findPlaces } from '../../compiler/passes/allocate/places.ts';
import { passes, stageAfter } from '../../compiler/passes/index.ts';
import { programOf } from '../../compiler/passes/translate.ts';
import type { Program } from '../../compiler/program/program.ts';
import { loadMachine } from '../../compiler/targets/index.ts';

const block = 'block part() {\n conv(4, kernel: 3, padding: same); batchNorm; relu\n add(it, input); relu\n}\n';

function programWith(rounds: number): Program {
  const text = `${block}model net(x: [8, 8, 4]) {\n repeat ${rounds} { part }\n}\n`;
  const models = analyse({ file: 'net.convnet', text });
  if (!models.ok) throw new Error(models.problems[0]!.message);
  return programOf(models.value[0]!);
}

/** The program, and how often an element of its lists of steps was asked for. */
function counted(program: Program): { readonly program: Program; readonly looks: () => number } {
  let looks = 0;
  const watched = <T extends object>(list: T): T =>
    new Proxy(list, {
      get: (steps, key) => {
        if (typeof key === 'string' && /^\d/.test(key)) looks++;
        return Reflect.get(steps, key);
      },
    });
  const { steps, preparation } = program;
  return { program: { ...program, steps: watched(steps), preparation: watched(preparation) }, looks: () => looks };
}

async function looksOf(rounds: number): Promise<Map<string, number>> {
  const machine = await loadMachine('wasm');
  const looks = new Map<string, number>();
  let program = programWith(rounds);
  const watch = (name: string, run: (program: Program) => Program | object): Program | object => {
    const watched = counted(program);
    const result = run(watched.program);
    looks.set(name, watched.looks());
    return result;
  };
  watch('receptive fields', (given) => new ReceptiveFields(given));
  for (const pass of passes)
    if (pass.from === 'program' && pass.to === 'program')
      program = watch(pass.name, (given) => pass.run(given, { machine })) as Program;
  watch('places', (given) => findPlaces(given, new Set(given.values.keys())));
  return looks;
}

describe('a model of four times as many layers', () => {
  it('has its steps looked at four times as often', async () => {
    const [short, long] = [await looksOf(10), await looksOf(40)];
    for (const [pass, looks] of long) expect([pass, looks / short.get(pass)!]).toEqual([pass, expect.closeTo(4, 0)]);
  });

  it('may be a long row of elementwise layers', async () => {
    const text = 'model net(x: [4, 4, 2]) {\n repeat 5000 { relu }\n}\n';
    const models = analyse({ file: 'net.convnet', text });
    if (!models.ok) throw new Error(models.problems[0]!.message);
    const machine = await loadMachine('ts');
    const swept = stageAfter('sweep', models.value[0]!, { machine });
    expect(swept.ok && swept.value.steps.length).toBe(50);
  });
});
