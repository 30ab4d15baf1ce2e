// Programs as text: what is printed can be read again, and is the same program.
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { analyse } from '../../compiler/compile.ts';
import type { ShapedModel } from '../../compiler/graph/model.ts';
import type { WeightElement } from '../../compiler/options.ts';
import { programAt, stageAfter } from '../../compiler/passes/index.ts';
import { parseProgram } from '../../compiler/program/parse.ts';
import { keyOf, printProgram } from '../../compiler/program/print.ts';
import type { Program } from '../../compiler/program/program.ts';
import { programFaults } from '../../compiler/program/verify.ts';
import type { Machine } from '../../compiler/scheduling/machine.ts';
import { loadMachine } from '../../compiler/targets/index.ts';
import { drawNetwork } from '../draw-network.ts';

let machine: Machine;

beforeAll(async () => {
  machine = await loadMachine('wasm');
});

/** After every pass that leaves a program. */
function programs(model: ShapedModel, quantize?: WeightElement): Map<string, Program> {
  const found = new Map<string, Program>();
  stageAfter('narrow', model, {
    machine,
    ...(quantize && { quantize }),
    watch: ({ name }, stage) => {
      const program = programAt(stage);
      if (program) found.set(name, program);
    },
  });
  return found;
}

const sourcesOf = ({ steps, preparation }: Program) =>
  [...steps, ...preparation].flatMap(({ origins }) => origins.map(({ span }) => span.source));

function expectSame(program: Program, what: string): void {
  const text = printProgram(program);
  const read = parseProgram(text, { sources: sourcesOf(program) });
  if (!read.ok) throw new Error(`${what}: ${read.problems[0]!.message}\n${text}`);
  expect(printProgram(read.value), what).toBe(text);
  // Sources are compared by their names, which the text has: they are the same objects.
  expect(read.value, what).toEqual(program);
}

