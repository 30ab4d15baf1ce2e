// The command beyond what it says: files that it writes, exit codes, progress, and the executable itself.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fittingOrder } from '../../compiler/analysis/axis-order.ts';
import { compareTensors, ulpOf } from '../../compiler/analysis/compare.ts';
import { planOfAlone } from '../../compiler/analysis/single-step.ts';
import { analyse, compileModel } from '../../compiler/compile.ts';
import { runSelfTest } from '../../compiler/drivers/cli/self-test.ts';
import { type Candidate, tuneProgram } from '../../compiler/drivers/cli/tuning.ts';
import { readBytes, readSource, writeFiles } from '../../compiler/drivers/files.ts';
import { read, write } from '../../compiler/files/safetensors.ts';
import { passes, stageAfter } from '../../compiler/passes/index.ts';
import { scheduleKey } from '../../compiler/passes/schedule.ts';
import type { Program } from '../../compiler/program/program.ts';
import { computeSteps } from '../../compiler/program/usage.ts';
import type { Machine, Schedule } from '../../compiler/scheduling/machine.ts';
import { readRecords, writeRecords } from '../../compiler/scheduling/records.ts';
import { loadBackend } from '../../compiler/targets/index.ts';
import { command, inFolder } from '../golden/cli/run.ts';

const net = 'model net(image: [6, 6, 2]) -> [4, 4, 3] {\n  conv(3, kernel: 3); relu\n}\n';
/** Large enough for Winograd tiles. */
const wide = 'model net(image: [16, 16, 16]) -> [16, 16, 16] {\n  conv(16, kernel: 3, padding: same)\n}\n';
const grouped =
  'model net(image: [16, 16, 32]) -> [16, 16, 48] {\n  conv(48, kernel: 3, padding: same, groups: 2)\n}\n';
const numbers = JSON.stringify(Array.from({ length: 72 }, (_, n) => (n % 7) - 3));
const contents = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => statSync(join(folder, file)).isFile())
      .map((file) => [file, readFileSync(join(folder, file), 'base64')]),
  );

