// Which files are built: those that are named, and of folders what lies in them.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Networks, ONNX models, and corpora of operator cases. */
const isBuilt = (name: string): boolean => /\.(convnet|onnx)$/.test(name);

/** What the repository itself has. */
export const ownFiles: readonly string[] = ['examples', 'test/conformance/cases'];

export function filesOf(paths: readonly string[]): string[] {
  return paths.flatMap((path) => (statSync(path).isDirectory() ? filesIn(path) : [path]));
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => join(entry.parentPath, entry.name));
  // An operator case has its kernels as constants; other JSON is about something else.
  return files.filter((file) => isBuilt(file) || /conformance\/cases\/\w+\.json$/.test(file)).sort();
}
