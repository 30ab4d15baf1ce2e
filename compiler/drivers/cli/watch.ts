// Builds, then again whenever one of the files that were read changes: one line for each build, until it is interrupted.
import { watch } from 'chokidar';
import type { Terminal } from './terminal.ts';

export interface Build {
  readonly code: number;
  /** Every file that was read, or would have been if it were there. */
  readonly read: readonly string[];
}

/** Resolves with the last build's exit code when the process is told to stop. */
export async function watchFiles(terminal: Terminal, build: () => Promise<Build>): Promise<number> {
  const watcher = watch([], { alwaysStat: true });
  let begun = Date.now();
  let last = await timed(terminal, build);
  watcher.add([...last.read]);
  let building = false;
  let changed = false;
  const rebuild = async (): Promise<void> => {
    changed = true;
    if (building) return;
    building = true;
    while (changed) {
      changed = false;
      begun = Date.now();
      last = await timed(terminal, build);
      watcher.add([...last.read]);
    }
    building = false;
  };
  // A file is announced when it begins to be watched: that counts if it was written after the build had begun.
  watcher.on('all', (event, _path, status) => {
    if (event !== 'add' || (status?.mtimeMs ?? begun) > begun) void rebuild();
  });
  await new Promise<void>((stop) => {
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
  await watcher.close();
  return last.code;
}

async function timed(terminal: Terminal, build: () => Promise<Build>): Promise<Build> {
  const start = terminal.now();
  const result = await build();
  const outcome = result.code === 0 ? 'built' : 'not built';
  const files = new Set(result.read).size;
  const watched = `${files} ${files === 1 ? 'file' : 'files'}`;
  terminal.report(`${outcome} in ${Math.round(terminal.now() - start)} ms, watching ${watched}\n`);
  return result;
}
