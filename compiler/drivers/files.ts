// The only place that touches the file system. What goes wrong there is a problem with the path in it, and nothing is
// ever left half-written: files are written beside their place under another name, then renamed.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { error, failure, type Problem, type Result, success } from '../../dsl/problem.ts';
import type { Source } from '../../dsl/span.ts';
import { knownFormat } from '../files/known.ts';

/** What `-` is called in problems. */
export const standardInput = '<stdin>';

/** The most that is read of one file, unless its reader says less: what one buffer holds. */
const largestFile = 2 ** 31 - 1;
/** Of a text: a hundred times the longest that anybody has written. */
const largestText = 2 ** 24;

/**
 * All of a file, `-` for the standard input. Problems: `file/missing`, `file/directory`, `file/device`,
 * `file/too-large`, `file/unreadable`.
 */
export function readBytes(file: string, most = largestFile): Result<Uint8Array> {
  let descriptor = 0;
  try {
    if (file !== '-') descriptor = fs.openSync(file, 'r');
    return readOpened(file, descriptor, most);
  } catch (reason) {
    return failure([readProblem(file, reason)]);
  } finally {
    if (descriptor !== 0) fs.closeSync(descriptor);
  }
}

function readOpened(file: string, descriptor: number, most: number): Result<Uint8Array> {
  const status = fs.fstatSync(descriptor);
  if (status.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
  if (file !== '-' && (status.isCharacterDevice() || status.isBlockDevice()))
    return failure([error('file/device', `${file} is a device, a file is expected`)]);
  const name = file === '-' ? standardInput : file;
  if (status.isFile() && status.size > most) return failure([tooLarge(`${name} has ${status.size} bytes`, most)]);
  const bytes = status.isFile() && status.size > 0 ? fs.readFileSync(descriptor) : readStream(descriptor, most);
  return bytes ? success(bytes) : failure([tooLarge(`${name} does not end`, most)]);
}

const tooLarge = (what: string, most: number): Problem =>
  error('file/too-large', `${what}, at most ${most} are read here`);

/** Pipes and the like, which do not say how long they are; `undefined` for what goes on beyond the limit. */
function readStream(descriptor: number, most: number): Uint8Array | undefined {
  const chunks: Uint8Array[] = [];
  for (let total = 0; total <= most; ) {
    const chunk = new Uint8Array(1 << 16);
    const length = fs.readSync(descriptor, chunk);
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, length));
    total += length;
  }
  return undefined;
}

/** A text of the language. Problems: those of `readBytes`, `file/known-format`, `file/not-utf8`, `file/binary`. */
export function readSource(file: string): Result<Source> {
  const bytes = readBytes(file, largestText);
  return bytes.ok ? sourceOf(bytes.value, file) : refusedByName(file, bytes);
}

/** The text in the bytes of a file that was read; what comes through a pipe comes once. Problems: those of `readSource`. */
export function sourceOf(bytes: Uint8Array, file: string): Result<Source> {
  const name = file === '-' ? standardInput : file;
  const known = knownFormat(bytes, name);
  if (known) return failure([known]);
  if (bytes.byteLength > largestText) return failure([tooLarge(`${name} has ${bytes.byteLength} bytes`, largestText)]);
  const zero = bytes.indexOf(0);
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (zero < 0) return success({ file: name, text });
    return failure([error('file/binary', `${name} is no text: byte ${zero} is zero`)]);
  } catch {
    const at = firstBadByte(bytes);
    const message = `${name} is not UTF-8 text: byte ${at} is 0x${bytes[at]!.toString(16).padStart(2, '0')}`;
    return failure([error('file/not-utf8', message, undefined, { notes: ['save it as UTF-8'] })]);
  }
}

/** A file that is too long for a text may be a model of another format: its beginning and its end say so. */
function refusedByName(file: string, refused: Result<never>): Result<never> {
  if (file === '-' || refused.problems[0]?.code !== 'file/too-large') return refused;
  const bytes = readBytes(file);
  const known = bytes.ok ? knownFormat(bytes.value, file) : undefined;
  return known ? failure([known]) : refused;
}

/** Where the first sequence of bytes begins that is none; found by halving, since decoding is all or nothing. */
function firstBadByte(bytes: Uint8Array): number {
  const decodes = (end: number, stream: boolean): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream });
      return true;
    } catch {
      return false;
    }
  };
  let [good, bad] = [0, bytes.length + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decodes(middle, true)) good = middle;
    else bad = middle;
  }
  // What decodes as a beginning may end within a character that never ends.
  while (good > 0 && !decodes(good, false)) good--;
  return Math.min(good, bytes.length - 1);
}

/** The files that a command reads or would read: what it must not write over, by whatever name or link. */
export class FilesRead {
  readonly paths: string[] = [];
  readonly add = (file: string): void => {
    this.paths.push(file);
  };

  /** Whether this path leads to one of them. */
  has(file: string): boolean {
    const there = identityOf(file);
    return there !== undefined && this.paths.some((each) => identityOf(each) === there);
  }
}

