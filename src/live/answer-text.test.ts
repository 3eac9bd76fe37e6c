import { describe, expect, test } from 'vitest';
import { AnswerText } from './answer-text.ts';

const shortened = '… shortened';

function whole(body: string): string {
  const text = new AnswerText();
  text.set(body);
  return text.toShow(shortened);
}

/** What is shown after each chunk, as the page shows it. */
function streamed(...chunks: readonly string[]): string[] {
  const text = new AnswerText();
  return chunks.map((chunk) => {
    text.add(chunk);
    return text.toShow(shortened);
  });
}

describe('a whole answer', () => {
  test('is laid out when it is one JSON document', () => {
    expect(whole('{"kind":"Status","code":404}\n')).toBe(
      '{\n  "kind": "Status",\n  "code": 404\n}',
    );
  });

  test('is shown as it came when it is no JSON, or several documents', () => {
    expect(whole('Forbidden\n')).toBe('Forbidden');
    expect(whole('{"a":1}\n{"b":2}\n')).toBe('{"a":1}\n{"b":2}');
  });

  test('is cut where it is long', () => {
    const shown = whole(JSON.stringify(Array.from({ length: 100 }, (_, i) => i))).split('\n');
    expect(shown.length).toBe(41);
    expect(shown.at(-1)).toBe(shortened);
  });
});

describe('a stream', () => {
  const added = '{"type":"ADDED","object":{"kind":"Pod"}}';
  const deleted = '{"type":"DELETED","object":{"kind":"Pod"}}';

  test('keeps each event on its own line, also the first while it is alone', () => {
    expect(streamed(`${added}\n`, `${deleted}\n`)).toEqual([added, `${added}\n${deleted}`]);
  });

  test('puts events together that were cut in the middle', () => {
    const [last] = streamed(added.slice(0, 9), `${added.slice(9)}\n${deleted}\n`).slice(-1);
    expect(last).toBe(`${added}\n${deleted}`);
  });

  test('keeps the spaces at which it was cut', () => {
    expect(streamed('GET ', '/version\n', '\nPOST').at(-1)).toBe('GET /version\n\nPOST');
  });

  test('says once that it goes on', () => {
    const events = Array.from({ length: 60 }, () => `${added}\n`);
    const shown = streamed(...events).at(-1) ?? '';
    expect(shown.split('\n').length).toBe(41);
    expect(shown.split(shortened).length).toBe(2);
  });
});
