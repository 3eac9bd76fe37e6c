import { beforeAll, describe, expect, it } from 'vitest';
import { runInNamespace, whyNoNamespace } from '../testing/in-namespace.ts';
import type { ConntrackEntry } from './conntrack-entry.ts';

interface Followed {
  readonly told: readonly ConntrackEntry[];
  readonly udp: readonly ConntrackEntry[];
  readonly otherProtocols: Readonly<Record<'tcp' | 'udp6', readonly ConntrackEntry[]>>;
  readonly deleted: readonly number[];
  readonly afterDelete: readonly ConntrackEntry[];
  readonly tcpAfterDelete: readonly ConntrackEntry[];
}

const reason = whyNoNamespace();

describe.skipIf(reason !== null)(`conntrack (${reason ?? 'to be had here'})`, () => {
  let followed: Followed;
  beforeAll(async () => {
    const script = new URL('testing/follow-conntrack.ts', import.meta.url);
    followed = (await runInNamespace(script)) as Followed;
  });

  it('tells new flows whose destination was translated, and no others', () => {
    expect(followed.told.map(waysOf).sort()).toEqual([
      'TCP 10.96.0.1:80 → 127.0.0.2:8080',
      'UDP 10.0.0.1:30080 → 127.0.0.2:8080 masqueraded',
      'UDP 10.96.0.1:80 → 127.0.0.2:8080',
      'UDP fd00:96::1:80 → ::1:8080',
    ]);
  });

  it('lists one protocol of one family', () => {
    expect(followed.udp.map(waysOf).sort()).toEqual([
      'UDP 10.0.0.1:30080 → 127.0.0.2:8080 masqueraded',
      'UDP 10.96.0.1:80 → 127.0.0.2:8080',
      'UDP 127.0.0.3:8080 → 127.0.0.3:8080',
    ]);
    expect(followed.otherProtocols.tcp.map(waysOf)).toEqual(['TCP 10.96.0.1:80 → 127.0.0.2:8080']);
    expect(followed.otherProtocols.udp6.map(waysOf)).toEqual(['UDP fd00:96::1:80 → ::1:8080']);
  });

  it('tells the mark', () => {
    const marks = followed.udp.map(({ original, mark }) => [original.destination, mark]);
    expect(Object.fromEntries(marks)).toEqual({
      '10.0.0.1': 0,
      '10.96.0.1': 0xabc,
      '127.0.0.3': 0,
    });
  });

  it('deletes what it is given, and says how many of them were there', () => {
    expect(followed.deleted).toEqual([1, 0]);
    expect(followed.afterDelete.map(({ original }) => original.destination).sort()).toEqual([
      '10.0.0.1',
      '127.0.0.3',
    ]);
    expect(followed.tcpAfterDelete).toHaveLength(1);
  });
});

function waysOf({ protocol, original, reply, ...entry }: ConntrackEntry): string {
  const to = `${original.destination}:${original.destinationPort}`;
  const sentTo = `${reply.source}:${reply.sourcePort}`;
  // A port that another flow has is changed, too: that is no masquerade.
  const isMasqueraded = entry.isSourceNat && reply.destination !== original.source;
  const by = isMasqueraded ? ' masqueraded' : '';
  return `${protocol} ${to} → ${sentTo}${by}`;
}
