// What the replay compares by: WebAssembly and JavaScript as parts that do not depend on encoding or comments.
import binaryen from 'binaryen';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/index.ts';
import { Bytes } from '../../scripts/replay/bytes.ts';
import { firstDifference } from '../../scripts/replay/difference.ts';
import { afterPrefix, opcodes } from '../../scripts/replay/opcodes.ts';
import { marksOf } from '../../scripts/replay/recording.ts';
import { readText } from '../../scripts/replay/text.ts';
import { wasmParts } from '../../scripts/replay/wasm.ts';

const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const parts = (...sections: readonly (readonly number[])[]) => wasmParts(Uint8Array.from([header, ...sections].flat()));

describe('the reader of WebAssembly', () => {
  const types = [1, 10, 2, 0x60, 0, 0, 0x60, 2, 0x7f, 0x7d, 1, 0x7d];
  const functions = [3, 2, 1, 1];
  const exported = [7, 7, 1, 3, 114, 117, 110, 0, 0];
  // (local i32 i32 f32) local.get 1, i32.const -1, drop, block nop end
  const instructions = [0x20, 1, 0x41, 0x7f, 0x1a, 0x02, 0x40, 0x01, 0x0b, 0x0b];
  const code = [10, 17, 1, 15, 2, 2, 0x7f, 1, 0x7d, ...instructions];

  it('writes a function out', () => {
    expect(parts(types, functions, exported, code)).toEqual([
      { name: 'exports', text: '"run" function 0' },
      {
        name: 'function 0',
        text: [
          '(i32 f32) -> (f32)',
          'locals i32 i32 f32',
          'local.get 1',
          'i32.const -1',
          'drop',
          'block () -> ()',
          '  nop',
          'end',
        ].join('\n'),
      },
    ]);
  });

  it('gives the same for longer numbers, locals in other groups and types in another order', () => {
    const otherTypes = [1, 10, 2, 0x60, 2, 0x7f, 0x7d, 1, 0x7d, 0x60, 0, 0];
    const otherFunctions = [3, 3, 1, 0x80, 0];
    // Three groups of locals; local.get 1 in three bytes, i32.const -1 in two.
    const longer = [0x20, 0x81, 0x80, 0, 0x41, 0xff, 0x7f, ...instructions.slice(4)];
    const otherCode = [10, 23, 1, 0x94, 0, 3, 1, 0x7f, 1, 0x7f, 1, 0x7d, ...longer];
    expect(parts(otherTypes, otherFunctions, exported, otherCode)).toEqual(parts(types, functions, exported, code));
  });

  it('sees another constant, another local and another place in memory', () => {
    const same = parts(types, functions, code);
    for (const [at, byte] of [
      [9, 0],
      [10, 0x42],
      [12, 0x7e],
      [6, 0x7e],
    ] as const)
      expect(parts(types, functions, code.with(at, byte))).not.toEqual(same);
  });

  it('refuses what it does not know and what ends early', () => {
    expect(() => wasmParts(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))).toThrow('no WebAssembly module');
    expect(() => parts([4, 1, 0])).toThrow('section 4 is not known');
    expect(() => parts(types, functions, code.with(14, 0xff))).toThrow('0xff');
    expect(() => parts(types.slice(0, -1))).toThrow('10 bytes are expected');
  });

  it('reads integers up to 64 bits', () => {
    expect(new Bytes(Uint8Array.of(0xe5, 0x8e, 0x26)).unsigned()).toBe(624485);
    expect(new Bytes(Uint8Array.of(0xc0, 0xbb, 0x78)).signed()).toBe(-123456n);
    const lowest = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f];
    expect(new Bytes(Uint8Array.from(lowest)).signed()).toBe(-(2n ** 63n));
  });

  it('has codes where the specification has them', () => {
    const name = (code: number): string | undefined => opcodes.get(code)?.name;
    expect([0x44, 0x66, 0x8a, 0xa6, 0xc4].map(name)).toEqual([
      'f64.const',
      'f64.ge',
      'i64.rotr',
      'f64.copysign',
      'i64.extend32_s',
    ]);
    expect([11, 83, 153, 186, 213, 219, 255].map((code) => name(afterPrefix(0xfd, code)))).toEqual([
      'v128.store',
      'v128.any_true',
      'i16x8.max_u',
      'i32x4.dot_i16x8_s',
      'i64x2.mul',
      'i64x2.ge_s',
      'f64x2.convert_low_i32x4_u',
    ]);
  });

  it('reads the modules of the compiler as binaryen does', async () => {
    const source =
      'model net(x: [8, 8, 4]) {\n  x |> conv(8, kernel: 3) |> gelu |> maxPool(2) |> batchNorm |> dense(5) |> softmax\n}\n';
    const compiled = compile(source, { init: 'he' });
    if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('; '));
    const [written] = await compiled.model.files({ emit: 'js' });
    const [bytes] = readText('net.js', written!.content as string).wasm;
    const ours = wasmParts(bytes!).map(({ text }) => text);
    const module = binaryen.readBinary(bytes!);
    const theirs = module.emitText();
    module.dispose();
    const count = (text: string, pattern: RegExp): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const [, name] of text.matchAll(pattern)) counts[name!] = (counts[name!] ?? 0) + 1;
      return Object.fromEntries(Object.entries(counts).sort());
    };
    const names = count(ours.join('\n'), /^ *([a-z]+[0-9x]*\.\w+)/gm);
    expect(Object.keys(names).length).toBeGreaterThan(30);
    // The place of a data segment is an instruction too, and data has one line for it in both.
    expect(names).toEqual(count(theirs, /\(([a-z]+[0-9x]*\.\w+)/g));
  });
});

