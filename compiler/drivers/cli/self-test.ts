// `--self-test`: runs a module as it is written, before it is, on the inputs that it carries.
import { extname } from 'node:path';
import { error, failure, type Result, success } from '../../../dsl/problem.ts';
import type { Compiled } from '../../compile.ts';
import type { EmitOptions, GeneratedFile } from '../../targets/target.ts';

export interface SelfTested {
  readonly passed: boolean;
  readonly worst: number;
  readonly tolerance: number;
}

interface Module {
  readonly create: (weights?: Uint8Array) => unknown;
  readonly selfTest: (model: unknown) => SelfTested;
}

/**
 * What the module's own `selfTest` says. A module in TypeScript is run as its twin in JavaScript, which differs by types
 * alone. Problem: `build/self-test`.
 */
export async function runSelfTest(
  compiled: Compiled,
  options: Partial<EmitOptions>,
  written: readonly GeneratedFile[],
): Promise<Result<SelfTested>> {
  const files = options.emit === 'ts' ? await compiled.files({ ...options, emit: 'js' }) : written;
  const contentOf = (extension: string) => files.find(({ path }) => extname(path) === extension)?.content;
  const weights = contentOf('.weights') as Uint8Array | undefined;
  const text = Buffer.from(contentOf('.js')!).toString('base64');
  const module: Module = await import(/* @vite-ignore */ `data:text/javascript;base64,${text}`);
  const result = module.selfTest(module.create(weights));
  if (result.passed) return success(result);
  const { name } = compiled.model;
  const message = `the module of ${name} differs from the definition by ${result.worst}, allowed are ${result.tolerance}`;
  const notes = ['nothing was written; --exact keeps the order of all sums, `atrous verify` compares layer by layer'];
  return failure([error('build/self-test', message, undefined, { notes })]);
}
