// npm run replay -- record|compare [--dir DIR] [--full] [MODELS…]
//
// For changes that must not change what is written: `record` builds models for every target and keeps fingerprints of
// what came out, `compare` builds them again and lists what differs. JavaScript is compared without comments, WebAssembly
// by functions, instructions, data and exports, weights by their bytes, and where a model is refused the codes of the
// problems. MODELS are files and folders; without them the examples and the conformance cases are recorded, and
// everything that was recorded is compared. `record --full` keeps the texts too, and `compare` then shows lines.
// Exit 0 where all is equal, 1 where something differs, 2 for wrong usage.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildsOf } from './build.ts';
import { firstDifference } from './difference.ts';
import { filesOf, ownFiles } from './files.ts';
import { partsOf } from './parts.ts';
import {
  clearRecording,
  type Index,
  keyOf,
  type Mark,
  marksOf,
  readIndex,
  readTexts,
  writeIndex,
  writeTexts,
} from './recording.ts';

const usage = 'usage: replay record|compare [--dir DIR] [--full] [MODELS…]\n';

class UsageError extends Error {}

function given() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { dir: { type: 'string', default: '.replay' }, full: { type: 'boolean', default: false } },
    });
  } catch {
    throw new UsageError(usage);
  }
}

async function main(): Promise<boolean> {
  const { values, positionals } = given();
  const [command, ...models] = positionals;
  const missing = models.find((path) => !existsSync(path));
  if (missing !== undefined) throw new UsageError(`there is no file or folder ${missing}\n`);
  if (command === 'record') return record(values.dir, values.full, filesOf(models.length > 0 ? models : ownFiles));
  if (command === 'compare') return compare(values.dir, filesOf(models));
  throw new UsageError(usage);
}

async function record(folder: string, full: boolean, files: readonly string[]): Promise<boolean> {
  clearRecording(folder);
  const builds: Record<string, readonly Mark[]> = {};
  for (const file of files) {
    for await (const build of buildsOf(file)) {
      const [key, parts] = [keyOf(build), partsOf(build)];
      if (key in builds) throw new Error(`${key} is there twice`);
      builds[key] = marksOf(parts);
      if (full) writeTexts(folder, key, parts);
    }
  }
  writeIndex(folder, { files, builds });
  process.stdout.write(`${Object.keys(builds).length} builds of ${files.length} files recorded in ${folder}\n`);
  return true;
}

async function compare(folder: string, asked: readonly string[]): Promise<boolean> {
  const recorded = readIndex(folder);
  if (!recorded) throw new UsageError(`there is no recording in ${folder}; begin with \`npm run replay -- record\`\n`);
  const stranger = asked.find((file) => !recorded.files.includes(file));
  if (stranger !== undefined) throw new UsageError(`${stranger} was not recorded\n`);
  const files = asked.length > 0 ? asked : recorded.files;
  const seen = new Set<string>();
  let differing = 0;
  const differs = (key: string, how: string): void => {
    differing++;
    process.stdout.write(`${key}: ${how}\n`);
  };
  for (const file of files) {
    for await (const build of buildsOf(file)) {
      const key = keyOf(build);
      seen.add(key);
      const before = recorded.builds[key];
      const how = before ? firstDifference(before, partsOf(build), () => readTexts(folder, key)) : 'was not recorded';
      if (how !== undefined) differs(key, how);
    }
  }
  for (const key of unseen(recorded, files, seen)) differs(key, 'is no longer built');
  process.stdout.write(`${seen.size} builds of ${files.length} files compared, ${differing} differ\n`);
  return differing === 0;
}

const unseen = ({ builds }: Index, files: readonly string[], seen: ReadonlySet<string>): string[] =>
  Object.keys(builds).filter((key) => !seen.has(key) && files.some((file) => key.startsWith(`${file} `)));

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (thrown) {
  if (!(thrown instanceof UsageError)) throw thrown;
  process.stderr.write(thrown.message);
  process.exitCode = 2;
}
