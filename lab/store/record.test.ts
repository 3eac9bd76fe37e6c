import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLineReader } from './line-reader.ts';
import { formatRecord, parseRecord } from './record.ts';

const record = fc.record({
  word: fc.constantFrom('put', 'delete', 'entry', 'compact'),
  number: fc.nat(Number.MAX_SAFE_INTEGER),
  key: fc.string({ unit: 'binary', minLength: 1 }),
  text: fc.oneof(
    fc.constant(''),
    fc.json({ stringUnit: 'binary' }).map((json) => JSON.stringify(JSON.parse(json))),
  ),
});

it('reads back what it wrote, whatever the key and the value are', () => {
  fc.assert(
    fc.property(record, (written) => {
      const { word, number, key, text } = written;
      expect(parseRecord(formatRecord(word, number, key, text))).toEqual(written);
    }),
  );
});

it('finds nothing in what is no record', () => {
  for (const line of ['', 'put', 'put x "/a"', 'put 1 "/a', 'put 1 /a', 'put 1 "\\x"', '1 put']) {
    expect(parseRecord(line), line).toBeUndefined();
  }
});

it('finds the lines again however the bytes are cut', () => {
  const cuts = fc.array(fc.nat(200), { maxLength: 20 });
  fc.assert(
    fc.property(fc.array(record, { maxLength: 8 }), cuts, (records, at) => {
      const lines = records.map(({ word, number, key, text }) =>
        formatRecord(word, number, key, text),
      );
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const edges = [0, ...at.toSorted((a, b) => a - b), bytes.length];
      const reader = createLineReader();
      const found: string[] = [];
      for (const [index, edge] of edges.entries()) {
        reader.push(bytes.subarray(edges[index - 1] ?? 0, edge), (line) => found.push(line));
      }
      expect(found).toEqual(lines);
      expect(reader.pendingBytes()).toBe(0);
    }),
  );
});
