/** A terminal's line as it is typed: echo, backspace, arrows, history, Ctrl-C and Ctrl-D. */

export interface LineEditorOptions {
  /** To the terminal. */
  readonly echo: (text: string) => void;
  readonly onLine: (line: string) => void;
  /** Ctrl-C. */
  readonly onInterrupt: () => void;
  /** Ctrl-D on an empty line. */
  readonly onEnd: () => void;
}

export interface LineEditor {
  /** What the terminal sends, in whatever pieces. */
  feed(text: string): void;
}

const longestLine = 4096;
const longestHistory = 100;

export function createLineEditor({
  echo,
  onLine,
  onInterrupt,
  onEnd,
}: LineEditorOptions): LineEditor {
  const history: string[] = [];
  let line = '';
  let cursor = 0;
  let place = 0;
  let unfinished = '';

  const back = (count: number) => (count > 0 ? `\x1b[${count}D` : '');
  /** Draws the line anew from a column on, and returns to the cursor. */
  const redraw = (from: number) => {
    echo(`${line.slice(from)}\x1b[K${back(line.length - cursor)}`);
  };
  const replace = (text: string) => {
    echo(back(cursor));
    line = text;
    cursor = text.length;
    echo(`${text}\x1b[K`);
  };
  const move = (to: number) => {
    const next = Math.max(0, Math.min(line.length, to));
    if (next < cursor) echo(back(cursor - next));
    if (next > cursor) echo(line.slice(cursor, next));
    cursor = next;
  };
  const erase = () => {
    if (cursor === 0) return;
    line = line.slice(0, cursor - 1) + line.slice(cursor);
    cursor -= 1;
    echo('\b');
    redraw(cursor);
  };
  const insert = (text: string) => {
    if (line.length + text.length > longestLine) return;
    line = line.slice(0, cursor) + text + line.slice(cursor);
    echo(text);
    cursor += text.length;
    if (cursor < line.length) redraw(cursor);
  };
  const enter = () => {
    const done = line;
    line = '';
    cursor = 0;
    if (done.trim() !== '' && history.at(-1) !== done) history.push(done);
    if (history.length > longestHistory) history.shift();
    place = history.length;
    echo('\r\n');
    onLine(done);
  };
  const recall = (step: number) => {
    const next = place + step;
    if (next < 0 || next > history.length) return;
    place = next;
    replace(history[place] ?? '');
  };
  const keys: Readonly<Record<string, () => void>> = {
    '\r': enter,
    '\n': enter,
    '\x7f': erase,
    '\b': erase,
    '\x01': () => move(0),
    '\x05': () => move(line.length),
    '\x0b': () => {
      line = line.slice(0, cursor);
      redraw(cursor);
    },
    '\x15': () => replace(line.slice(cursor)),
    '\x0c': () => {
      echo('\x1b[H\x1b[J');
      redraw(0);
    },
    '\x03': () => {
      line = '';
      cursor = 0;
      place = history.length;
      echo('^C\r\n');
      onInterrupt();
    },
    '\x04': () => {
      if (line === '') onEnd();
    },
    '\t': () => undefined,
    '\x1b[A': () => recall(-1),
    '\x1b[B': () => recall(1),
    '\x1b[C': () => move(cursor + 1),
    '\x1b[D': () => move(cursor - 1),
    '\x1b[H': () => move(0),
    '\x1b[F': () => move(line.length),
    '\x1b[3~': () => {
      line = line.slice(0, cursor) + line.slice(cursor + 1);
      redraw(cursor);
    },
  };
  return {
    feed: (text) => {
      let rest = unfinished + text;
      unfinished = '';
      while (rest !== '') {
        const [token = ''] =
          /^(?:\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Z]|[\0-\x1f\x7f]|[^\0-\x1f\x7f]+)/.exec(rest) ?? [];
        // An escape sequence may come in two pieces.
        if (rest.startsWith('\x1b') && token.length === 1 && rest.length < 8) {
          unfinished = rest;
          return;
        }
        rest = rest.slice(token.length);
        const key = keys[token.replace('\x1bO', '\x1b[')];
        if (key) key();
        else if (!/^[\0-\x1f]/.test(token)) insert(token);
      }
    },
  };
}
