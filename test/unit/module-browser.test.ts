// An emitted module in a real browser: in a page, a worker and an audio worklet, under a strict Content-Security-Policy
// that allows neither `eval` nor WebAssembly.

import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bytesOf } from '../../compiler/targets/shared/weights-file.ts';
import { emitTypescript } from '../../compiler/targets/typescript/emit.ts';
import { chromiumPath } from '../chromium.ts';
import { convolutionPlan } from './module-plans.ts';

const missing = !existsSync(chromiumPath);
if (missing) console.warn(`no browser at ${chromiumPath} (set CHROMIUM): its tests are skipped`);

const plan = convolutionPlan({ height: 4, width: 4, channels: 4, filters: 2 });
const weights = bytesOf(Float32Array.from({ length: plan.weights.storedBytes / 4 }, (_, n) => (n % 7) - 3));
const image = Array.from({ length: 64 }, (_, n) => (n % 5) - 2);

const files = new Map<string, string | Uint8Array>([
  ['page.html', '<!doctype html><meta charset="utf-8"><script type="module" src="page.js"></script>'],
  ['page.js', "import * as net from './apart/net.js'; window.net = net; window.inlined = import('./inlined/net.js');"],
  [
    'worker.js',
    `import { create } from './inlined/net.js';
     onmessage = ({ data }) => postMessage(create().run({ image: Float32Array.from(data) }));`,
  ],
  [
    'worklet.js',
    `import { create } from './inlined/net.js';
     registerProcessor('net', class extends AudioWorkletProcessor {
       constructor({ processorOptions: { image } }) {
         super();
         this.port.postMessage(create().run({ image: Float32Array.from(image) }));
       }
       process() { return true; }
     });`,
  ],
]);
for (const inlineWeights of ['always', 'never'] as const) {
  const folder = inlineWeights === 'always' ? 'inlined' : 'apart';
  for (const { path, content } of emitTypescript(plan, weights, { emit: 'js', inlineWeights })) {
    files.set(`${folder}/${path}`, content);
  }
}

const types: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript' };

function serve(): Promise<Server> {
  const server = createServer(({ url }, response) => {
    const path = (url ?? '').slice(1);
    const content = files.get(path);
    response.writeHead(content === undefined ? 404 : 200, {
      'content-type': types[path.split('.').pop()!] ?? 'application/octet-stream',
      'content-security-policy': "default-src 'self'",
    });
    response.end(content);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

test.runIf(process.env.REQUIRE_BROWSER)('finds the browser that is required', () => {
  expect(missing, `no browser at ${chromiumPath}`).toBe(false);
});

describe.skipIf(missing)('an emitted module in Chromium', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  let wanted: number[];
  const troubles: string[] = [];

  beforeAll(async () => {
    server = await serve();
    const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
    browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ['--no-sandbox', '--headless', '--disable-gpu', ...quiet],
    });
    page = await browser.newPage();
    page.on('pageerror', (problem) => troubles.push(String(problem)));
    page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/page.html`);
    await page.waitForFunction('window.net');
    const text = String(files.get('inlined/net.js'));
    const module = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text)}`);
    wanted = [...module.create().run({ image: Float32Array.from(image) }).mask];
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  /** Runs the body of an async function of `image` in the page. */
  const inPage = (body: string): Promise<unknown> =>
    page.evaluate(`(async (image) => { ${body} })(${JSON.stringify(image)})`);

  test('loads its weights file, reports progress, and computes what Node computes', async () => {
    const result = await inPage(`
      const progress = [];
      const model = await net.load({ onProgress: (done, total) => progress.push([done, total]) });
      const { mask } = model.run({ image: Float32Array.from(image) });
      return { mask: [...mask], progress };
    `);
    expect(result).toEqual({ mask: wanted, progress: [[360, 360]] });
  });

  test('carries its weights', async () => {
    const result = await inPage('return [...(await inlined).create().run({ image: Float32Array.from(image) }).mask];');
    expect(result).toEqual(wanted);
  });

  test('says what is wrong with a file that is not there or not its own, and can be given up', async () => {
    const attempt = (options: string) =>
      inPage(`return net.load(${options}).then(() => 'loaded', (problem) => problem.message);`);
    expect(await attempt("{ weights: 'nowhere.weights' }")).toBe('weights: nowhere.weights answers 404');
    expect(await attempt("{ weights: 'page.html' }")).toBe(
      'weights of net refused: this is not a weights file of atrous',
    );
    expect(await attempt('{ signal: AbortSignal.abort() }')).toContain('abort');
    troubles.length = 0;
  });

  test('runs in a worker', async () => {
    const result = await inPage(`
      const worker = new Worker('worker.js', { type: 'module' });
      const { data } = await new Promise((resolve) => { worker.onmessage = resolve; worker.postMessage(image); });
      return [...data.mask];
    `);
    expect(result).toEqual(wanted);
  });

  test('runs in an audio worklet', async () => {
    const result = await inPage(`
      const audio = new OfflineAudioContext(1, 128, 44100);
      await audio.audioWorklet.addModule('worklet.js');
      const node = new AudioWorkletNode(audio, 'net', { processorOptions: { image } });
      const { data } = await new Promise((resolve) => {
        node.port.onmessage = resolve;
        node.connect(audio.destination);
        audio.startRendering();
      });
      return [...data.mask];
    `);
    expect(result).toEqual(wanted);
  });

  test('leaves nothing in the console', () => {
    expect(troubles).toEqual([]);
  });
});
