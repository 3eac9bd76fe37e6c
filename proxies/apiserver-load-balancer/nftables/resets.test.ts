import { beforeAll, describe, expect, it } from 'vitest';
import { runInNamespace, whyNoNamespace } from '../../kit/testing/in-namespace.ts';

interface Followed {
  readonly paused: {
    readonly served: readonly string[];
    readonly ended: Readonly<Record<string, string>>;
    readonly backend: readonly string[];
  };
  readonly many: {
    readonly served: number;
    readonly active: number;
    readonly ends: Readonly<Record<string, number>>;
    readonly backend: Readonly<Record<string, number>>;
  };
  readonly others: {
    readonly said: readonly string[];
    readonly end: string;
    readonly alive: string;
  };
  readonly reset: number;
}

const reason = whyNoNamespace();

describe.skipIf(reason !== null)(`a dead backend (${reason ?? 'in namespaces'})`, () => {
  let followed: Followed;
  beforeAll(async () => {
    const script = new URL('testing/follow-resets.ts', import.meta.url);
    followed = (await runInNamespace(script)) as Followed;
  }, 60_000);

  it('was reached from elsewhere and from the machine itself, by an address of the machine', () => {
    const { served } = followed.paused;
    expect(served.toSorted()).toEqual([
      ...Array<string>(3).fill('a 10.0.1.1'),
      ...Array<string>(2).fill('a fd00:1::1'),
    ]);
  });

  it.each([
    ['that keeps sending', 'talking'],
    ['that only reads', 'quiet'],
    ['that only reads, in IPv6', 'quiet6'],
    ['on the machine itself', 'local'],
    ['on the machine itself, in IPv6', 'local6'],
  ])('leaves no client in the dark: one %s', (_, name) => {
    expect(followed.paused.ended[name]).toBe('ECONNRESET');
  });

  it('hears of it, too, once it goes on', () => {
    expect(followed.paused.backend).toEqual(Array<string>(5).fill('ECONNRESET'));
  });

  it('resets 1,000 connections, each on both sides', () => {
    const { served, active, ends, backend } = followed.many;
    expect({ served, active }).toEqual({ served: 1000, active: 1000 });
    // And the three of the client before.
    expect(ends).toEqual({ ECONNRESET: 1003 });
    expect(backend).toEqual({ ECONNRESET: 1000 });
    expect(followed.reset).toBe(1006);
  });

  it('takes no connection of another with it', () => {
    expect(followed.others).toEqual({
      said: ['a 10.0.1.1', 'b 10.0.2.1'],
      end: 'ECONNRESET',
      alive: 'hello',
    });
  });
});
