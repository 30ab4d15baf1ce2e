// The checks of what a module is given: a wrong name, type or length is a TypeError that says what was expected. Those
// before a run allocate nothing while all is well.
import type { AbortSignalLike } from './load.ts';

export interface TensorDescription {
  readonly shape: readonly number[];
  readonly length: number;
}

/** @param role `input` or `output`, for the message */
export function checkTensors(role: string, given: object, expected: Readonly<Record<string, TensorDescription>>): void {
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(`${role}s: expected an object with ${describeTensors(expected)}, got ${describeValue(given)}`);
  }
  for (const name in given) {
    if (!Object.hasOwn(expected, name)) {
      throw new TypeError(`no ${role} is called ${JSON.stringify(name)}: expected ${describeTensors(expected)}`);
    }
  }
  for (const name in expected) {
    const value = (given as Record<string, unknown>)[name];
    const { length } = expected[name]!;
    if (!isFloat32Array(value) || value.length !== length) {
      const wanted = describeTensors({ [name]: expected[name]! });
      throw new TypeError(`${role} ${JSON.stringify(name)}: expected ${wanted}, got ${describeValue(value)}`);
    }
  }
}

/** Also true for arrays of another realm: a frame, a test environment. */
function isFloat32Array(value: unknown): value is Float32Array {
  return ArrayBuffer.isView(value) && (value as Float32Array)[Symbol.toStringTag] === 'Float32Array';
}

function describeTensors(expected: Readonly<Record<string, TensorDescription>>): string {
  return Object.entries(expected)
    .map(([name, { shape, length }]) => `${name}: a Float32Array of ${length} numbers, shape [${shape.join(', ')}]`)
    .join('; ');
}

function describeValue(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  const { length } = value as { length?: unknown };
  return typeof length === 'number' ? `${kind} of ${length}` : kind;
}

/** A misspelt option, or the weights themselves in the place of the options, would only be ignored. */
export function checkLoadOptions(given: unknown): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given) || isSource(given))
    throw new TypeError(`load: expected options { weights, signal, onProgress }, got ${describeValue(given)}`);
  for (const name in given) {
    if (name !== 'weights' && name !== 'signal' && name !== 'onProgress')
      throw new TypeError(`load: no option is called ${JSON.stringify(name)}: expected weights, signal, onProgress`);
  }
  const { weights, signal, onProgress } = given as Readonly<Record<string, unknown>>;
  if (weights !== undefined && typeof weights !== 'string' && !isSource(weights))
    throw new TypeError(
      `load: weights are a URL, a path, an ArrayBuffer or a Uint8Array, got ${describeValue(weights)}`,
    );
  if (signal !== undefined && typeof (signal as Partial<AbortSignalLike> | null)?.throwIfAborted !== 'function')
    throw new TypeError(`load: signal is an AbortSignal, got ${describeValue(signal)}`);
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw new TypeError(`load: onProgress is a function, got ${describeValue(onProgress)}`);
}

/** A URL or bytes, also of another realm. */
function isSource(value: unknown): boolean {
  return ArrayBuffer.isView(value) || /^\[object (URL|ArrayBuffer)\]$/.test(Object.prototype.toString.call(value));
}

export function checkModel(given: unknown, name: string): void {
  if (typeof (given as { run?: unknown } | null | undefined)?.run === 'function') return;
  throw new TypeError(
    `selfTest: expected a model of ${name}, from \`create()\` or \`await load()\`, got ${describeValue(given)}`,
  );
}
