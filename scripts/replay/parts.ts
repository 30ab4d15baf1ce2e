// What one build wrote, as parts.
import type { Build } from './build.ts';
import { fingerprint } from './fingerprint.ts';
import { type Part, within } from './part.ts';
import { readText } from './text.ts';
import { wasmParts } from './wasm.ts';

export function partsOf({ problems, weights, files }: Build): Part[] {
  return [
    { name: 'problems', text: problems.join('\n') },
    ...(weights ? [{ name: 'weights', text: `${weights.byteLength} bytes ${fingerprint(weights)}` }] : []),
    ...files.flatMap(({ path, content }) =>
      typeof content === 'string' ? textParts(path, content) : bytesPart(path, content),
    ),
  ];
}

function textParts(path: string, content: string): Part[] {
  const { parts, wasm } = readText(path, content);
  return [
    ...within(path, parts),
    ...wasm.flatMap((bytes, number) => within(`${path}, WebAssembly ${number}`, wasmParts(bytes))),
  ];
}

const bytesPart = (path: string, content: Uint8Array): Part[] => [
  { name: path, text: `${content.byteLength} bytes ${fingerprint(content)}` },
];
