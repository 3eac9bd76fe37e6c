import { beforeAll, describe, expect, it } from 'vitest';
import { runInNamespace, whyNoNamespace } from '../../kit/testing/in-namespace.ts';
import type { ForwardedConnection } from '../dataplane.ts';

interface Asked {
  readonly new: readonly string[] | string;
  readonly kept: string;
}

interface Counted {
  readonly accepted: number;
  readonly refused: number;
  readonly active: Readonly<Record<string, number>>;
}

interface Followed {
  readonly untilPlanned: { readonly said: string; readonly tables: string };
  readonly taken: string;
  readonly stolen: string;
  readonly another: string;
  readonly atLoopback: string;
  readonly refused: string;
  readonly roundRobin: {
    readonly IPv4: readonly string[];
    readonly IPv6: readonly string[];
    readonly here: string;
  };
  readonly loopback: readonly string[];
  readonly told: readonly ForwardedConnection[];
  readonly moved: Asked & { readonly v6: string };
  readonly live: readonly ForwardedConnection[];
  readonly nobody: string;
  readonly repaired: Asked;
  readonly countsBefore: Counted;
  readonly counts: Counted;
  readonly left: Asked & { readonly tables: readonly string[] };
  readonly takenOver: Asked;
  readonly killed: Readonly<
    Record<'first' | 'afterwards' | 'untilPlanned' | 'planned', string[]>
  > & {
    readonly kept: string;
  };
  readonly tablesAtEnd: string;
  readonly forwarding: readonly string[];
  readonly logged: readonly string[];
}

const reason = whyNoNamespace();
const [a, b, b6] = ['a 10.0.1.1', 'b 10.0.2.1', 'b fd00:2::1'];

describe.skipIf(reason !== null)(`the kernel (${reason ?? 'in namespaces'})`, () => {
  let followed: Followed;
  beforeAll(async () => {
    const script = new URL('testing/follow-plans.ts', import.meta.url);
    followed = (await runInNamespace(script)) as Followed;
  }, 60_000);

  it('refuses clients before the first plan, and has no table yet', () => {
    expect(followed.untilPlanned).toEqual({ said: 'ECONNREFUSED', tables: '' });
  });

  it('gives no port twice: what is taken is an error, and what is ours is for others', () => {
    expect(followed.taken).toBe('Error: listen EADDRINUSE: address already in use 0.0.0.0:6443');
    expect(followed.stolen).toMatch(/^listen EADDRINUSE/);
  });

  it('has room for one load balancer, and none for one on loopback', () => {
    expect(followed.another).toContain('another hop apiserver-lb with this dataplane');
    expect(followed.atLoopback).toContain('the kernel forwards nothing from 127.0.0.1');
  });

  it('forwards once it is told to; where it may not be told, the plan fails with the command', () => {
    expect(followed.refused).toContain('run sysctl --write net.ipv4.ip_forward=1');
    expect(followed.forwarding).toEqual(['1', '1']);
  });

  it('deals connections out one after the other, each family to its own, in an address of ours', () => {
    expect(followed.roundRobin).toEqual({ IPv4: [a, b, a, b], IPv6: [b6, b6], here: a });
  });

  it('leaves loopback alone', () => {
    expect(followed.loopback).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
  });

  it('tells of each connection that begins, and of those that live', () => {
    // Each family tells for itself.
    expect(followed.told.map(({ backend }) => backend).toSorted()).toEqual([
      ...Array<string>(3).fill('10.0.1.2:6443'),
      ...Array<string>(2).fill('10.0.2.2:6443'),
      ...Array<string>(2).fill('[fd00:2::2]:6443'),
    ]);
    expect(followed.told).toContainEqual({
      source: expect.stringMatching(/^192\.0\.2\.9:\d+$/) as unknown,
      destination: '192.0.2.2:6443',
      backend: '10.0.1.2:6443',
      seenAs: expect.stringMatching(/^10\.0\.1\.1:\d+$/) as unknown,
    });
    expect(followed.live.map(({ backend }) => backend)).toContain('10.0.2.2:6443');
  });

  it('sends new connections by a new plan, and keeps those that live where they are', () => {
    expect(followed.moved).toEqual({ new: [b, b], kept: 'still here', v6: 'ECONNREFUSED' });
    expect(followed.nobody).toBe('ECONNREFUSED');
  });

  it('has the rules again after somebody has deleted them, and lost no connection', () => {
    expect(followed.repaired).toEqual({ new: [a, b], kept: 'and here' });
    expect(followed.logged).toContainEqual(
      expect.stringMatching(/^nft\[\d+\] changed what is apiserver-lb's: everything is compared/),
    );
  });

  it('counts what was accepted and refused, also over a repair', () => {
    expect(followed.countsBefore).toMatchObject({ accepted: 10, refused: 2 });
    expect(followed.counts).toMatchObject({ accepted: 12, refused: 2 });
    expect(followed.counts.active['10.0.2.2:6443']).toBeGreaterThan(0);
  });

  it('refuses new connections after the end, and lets the others go on', () => {
    expect(followed.left).toEqual({
      new: 'ECONNREFUSED',
      kept: 'after the end',
      tables: ['table ip apiserver-lb', 'table ip6 apiserver-lb'],
    });
    expect(followed.logged).toContain(
      'nftables: 1 connection goes on in the kernel to the end; hop apiserver-lb --cleanup removes the rules for that',
    );
  });

  it('is taken over by the next process', () => {
    expect(followed.takenOver).toEqual({ new: a, kept: 'taken over' });
  });

  it('goes on balancing when the process is killed, until the next one has a plan', () => {
    expect(followed.killed).toEqual({
      first: [a, b],
      afterwards: [a, b],
      untilPlanned: [a, b],
      planned: [a, a],
      kept: 'survived',
    });
  });

  it('has nothing of ours left when it ends without connections', () => {
    expect(followed.tablesAtEnd).toBe('');
  });
});
