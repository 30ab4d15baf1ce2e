import { describe, expect, it } from 'vitest';
import { translate } from '../../compiler/passes/translate.ts';
import { printProgram } from '../../compiler/program/print.ts';
import { modelOf, plain } from './text.ts';

const text = (source: string): string =>
  plain(
    printProgram(translate.run(modelOf(source)))
      .replace(/^program.*\n/, '')
      .replaceAll(/\n +of .*/g, ''),
  );

describe('translate', () => {
  it('makes every layer its expression, with tensors by their full names', () =>
    expect(text('model net(x: [5, 2]) { conv(3, kernel: 2) as c; relu as r }')).toBe(
      plain(`
        input x [5, 2]
        intermediate c [4, 3]
        weight c.kernel [2, 2, 3]
        weight c.bias [3]
        intermediate r [4, 3]
        output output = r
        run c[x, f] += x[x + j, c] · c.kernel[j, c, f], finished by acc + c.bias[@1] for x < 4, f < 3, j < 2, c < 2
        run r[a0, a1] = maximum(c[a0, a1], 0) for a0 < 4, a1 < 3`),
    ));

  it('makes a change of shape an alias', () =>
    expect(text('model net(x: [2, 3]) { flatten as f }')).toBe(
      plain(`
        input x [2, 3]
        intermediate f [6]
        output output = f
        run f is x`),
    ));

  it('gives a layer of several statements its constants and temporaries, under names of its own', () =>
    expect(text('model net(x: [2]) { softmax as s }')).toBe(
      plain(`
        input x [2]
        intermediate s [2]
        intermediate s.largest [1]
        intermediate s.power [2]
        intermediate s.total [1]
        output output = s
        run #s#0: s.largest[0] max= x[a0] for a0 < 2
        run #s#1: s.power[a0] = exponential(x[a0] − s.largest[0]) for a0 < 2
        run #s#2: s.total[0] += s.power[a0] for a0 < 2
        run #s#3: s[a0] = s.power[a0] / s.total[0] for a0 < 2`),
    ));

  it('keeps which layer a step is of', () => {
    const program = translate.run(modelOf('model net(x: [1, 1]) { conv(1, kernel: 1) as c }'));
    expect(program.steps[0]!.origins).toMatchObject([{ layer: 'c', operator: 'conv', span: { start: 23 } }]);
  });

  it('refuses a layer that was not expanded', () =>
    expect(() => translate.run(modelOf('model net(x: [4, 4, 1]) { separableConv(1, kernel: 2) }'))).toThrow(
      'not expanded',
    ));
});
