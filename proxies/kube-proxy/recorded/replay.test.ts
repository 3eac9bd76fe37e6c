import { beforeAll, describe, expect, it } from 'vitest';
import { runInNamespace, whyNoNamespace } from '../../kit/testing/in-namespace.ts';
import { paths } from '../testing/objects.ts';
import { readTraffic } from './replay.ts';
import type { ReplayReport, Rules } from './testing/replay-in-namespace.ts';

const reason = whyNoNamespace();

describe('the recorded traffic', () => {
  const traffic = readTraffic();

  it('has pages, events, bookmarks, a cut and what is forgotten', () => {
    const events = traffic.flatMap((told) => ('event' in told ? told.event.type : []));
    expect(new Set(events)).toEqual(new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK']));
    const pages = traffic.filter((told) => 'answer' in told && told.answer.metadata.continue);
    expect(pages.length).toBeGreaterThan(0);
    expect(traffic.filter((told) => 'cut' in told)).toHaveLength(1);
    const codes = traffic.flatMap((told) => ('expired' in told ? told.expired.code : []));
    expect(new Set(codes)).toEqual(new Set([410]));
  });
});

describe.skipIf(reason !== null)(`hop kube-proxy that follows it (${reason ?? 'here'})`, () => {
  let report: ReplayReport;
  beforeAll(async () => {
    const script = new URL('testing/replay-in-namespace.ts', import.meta.url);
    report = (await runInNamespace(script)) as ReplayReport;
  }, 60_000);

  it('comes to the rules of one that starts at the end', () => {
    // Chains that nothing leads to any more stay for a while.
    const kept = Object.keys(report.fresh).map((name) => [name, report.followed[name]]);
    expect(Object.fromEntries(kept)).toEqual(report.fresh);
  });

  it('sends to what the API said last, before the cut and at the end', () => {
    const targets = (rules: Rules, name: string) =>
      rules['service-ips']
        ?.filter((element) => new RegExp(`"shop/${name}[":]`).test(element))
        .map((element) => /"target":"(.*?)"/.exec(element)?.[1]);
    const of = (rules: Rules) =>
      ['catalog', 'edge', 'brief', 'late'].map((name) => targets(rules, name));
    // By then edge wants endpoints on this node, and has none.
    expect(of(report.beforeCut)).toEqual([['pick-2'], [], [], []]);
    expect(of(report.followed)).toEqual([['pick-4'], [], [], ['pick-2']]);
  });

  it('lists page by page, and again once it is told what is forgotten', () => {
    const lists = report.requests.filter(
      (request) => request.includes(`${paths.slices}?`) && !request.includes('watch='),
    );
    expect(lists.filter((request) => !request.includes('continue='))).toHaveLength(2);
    expect(lists.filter((request) => request.includes('continue=')).length).toBeGreaterThan(2);
  });
});
