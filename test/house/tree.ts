// Our own tree, as the house tests read it.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** TypeScript files under a folder, as paths from the root. */
export function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

export const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

export const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');

/** Modules a file imports; relative ones as paths from the root. */
export function importsOf(file: string, text = textOf(file)): string[] {
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);
  return found.map((name) => (name.startsWith('.') ? relative(root, resolve(root, file, '..', name)) : name));
}

export const isOurs = (name: string): boolean => /^(dsl|compiler|runtime|examples|test|scripts)\//.test(name);
