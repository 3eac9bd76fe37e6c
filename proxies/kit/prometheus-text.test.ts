import { expect, it } from 'vitest';
import { labelsOf, prometheusText } from './prometheus-text.ts';

it('writes families as Prometheus reads them', () => {
  const labels = labelsOf({ code: '200', path: 'a"b\\c\n' });
  expect(
    prometheusText([
      { name: 'up', type: 'gauge', help: 'Whether it is.', samples: [{ labels: '', value: 1 }] },
      {
        name: 'took_seconds',
        type: 'histogram',
        help: 'How long.',
        samples: [{ labels, value: 3, suffix: '_count' }],
      },
    ]),
  ).toBe(
    [
      '# HELP up Whether it is.',
      '# TYPE up gauge',
      'up 1',
      '# HELP took_seconds How long.',
      '# TYPE took_seconds histogram',
      String.raw`took_seconds_count{code="200",path="a\"b\\c\n"} 3`,
      '',
    ].join('\n'),
  );
});