describe('build', () => {
  it('writes modules that run, the same bytes each time', () =>
    inFolder({ 'net.convnet': net }, async (folder) => {
      for (const target of ['ts', 'wasm']) {
        const line = `build net.convnet --init he --target ${target} --inline-weights never --out`;
        expect((await command(`${line} one`)).code).toBe(0);
        expect((await command(`${line} two`)).code).toBe(0);
        expect(contents('one')).toEqual(contents('two'));
        expect(readdirSync('one').sort()).toEqual(['net.d.ts', 'net.js', 'net.weights']);
        const module = await import(`${pathToFileURL(join(folder, 'one/net.js'))}?${target}`);
        const model = module.create(readFileSync('one/net.weights'));
        const image = Float32Array.from(JSON.parse(numbers));
        writeFileSync('image.json', numbers);
        await command('run net.convnet --init he --input image.json --output out.f32 --backend reference');
        const { output } = model.run({ image });
        const expected = new Float32Array(new Uint8Array(readFileSync('out.f32')).buffer);
        expect(output.length).toBe(48);
        for (const [n, value] of output.entries()) expect(value).toBeCloseTo(expected[n]!, 4);
      }
    }));

  it('writes nothing when any model has an error', () =>
    inFolder({ 'net.convnet': net, 'bad.convnet': 'model bad(x: [2]) {\n  rely\n}\n' }, async () => {
      expect((await command('build net.convnet bad.convnet --init he --out out')).code).toBe(1);
      expect(existsSync('out')).toBe(false);
    }));

  it('dumps every stage; graphs parse again', () => {
    const separable = 'model net(image: [6, 6, 2]) {\n  separableConv(4, kernel: 3)\n}\n';
    return inFolder({ 'net.convnet': separable }, async () => {
      expect((await command('build net.convnet --init he --out out --dump dump --verify --self-test')).code).toBe(0);
      const stages = readdirSync('dump').map((file) => file.replace(/^net\.\d\d-/, ''));
      expect(stages.slice(0, 3)).toEqual(['infer.convnet', 'expand.convnet', 'translate.txt']);
      expect(stages.map((file) => file.replace(/\..*/, ''))).toEqual(passes.map(({ name }) => name));
      for (const file of ['dump/net.00-infer.convnet', 'dump/net.01-expand.convnet'])
        expect((await command(`check ${file}`)).code).toBe(0);
      const unchanged = readFileSync('dump/net.06-gather.txt', 'utf8');
      expect(unchanged).toBe('unchanged: the same as net.02-translate.txt\n');
      expect(readFileSync('out/net.js', 'utf8')).toContain('selfTest');
    });
  });

  it.each(['js', 'ts'] as const)('runs what it writes, and writes nothing where that fails: %s', async (emit) => {
    const models = analyse({ file: 'net.convnet', text: net });
    if (!models.ok) throw new Error(models.problems[0]!.message);
    const backend = await loadBackend('wasm');
    const init = { scheme: 'he', seed: 1 } as const;
    const compiled = compileModel(models.value[0]!, backend, { init, sourceHash: '' });
    if (!compiled.ok) throw new Error(compiled.problems[0]!.message);
    const image = Float32Array.from(JSON.parse(numbers));
    const { output } = compiled.value.instantiate().run({ image });
    for (const inlineWeights of ['always', 'never'] as const) {
      const tested = async (outputs: Record<string, Float32Array>) => {
        const options = { emit, inlineWeights, selfTest: { inputs: { image }, outputs, tolerance: 1e-6 } };
        return runSelfTest(compiled.value, options, await compiled.value.files(options));
      };
      expect(await tested({ output: output! })).toMatchObject({ ok: true, value: { passed: true, worst: 0 } });
      const wrong = await tested({ output: output!.map((value, n) => (n === 5 ? value + 3 : value)) });
      expect(wrong.problems).toMatchObject([{ code: 'build/self-test', severity: 'error' }]);
    }
  });

  it('says what it wrote where stages go into the same folder', () =>
    inFolder({ 'net.convnet': net }, async () => {
      const { output } = await command('build net.convnet --init he --out out --dump out');
      expect(output).toMatch(/^out\/net\.js .*\n.*\n\d+ stages in out$/m);
    }));

  it('tells of schedules that fit nothing, once', () =>
    inFolder({ 'net.convnet': net }, async () => {
      const schedules = { other: { order: [], splat: 'load' } };
      writeFileSync('s.json', JSON.stringify({ version: 1, machine: 'wasm', schedules }));
      const { code, problems } = await command('build net.convnet --init he --schedules s.json');
      expect(code).toBe(0);
      expect(problems).toContain('warning[schedules/unused]: the schedules have nothing that fits net');
      expect(problems.match(/warning/g)).toHaveLength(1);
    }));

  it('is interrupted before its files are written or after, not meanwhile', () =>
    inFolder({}, async () => {
      const listeners = () => process.listenerCount('SIGHUP');
      await new Promise((done) => setTimeout(done)); // for what wrote before
      const before = listeners();
      const meanwhile: number[] = [];
      const file = {
        path: 'out/a',
        get content() {
          meanwhile.push(listeners());
          return 'a';
        },
      };
      expect(writeFiles([file, { path: 'out/b', content: 'b' }]).ok).toBe(true);
      expect(meanwhile).toEqual([before + 1]);
      expect(readdirSync('out').sort()).toEqual(['a', 'b']);
      await new Promise((done) => setTimeout(done));
      expect(listeners()).toBe(before);
    }));
});

