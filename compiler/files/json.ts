// JSON from files that may be hostile: a limit on nesting, and objects as maps, so that no name in a file (`__proto__`,
// `toString`) is ever looked up in JavaScript's own.

/** Tensors, tables of weights and schedules nest a few levels; what recurses over a value later may rely on this. */
const deepest = 100;

export type Json = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

/** The value of a text in UTF-8, or what is wrong with it, as the end of a sentence about the file. */
export function parseJson(bytes: Uint8Array): Json {
  if (!nestsAtMost(bytes, deepest)) return { ok: false, reason: `nests lists deeper than ${deepest} levels` };
  try {
    return { ok: true, value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch (reason) {
    return { ok: false, reason: `is no JSON: ${(reason as Error).message}` };
  }
}

const [quote, backslash] = [0x22, 0x5c];
const opening = new Set([0x5b, 0x7b]);
const closing = new Set([0x5d, 0x7d]);

/** Counted before anything is parsed; brackets within strings do not count. */
function nestsAtMost(bytes: Uint8Array, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === quote) inString = !inString;
    else if (inString) at += byte === backslash ? 1 : 0;
    else if (opening.has(byte)) depth++;
    else if (closing.has(byte)) depth--;
    if (depth > limit) return false;
  }
  return true;
}

/** The fields of an object, in the order of the text; `undefined` for anything else. */
export const fieldsOf = (value: unknown): ReadonlyMap<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : undefined;

/** A value in a message: short, whatever it holds. */
export function showJson(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
