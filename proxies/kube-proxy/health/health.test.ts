import { expect, it } from 'vitest';
import type { KubeObject } from '../../kit/api/api-client.ts';
import { createFakeClock } from '../../kit/testing/fake-clock.ts';
import { node } from '../testing/objects.ts';
import { healthPaths } from './health-paths.ts';
import { createProxyHealth } from './proxy-health.ts';

function setUp() {
  const clock = createFakeClock();
  const health = createProxyHealth(clock, 60_000);
  const answer = healthPaths(health, clock, () => undefined);
  const statuses = () => [answer('/healthz')?.status, answer('/livez')?.status];
  return { clock, health, answer, statuses };
}

it('answers in upstream’s words, as recorded', async () => {
  const { clock, health, answer } = setUp();
  await clock.pass(64_000);
  health.updated('IPv4');
  const time = '2026-11-22 02:37:18 +0000 UTC m=+64.000000000';
  expect(answer('/healthz')).toEqual({
    status: 200,
    contentType: 'application/json',
    body: `{"lastUpdated": "${time}","currentTime": "${time}", "nodeEligible": true}`,
  });
  expect(answer('/livez')?.body).toBe(`{"lastUpdated": "${time}","currentTime": "${time}"}`);
  expect(answer('/')).toBeUndefined();
});

it('is healthy while it starts, and until a change has waited for a minute', async () => {
  const { clock, health, statuses } = setUp();
  expect(statuses()).toEqual([200, 200]);
  health.queued('IPv4');
  await clock.pass(59_999);
  expect(statuses()).toEqual([200, 200]);
  await clock.pass(1);
  expect(statuses()).toEqual([503, 503]);
  health.updated('IPv4');
  expect(statuses()).toEqual([200, 200]);
});

it('counts from the oldest change that waits, and for each family by itself', async () => {
  const { clock, health, statuses } = setUp();
  health.queued('IPv4');
  health.queued('IPv6');
  await clock.pass(50_000);
  health.queued('IPv4');
  health.updated('IPv6');
  await clock.pass(10_000);
  expect(statuses()).toEqual([503, 503]);
  health.updated('IPv6');
  expect(statuses()).toEqual([503, 503]);
});

it('says of a late family when it was last on time', async () => {
  const { clock, health, answer } = setUp();
  await clock.pass(1000);
  health.updated('IPv4');
  health.queued('IPv4');
  await clock.pass(60_000);
  expect(answer('/livez')?.body).toContain(
    '{"lastUpdated": "2026-11-22 02:36:15 +0000 UTC m=+1.000000000","currentTime": "2026-11-22 02:37:15',
  );
});

it('does not mind a clock that is set', async () => {
  const { clock, health, statuses } = setUp();
  health.queued('IPv4');
  clock.setWall(clock.wall() + 86_400_000);
  expect(statuses()).toEqual([200, 200]);
  clock.setWall(clock.wall() - 10 * 86_400_000);
  await clock.pass(60_000);
  expect(statuses()).toEqual([503, 503]);
});

const nodes: readonly [name: string, node: KubeObject | null, healthz: number][] = [
  ['without taints', node(), 200],
  ['with another taint', node({ spec: { taints: [{ key: 'other' }] } }), 200],
  [
    'that cluster-autoscaler is about to delete',
    node({ spec: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler' }] } }),
    503,
  ],
  ['that is being deleted', node({ deletionTimestamp: '2026-11-22T02:36:00Z' }), 503],
  ['that is gone', null, 503],
];

it.each(nodes)(
  'tells load balancers of a node %s, and the kubelet nothing',
  (_, state, healthz) => {
    const { health, statuses } = setUp();
    health.nodeChanged(state);
    expect(statuses()).toEqual([healthz, 200]);
    health.nodeChanged(node());
    expect(statuses()).toEqual([200, 200]);
  },
);
