// The compiler in few files: Node takes longer to find and read three hundred than to run what is in them. Packages stay
// outside, and what is imported when it is needed stays apart. Run in the project's folder, after tsc:
//
//   node dist/scripts/bundle.js   →   dist/bundle/atrous.js (the command), index.js (the library), and what they share
import { rmSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { rolldown } from 'rolldown';

const folder = 'dist/bundle';

rmSync(folder, { recursive: true, force: true });
const bundle = await rolldown({
  input: { atrous: 'dist/compiler/drivers/cli/main.js', index: 'dist/compiler/index.js' },
  external: (name) => !name.startsWith('.') && !isAbsolute(name),
  platform: 'node',
});
await bundle.write({ dir: folder, format: 'esm', chunkFileNames: '[name]-[hash].js' });
await bundle.close();
