// Names of tensors as properties: they come from models and may be any text.

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

/** A string literal in single quotes. */
export function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}