describe('import, export and verify', () => {
  it('go there and back with the same numbers', () =>
    inFolder({ 'net.convnet': net, 'vectors/image.json': numbers }, async () => {
      expect((await command('export net.convnet --init he --seed 3 --out net.onnx')).code).toBe(0);
      expect((await command('import net.onnx --out imported')).code).toBe(0);
      const bytes = readFileSync('imported/net.safetensors');
      const tensors = read(new Uint8Array(bytes), 'net.safetensors');
      expect(tensors.ok && [...tensors.value.values()].map(({ shape }) => shape)).toEqual([[3], [3, 3, 2, 3]]);
      const line = 'run net.convnet --init he --seed 3 --input vectors/image.json --backend reference';
      await command(`${line} --output vectors/output.npy`);
      for (const file of ['imported/net.convnet', 'net.onnx']) {
        const ran = await command(`verify ${file} --vectors vectors`);
        expect(ran).toMatchObject({ code: 0, problems: '' });
        expect(ran.output).toMatch(/output +48 .* fits/);
      }
      const other = await command('verify net.convnet --vectors vectors --init he --seed 4');
      expect(other.code).toBe(1);
      expect(other.problems).toContain('error[verify/diverges]: output is the first to diverge');
    }));

  it('name the first layer that diverges', () =>
    inFolder({ 'net.convnet': net, 'vectors/image.json': numbers }, async () => {
      writeFileSync('vectors/conv_0.json', JSON.stringify(Array(48).fill(9)));
      writeFileSync('vectors/relu_0.json', JSON.stringify(Array(48).fill(9)));
      const ran = await command('verify net.convnet --vectors vectors --init he');
      expect(ran.problems).toContain('error[verify/diverges]: conv_0 is the first to diverge: 48 of 48 numbers');
    }));
});

describe('bench', () => {
  it('has a row for the whole and for each layer, with its place', () =>
    inFolder({ 'net.convnet': net }, async () => {
      let clock = 0;
      const ran = await command('bench net.convnet --target ts --json', { now: () => (clock += 20) });
      const { timings } = JSON.parse(ran.output) as { timings: { name: string; place: string }[] };
      expect(timings.map(({ name, place }) => [name, place])).toEqual([
        ['net', ''],
        ['conv_0 + relu_0', 'net.convnet:2:3'],
      ]);
    }));
});

/** A model as it comes to the choice of algorithms. */
async function untransformed(text: string): Promise<{ program: Program; machine: Machine }> {
  const models = analyse({ file: 'net.convnet', text });
  if (!models.ok) throw new Error('the model has problems');
  const { machine } = await loadBackend('wasm');
  const fused = stageAfter('fuse', models.value[0]!, { machine });
  if (!fused.ok) throw new Error('the model is refused');
  return { program: fused.value, machine };
}

