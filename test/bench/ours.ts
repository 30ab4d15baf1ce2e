// Our own targets: the module as `atrous build` writes it, with what it took to make it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { analyse, compileModel, planModel, sourceHash } from '../../compiler/compile.ts';
import { type BackendName, loadBackend } from '../../compiler/targets/index.ts';
import type { Net } from './nets.ts';

export interface Built {
  readonly target: BackendName;
  /** The module's path; its weights lie beside it. */
  readonly module: string;
  readonly gzip: number;
  /** Bytes of the arena, and what no arena can be smaller than. */
  readonly arena: number;
  readonly lowerBound: number;
  readonly multiplyAccumulates: number;
}

export async function build(net: Net, target: BackendName, folder: string): Promise<Built> {
  const backend = await loadBackend(target);
  const compiled = compileModel(net.model, backend, { weights: net.weights, sourceHash: sourceHash(net.text) });
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('; '));
  const files = await compiled.value.files({ emit: 'js', inlineWeights: 'never' });
  mkdirSync(folder, { recursive: true });
  for (const { path, content } of files) writeFileSync(join(folder, path), content);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  const script = files.find(({ path }) => path.endsWith('.js'))!;
  const { arena, lowerBound, multiplyAccumulates } = compiled.value.planned.plan;
  return {
    target,
    module: join(folder, script.path),
    gzip: gzipSync(script.content).length,
    arena: 4 * arena,
    lowerBound: 4 * lowerBound,
    multiplyAccumulates,
  };
}

/** Milliseconds from source text to module text, the compiler warm and loaded, without preparing weights. */
export async function compileTime(net: Net, target: BackendName): Promise<number> {
  const backend = await loadBackend(target);
  const start = performance.now();
  const models = analyse({ file: net.file, text: net.text });
  if (!models.ok) return Number.NaN;
  const planned = planModel(models.value[0]!, { machine: backend.machine, sourceHash: sourceHash(net.text) });
  if (!planned.ok) return Number.NaN;
  const { plan } = planned.value;
  await backend.emit(plan, new Uint8Array(plan.weights.storedBytes), { emit: 'js', inlineWeights: 'never' });
  return performance.now() - start;
}
