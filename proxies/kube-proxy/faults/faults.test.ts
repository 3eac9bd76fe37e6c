/** What goes wrong around a kube-proxy, with real connections of a pod through the kernel of its node. */
import { beforeAll, describe, expect, it } from 'vitest';
import { runInNamespace, whyNoNamespace } from '../../kit/testing/in-namespace.ts';

const reason = whyNoNamespace();
const isHere = reason ?? 'to be had here';
const run = async <T>(script: string): Promise<T> =>
  // The script's own report.
  (await runInNamespace(new URL(`testing/${script}.ts`, import.meta.url))) as T;
const anEndpoint = expect.stringMatching(/^10\.64\.\d+\.\d+:8080$/) as unknown;

describe.skipIf(reason !== null)(`the apiserver is killed (${isHere})`, () => {
  let told: {
    whileAway: string;
    pagesBefore: number;
    onceKilled: string;
    reached: string[];
    withoutApiserver: string[];
    echoing: number;
  };
  beforeAll(async () => {
    told = await run('apiserver-killed');
  });

  it('before the first list, or between two pages: nothing is written', () => {
    expect(told.whileAway).toBe('');
    expect(told.pagesBefore).toBeGreaterThan(0);
    expect(told.onceKilled).toBe('');
  });

  it('and comes back: all Services are written', () => {
    expect(told.reached).toEqual(Array.from({ length: 20 }, () => anEndpoint));
  });

  it('later: connections live on, and new ones come through', () => {
    expect(told.echoing).toBe(10);
    expect(told.withoutApiserver).toEqual(told.reached.map(() => anEndpoint));
  });
});

describe.skipIf(reason !== null)(
  `kube-proxy is killed, ended and started again (${isHere})`,
  () => {
    interface Load {
      readonly connected: number;
      readonly failed: Readonly<Record<string, number>>;
    }
    let told: { restarts: Load; withoutApiserver: Load; echoing: number[]; addedReaches: string };
    beforeAll(async () => {
      told = await run('restarts');
    });

    it('none of 100 connections is lost', () => {
      expect(told.echoing).toEqual([100, 100, 100]);
    });

    it('no new connection is refused meanwhile', () => {
      expect(told.restarts.connected).toBeGreaterThan(100);
      expect(told.restarts.failed).toEqual({});
    });

    it('nor is one while there is no apiserver either', () => {
      expect(told.withoutApiserver.connected).toBeGreaterThan(100);
      expect(told.withoutApiserver.failed).toEqual({});
    });

    it('what came while there was none is found by the next', () => {
      expect(told.addedReaches).toEqual(anEndpoint);
    });
  },
);

describe.skipIf(reason !== null)(`somebody takes the rules away (${isHere})`, () => {
  let told: {
    told: { command: string; isHealed: boolean; echoing: number; longestGapMs: number }[];
    logged: string[];
  };
  beforeAll(async () => {
    told = await run('drifts');
  });

  it('they are back, soon after the least time between two syncs; no connection is lost', () => {
    expect(told.told.map(({ command, isHealed, echoing }) => [command, isHealed, echoing])).toEqual(
      [
        ['flush table ip kube-proxy', true, 100],
        ['delete table ip kube-proxy', true, 100],
        ['flush ruleset', true, 100],
      ],
    );
    // A second on a machine that does nothing else; a sync that nobody asked for comes after 30.
    for (const { longestGapMs } of told.told) expect(longestGapMs).toBeLessThan(20_000);
  });

  it('it is said who did it', () => {
    expect(told.logged.length).toBeGreaterThanOrEqual(3);
    expect(told.logged.join('\n')).toMatch(/nft\[\d+\] changed what is kube-proxy's/);
  });
});

describe.skipIf(reason !== null)(`endpoints come in hundreds, and go (${isHere})`, () => {
  let told: {
    of250: number;
    ofOthers: number;
    of3000: number;
    isGone: boolean;
    left: number;
    echoing: number;
  };
  beforeAll(async () => {
    told = await run('many-endpoints');
  });

  it('all 250 of a Service get connections, and other Services work', () => {
    expect(told.of250).toBe(250);
    expect(told.ofOthers).toBe(3);
  });

  it('3,000 of a Service are more than the kernel takes at once, and are there', () => {
    expect(told.of3000).toBeGreaterThan(100);
  });

  it('a slice that goes takes no new connection, and the 150 of the others take all', () => {
    expect(told.isGone).toBe(true);
    expect(told.left).toBe(150);
  });

  it('100 connections live on when all of their slices are gone', () => {
    expect(told.echoing).toBe(100);
  });
});

describe.skipIf(reason !== null)(`the kernel refuses transactions (${isHere})`, () => {
  let told: {
    hasHooks: boolean;
    kinds: [string, string | null][];
    told: { state: string; healthz: number; failures: number; reached: string }[];
    withAll: number;
    echoing: number;
  };
  beforeAll(async () => {
    told = await run('nft-fails');
  });

  it('in the middle of the first load: no packet meets what is half there, and all is written anew', () => {
    expect(told.hasHooks).toBe(false);
    expect(told.told[0]).toMatchObject({ failures: 1, reached: 'ECONNREFUSED' });
    expect(told.told[1]).toMatchObject({ healthz: 200, failures: 1, reached: anEndpoint });
    expect(told.withAll).toBe(40);
  });

  it('of a change: what was written stays in force, and it is unhealthy after a minute', () => {
    expect(told.told[2]).toMatchObject({ healthz: 200, failures: 2, reached: anEndpoint });
    expect(told.told[3]).toMatchObject({ healthz: 503, failures: 4, reached: anEndpoint });
    expect(told.told[3]?.reached).not.toBe('10.64.1.200:8080');
  });

  it('until it takes them: the next sync is a full one, and all is well', () => {
    const refused = 'Could not process rule: Device or resource busy';
    expect(told.kinds).toEqual([
      ['full', refused],
      ['full', null],
      ['full', null],
    ]);
    expect(told.told[4]).toMatchObject({ healthz: 200, failures: 4, reached: '10.64.1.200:8080' });
    expect(told.echoing).toBe(20);
  });
});
