// The encoding of WebAssembly where random functions do not reach: numbers at the edges of their bytes, memories of all kinds,
// and trees that make no sense.
import { describe, expect, it } from 'vitest';
import { Bytes } from '../../compiler/targets/wasm/encoding/bytes.ts';
import { br_if, call, local } from '../../compiler/targets/wasm/encoding/control.ts';
import { Label, ofType } from '../../compiler/targets/wasm/encoding/expression.ts';
import { Locals } from '../../compiler/targets/wasm/encoding/locals.ts';
import { type Memory, Module } from '../../compiler/targets/wasm/encoding/module.ts';
import { f32, i32 } from '../../compiler/targets/wasm/encoding/numbers.ts';

function written(write: (bytes: Bytes) => void): string {
  const bytes = new Bytes();
  write(bytes);
  return Buffer.from(bytes.finished()).toString('hex');
}

describe('numbers', () => {
  it.each([
    [0, '00'],
    [127, '7f'],
    [128, '8001'],
    [624485, 'e58e26'],
    [2 ** 31, '8080808008'],
    [2 ** 32 - 1, 'ffffffff0f'],
  ])('unsigned %d', (value, hexadecimal) => {
    expect(written((bytes) => bytes.unsigned(value))).toBe(hexadecimal);
  });

  it.each([
    [0, '00'],
    [63, '3f'],
    [64, 'c000'],
    [-1, '7f'],
    [-64, '40'],
    [-65, 'bf7f'],
    [-123456, 'c0bb78'],
    [2 ** 31 - 1, 'ffffffff07'],
    [2 ** 31, '8080808078'],
    [2 ** 32 - 64, '40'],
  ])('signed %d', (value, hexadecimal) => {
    expect(written((bytes) => bytes.signed(value))).toBe(hexadecimal);
  });

  it.each([
    [63n, '3f'],
    [64n, 'c000'],
    [-65n, 'bf7f'],
    [2n ** 63n - 1n, 'ffffffffffffffffff00'],
    [-(2n ** 63n), '8080808080808080807f'],
  ])('long %d', (value, hexadecimal) => {
    expect(written((bytes) => bytes.signedLong(value))).toBe(hexadecimal);
  });

  it('has one float that is not a number, whatever its bits were', () => {
    const strange = new Float64Array(Uint32Array.of(5, 0xfff00000).buffer)[0]!;
    expect(written((bytes) => bytes.float(strange))).toBe('0000c07f');
    expect(written((bytes) => bytes.double(strange))).toBe('000000000000f87f');
  });

  it('grows', () => {
    expect(
      written((bytes) => {
        for (let count = 0; count < 1000; count++) bytes.unsigned(300);
      }),
    ).toBe('ac02'.repeat(1000));
  });
});

describe('memories', () => {
  /** Of a function that returns the word at 8. */
  function reading(memory: Memory): WebAssembly.Module {
    const module = new Module();
    module.memory = memory;
    module.data.push({ offset: 8, bytes: Uint8Array.of(42, 0, 0, 0) });
    const result = i32.load({ pointer: i32.const(4), offset: 4 });
    module.export('read', module.addFunction({ name: 'read', locals: new Locals(), body: [], result }));
    return new WebAssembly.Module(module.encode());
  }

  const read = (module: WebAssembly.Module, imports: WebAssembly.Imports = {}): unknown => {
    const { exports } = new WebAssembly.Instance(module, imports);
    return (exports.read as () => number)();
  };

  it('are defined', () => {
    const module = reading({ minimum: 1, maximum: 2, exported: 'memory' });
    expect(read(module)).toBe(42);
    expect(WebAssembly.Module.exports(module).map(({ name }) => name)).toEqual(['memory', 'read']);
  });

  it('are imported', () => {
    const module = reading({ minimum: 1, maximum: 2, imported: { module: 'host', name: 'bytes' } });
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'host', name: 'bytes', kind: 'memory' }]);
    expect(read(module, { host: { bytes: new WebAssembly.Memory({ initial: 1, maximum: 2 }) } })).toBe(42);
  });

  it('are shared', () => {
    const module = reading({ minimum: 1, maximum: 2, shared: true, imported: { module: 'host', name: 'bytes' } });
    const own = new WebAssembly.Memory({ initial: 1, maximum: 2 });
    expect(() => read(module, { host: { bytes: own } })).toThrow(WebAssembly.LinkError);
    const shared = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
    expect(read(module, { host: { bytes: shared } })).toBe(42);
  });
});

describe('trees that make no sense', () => {
  it('are refused: a local of another function', () => {
    const other = new Locals('i32').add('i32');
    const content = { name: 'f', locals: new Locals('i32'), body: [], result: local.get(other) };
    expect(() => new Module().addFunction(content)).toThrow('a local of another function');
  });

  it('are refused: a branch from outside', () => {
    const body = [br_if(new Label(), i32.const(1))];
    expect(() => new Module().addFunction({ name: 'f', locals: new Locals(), body })).toThrow('a branch to a label');
  });

  it('are refused: operands that a function does not take', () => {
    const callee = new Module().addFunction({ name: 'f', locals: new Locals('f32'), body: [] });
    expect(() => call(callee, [i32.const(1)])).toThrow('f called with (i32)');
    expect(() => call(callee, [])).toThrow('f called with ()');
  });

  it('are refused: a value of another type', () => {
    expect(() => ofType('v128', f32.const(1))).toThrow('f32 where v128 is expected');
  });
});
