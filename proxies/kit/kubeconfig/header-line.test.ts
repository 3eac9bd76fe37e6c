import { describe, expect, it } from 'vitest';
import { headerLine } from './header-line.ts';

describe('a credential as a header line', () => {
  it('keeps plain text', () => {
    expect(headerLine('Authorization', 'Bearer abc')).toEqual(['Authorization', 'Bearer abc']);
  });

  it('goes out as UTF-8, so that nobody becomes another user', () => {
    const [, value] = headerLine('Impersonate-User', 'Łdmin');
    expect(Buffer.from(value, 'latin1').toString('utf8')).toBe('Łdmin');
  });

  it.each(['abc\r\nX-Evil: 1', 'abc\n', 'a\0b', 'a\x7f'])(
    'is refused with a control: %j',
    (value) => {
      expect(() => headerLine('Authorization', value)).toThrow(
        'net/http: invalid header field value for "Authorization"',
      );
    },
  );
});
