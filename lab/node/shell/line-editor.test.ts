import { expect, it } from 'vitest';
import { createLineEditor } from './line-editor.ts';

/** The lines that a user gets by typing so. */
function type(...pieces: readonly string[]): readonly string[] {
  const lines: string[] = [];
  const editor = createLineEditor({
    echo: () => undefined,
    onLine: (line) => lines.push(line),
    onInterrupt: () => lines.push('^C'),
    onEnd: () => lines.push('^D'),
  });
  for (const piece of pieces) editor.feed(piece);
  return lines;
}

it.each([
  ['a line', ['ls -l\r'], ['ls -l']],
  ['several lines at once', ['a\nb\n'], ['a', 'b']],
  ['backspace', ['lx\x7fs\r'], ['ls']],
  ['arrows and insertion', ['ac\x1b[Db\r'], ['abc']],
  ['an escape sequence in two pieces', ['ac\x1b', '[Db\r'], ['abc']],
  ['home, end and delete', ['bcd\x1b[H\x1b[3~a\x1b[F!\r'], ['acd!']],
  ['history', ['one\r', 'two\r', '\x1b[A\x1b[A\r'], ['one', 'two', 'one']],
  ['back from history', ['one\r', '\x1b[A\x1b[Btwo\r'], ['one', 'two']],
  ['Ctrl-C, which forgets the line', ['abc\x03d\r'], ['^C', 'd']],
  ['Ctrl-D, on an empty line only', ['a\x04\r\x04'], ['a', '^D']],
  ['Ctrl-U', ['abc\x15d\r'], ['d']],
])('reads %s', (_, pieces, lines) => {
  expect(type(...pieces)).toEqual(lines);
});
