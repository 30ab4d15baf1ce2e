// JSON.parse keeps the last of two equal keys in silence; a format where names must be unique has to look itself.

/** The first key that an object of this valid JSON text has twice. */
export function repeatedKey(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (let position = 0; position < text.length; position++) {
    const character = text[position];
    if (character === '{') open.push(new Set());
    else if (character === '}') open.pop();
    else if (character === '"') {
      const end = endOfString(text, position);
      if (isKey(text, end)) {
        const key = JSON.parse(text.slice(position, end)) as string;
        const keys = open.at(-1)!;
        if (keys.has(key)) return key;
        keys.add(key);
      }
      position = end - 1;
    }
  }
  return undefined;
}

/** The offset after the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let position = start + 1;
  while (text[position] !== '"') position += text[position] === '\\' ? 2 : 1;
  return position + 1;
}

/** In valid JSON a colon follows keys and nothing else. */
function isKey(text: string, end: number): boolean {
  let position = end;
  while (/\s/.test(text[position] ?? '')) position++;
  return text[position] === ':';
}
