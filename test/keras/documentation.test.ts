// docs/importing.md lists the layers that the table has, and no others.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { families, functions, operations } from '../../compiler/front/keras/mappings/index.ts';

const page = readFileSync(new URL('../../docs/importing.md', import.meta.url), 'utf8');

test('every layer, function and operation of the table is in the documentation, in its order', () => {
  const rows = Object.entries({ ...families, 'functions of Keras 2': functions, 'operations of Keras 3': operations });
  const table = rows.map(
    ([family, table]) =>
      `| ${family} | ${Object.keys(table)
        .map((name) => `\`${name}\``)
        .join(' ')} |`,
  );
  expect(page).toContain(table.join('\n'));
});
