// Names in files, which may be anything, as names of the language.
//
//   layer1.0.conv1.weight → layer1_0_conv1      /features/0/Conv → features_0      gpu_0/data_0 → data_0      模型 → 模型

/** A name of letters of any script, digits and underscores that begins with a letter; `undefined` where nothing is left. */
export function cleanName(name: string): string | undefined {
  const clean = name
    .normalize('NFC')
    .replace(/[^\p{L}0-9_]+/gu, '_')
    .replace(/_+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '');
  return clean.length > 0 && clean.length <= 60 ? clean : undefined;
}

/** Names that exporters make up: `12`, `Conv_3`, `node_Conv_3`, `n0`. */
const madeUp = /^[A-Za-z]?\d*$|^(node_)?[A-Z][A-Za-z]*_?\d*$/;

/** Whether people chose this name, and the language can keep it as it is. */
export const isChosen = (name: string): boolean => !madeUp.test(name) && cleanName(name) === name;

/** Names that are given once. */
export class Names {
  readonly #reserved: ReadonlySet<string>;
  readonly #taken: Set<string>;

  /** `reserved` are words that mean something else. */
  constructor(reserved: Iterable<string>) {
    this.#reserved = new Set(reserved);
    this.#taken = new Set(this.#reserved);
  }

  isReserved(name: string): boolean {
    return this.#reserved.has(name);
  }

  /** The name with the lowest free number: conv1, conv2. */
  number(name: string): string {
    let n = 1;
    while (this.#taken.has(`${name}${n}`)) n++;
    this.#taken.add(`${name}${n}`);
    return `${name}${n}`;
  }

  /** The name itself, or with a number where it is taken: conv1 for the word conv, block_2 for a second block. */
  claim(name: string): string {
    if (this.#reserved.has(name)) return this.number(name);
    let unique = name;
    for (let n = 2; this.#taken.has(unique); n++) unique = `${name}_${n}`;
    this.#taken.add(unique);
    return unique;
  }
}
