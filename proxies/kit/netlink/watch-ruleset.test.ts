import { beforeAll, describe, expect, it } from 'vitest';
import { runInNamespace, whyNoNamespace } from '../testing/in-namespace.ts';

const reason = whyNoNamespace();

describe.skipIf(reason !== null)(`the ruleset (${reason ?? 'to be had here'})`, () => {
  let told: readonly unknown[];
  beforeAll(async () => {
    const script = new URL('testing/follow-ruleset.ts', import.meta.url);
    told = (await runInNamespace(script)) as readonly unknown[];
  });

  it('tells who else changed which tables, and nothing of our own 100,000 elements', () => {
    expect(told.slice(0, 3)).toEqual([
      { who: 'nft[ID]', tables: ['ip6 other'] },
      { who: 'nft[ID]', tables: ['ip kube-proxy'] },
      { who: 'nft[ID]', tables: expect.arrayContaining(['ip kube-proxy', 'inet both']) as unknown },
    ]);
  });

  it('tells that it does not know, when others changed too much at once', () => {
    expect(told).toContainEqual({ who: 'somebody', tables: null });
  });

  it('tells nothing to whoever has stopped listening', () => {
    expect(JSON.stringify(told)).not.toContain('ip afterwards');
  });
});
