import { expect, it } from 'vitest';
import { createHistogram } from './prometheus-histogram.ts';
import { prometheusText } from './prometheus-text.ts';

function textOf(histogram: ReturnType<typeof createHistogram>): string {
  return prometheusText([
    { name: 'x', type: 'histogram', help: 'X.', samples: histogram.samples() },
  ]);
}

it('counts each observation in every bucket whose bound it does not pass', () => {
  const histogram = createHistogram([0.5, 1, 2]);
  for (const value of [0.5, 0.6, 3]) histogram.observe('ip_family="IPv4"', value);
  expect(textOf(histogram)).toBe(
    [
      '# HELP x X.',
      '# TYPE x histogram',
      'x_bucket{ip_family="IPv4",le="0.5"} 1',
      'x_bucket{ip_family="IPv4",le="1"} 2',
      'x_bucket{ip_family="IPv4",le="2"} 2',
      'x_bucket{ip_family="IPv4",le="+Inf"} 3',
      'x_sum{ip_family="IPv4"} 4.1',
      'x_count{ip_family="IPv4"} 3',
      '',
    ].join('\n'),
  );
});

it('needs no labels, and shows a series that has begun with nothing in it', () => {
  const histogram = createHistogram([1]);
  histogram.begin('');
  expect(textOf(histogram).split('\n').slice(2)).toEqual([
    'x_bucket{le="1"} 0',
    'x_bucket{le="+Inf"} 0',
    'x_sum 0',
    'x_count 0',
    '',
  ]);
});