describe('tune', () => {
  it('writes nothing that is not faster', () =>
    inFolder({ 'net.convnet': net }, async () => {
      let clock = 0;
      const ran = await command('tune net.convnet', { watched: true, now: () => (clock += 100) });
      expect(ran).toMatchObject({
        code: 0,
        output: 'the first guesses are the fastest\n\nwritten  net.schedules.json\n',
        problems: expect.stringContaining('░ 1 of 1: conv_0'),
      });
      const written = JSON.parse(readFileSync('net.schedules.json', 'utf8'));
      expect(written).toEqual({ version: 1, machine: 'wasm', schedules: {}, algorithms: {} });
      expect((await command('build net.convnet --init he --schedules net.schedules.json')).code).toBe(0);
    }));

  it('finds what is faster, and build, run and verify follow it', () =>
    inFolder({ 'net.convnet': net, 'vectors/image.json': numbers }, async () => {
      const { program, machine } = await untransformed(net);
      // Any record is faster than none.
      const time = ({ schedules }: Candidate): number => 2 - schedules.size;
      const found = tuneProgram(
        program,
        machine,
        (candidates) => candidates.map(time),
        () => {},
      );
      expect(found).toMatchObject([{ layer: 'conv_0', before: 2, after: 1 }]);
      const schedules = new Map(found.map(({ key, record }) => [key, record as Schedule]));
      writeFileSync('s.json', writeRecords(machine, { schedules, algorithms: new Map() }));
      const line = 'build net.convnet --init he --verify --dump';
      expect((await command(`${line} plain --out plain`)).code).toBe(0);
      expect((await command(`${line} tuned --out tuned --schedules s.json`)).code).toBe(0);
      expect(contents('tuned')['net.js']).not.toBe(contents('plain')['net.js']);
      await command('run net.convnet --init he --input vectors/image.json --output vectors/output.npy');
      const followed = '--init he --schedules s.json';
      expect((await command(`verify net.convnet --vectors vectors ${followed}`)).code).toBe(0);
      expect((await command(`run net.convnet --input vectors/image.json ${followed}`)).code).toBe(0);
    }));

  it('writes what build reads, in the order of the keys', () =>
    inFolder({}, async () => {
      const { machine } = await loadBackend('wasm');
      const schedule = { order: [['y', 2]], splat: 'load' } as const;
      const algorithms = new Map<string, 'direct' | 'tiled'>([
        ['b', 'tiled'],
        ['a', 'direct'],
      ]);
      const text = writeRecords(machine, { schedules: new Map([['k', schedule]]), algorithms });
      expect(text).toBe(`{
  "version": 1,
  "machine": "wasm",
  "schedules": {
    "k": {"order":[["y",2]],"splat":"load"}
  },
  "algorithms": {
    "a": "direct",
    "b": "tiled"
  }
}
`);
      const reread = (content: string) => readRecords(new TextEncoder().encode(content), 's.json', machine);
      expect(reread(text)).toMatchObject({ ok: true, value: { schedules: new Map([['k', schedule]]), algorithms } });
      const old = '{ "version": 1, "machine": "wasm", "schedules": {} }';
      expect(reread(old)).toMatchObject({ ok: true, value: { algorithms: new Map() } });
    }));

  it.each([wide, grouped])('a record of an algorithm is obeyed, and times decide what is recorded: %#', (text) =>
    inFolder({ 'net.convnet': text }, async () => {
      const { program, machine } = await untransformed(text);
      const isTiled = ({ steps }: Program): boolean => steps.some(({ kind }) => kind === 'blocked');
      const records = (faster: 'direct' | 'tiled') => {
        const time = ({ alone }: Candidate): number => (isTiled(alone) === (faster === 'tiled') ? 1 : 2);
        return tuneProgram(
          program,
          machine,
          (candidates) => candidates.map(time),
          () => {},
        );
      };
      // The estimate is for tiles.
      expect(records('tiled')).toEqual([]);
      const [forbidden, ...more] = records('direct');
      expect(more).toEqual([]);
      expect(forbidden).toMatchObject({ layer: 'conv_0', record: 'direct', before: 2, after: 1 });
      for (const algorithm of ['direct', 'tiled'] as const) {
        const table = new Map([[forbidden!.key, algorithm]]);
        writeFileSync('s.json', writeRecords(machine, { schedules: new Map(), algorithms: table }));
        const line = `build net.convnet --init he --verify --schedules s.json --out ${algorithm} --dump ${algorithm}`;
        expect(await command(line)).toMatchObject({ code: 0, problems: '' });
        const dumped = readdirSync(algorithm).find((name) => name.endsWith('-winograd.txt'))!;
        expect(readFileSync(join(algorithm, dumped), 'utf8').includes('.block0')).toBe(algorithm === 'tiled');
      }
    }),
  );

  it('tries the parts of a block each with a schedule of its own', async () => {
    const { program, machine } = await untransformed(wide);
    // Every record helps, and any is as good as another.
    const time = ({ alone, schedules }: Candidate): number => {
      planOfAlone(alone, machine, schedules);
      return 10 - schedules.size - (alone.steps.some(({ kind }) => kind === 'blocked') ? 4 : 0);
    };
    const found = tuneProgram(
      program,
      machine,
      (candidates) => candidates.map(time),
      () => {},
    );
    const parts = found.map(({ layer }) => layer.replace('conv_0', ''));
    expect(parts.slice(0, 3)).toEqual(['.block0.tiles', '.block0.products', '.block0.products.back']);
    expect(found.map(({ before, after }) => after < before)).not.toContain(false);
  });

  it.each([
    ['nonsense', 'schedules/format'],
    ['{ "version": 1, "machine": "wasm", "schedules": {}, "algorithms": [] }', 'schedules/format'],
    ['{ "version": 1, "machine": "wasm", "schedules": {}, "algorithms": { "k": "fast" } }', 'schedules/record'],
    ['{ "version": 1, "machine": "abacus", "schedules": {} }', 'schedules/machine'],
    ['{ "version": 1, "machine": { "toString": "x", "valueOf": "y" }, "schedules": {} }', 'schedules/machine'],
    ['{ "version": 1, "__proto__": { "machine": "wasm" }, "schedules": {} }', 'schedules/machine'],
    [`{ "version": 1, "machine": ${'['.repeat(30000)}${']'.repeat(30000)}, "schedules": {} }`, 'schedules/format'],
    [
      '{ "version": 1, "machine": "wasm", "schedules": { "k": { "order": [["y", 0]], "splat": "load" } } }',
      'schedules/record',
    ],
  ])('files that are none are refused: %.80s', (content, code) =>
    inFolder({ 'net.convnet': net, 's.json': content }, async () => {
      writeFileSync('image.json', numbers);
      writeFileSync('output.json', JSON.stringify(Array(48).fill(0)));
      for (const line of [
        'build net.convnet',
        'run net.convnet --input image.json',
        'verify net.convnet --vectors .',
      ]) {
        const ran = await command(`${line} --init he --schedules s.json`);
        expect([ran.code, ran.problems]).toEqual([1, expect.stringContaining(`error[${code}]`)]);
      }
    }),
  );
});

