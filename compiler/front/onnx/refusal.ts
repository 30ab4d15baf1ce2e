// Why a part of a model cannot be imported: thrown where it is found, turned into a problem where the node is known.

export class Refusal extends Error {
  readonly code: string;
  /** What would work. */
  readonly wanted: string | undefined;
  constructor(message: string, wanted?: string, code = 'onnx/unsupported') {
    super(message);
    this.code = code;
    this.wanted = wanted;
  }
}
