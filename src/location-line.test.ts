import { expect, it } from 'vitest';
import { locationLine } from './location-line.ts';

it('says where a redirect leads, however its header is spelt', () => {
  expect(locationLine({ status: 302, headers: [['location', '/a']] })).toBe('Location: /a\n\n');
});

it('says nothing of an answer that stays', () => {
  expect(locationLine({ status: 201, headers: [['Location', '/a']] })).toBe('');
  expect(locationLine({ status: 304, headers: [['Etag', '"1"']] })).toBe('');
});
