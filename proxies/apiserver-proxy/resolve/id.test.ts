import { describe, expect, it } from 'vitest';
import { parseId } from './id.ts';

describe('the id of what is proxied to', () => {
  it.each([
    ['aoeu:asdf', '', 'aoeu', 'asdf'],
    ['http:aoeu:asdf', 'http', 'aoeu', 'asdf'],
    ['https:aoeu:', 'https', 'aoeu', ''],
    ['https:aoeu:asdf', 'https', 'aoeu', 'asdf'],
    ['aoeu:', '', 'aoeu', ''],
    ['aoeu', '', 'aoeu', ''],
    // Two parts are name and port, even where the name looks like a scheme.
    ['https:secure', '', 'https', 'secure'],
  ])('is %j: scheme %j, name %j, port %j', (id, scheme, name, port) => {
    expect(parseId(id)).toEqual({ scheme, name, port });
  });

  it.each([
    ':asdf',
    'aoeu:asdf:htns',
    'http::asdf',
    'http::',
    '',
    ':',
    '::',
    ':aoeu:80',
    'HTTP:aoeu:80',
    'ftp:web:http',
    'http:web:http:x',
  ])('is not %j', (id) => {
    expect(parseId(id)).toBeNull();
  });
});
