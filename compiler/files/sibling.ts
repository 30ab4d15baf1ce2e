// Files that another file names beside itself. A name from a stranger's file becomes a path only through here.

/** The bytes of a file in the folder of the file that names it; `undefined` where there is none. */
export type SiblingFiles = (location: string) => Uint8Array | undefined;

/** A relative path that stays in its folder on every system: no root, drive, scheme, backslash or `..`. */
export function isInside(location: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (location === '' || /^[/~]|[\\:\u0000-\u001f]/.test(location)) return false;
  return !location.split('/').includes('..');
}
