// `atrous bench FILE`: how long a run takes, and each layer's part of it, with the rate of its multiply-accumulates.
import { success } from '../../../dsl/problem.ts';
import { describeSpan } from '../../../dsl/span.ts';
import { layerCosts, outerLayer } from '../../analysis/table.ts';
import type { Compiled } from '../../compile.ts';
import { showColumns, showCount } from '../../presentation/columns.ts';
import { loadBackend } from '../../targets/index.ts';
import type { Backend } from '../../targets/target.ts';
import type { Invocation } from '../../tiler/loop.ts';
import { andThen, chooseModel, compilePrepared, prepareModel } from './compile.ts';
import { writeDocument } from './json.ts';
import type { CompilationArguments } from './options.ts';
import { seededInputs } from './seeded.ts';
import { exitCodeOf, Progress, showProblems, showText, type Terminal } from './terminal.ts';
import { timed } from './timing.ts';

interface Timing {
  readonly name: string;
  readonly place: string;
  readonly milliseconds: number;
  readonly multiplyAccumulates: number;
}

/** Without weights random ones serve: times do not depend on them. */
export async function bench(file: string, options: CompilationArguments, terminal: Terminal): Promise<number> {
  const progress = new Progress(terminal);
  const asked = options.weights === undefined ? { ...options, init: options.init ?? ('he' as const) } : options;
  const { target } = options;
  const measured = await andThen(await chooseModel(file, options), async (chosen) =>
    andThen(await prepareModel(chosen, asked), async (prepared) => {
      const backend = await loadBackend(target);
      return andThen(await compilePrepared(prepared, options, progress), (compiled) =>
        success(measure(compiled, backend, progress, terminal.now)),
      );
    }),
  );
  progress.done();
  showProblems(terminal, measured.problems);
  const timings = measured.ok ? measured.value : [];
  if (options.json) writeDocument(terminal, measured.problems, { target, timings: timings.map(timingJson) });
  else if (measured.ok) showText(terminal, showTimings(timings));
  return exitCodeOf(measured.problems);
}

/** The whole first, then the layers in their order. */
function measure(compiled: Compiled, backend: Backend, progress: Progress, now: () => number): Timing[] {
  const { model, planned } = compiled;
  const { plan } = planned;
  const instance = compiled.instantiate();
  const inputs = seededInputs(model);
  const outputs = instance.run(inputs);
  const { multiplyAccumulates } = plan;
  const whole = { name: model.name, place: '', milliseconds: 0, multiplyAccumulates };
  const total = { ...whole, milliseconds: timed(() => instance.run(inputs, outputs), now) };
  return [
    total,
    ...layersOf(compiled).map((layer) => {
      progress.step(`measuring ${layer.name}`);
      const { invocations, ...timing } = layer;
      const nests = [...new Set([...plan.setup, ...invocations].map(({ nest }) => nest))];
      // A plan of its own with these calls and the setup alone, without the copying of inputs and outputs.
      const calls = { ...plan, inputs: [], outputs: [], nests, invocations };
      const part = backend.instantiate(calls, compiled.weights, 0.5);
      return { ...timing, milliseconds: timed(() => part.run({}), now) };
    }),
  ];
}

interface LayerCalls extends Omit<Timing, 'milliseconds'> {
  readonly invocations: readonly Invocation[];
}

/** Calls by the layer that they serve first; a layer's cost is that of all layers its calls serve. */
function layersOf({ model, planned }: Compiled): LayerCalls[] {
  const costs = layerCosts(model);
  const groups = new Map<string, Invocation[]>();
  for (const invocation of planned.plan.invocations) {
    const name = outerLayer(invocation.origins[0]?.layer ?? '');
    groups.set(name, [...(groups.get(name) ?? []), invocation]);
  }
  return [...groups.values()].map((invocations) => {
    const served = new Set(invocations.flatMap(({ origins }) => origins.map(({ layer }) => outerLayer(layer))));
    const span = invocations[0]!.origins[0]?.span;
    const multiplyAccumulates = [...served].reduce(
      (sum, layer) => sum + (costs.get(layer)?.multiplyAccumulates ?? 0),
      0,
    );
    return { name: [...served].join(' + '), place: span ? describeSpan(span) : '', multiplyAccumulates, invocations };
  });
}

/** Two operations for each multiply-accumulate of the definition. */
const rateOf = ({ multiplyAccumulates, milliseconds }: Timing): number =>
  (2 * multiplyAccumulates) / milliseconds / 1e6;

const timingJson = (timing: Timing): object => ({ ...timing, gigaflops: rateOf(timing) });

/** Three places, and for what is over in microseconds as many as say something. */
const showMilliseconds = (milliseconds: number): string =>
  milliseconds < 0.1 ? milliseconds.toFixed(6) : milliseconds.toFixed(3);

function showTimings(timings: readonly Timing[]): string {
  const rows = timings.map((timing) => [
    timing.name,
    timing.place,
    showMilliseconds(timing.milliseconds),
    timing.multiplyAccumulates > 0 ? showCount(timing.multiplyAccumulates) : '',
    timing.multiplyAccumulates > 0 ? rateOf(timing).toFixed(1) : '',
  ]);
  const numbers = ['ms', 'MACs', 'GFLOP/s'].map((title) => ({ title, right: true }));
  return `${showColumns([{ title: 'layer' }, { title: 'source' }, ...numbers], rows).join('\n')}\n`;
}
