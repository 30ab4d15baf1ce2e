// Wrong usage: what was typed makes no sense, whatever the files say. Ends with exit code 2.

export class UsageError extends Error {
  readonly notes: readonly string[];

  constructor(message: string, notes: readonly string[] = []) {
    super(message);
    this.notes = notes;
  }
}
