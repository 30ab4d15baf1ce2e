// `npm run bench -- --browser`: the WebAssembly target and its peers in a page of Chromium. Nothing is bundled: the page gets
// the files as they are installed and emitted, from a server on this machine.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, extname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { chromiumPath } from '../chromium.ts';
import { type Measurement, prepare } from './measurement.ts';
import { loadNet } from './nets.ts';
import type { PageResult } from './page.ts';
import { packageFolder } from './versions.ts';

/** What the page imports by name: the files that these packages ship for browsers. */
const modules: Readonly<Record<string, string>> = {
  'onnxruntime-web': 'dist/ort.wasm.min.mjs',
  '@tensorflow/tfjs-core': 'dist/tf-core.fesm.min.js',
  '@tensorflow/tfjs-backend-wasm': 'dist/tf-backend-wasm.fesm.min.js',
};

/** TensorFlow.js names these in its browser files too, and uses them in Node only. */
const onlyInNode = ['fs', 'os', 'path', 'perf_hooks'];
const nothing = 'data:text/javascript,export default {}';

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** A browser with a server of its own. */
export interface Arena {
  readonly version: string;
  readonly measure: (name: string, rounds: number) => Promise<Measurement>;
  readonly close: () => Promise<void>;
}

/** @param folder where networks are written; it is served too */
export async function openBrowser(folder: string): Promise<Arena> {
  if (!existsSync(chromiumPath)) throw new Error(`no browser at ${chromiumPath}: set CHROMIUM to the path of one`);
  const server = await serve(folder);
  const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const args = ['--no-sandbox', '--headless', '--disable-gpu', ...quiet];
  const browser = await chromium.launch({ executablePath: chromiumPath, args });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    version: browser.version(),
    measure: (name, rounds) => measureNet(browser, address, folder, name, rounds),
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}

/** A page of its own for each network, so that none inherits what another left. */
async function measureNet(
  browser: Browser,
  address: string,
  folder: string,
  name: string,
  rounds: number,
): Promise<Measurement> {
  const net = await loadNet(name);
  // A network of the reader's own has a path for a name.
  const place = basename(name, extname(name));
  const { built } = await prepare(net, ['wasm'], join(folder, place));
  const page = await browser.newPage();
  try {
    await page.goto(address);
    const call = [`/nets/${place}`, `wasm/${basename(built[0]!.module)}`, rounds].map((one) => JSON.stringify(one));
    const measured = await page.evaluate(
      `import('/bench/page.js').then(({ measureInPage }) => measureInPage(${call.join(', ')}))`,
    );
    const { multiplyAccumulates } = built[0]!;
    return { net: name, multiplyAccumulates, built, ...(measured as PageResult), errors: {}, compile: {}, first: {} };
  } finally {
    await page.close();
  }
}

function serve(folder: string): Promise<Server> {
  const roots = new Map([
    ['bench', import.meta.dirname],
    ['nets', folder],
    ...Object.keys(modules).map((name, n) => [`package${n}`, packageFolder(name)] as const),
  ]);
  const server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url ?? '/', 'http://localhost');
    const [, root, ...path] = decodeURIComponent(pathname).split('/');
    const content = pathname === '/' ? page() : await contentOf(roots.get(root!), path);
    response.writeHead(content === undefined ? 404 : 200, {
      'content-type': pathname === '/' ? 'text/html' : (types[extname(pathname)] ?? 'application/octet-stream'),
      // An isolated page has a clock of five microseconds, others one of a hundred.
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(content);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const contentOf = (root: string | undefined, path: readonly string[]): Promise<Uint8Array | undefined> =>
  root === undefined || path.includes('..')
    ? Promise.resolve(undefined)
    : readFile(join(root, ...path)).catch(() => undefined);

function page(): string {
  const imports = Object.fromEntries([
    ...Object.entries(modules).map(([name, file], n) => [name, `/package${n}/${file}`]),
    ...onlyInNode.map((name) => [name, nothing]),
  ]);
  return `<!doctype html><meta charset="utf-8"><script type="importmap">${JSON.stringify({ imports })}</script>`;
}