/** The same for all names of a file; `undefined` where there is none, or a pipe, which is never written over. */
function identityOf(file: string): string | undefined {
  try {
    const status = file === '-' ? fs.fstatSync(0, { bigint: true }) : fs.statSync(file, { bigint: true });
    return status.isFile() ? `${status.dev}:${status.ino}` : undefined;
  } catch {
    return undefined;
  }
}

export const fileExists = (file: string): boolean => fs.existsSync(file);

/** Names in a folder, in order; none where it is no folder. */
export const listFolder = (folder: string): readonly string[] =>
  fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? fs.readdirSync(folder).sort() : [];

export interface OutputFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/**
 * Writes all of them or, as far as the file system allows, none; folders are made. Problem: `file/unwritable`.
 * Devices and pipes (`/dev/stdout`) are written to directly.
 */
export function writeFiles(files: readonly OutputFile[]): Result<readonly OutputFile[]> {
  return uninterrupted(() => writeAll(files));
}

function writeAll(files: readonly OutputFile[]): Result<readonly OutputFile[]> {
  const written: { readonly from: string; readonly to: string }[] = [];
  for (const file of files) {
    try {
      const place = placeFor(file.path);
      // Before it is written: where that fails half-way, a part is there.
      if (place.from !== place.to) written.push(place);
      fs.writeFileSync(place.from, file.content, { mode: place.mode });
    } catch (reason) {
      for (const { from } of written) fs.rmSync(from, { force: true });
      return failure([writeProblem(file.path, reason)]);
    }
  }
  return renameAll(written) ?? success(files);
}

/** Whether a file can be written: asked before work that takes long. Its folder is made. */
export function checkWritable(file: string): Result<undefined> {
  try {
    fs.accessSync(path.dirname(placeFor(file).from), fs.constants.W_OK);
    return success(undefined);
  } catch (reason) {
    return failure([writeProblem(file, reason)]);
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ends the process on a signal only after the work: files are all there or none, and no parts are left. */
function uninterrupted<T>(work: () => T): T {
  // A signal that somebody listens to does not end the process.
  const held = signals.filter((signal) => process.listenerCount(signal) === 0);
  const release = (): void => {
    for (const signal of held) process.off(signal, end);
  };
  const end = (signal: NodeJS.Signals): void => {
    release();
    process.kill(process.pid, signal);
  };
  for (const signal of held) process.on(signal, end);
  try {
    return work();
  } finally {
    // Signals that came during the work are heard before this.
    setImmediate(release);
  }
}

interface Place {
  /** Where the bytes go first. */
  readonly from: string;
  readonly to: string;
  readonly mode: number;
}

function placeFor(file: string): Place {
  makeFolder(path.dirname(file));
  const status = fs.statSync(file, { throwIfNoEntry: false });
  if (status?.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
  const mode = (status?.mode ?? 0o666) & 0o777;
  if (status && !status.isFile()) return { from: file, to: file, mode };
  // A link stays a link: its target is what is replaced.
  const to = status ? fs.realpathSync(file) : file;
  return { from: path.join(path.dirname(to), `.${path.basename(to)}.${process.pid}.part`), to, mode };
}

/**
 * Folder by folder: where one cannot be made and the system says that it does not exist (as in `/proc`), Node's own
 * `recursive` tries again for ever.
 */
function makeFolder(folder: string): void {
  if (fs.existsSync(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    fs.mkdirSync(folder);
  } catch (reason) {
    // Somebody else made it in the meantime, or it is a link that leads nowhere.
    if (!fs.existsSync(folder)) throw reason;
  }
}

function renameAll(written: readonly { readonly from: string; readonly to: string }[]): Result<never> | undefined {
  for (const [at, { from, to }] of written.entries()) {
    try {
      fs.renameSync(from, to);
    } catch (reason) {
      for (const left of written.slice(at)) fs.rmSync(left.from, { force: true });
      return failure([writeProblem(to, reason)]);
    }
  }
  return undefined;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a part of the path is a file',
  EISDIR: 'it is a folder',
  ENOENT: 'a part of the path does not exist',
  ENOSPC: 'no space is left',
  EDQUOT: 'no space is left',
  EFBIG: 'it is larger than a file may be',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links go in circles',
};

const codeOf = (reason: unknown): string => (reason as NodeJS.ErrnoException).code ?? '';
const describe = (reason: unknown): string => reasons[codeOf(reason)] ?? (reason as Error).message;

function readProblem(file: string, reason: unknown): Problem {
  if (codeOf(reason) === 'ENOENT') return error('file/missing', `there is no file ${file}`);
  if (codeOf(reason) === 'EISDIR') return error('file/directory', `${file} is a folder, a file is expected`);
  return error('file/unreadable', `${file} cannot be read: ${describe(reason)}`);
}

const writeProblem = (file: string, reason: unknown): Problem =>
  error('file/unwritable', `${file} cannot be written: ${describe(reason)}`);
