// What a module is compared by: named pieces of text, in an order that means something.

export interface Part {
  readonly name: string;
  readonly text: string;
}

export const within = (place: string, parts: readonly Part[]): Part[] =>
  parts.map(({ name, text }) => ({ name: `${place}: ${name}`, text }));
