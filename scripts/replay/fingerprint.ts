import { createHash } from 'node:crypto';

/** Half of SHA-256, as 32 hexadecimal digits. */
export const fingerprint = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 32);
