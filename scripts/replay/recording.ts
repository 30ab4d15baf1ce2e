// A recording in its folder: `index.json` with a fingerprint for each part of each build, and with `--full` the texts,
// a compressed file for each build.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Build } from './build.ts';
import { fingerprint } from './fingerprint.ts';
import type { Part } from './part.ts';

/** Name and fingerprint. */
export type Mark = readonly [name: string, fingerprint: string];

export interface Index {
  readonly files: readonly string[];
  /** By `keyOf`. */
  readonly builds: Readonly<Record<string, readonly Mark[]>>;
}

export const keyOf = ({ file, model, way }: Pick<Build, 'file' | 'model' | 'way'>): string =>
  [file, model, `(${way})`].filter((word) => word !== '').join(' ');

export const marksOf = (parts: readonly Part[]): Mark[] => parts.map(({ name, text }) => [name, fingerprint(text)]);

const textsFile = (folder: string, key: string): string => join(folder, 'texts', `${fingerprint(key)}.json.gz`);

/** Makes room for a new recording: of an older one nothing stays. */
export function clearRecording(folder: string): void {
  rmSync(join(folder, 'index.json'), { force: true });
  rmSync(join(folder, 'texts'), { recursive: true, force: true });
  mkdirSync(join(folder, 'texts'), { recursive: true });
}

export const writeTexts = (folder: string, key: string, parts: readonly Part[]): void =>
  writeFileSync(textsFile(folder, key), gzipSync(JSON.stringify(parts), { level: 3 }));

/** Nothing where the recording has no texts. */
export function readTexts(folder: string, key: string): readonly Part[] | undefined {
  const file = textsFile(folder, key);
  return existsSync(file) ? (JSON.parse(gunzipSync(readFileSync(file)).toString()) as Part[]) : undefined;
}

export const writeIndex = (folder: string, index: Index): void =>
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index, null, 1));

export function readIndex(folder: string): Index | undefined {
  const file = join(folder, 'index.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Index) : undefined;
}
