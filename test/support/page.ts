// The measured cells as a page: a table for each family, ranks with equal cells in one row, and what each code says.

import { type Cell, type Cells, columns } from './measure.ts';
import { ranks, type Variant } from './variants.ts';

export interface Measured {
  readonly variant: Variant;
  readonly rank: number;
  readonly cells: Cells;
}

export function renderPage(measured: readonly Measured[]): string {
  const problems = holes(measured);
  return [
    introduction,
    ...families.map((family) =>
      table(
        family,
        measured.filter(({ variant }) => variant.family === family),
      ),
    ),
    ...(problems.length > 0 ? [codes(problems)] : []),
  ].join('\n');
}

const families = [
  'convolution',
  'pooling',
  'dense',
  'normalisation',
  'activation',
  'elementwise',
  'reduction',
  'arrangement',
];

const introduction = `# What is supported

This page is written by \`test/support\`: every cell is a run. It is never edited by hand; \`npx vitest run test/support -u\`
writes it again, and the tests fail where it does not say what they found.

- **dimensions** are the spatial ones: 1 for \`[length, channels]\`, 3 for \`[depth, height, width, channels]\`. Where they agree they
  share a row.
- **ts, wasm** is the target, **phases, zeros** the lowering of transposed convolutions (\`--lowering phases\`, the default, and
  \`zero-insertion\`). ✓: the compiled module gives what the layer's expression gives, exactly for whole numbers.
- **export** ✓: onnxruntime computes the same from the exported model. *written*: the model is good ONNX, but that runtime does not run it.
- **import** ✓: the exported model comes back as the same layer with the same results. Other names: it comes back as these layers,
  since ONNX has no word for it, with the same results. –: nothing to import.
- A code stands where the compiler refuses, and says so; the last table tells with which words.
`;

function table(family: string, rows: readonly Measured[]): string {
  const header = ['layer', 'variant', 'dimensions', ...columns];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `## ${family[0]!.toUpperCase()}${family.slice(1)}`,
    '',
    line(header),
    line(header.map(() => '---')),
    ...merged(rows).map(line),
    '',
  ].join('\n');
}

/** A row for each set of ranks with the same cells. */
function merged(rows: readonly Measured[]): string[][] {
  const lines: string[][] = [];
  let last = '';
  for (const variant of new Set(rows.map((row) => row.variant))) {
    const own = rows.filter((row) => row.variant === variant);
    const byCells = new Map<string, number[]>();
    for (const { rank, cells } of own) {
      const key = columns.map((column) => show(cells[column])).join(' | ');
      byCells.set(key, [...(byCells.get(key) ?? []), rank]);
    }
    for (const [key, found] of byCells) {
      const name = variant.operator === last ? '' : `\`${variant.operator}\``;
      lines.push([name, variant.name, showRanks(found), ...key.split(' | ')]);
      last = variant.operator;
    }
  }
  return lines;
}

const showRanks = (found: readonly number[]): string =>
  found.length === ranks.length ? `${ranks[0]}–${ranks.at(-1)}` : found.join(', ');

export function show(cell: Cell): string {
  switch (cell.kind) {
    case 'equal':
      return '✓';
    case 'wrong':
      return `**wrong**`;
    case 'problem':
      return `\`${cell.code}\``;
    case 'respelt':
      return cell.layers.join(', ');
    case 'unrun':
      return '*written*';
    case 'none':
      return '–';
  }
}

interface Hole {
  readonly code: string;
  readonly message: string;
  readonly layers: string;
}

/** Each problem once, with the layers that met it. */
function holes(measured: readonly Measured[]): readonly Hole[] {
  const found = new Map<string, Set<string>>();
  for (const { variant, cells } of measured) {
    for (const cell of Object.values(cells)) {
      if (cell.kind !== 'problem') continue;
      const key = `${cell.code} ${cell.message.replace(/^\w+ \(\w+\) /, '')}`;
      found.set(key, (found.get(key) ?? new Set()).add(variant.operator));
    }
  }
  return [...found].map(([key, layers]) => {
    const space = key.indexOf(' ');
    return {
      code: key.slice(0, space),
      message: key.slice(space + 1),
      layers: [...layers].map((name) => `\`${name}\``).join(', '),
    };
  });
}

const codes = (problems: readonly Hole[]): string =>
  [
    '## What the codes say',
    '',
    '| code | message | layers |',
    '| --- | --- | --- |',
    ...problems.map(({ code, message, layers }) => `| \`${code}\` | ${message.replaceAll('|', '\\|')} | ${layers} |`),
    '',
  ].join('\n');