describe('the reader of JavaScript', () => {
  const read = (text: string) => readText('net.js', text).parts;

  it('leaves out comments and layout, and nothing that only looks like a comment', () => {
    const bare =
      'const a = "// no comment";\nconst b = `/* none */ $a // none`;\nconst c = /\\/*[/]*x/.test(b);\nf(c);';
    const commented = `// first\n/** about */ const a = "// no comment"; // after\nconst b = /* within */ \`/* none */ $a // none\`;
      const c =\n  /\\/*[/]*x/ // why\n  .test(b);\n/*! kept by others */ f(/* c */ c);\n// last`;
    const text = read(bare).map((part) => part.text);
    expect(text.join('\n')).toContain('"// no comment"');
    expect(text.join('\n')).toContain('`/* none */ $a // none`');
    expect(text.join('\n')).toContain('/\\/*[/]*x/');
    expect(read(commented).map((part) => part.text.replace(/\s+/g, ''))).toEqual(
      read(bare).map((part) => part.text.replace(/\s+/g, '')),
    );
  });

  it('names statements and sees a changed one', () => {
    expect(read('export function f() {}\nconst a = 1;\nf();').map(({ name }) => name)).toEqual([
      'f',
      'a',
      'statement 2',
    ]);
    expect(read('const a = 1;')).not.toEqual(read('const a = 2;'));
  });

  it('takes WebAssembly out, with its length, and keeps a fingerprint of other bytes', () => {
    const carrying = (bytes: Uint8Array): string =>
      `const code = '${Buffer.from(bytes).toString('base64')}';\nfunction f() { return new Uint8Array(${bytes.length}); }`;
    const wasm = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, n) => header[n] ?? 0);
    expect(read(carrying(wasm(60)))).toEqual(read(carrying(wasm(70))));
    expect(readText('net.js', carrying(wasm(60))).wasm.map(({ length }) => length)).toEqual([60]);
    expect(read(carrying(new Uint8Array(60)))).not.toEqual(read(carrying(new Uint8Array(60).fill(1))));
  });
});

describe('the first difference', () => {
  const before = [
    { name: 'problems', text: '' },
    { name: 'function 0', text: 'a\nb' },
  ];
  const differenceTo = (after: typeof before, kept = true) =>
    firstDifference(marksOf(before), after, () => (kept ? before : undefined));

  it('is named with its line', () => {
    expect(differenceTo(before)).toBeUndefined();
    const changed = before.with(1, { name: 'function 0', text: 'a\nc' });
    expect(differenceTo(changed)).toBe('function 0, line 2: "b" became "c"');
    expect(differenceTo(changed, false)).toBe('function 0 differs');
    expect(differenceTo(before.slice(0, 1))).toBe('function 0 is gone');
    expect(differenceTo([...before, { name: 'function 1', text: '' }])).toBe('function 1 is new');
    expect(differenceTo(before.with(1, { name: 'data', text: 'a' }))).toBe('function 0 was where data is');
  });
});
