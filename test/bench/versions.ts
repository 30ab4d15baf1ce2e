// Which peers are installed, and where.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The folder of an installed package. */
export function packageFolder(name: string): string {
  const part = join('/node_modules', name, '/');
  const [before] = createRequire(import.meta.url)
    .resolve(name)
    .split(part);
  return join(before!, part);
}

export const version = (name: string): string =>
  JSON.parse(readFileSync(join(packageFolder(name), 'package.json'), 'utf8')).version as string;