describe('print and parse', () => {
  it.each(Array.from({ length: 40 }, (_, n) => n))('random network %i after every pass', (n) => {
    const { model } = drawNetwork(9000 + n);
    for (const [pass, program] of programs(model)) expectSame(program, pass);
  });

  it.each([
    'model m(x: [5, 4], h: [6]) { x |> lstm(6, hidden: h) as l; l.hidden; cumSum(0) }',
    'model m(x: [5, 4], i: [3]) { gather(x, add(i, i) |> relu, axis: 1); relu }',
  ])('%s', (text) => {
    const models = analyse({ file: 'net.convnet', text });
    if (!models.ok) throw new Error(models.problems[0]!.message);
    for (const [pass, program] of programs(models.value[0]!)) expectSame(program, pass);
  });

  const folder = resolve(import.meta.dirname, '../../examples');
  const examples = readdirSync(folder).filter((file) => file.endsWith('.convnet'));

  it.each(examples)('%s', (file) => {
    const models = analyse({ file, text: readFileSync(resolve(folder, file), 'utf8') });
    if (!models.ok) throw new Error(models.problems[0]!.message);
    for (const [pass, program] of programs(models.value[0]!)) expectSame(program, pass);
  });

  it.each(['int8', 'f16'] as const)('weights stored as %s', (quantize) => {
    const models = analyse({ file: 'net.convnet', text: 'model net(x: [8, 8, 4]) { conv(8, kernel: 3); relu }' });
    if (!models.ok) throw new Error(models.problems[0]!.message);
    const all = programs(models.value[0]!, quantize);
    for (const [pass, program] of all) expectSame(program, pass);
    expect([...all.get('narrow')!.values.values()].some(({ element }) => element !== undefined)).toBe(true);
  });

  it('gives long lists of numbers by their keys', () => {
    const numbers = [0.5, -0, 1e-7, Number.NEGATIVE_INFINITY, 3];
    const program: Program = {
      name: 'net',
      documentation: 'Two\nlines.',
      inputs: [],
      outputs: [],
      values: new Map([['c', { role: 'constant', id: 'c', shape: [5], data: numbers }]]),
      preparation: [],
      steps: [],
    };
    const text = printProgram(program, { longest: 4 });
    expect(text).toContain(`constant     c [5] = ${keyOf(numbers)}`);
    expect(parseProgram(text, { numbers: new Map([[keyOf(numbers), numbers]]) })).toMatchObject({ value: program });
    expect(parseProgram(text).problems[0]?.message).toBe(`the numbers ${keyOf(numbers)} are not given`);
    expect(printProgram(program)).toContain('= 0.5 −0 1e−7 −∞ 3');
    expectSame(program, 'numbers in full');
  });

  it.each([
    'weight       k [3, 2] i8 scale 0.5 zero 3',
    'weight       k [3, 2] u8 scale 0.5 0.25 zero 128 0 along 1',
    'weight       k [3, 2] u16 scale 0.0001 min −1.5',
    'constant     k [3] i8 scale 0.5 1 2 min 0 −1 4 along 0 = 1 2 3',
  ])('integers with a scale: %s', (line) => {
    const { value } = parseProgram(line) as { readonly value: Program };
    expect(printProgram(value)).toBe(`${line}\n`);
    expect(programFaults(value)).toEqual([]);
    expectSame(value, line);
  });

  it('reads a scale, an offset and an axis', () => {
    const { value } = parseProgram('weight k [3, 2] u8 scale 0.5 0.25 zero 128 0 along 1') as {
      readonly value: Program;
    };
    const quantization = { scales: [0.5, 0.25], zeros: [128, 0], axis: 1 };
    expect(value.values.get('k')).toEqual({ role: 'weight', id: 'k', shape: [3, 2], element: 'u8', quantization });
    const wrong = new Map([...value.values].map(([id, one]) => [id, { ...one, shape: [3, 4] }] as const));
    expect(programFaults({ ...value, values: wrong })).toEqual([
      'k: scales: 2 given, 4 needed',
      'k: zeros: 2 given, 4 needed',
    ]);
  });

  it.each([
    ['weight k [2] scale 1 zero 0', 'f32 has no scale: its elements are no integers', ''],
    ['weight k [2] i8 scale 1 2 zero 0 0', 'scales: 2 given, 1 needed', ''],
    ['weight k [2] i8 scale 1 zero 0 0 along 0', 'scales: 1 given, 2 needed', ''],
    ['weight k [2] i8 scale 1 min 0 along 1', 'there is no axis 1 in [2]', ''],
    ['weight k [2] i8 scale 0 zero 0', 'a scale is not above 0 and finite', ''],
    ['weight k [2] i8 scale 1 zero 0.5', 'a zero is no integer', ''],
    ['weight k [2] i8 scale 1 min ∞', 'one of the mins is not finite', ''],
    ['weight k [2] i8 scale 1', '"zero" is expected', ''],
    ['run out[y] = in[y]   for y <', 'a number is expected', ''],
    ['run out[y] = in[y]   for y < 4.5', 'a whole number is expected', ''],
    ['run out[y] = frobnicate(in[y])   for y < 4', 'there is no function frobnicate', 'in[y])'],
    ['run out[y] = maximum(in[y])   for y < 4', 'maximum has 2 arguments, not 1', ')'],
    ['run out[y] = in[t0[y]]   for y < 4', 'there is no table t0', ']'],
    ['run out[y] ? in[y]', '"=" or "+=" is expected', '?'],
    ['input in [4] = 1 2', '2 numbers do not fill 4 elements', ''],
    ['input in [2] = 1 2', 'an input value has no numbers', ''],
    ['constant c [2]', 'a constant has numbers', ''],
    ['input in [2]\ninput in [2]', 'in stands here twice', '[2]'],
    ['run each y < 4', 'a block has a name', 'y'],
    ['step out[] = 1', 'no block is open', 'out'],
    ['of conv', 'no step stands before', 'conv'],
    ['walk out[] = 1', 'this begins no line of a program', 'walk'],
    ['run a is b c', 'the line should end here', 'c'],
    ['run out[y = 1', '"]" is expected', '= 1'],
  ])('%s: %s', (text, message, rest) => {
    const [problem] = parseProgram(text).problems;
    expect(problem).toMatchObject({ code: 'program/syntax', message });
    const left = text.slice(problem!.at!.start).trim();
    expect(rest === '' ? left : left.slice(0, rest.length)).toBe(rest);
  });
});
