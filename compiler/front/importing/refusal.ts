// Why a part of a model cannot be imported: thrown where it is found, turned into a problem where the part is known.

export class Refusal extends Error {
  /** The name of its code: `import/shape`, or in an older family of codes `onnx/shape`. */
  readonly kind: string;
  /** What would work. */
  readonly wanted: string | undefined;
  constructor(message: string, wanted?: string, kind = 'unsupported') {
    super(message);
    this.kind = kind;
    this.wanted = wanted;
  }
}
