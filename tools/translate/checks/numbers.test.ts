import { expect, test } from 'vitest';
import { altered, findings } from '../content-fixture.ts';

const page = 'docs/it/kubectl-proxy.mdx';

test('another number than in English is found', () => {
  expect(findings('numbers', altered(page, '8.001', '8080'))).toEqual([`${page}:6 8001 | 8080`]);
});

test('numbers are written with the signs of the language', () => {
  expect(findings('numbers', altered(page, '8.001', '8\u00A0001'))).toEqual([]);
});

test('numbers in code are no matter of the text', () => {
  expect(findings('numbers', altered(page, 'Con `--port`', 'Con `--port=99`'))).toEqual([]);
});