describe('a record that is not legal for its step', () => {
  const sum = 'model net(a: [12]) -> (o: [12]) {\n  a\n  relu as r\n  add(r, r, r)\n  return o: it\n}\n';
  const records = async (steps: Record<string, number[]>, lanes?: string): Promise<string> => {
    const order = Object.entries(steps).flatMap(([axis, each]) => each.map((step) => [axis, step] as const));
    const { program, machine } = await untransformed(sum);
    const key = scheduleKey(program, program.steps.flatMap(computeSteps)[0]!);
    const schedule: Schedule = { order, splat: 'load', ...(lanes && { lanes }) };
    return writeRecords(machine, { schedules: new Map([[key, schedule]]), algorithms: new Map() });
  };

  it.each([
    ['three levels', { a0: [4, 2, 1] }, undefined, 'level 3 of its order walks a0 once more'],
    ['an axis that it does not have', { a0: [1], toString: [1] }, undefined, 'level 2 of its order walks "toString"'],
    ['lanes that it does not have', { a0: [4] }, 'c', 'its lanes are along "c"'],
  ])('is refused with the level: %s', async (_, order, lanes, message) => {
    const content = await records(order, lanes);
    const files = { 'net.convnet': sum, 's.json': content, 'a.json': '[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]' };
    const ran = await inFolder(files, () => command('run net.convnet --input a.json --schedules s.json'));
    expect(ran).toMatchObject({ code: 1, problems: expect.stringContaining('error[schedules/record]'), output: '' });
    expect(ran.problems).toContain(message);
  });

  it('is used where it is legal', async () => {
    const content = await records({ a0: [8, 4] }, 'a0');
    const files = { 'net.convnet': sum, 's.json': content, 'a.json': '[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]' };
    const ran = await inFolder(files, () => command('run net.convnet --input a.json --schedules s.json --json'));
    expect(ran).toMatchObject({ code: 0, problems: '' });
    expect(JSON.parse(ran.output).outputs.o.values).toEqual([3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36]);
  });
});

describe('progress', () => {
  it('shows on a watched terminal after a second, and goes away', () =>
    inFolder({ 'net.convnet': net }, async () => {
      let clock = 0;
      const slow = await command('build net.convnet --init he', { watched: true, now: () => (clock += 600) });
      expect(slow.problems).toContain('net: ');
      expect(slow.problems.endsWith('\r\u001b[K')).toBe(true);
      expect((await command('build net.convnet --init he')).problems).toBe('');
    }));
});

