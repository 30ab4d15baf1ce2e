// Every code of a problem that the source uses has a page (`atrous help CODE`, docs/problems.md), and no other has one.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { problemCodes } from '../../compiler/presentation/problem-codes.ts';

describe('problems', () => {
  const root = resolve(import.meta.dirname, '../..');
  const files = ['dsl', 'compiler'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('problem-codes.ts'))
      .map((file) => readFileSync(join(root, folder, file), 'utf8')),
  );
  /** Written out, or put together in one file from a family and the names that are given to a local function. */
  const codesIn = (text: string): string[] => {
    const whole = [...text.matchAll(/'([a-z][a-z0-9]*\/[a-z0-9-]+)'/g)].map((match) => match[1]!);
    const family = /error\(`([a-z]+\/(?:[a-z]+-)?)\$\{code\}`/.exec(text)?.[1];
    const names = family
      ? [...text.matchAll(/(?:fail|report)\(\s*'([a-z-]+)'/g)].map((match) => family + match[1]!)
      : [];
    return [...whole, ...names];
  };
  // A column of `verify`, and kinds that a refusal to import or export has.
  const none = new Set(['error/value']);
  const refusals = ['onnx/attribute', 'onnx/operator', 'onnx/shape', 'onnx/unsupported'];
  const used = new Set([...files.flatMap(codesIn), ...refusals].filter((code) => !none.has(code)));

  it('all codes of the source have a page, and no others', () => {
    expect(used.size).toBeGreaterThan(150);
    expect([...used].filter((code) => !problemCodes.has(code)).sort()).toEqual([]);
    expect([...problemCodes.keys()].filter((code) => !used.has(code)).sort()).toEqual([]);
  });
});
