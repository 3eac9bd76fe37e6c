import { describe, expect, test } from 'vitest';
import { summarize, type FailoverLine } from './failover.ts';
import { drawLanes, laneRows } from './failover-lanes.ts';

const request = (atMs: number, apiserver: string | null, tookMs = 10): FailoverLine => ({
  type: 'attempt',
  atMs,
  tookMs,
  apiserver,
  isFailed: apiserver === null,
});
const watch = (atMs: number, state: 'open' | 'ended', apiserver: string): FailoverLine => ({
  type: 'watch',
  atMs,
  state,
  apiserver,
});
const apiservers: FailoverLine = { type: 'apiservers', apiservers: ['one', 'two'] };
const killed: FailoverLine = { type: 'killed', atMs: 2000, apiserver: 'one' };
const calm = [
  apiservers,
  watch(20, 'open', 'one'),
  request(1000, 'one'),
  killed,
  watch(2003, 'ended', 'one'),
  request(2010, 'two', 35),
  watch(2120, 'open', 'two'),
];

describe('the summary of a failover', () => {
  test('is that nothing failed, and how long the watch was away', () => {
    expect(summarize(calm, true)).toEqual({
      result: 'whole',
      requests: 2,
      failed: 0,
      slowestMs: 35,
      settledMs: 0,
      watchEndedMs: 3,
      watchOpenMs: 120,
    });
  });

  test('counts until the last request that failed has ended', () => {
    expect(summarize([...calm, request(2040, null, 25)], true)).toMatchObject({
      result: 'moved',
      requests: 3,
      failed: 1,
      settledMs: 65,
    });
  });

  test('is stuck where failures went on, or the watch did not come back', () => {
    const lost = calm.filter((line) => line.type !== 'watch' || line.atMs < 2100);
    expect(summarize(lost, false)).toMatchObject({
      result: 'stuck',
      watchEndedMs: 3,
      watchOpenMs: null,
    });
  });
});

describe('the lanes of a failover', () => {
  test('count what each apiserver got before and after, and what nobody answered', () => {
    const lanes = drawLanes([...calm, request(2040, null)], 3000);
    expect(lanes).toMatchObject([
      { apiserver: 'one', isKilled: true, before: 1, after: 0 },
      { apiserver: 'two', isKilled: false, before: 0, after: 1 },
      { apiserver: null, isKilled: false, before: 0, after: 1 },
    ]);
  });

  test('show the watch where it was, and where it is', () => {
    const [one, two] = drawLanes(calm, 7000).map(({ drawing }) => drawing);
    expect(one).toContain('class="watch" d="M2.9,12H286.1"');
    expect(two).toContain('class="watch" d="M302.9,12H1000"');
  });

  test('become narrower when it takes longer than there is room', () => {
    const [first] = drawLanes([...calm, request(14_000, 'one')], 14_000);
    expect(first?.drawing).toContain('M1000,5v14');
    expect(first?.drawing).toContain('M71.4,5v14');
  });

  test('are empty before anything has happened', () => {
    expect(drawLanes([], 0)).toMatchObject([{ apiserver: null, before: 0, after: 0, drawing: '' }]);
  });
});

describe('the rows of a failover', () => {
  test('tell where the watch is by the way to it, and which apiserver is dark', () => {
    const rows = laneRows(drawLanes(calm, 7000), 'Failed').split('</tr>');
    expect(rows[0]).toContain('<tr class="killed"><td class="fork" rowspan="2">');
    expect(rows[0]).toContain('class="way gone" d="M6,20H30L72,10H100"');
    expect(rows[0]).toContain('class="watch" d="M6,20H30L72,30H100"');
    expect(rows[1]).toMatch(/^<tr><th scope="row">two<\/th>.*<td>0<\/td><td>1<\/td>$/);
    expect(rows[2]).toMatch(/^<tr class="none">.*Failed.*<td>0<\/td><td>0<\/td>$/);
  });

  test('have no broad way while nobody has the watch', () => {
    const away = calm.filter((line) => line.type !== 'watch' || line.atMs < 2100);
    const [fork = ''] = laneRows(drawLanes(away, 7000), 'Failed').split('</svg>');
    expect(fork).not.toContain('watch');
  });

  test('show a name as it is', () => {
    const odd: FailoverLine = { type: 'apiservers', apiservers: ['<b>'] };
    expect(laneRows(drawLanes([odd], 0), 'Failed')).toContain('>&lt;b&gt;</th>');
  });
});
