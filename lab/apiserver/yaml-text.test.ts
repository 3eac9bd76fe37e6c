import { describe, expect, it } from 'vitest';
import { parseYaml } from './yaml-text.ts';

describe('YAML that is more than objects are', () => {
  it.each([
    ['lists in lists', `a: ${'['.repeat(50_000)}`, 'exceeded max depth'],
    ['lists on one line', `${'- '.repeat(50_000)}a`, 'exceeded max depth'],
    ['keys below keys', keysBelowKeys(1500), 'exceeded max depth'],
    ['many lines', lines(60_000), 'yaml: document is too large: more than 150000 tokens'],
    ['many items', `[${'1,'.repeat(150_000)}]`, /too large/],
  ])('is refused: %s', (_what, text, message) => {
    const startedAt = performance.now();
    expect(() => parseYaml(text)).toThrow(message);
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  it('is taken where it is only long', () => {
    const text = 'a line, and [more] of it\n'.repeat(60_000);
    expect(parseYaml(`a: |\n  ${text.trim().replaceAll('\n', '\n  ')}\n`).value).toEqual({
      a: text,
    });
    expect(parseYaml(lines(20_000)).value).toHaveProperty('key-19999', 'value');
  });

  it('is taken where it is JSON', () => {
    const many = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [index, 'x']));
    expect(parseYaml(JSON.stringify(many)).value).toEqual(many);
    expect(parseYaml('{a: 1}').value).toEqual({ a: 1 });
  });
});

function lines(count: number): string {
  return Array.from({ length: count }, (_, index) => `key-${index}: value\n`).join('');
}

function keysBelowKeys(depth: number): string {
  return Array.from({ length: depth }, (_, index) => `${' '.repeat(index)}a:\n`).join('');
}
