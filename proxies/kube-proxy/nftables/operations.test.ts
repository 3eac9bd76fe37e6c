/** The operation counts of specification 3.9 are a ceiling. */
import { describe, expect, it } from 'vitest';
import { fakeDataplane } from './testing/fake-dataplane.ts';
import { port, type PortOptions } from './testing/port.ts';

const svc1: PortOptions = {
  name: 'svc1',
  clusterIP: '172.30.0.41',
  cluster: ['10.0.1.1', '10.0.1.2'],
  here: ['10.0.1.1', '10.0.1.2'],
};
const svc2: PortOptions = {
  name: 'svc2',
  clusterIP: '172.30.0.42',
  cluster: ['10.0.2.1'],
  here: ['10.0.2.1'],
};

describe('what a change costs', () => {
  it('is no more than upstream needs', async () => {
    let nowMs = 0;
    const { sync, nft, ruleset } = await fakeDataplane({ now: () => nowMs });
    await sync([port(svc1), port(svc2)]);
    const svc3 = port({
      name: 'svc3',
      clusterIP: '172.30.0.43',
      cluster: ['10.0.3.1'],
      here: ['10.0.3.1'],
    });
    const cost = async (...change: Parameters<typeof sync>) => (await sync(...change)).operations;
    expect(await cost([svc3]), 'a new service with one endpoint').toBeLessThanOrEqual(6);
    expect(await cost([], [port(svc2)]), 'a service goes').toBeLessThanOrEqual(4);

    const svc4 = (...pods: readonly string[]) =>
      port({ name: 'svc4', clusterIP: '172.30.0.44', cluster: pods, here: pods });
    const empty = svc4();
    expect(await cost([empty]), 'a service without endpoints').toBeLessThanOrEqual(2);
    const filled = svc4('10.0.4.1');
    expect(await cost([filled]), 'its endpoints arrive').toBeLessThanOrEqual(6);
    const replaced = svc4('10.0.4.2');
    expect(await cost([replaced]), 'an endpoint is replaced').toBeLessThanOrEqual(5);
    const grown = svc4('10.0.4.2', '10.0.4.3');
    expect(await cost([grown]), 'an endpoint is added').toBeLessThanOrEqual(4);
    expect(await cost([empty]), 'the endpoints go').toBeLessThanOrEqual(5);
    expect(await cost([grown]), 'they come back at once').toBeLessThanOrEqual(7);
    expect(await cost([]), 'nothing').toBe(0);

    await cost([], [port(svc1), grown]);
    expect(await cost([]), 'too early to delete a chain').toBe(0);
    nowMs += 1000;
    expect(await cost([]), 'a chain that nothing leads to').toBe(2);
    expect(nft.transactions.at(-1)).toBe(
      'flush chain ip kube-proxy pick-2\ndelete chain ip kube-proxy pick-2',
    );
    expect(ruleset().chains.has('pick-1')).toBe(true);
    expect(await cost([]), 'nothing more').toBe(0);
  });

  it('is not lost where a chain that nothing leads to cannot be deleted', async () => {
    let nowMs = 0;
    const { sync, nft, ruleset } = await fakeDataplane({ now: () => nowMs });
    await sync([port(svc1)]);
    await sync([], [port(svc1)]);
    nowMs += 1000;
    nft.fail('Could not process rule: Device or resource busy');
    expect(await sync([])).toMatchObject({
      kind: 'partial',
      cleanupError: 'Could not process rule: Device or resource busy',
    });
    nft.fail(null);
    expect(ruleset().chains.has('pick-2')).toBe(true);
    const again = await sync([]);
    expect(again).toMatchObject({ kind: 'partial', operations: 2 });
    expect(again).not.toHaveProperty('cleanupError');
    expect(ruleset().chains.has('pick-2')).toBe(false);
  });

  it('is one transaction of what changed, whatever else there is', async () => {
    const { sync, nft } = await fakeDataplane();
    const many = Array.from({ length: 300 }, (_, index) =>
      port({ name: `svc-${index}`, clusterIP: `172.30.1.${index}`, cluster: ['10.0.1.1'] }),
    );
    await sync([port(svc1), ...many]);
    const before = nft.transactions.length;
    await sync([
      port({ ...svc1, cluster: ['10.0.1.3', '10.0.1.2'], here: ['10.0.1.3', '10.0.1.2'] }),
    ]);
    expect(nft.transactions.slice(before)).toEqual([
      [
        'delete element ip kube-proxy tcp-endpoints { 172.30.0.41 . 80 . 0 }',
        'delete element ip kube-proxy hairpin-connections { 10.0.1.1 . 10.0.1.1 . tcp . 80 }',
        'add element ip kube-proxy hairpin-connections { 10.0.1.3 . 10.0.1.3 . tcp . 80 }',
        'add element ip kube-proxy tcp-endpoints { 172.30.0.41 . 80 . 0 : 10.0.1.3 . 80 }',
      ].join('\n'),
    ]);
  });
});
