// How much a source may ask for. Each limit is named in the problem that refuses more.

/** Rounds of one `repeat`. */
export const REPEAT_LIMIT = 10_000;
/** Statements of a model after blocks and repeats are written out. */
export const STATEMENT_LIMIT = 50_000;
/** Blocks, repeats, ifs and arguments inside one another. */
export const DEPTH_LIMIT = 64;
/** Files that import one another in a row. */
export const IMPORT_LIMIT = 32;
