// The benchmark as a picture: for every network a bar per entrant, as long as it is fast; milliseconds beside it.
import type { Measurement } from './measurement.ts';
import { rateOf, timeOf } from './report.ts';

const entrants = [
  { name: 'atrous wasm', colour: '#e4572e' },
  { name: 'tfjs-wasm', colour: '#8d99ae' },
  { name: 'onnxruntime-web', colour: '#5c677d' },
];
const [left, width, bar, gap, top] = [110, 520, 14, 12, 64];

/** Billions of operations of the definition in a second; longer is better. */
export function chart(measurements: readonly Measurement[], caption: string): string {
  const all = measurements.flatMap((measurement) => entrants.map(({ name }) => rateOf(measurement, name) ?? 0));
  const scale = width / Math.max(...all);
  const group = entrants.length * bar + gap;
  const height = top + measurements.length * group + 16;
  const groups = measurements.map((measurement, n) => groupOf(measurement, top + n * group, scale));
  const legend = entrants.map(
    ({ name, colour }, n) =>
      `<rect x="${left + n * 150}" y="38" width="12" height="12" rx="2" fill="${colour}"/>` +
      `<text x="${left + n * 150 + 18}" y="48">${name}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + width + 110} ${height}" role="img">`,
    '<title>Speed of eight networks, single thread</title>',
    '<style>text { font: 12px system-ui, sans-serif; fill: #24292f } .soft { fill: #6e7781 }',
    '@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .soft { fill: #9198a1 } }</style>',
    `<text class="soft" x="${left}" y="22">${caption}</text>`,
    ...legend,
    ...groups,
    '</svg>',
    '',
  ].join('\n');
}

function groupOf(measurement: Measurement, y: number, scale: number): string {
  const middle = y + (entrants.length * bar) / 2 + 4;
  const bars = entrants.map(({ name, colour }, n) => {
    const length = Math.round((rateOf(measurement, name) ?? 0) * scale);
    const time = timeOf(measurement, name);
    const label = time === undefined ? '' : `${time < 1 ? time.toFixed(2) : time.toFixed(1)} ms`;
    return (
      `<rect x="${left}" y="${y + n * bar}" width="${length}" height="${bar - 2}" rx="2" fill="${colour}"/>` +
      `<text class="soft" x="${left + length + 6}" y="${y + n * bar + 10}">${label}</text>`
    );
  });
  return `<text x="${left - 10}" y="${middle}" text-anchor="end">${measurement.net}</text>${bars.join('')}`;
}