describe('what is read is not written over', () => {
  const named =
    'import { a } from "./a.convnet"\n\nmodel net(x: [2]) {\n  weights "w.safetensors"\n  a\n  dense(2)\n}\n';
  const weights = write(
    new Map([
      ['dense_0.kernel', { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
      ['dense_0.bias', { shape: [2], data: Float32Array.of(5, 6) }],
    ]),
  );
  const files = {
    'net.convnet': named,
    'a.convnet': 'block a() {\n  relu\n}\n',
    'w.safetensors': weights,
    'x.json': '[1, 2]',
    's.json': '{ "version": 1, "machine": "wasm", "schedules": {} }',
  };

  it.each([
    'run net.convnet --input x.json --output x.json',
    'run net.convnet --input x.json --output ./link.json',
    'run net.convnet --input x.json --output hard.json',
    'run net.convnet --input x.json --schedules s.json --output s.json',
    'export net.convnet --out net.convnet',
    'export net.convnet --out w.safetensors',
    'export net.convnet --out a.convnet',
    'tune net.convnet --out w.safetensors',
    'explain net.convnet --svg a.convnet',
    'explain net.convnet --svg w.safetensors',
    'graph net.convnet --dot w.safetensors',
    'build net.convnet --weights net.weights --inline-weights never',
    'build folder/net.00-infer.convnet --init he --dump folder',
  ])('%s', (line) =>
    inFolder({ ...files, 'net.weights': weights, 'folder/net.00-infer.convnet': net }, async () => {
      symlinkSync('x.json', 'link.json');
      linkSync('x.json', 'hard.json');
      const before = contents('.');
      const ran = await command(line);
      expect(ran.problems).toMatch(/is what is read, it would be written over/);
      expect(ran.code).toBeGreaterThan(0);
      expect(contents('.')).toEqual(before);
    }),
  );

  it('another file of the same name is written', () =>
    inFolder({ ...files, 'out/x.json': 'old' }, async () => {
      expect((await command('run net.convnet --input x.json --output out/x.json')).code).toBe(0);
      expect(JSON.parse(readFileSync('out/x.json', 'utf8'))).toEqual([12, 16]);
    }));
});

describe('files', () => {
  it('are all written or none', () =>
    inFolder({ 'b/a': '' }, async () => {
      const files = [
        { path: 'a', content: 'new' },
        { path: 'b', content: 'new' },
      ];
      const written = writeFiles(files);
      expect(written.problems.map(({ code }) => code)).toEqual(['file/unwritable']);
      expect(readdirSync('.')).toEqual(['b']);
    }));

  it.skipIf(!existsSync('/proc/self'))('are refused at once in folders that cannot be', () => {
    expect(writeFiles([{ path: '/proc/none/deep/a', content: '' }]).problems[0]?.code).toBe('file/unwritable');
  });

  it('stay links where they are links', () =>
    inFolder({ 'real.txt': 'old' }, async () => {
      symlinkSync('real.txt', 'link.txt');
      expect(writeFiles([{ path: 'link.txt', content: 'new' }]).ok).toBe(true);
      expect(readFileSync('real.txt', 'utf8')).toBe('new');
      expect(readdirSync('.').sort()).toEqual(['link.txt', 'real.txt']);
    }));

  it('that are no UTF-8 say where', () =>
    inFolder({ a: Uint8Array.of(0x61, 0xc3, 0xa9, 0xff), b: Uint8Array.of(0x61, 0xe2, 0x82) }, async () => {
      expect(readSource('a').problems[0]?.message).toBe('a is not UTF-8 text: byte 3 is 0xff');
      expect(readSource('b').problems[0]?.message).toBe('b is not UTF-8 text: byte 1 is 0xe2');
      mkdirSync('folder');
      expect(readBytes('folder').problems[0]?.code).toBe('file/directory');
    }));
});

describe('options that could only be ignored or collide', () => {
  it.each([
    ['check net.convnet --set a=1 --set a=2', 'a is set twice'],
    ['check - -', 'can be read once'],
    ['fmt - -', 'can be read once'],
    ['build net.convnet --seed 2', '--seed is for random weights'],
    ['build net.convnet --init he --target ts --fallback', '--fallback is for WebAssembly'],
    ['build - --watch', 'cannot be watched'],
    ['build net.convnet --watch --json', '--json gives one document'],
    ['run net.convnet --init he --input n.json --fit crop', '--fit crop is for images'],
    [
      'run two.convnet --input x=n.json --output a=o.npy --output b=./o.npy',
      'a and b would both be written to ./o.npy',
    ],
    ['run net.convnet --init he --input n.json --backend reference --target ts', 'cannot be used with'],
    ['graph net.convnet --svg - --dot -', 'only one picture'],
    ['graph net.convnet --svg - --json', '--json has the standard output to itself'],
    ['explain net.convnet --svg - --json', '--json has the standard output to itself'],
  ])('%s', (line, words) => {
    const two = 'model two(x: [72]) -> (a: [72], b: [72]) {\n  relu as a\n  tanh as b\n  return a: a, b: b\n}\n';
    return inFolder({ 'net.convnet': net, 'two.convnet': two, 'n.json': numbers }, async (folder) => {
      const before = readdirSync(folder).sort();
      const ran = await command(line);
      expect([ran.code, ran.output]).toEqual([2, '']);
      expect(ran.problems).toContain('error[usage/arguments]');
      expect(ran.problems).toContain(words);
      expect(readdirSync(folder).sort()).toEqual(before);
    });
  });
});

describe('pictures', () => {
  it('go to the standard output for -', () =>
    inFolder({ 'net.convnet': net }, async (folder) => {
      for (const line of ['explain net.convnet conv_0 --svg -', 'graph net.convnet --svg -'])
        expect((await command(line)).output).toMatch(/^<svg .*<\/svg>\n?$/s);
      expect((await command('graph net.convnet --dot -')).output).toMatch(/^digraph /);
      expect(readdirSync(folder)).toEqual(['net.convnet']);
    }));
});

describe('comparing tensors', () => {
  const of = (...values: number[]): Float32Array => Float32Array.from(values);

  it('counts steps between floats of a size', () => {
    expect([1, 1.5, 2, 0.75, 2 ** -126, 2 ** -140, 0].map(ulpOf)).toEqual(
      [-23, -23, -22, -24, -149, -149, -149].map((power) => 2 ** power),
    );
  });

  it('judges by the scale of the tensor', () => {
    const tolerance = { relative: 1e-4, absolute: 0 };
    // 3e-7 of the scale, and four times the number itself.
    const near = compareTensors(of(1000, 3.75e-4), of(1000, 7.5e-5), tolerance);
    expect(near).toMatchObject({ outside: 0, scale: 1000, at: 1, ulp: expect.closeTo(3e-4 / 2 ** -14, 5) });
    expect(near.relativeError).toBeCloseTo(3e-7, 9);
    // As far off, and the tensor is small: nothing of it is right.
    expect(compareTensors(of(3e-7, 3e-7), of(1e-7, -1e-7), tolerance)).toMatchObject({ outside: 2 });
    expect(compareTensors(of(0, 1e-9), of(0, 0), tolerance)).toMatchObject({ outside: 1, scale: 0 });
    expect(compareTensors(of(0, -0), of(0, 0), tolerance)).toMatchObject({ outside: 0, relativeError: 0, ulp: 0 });
  });

  it('finds the order of axes in which numbers fit', () => {
    const tolerance = { relative: 1e-4, absolute: 0 };
    const ours = of(1, 4, 2, 5, 3, 6);
    expect(fittingOrder(ours, of(1, 2, 3, 4, 5, 6), [1, 3, 2], tolerance)).toEqual([0, 2, 1]);
    expect(fittingOrder(ours, of(1, 2, 3, 4, 5, 7), [1, 3, 2], tolerance)).toBeUndefined();
    expect(fittingOrder(ours, ours, [6], tolerance)).toBeUndefined();
    // [height, width, channels] written as [channels, height, width].
    const pixels = Float32Array.from({ length: 24 }, (_, n) => (n % 4) * 6 + Math.floor(n / 4));
    expect(
      fittingOrder(
        pixels,
        Float32Array.from({ length: 24 }, (_, n) => n),
        [2, 3, 4],
        tolerance,
      ),
    ).toEqual([2, 0, 1]);
  });

  it('takes NaN for NaN and nothing else', () => {
    const tolerance = { relative: 1, absolute: 1 };
    expect(compareTensors(of(Number.NaN, 1), of(Number.NaN, 1), tolerance).outside).toBe(0);
    expect(compareTensors(of(Number.NaN), of(1), tolerance).outside).toBe(1);
    expect(compareTensors(of(1, 5), of(1, 2), { relative: 0, absolute: 1 })).toMatchObject({ outside: 1, at: 1 });
  });
});

describe('the executable', () => {
  const main = join(import.meta.dirname, '../../dist/bundle/atrous.js');
  const atrous = (line: string, input = '', env: Record<string, string> = {}) =>
    spawnSync(process.execPath, [main, ...line.split(' ')], {
      input,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', ...env },
    });

  it('reads the standard input, and keeps results and problems apart', () => {
    const good = atrous('check -', net);
    expect([good.status, good.stderr]).toEqual([0, '']);
    expect(good.stdout).toContain('net(image: [6, 6, 2]) -> (output: [4, 4, 3])');
    const bad = atrous('check - --json', 'model a(x: [2]) {\n  rely\n}\n');
    expect(bad.status).toBe(1);
    expect(bad.stderr).toContain('error[name/unknown]');
    expect(bad.stderr).toContain('<stdin>:2:3');
    expect(JSON.parse(bad.stdout)).toMatchObject({ version: 1, problems: [{ code: 'name/unknown', line: 2 }] });
  });

  it('formats from the standard input to the standard output', () => {
    expect(atrous('fmt -', 'model a( x:[2] ){ relu }').stdout).toBe('model a(x: [2]) { relu }\n');
  });

  it('ends with 2 where it is used wrongly', () => {
    expect(atrous('chek net.convnet').status).toBe(2);
    expect(atrous('check').status).toBe(2);
  });

  const inShell = (line: string, cwd?: string) =>
    spawnSync('bash', ['-c', line], {
      encoding: 'utf8',
      timeout: 60_000,
      ...(cwd && { cwd }),
      env: { ...process.env, NO_COLOR: '1' },
    });

  it('leaves no part of a file where there is no room for all of it', () =>
    inFolder({ 'net.convnet': net }, async (folder) => {
      // As on a full disk: the write fails half-way.
      const ran = inShell(`ulimit -f 1; '${process.execPath}' '${main}' build net.convnet --init he --out out`, folder);
      expect([ran.status, ran.stderr]).toEqual([1, expect.stringContaining('error[file/unwritable]')]);
      expect(readdirSync('out')).toEqual([]);
    }));

  it.skipIf(!existsSync('/dev/zero'))('reads no file without an end', () =>
    inFolder({ 'net.convnet': net }, async (folder) => {
      symlinkSync('/dev/zero', 'image.f32');
      const node = `'${process.execPath}' '${main}'`;
      for (const [line, code] of [
        [`${node} check /dev/zero`, 'file/device'],
        [`${node} run net.convnet --init he --input image.f32`, 'file/device'],
        [`${node} check - < /dev/zero`, 'file/too-large'],
        [`${node} check <(cat /dev/zero)`, 'file/too-large'],
      ])
        expect(inShell(line!, folder)).toMatchObject({ status: 1, stderr: expect.stringContaining(`error[${code}]`) });
      const pipe = inShell(`${node} check <(cat net.convnet)`, folder);
      expect([pipe.status, pipe.stderr]).toEqual([0, '']);
    }),
  );

  it('has no colours on a pipe', () => {
    expect(atrous('check -', 'model a(x: [2]) { rely }').stderr).not.toContain('\u001b[');
  });
});
