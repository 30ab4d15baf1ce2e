// The tables of a benchmark: times and ratios, then what a module costs besides time.
import { type Column, showColumns } from '../../compiler/presentation/columns.ts';
import type { Measurement } from './measurement.ts';

const statistics = ['median', 'fastest'] as const;
const webPeers = ['onnxruntime-web', 'tfjs-wasm'];

export const timeOf = ({ times }: Measurement, name: string): number | undefined =>
  times.find((measured) => measured.name === name)?.median;

/**
 * How many times faster our target is than the faster of its peers, by medians; by each one's fastest turn where a machine is
 * busy with other things.
 */
export function ratioOf(
  { times }: Measurement,
  target: 'wasm' | 'ts',
  statistic: 'median' | 'fastest' = 'median',
): number | undefined {
  const ours = times.find(({ name }) => name === `atrous ${target}`);
  const peers = times.filter(({ name }) => (target === 'wasm' ? webPeers : ['tfjs-cpu']).includes(name));
  if (!ours || peers.length === 0) return undefined;
  return Math.min(...peers.map((peer) => peer[statistic])) / ours[statistic];
}

export const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/** Two operations for each multiply-accumulate of the definition. */
export const rateOf = (measurement: Measurement, name: string): number | undefined => {
  const time = timeOf(measurement, name);
  return time === undefined ? undefined : (2 * measurement.multiplyAccumulates) / time / 1e6;
};

const milliseconds = (value: number | undefined): string =>
  value === undefined ? '' : value < 1 ? value.toFixed(3) : value < 100 ? value.toFixed(2) : value.toFixed(0);
const times = (value: number | undefined): string => (value === undefined ? '' : `${value.toFixed(2)}×`);
const tiny = (value: number | undefined): string => (value === undefined ? '' : value.toExponential(1));
const kibibytes = (bytes: number): string => (bytes / 1024).toFixed(1);
const right = (title: string): Column => ({ title, right: true });

/** Median milliseconds; the ratios say how many times faster ours is than the faster of the peers on the same technology. */
export function timeTable(measurements: readonly Measurement[]): string[] {
  const names = [...new Set(measurements.flatMap((measurement) => measurement.times.map(({ name }) => name)))];
  const targets = (['wasm', 'ts'] as const).filter((target) => names.includes(`atrous ${target}`));
  const columns = [
    { title: 'net, milliseconds' },
    right('MMAC'),
    ...names.map(right),
    ...targets.flatMap((target) => [right(`${target} ratio`), right('at best')]),
    ...(targets.includes('wasm') ? [right('GFLOP/s')] : []),
  ];
  const rows = measurements.map((measurement) => [
    measurement.net,
    (measurement.multiplyAccumulates / 1e6).toFixed(1),
    ...names.map((name) => milliseconds(timeOf(measurement, name))),
    ...targets.flatMap((target) => statistics.map((statistic) => times(ratioOf(measurement, target, statistic)))),
    ...(targets.includes('wasm') ? [rateOf(measurement, 'atrous wasm')?.toFixed(0) ?? ''] : []),
  ]);
  const means = targets.flatMap((target) =>
    statistics.map((statistic) =>
      times(geometricMean(measurements.flatMap((measurement) => ratioOf(measurement, target, statistic) ?? []))),
    ),
  );
  const last = ['geometric mean', '', ...names.map(() => ''), ...means, ...(targets.includes('wasm') ? [''] : [])];
  return showColumns(columns, [...rows, last]);
}

/** Per module: its size, what making it took, its first result, its memory, its error. */
export function costTable(measurements: readonly Measurement[]): string[] {
  const columns = [
    { title: 'module' },
    ...['KiB gzip', 'compile ms', 'first ms', 'best peer ms', 'arena KiB', 'of bound', 'from peers', 'from double'].map(
      right,
    ),
  ];
  const rows = measurements.flatMap((measurement) =>
    measurement.built.map(({ target, gzip, arena, lowerBound }) => {
      const name = `atrous ${target}`;
      const peers = target === 'wasm' ? webPeers : ['tfjs-cpu'];
      const best = Math.min(...peers.map((peer) => measurement.first[peer] ?? Number.POSITIVE_INFINITY));
      return [
        `${measurement.net} ${target}`,
        kibibytes(gzip),
        milliseconds(measurement.compile[target]),
        milliseconds(measurement.first[name]),
        Number.isFinite(best) ? milliseconds(best) : '',
        kibibytes(arena),
        times(arena / lowerBound),
        tiny(Math.max(...Object.values(measurement.differences))),
        tiny(measurement.errors[name]),
      ];
    }),
  );
  return showColumns(columns, rows);
}
