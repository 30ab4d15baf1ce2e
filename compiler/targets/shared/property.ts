// Names of tensors as properties: they come from models and may be any text.

import { quoted } from '../../../dsl/quote.ts';

const isWord = (name: string): boolean => /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name);

/** A key in an object literal or an interface. */
export function propertyKey(name: string): string {
  if (name === '__proto__') return `['__proto__']`; // bare, it would set the prototype
  return isWord(name) ? name : quoted(name);
}

/** `inputs.image`, `inputs['input.1']` */
export function propertyOf(object: string, name: string): string {
  return isWord(name) ? `${object}.${name}` : `${object}[${quoted(name)}]`;
}
