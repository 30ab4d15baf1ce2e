// Identifiers: names of the plan (layers, registers, `in`, `output-1`) become words that JavaScript accepts and that
// no two things share.
import type { Plan } from '../../plan/plan.ts';
import { shellNames } from './engine.ts';
import { runtimePieces } from './runtime-text.ts';

const reservedWords = new Set(
  `await break case catch class const continue debugger default delete do else enum export extends false finally for
   function if implements import in instanceof interface let new null package private protected public return static
   super switch this throw true try typeof var void while with yield arguments eval undefined NaN Infinity async of
   Math Array Object Number String Boolean Symbol Promise Error TypeError ArrayBuffer DataView JSON Float32Array
   Uint8Array Uint32Array Int32Array URL fetch globalThis process WebAssembly Map Set Function
   AbortSignal Partial Readonly Record AsyncIterable ReadableStreamDefaultReader`.split(/\s+/),
);

/** `in` → `in_`, `conv.1` → `conv_1`, `3x3` → `_3x3`; letters of every script stay. */
export function identifier(name: string): string {
  const word = name.replace(/[^\p{ID_Continue}$]/gu, '_').replace(/^(?![\p{ID_Start}_$])/u, '_');
  return reservedWords.has(word) ? `${word}_` : word;
}

/** `unet_small` → `UnetSmall`: the name of a type. */
function typeName(name: string): string {
  const words = name.split(/[^\p{L}\p{M}\p{N}$]+/u).filter((word) => word !== '');
  return words.map((word) => word.replace(/^./u, (first) => first.toUpperCase())).join('') || 'Model';
}

/** What the files of a model begin with: `模型` stays, `a/b` → `a_b`. */
export const fileName = (name: string): string => name.normalize('NFC').replace(/[^\p{L}\p{M}\p{N}_.-]/gu, '_');

/** The type of a model, and the names of its sides. */
export function modelTypes({ name }: Plan): {
  readonly model: string;
  readonly inputs: string;
  readonly outputs: string;
} {
  const taken = new Set([...reservedWords, ...shellNames, ...Object.keys(runtimePieces)]);
  const word = identifier(typeName(name)).replace(/_$/, '');
  const model = [word, `${word}Inputs`, `${word}Outputs`].some((type) => taken.has(type)) ? `${word}Model` : word;
  return { model, inputs: `${model}Inputs`, outputs: `${model}Outputs` };
}

/** Names that the shell of this model takes at the top level. */
export function moduleNames(plan: Plan): readonly string[] {
  return [...shellNames, ...Object.keys(runtimePieces), ...Object.values(modelTypes(plan))];
}

/** Names of index tables, which loop nests share: nothing else is called so. */
export const tableName = (number: number): string => `table_${number}`;

/** Gives every name asked for a different identifier, the first one unchanged where possible. */
export class Names {
  readonly #taken: Set<string>;

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

  unique(wanted: string): string {
    const word = identifier(wanted);
    let name = word;
    for (let n = 2; this.#taken.has(name) || /^table_\d+$/.test(name); n++) name = `${word}_${n}`;
    this.#taken.add(name);
    return name;
  }
}

/** `at++`, `at -= 16`: the last part of a loop's header. */
export function advanceText(name: string, step: number): string {
  if (Math.abs(step) === 1) return step > 0 ? `${name}++` : `${name}--`;
  return step > 0 ? `${name} += ${step}` : `${name} -= ${-step}`;
}
