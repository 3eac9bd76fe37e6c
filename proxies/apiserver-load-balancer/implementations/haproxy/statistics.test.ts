/** HAProxy's tables, read. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numberOf, parseStatistics } from './statistics.ts';

test('columns have the names of the first line', () => {
  const [row] = parseStatistics(
    '# pxname,svname,scur,last_chk,\napiservers,10.0.0.11_6443,3,"a ""b"", c\nd",\n\n',
  );
  expect(row?.get('svname')).toBe('10.0.0.11_6443');
  expect(row?.get('last_chk')).toBe('a "b", c\nd');
  expect(numberOf(row, 'scur')).toBe(3);
  expect(numberOf(row, 'absent')).toBe(0);
});

test('what was written is read', () => {
  const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ') });
  const table = fc
    .integer({ min: 2, max: 5 })
    .chain((width) => fc.array(fc.array(field, { minLength: width, maxLength: width })));
  fc.assert(
    fc.property(table, (rows) => {
      const names = (rows[0] ?? ['', '']).map((_, column) => `c${column}`);
      const text = [names, ...rows]
        .map((fields) => fields.map((one) => `"${one.replaceAll('"', '""')}"`).join(','))
        .join('\n');
      expect(parseStatistics(text).map((row) => [...row.values()])).toEqual(rows);
    }),
  );
});
