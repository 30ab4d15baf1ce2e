// Written by scripts/inline-runtime.ts from runtime/*.ts.
export type RuntimeName = 'decodeBase64';
