// Wrong usage: what was typed makes no sense, whatever the files say. Ends with exit code 2.
import type { FilesRead } from '../files.ts';

export class UsageError extends Error {
  readonly notes: readonly string[];

  constructor(message: string, notes: readonly string[] = []) {
    super(message);
    this.notes = notes;
  }
}

/** What a command reads is never written over by it. */
export function refuseOverwriting(read: FilesRead, written: readonly (string | undefined)[], option: string): void {
  for (const path of written) {
    if (path === undefined || path === '-' || !read.has(path)) continue;
    throw new UsageError(`${path} is what is read, it would be written over`, [`give another name: ${option}`]);
  }
}
