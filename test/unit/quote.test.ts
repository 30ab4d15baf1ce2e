// Hostile text through every door: what comes out is parsed by those who will read it, and a terminal has nothing to obey.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { write } from '../../compiler/files/safetensors.ts';
import { element, text } from '../../compiler/presentation/svg.ts';
import { escaped, inComment, inDot, inLineComment, inXml, quoted, visible } from '../../dsl/quote.ts';
import { command, inFolder } from '../golden/cli/run.ts';

const hostile = [
  '*/ throw 1 /*',
  "'; throw 1; '",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what must not be run
  '`${(() => { throw 1 })()}`',
  '</script><script>throw 1</script>',
  '<!-- <script>',
  'a\nthrow 1',
  'a\r\nthrow 1',
  'a\u2028throw 1',
  'a\u2029throw 1\u0085',
  '\u001b[31mred\u001b]0;title\u0007',
  '\u009b31mred',
  'left\u202eright\u2066\u200f\u061c',
  '\u0000\u0008\u007f\ufeff',
  'half \ud800 of a pair',
  '\\',
  '"',
  '&lt;&amp;',
  ']]>',
  '__proto__',
  'constructor',
  'toString',
];
const obeyed = /(?![\t\n])[\p{Cc}\p{Surrogate}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;
const runs = (body: string): unknown => new Function(body)();

describe.each(hostile.map((name) => [JSON.stringify(name), name]))('%s', (_, name) => {
  it('is shown by a terminal', () => {
    expect(visible(name!)).not.toMatch(obeyed);
    expect(visible(name!)).toHaveLength(name!.length);
  });

  it('stays in its comment', () => {
    expect(runs(`/** ${inComment(name!)} */ return 1;`)).toBe(1);
    expect(runs(`// ${inLineComment(name!)}\nreturn 1;`)).toBe(1);
    expect(inComment(name!)).not.toMatch(/<\/script|<!--/i);
    expect(inComment(name!)).not.toMatch(obeyed);
  });

  it('is the same text in a string literal and in JSON', () => {
    expect(runs(`return ${quoted(name!)};`)).toBe(name);
    expect(quoted(name!)).not.toMatch(/<\/script|<!--/i);
    expect(JSON.parse(escaped(name!))).toBe(name);
    for (const written of [quoted(name!), escaped(name!)]) expect(written).not.toMatch(obeyed);
  });

  it('is text in XML and in the language of Graphviz', () => {
    expect(inXml(name!)).toMatch(/^(?:[^<>&"]|&(?:amp|lt|gt|quot);)*$/);
    expect(inXml(name!)).not.toMatch(obeyed);
    expect(text(0, 0, name!)).toMatch(/^<text [^<>]*>[^<>]*<\/text>$/);
    expect(element('g', { id: name! })).toMatch(/^<g id="[^"<>]*"\/>$/);
    expect(inDot(name!)).toMatch(/^"(?:[^"\\\n]|\\.)*"$/);
  });
});

describe('through the command', () => {
  const documentation = hostile.filter((line) => !/[\r\n]/.test(line)).map((line) => `/// ${line.replace('\0', '')}`);
  const net = `${documentation.join('\n')}\nmodel net(constructor: [2]) -> (toString: [2]) {\n  dense(2) as valueOf\n  return toString: it\n}\n`;
  const file = 'a*\u001b[31m\u202e\u2028<script>.convnet';

  it('documentation and the name of a file reach a module that loads, and no terminal', () =>
    inFolder({ [file]: net }, async (folder) => {
      for (const options of ['--target ts', '--fallback', '--emit ts --target ts']) {
        const built = await command(`build ${file} --init he --out out ${options}`);
        expect([built.code, built.problems]).toEqual([0, '']);
      }
      for (const name of readdirSync('out').filter((path) => !path.endsWith('.weights'))) {
        const written = readFileSync(join('out', name), 'utf8');
        expect(written).not.toMatch(obeyed);
        expect(written).not.toMatch(/<\/script|<!--/i);
      }
      const module = await import(pathToFileURL(join(folder, 'out/net.js')).href);
      expect(module.create().run({ constructor: Float32Array.of(1, 2) }).toString).toHaveLength(2);
      for (const line of [
        'check',
        'explain',
        'graph',
        'graph --svg -',
        'graph --dot -',
        'explain --svg -',
        'check --json',
      ]) {
        const [name, ...options] = line.split(' ');
        const ran = await command([name, file, ...options].join(' '));
        expect([line, ran.code, obeyed.exec(ran.output + ran.problems)?.[0]]).toEqual([line, 0, undefined]);
      }
    }));

  it('names of tensors in a file are told of, not obeyed', () => {
    const tensor = { shape: [1], data: Float32Array.of(1) };
    const weights = write(new Map(hostile.map((name) => [name, tensor])));
    return inFolder({ 'net.convnet': net, 'w.safetensors': weights }, async () => {
      for (const options of ['', ' --json']) {
        const ran = await command(`build net.convnet --weights w.safetensors${options}`);
        expect(ran.code).toBe(1);
        expect(ran.problems).toContain('__proto__');
        expect(ran.output + ran.problems).not.toMatch(obeyed);
      }
    });
  });

  it('what was typed is told of, not obeyed', async () => {
    for (const line of ['chek\u001b[31m', 'help \u001b[31m', 'check --se\u202et', 'check none\u009b.convnet']) {
      const ran = await command(line);
      expect(ran.code).not.toBe(0);
      expect(ran.output + ran.problems).not.toMatch(obeyed);
    }
  });
});
