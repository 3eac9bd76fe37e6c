import { afterEach, beforeEach, expect, it } from 'vitest';
import { untilLeading, type Lease } from '../../proxies/kit/api/leader-election.ts';
import { startWorld, type World } from './testing/start-world.ts';

const path = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-controller-manager';

let world: World;
const stop = new AbortController();

beforeEach(async () => {
  world = await startWorld();
});

afterEach(() => world[Symbol.asyncDispose]());

const lead = (identity: string) =>
  untilLeading({
    client: world.client,
    lease: { namespace: 'kube-system', name: 'kube-controller-manager' },
    identity,
    signal: stop.signal,
    log: () => undefined,
  });

it('lets one lead, and the next when the first gives its Lease back', async () => {
  const first = await lead('first');
  expect((await world.client.get<Lease>(path)).spec).toMatchObject({
    holderIdentity: 'first',
    leaseDurationSeconds: 15,
    leaseTransitions: 0,
  });
  let isSecondLeading = false;
  const second = lead('second').then((leadership) => {
    isSecondLeading = true;
    return leadership;
  });
  await world.client.get(path);
  expect(isSecondLeading).toBe(false);
  await first.release();
  const leadership = await second;
  expect((await world.client.get<Lease>(path)).spec).toMatchObject({
    holderIdentity: 'second',
    leaseTransitions: 1,
  });
  await leadership.release();
});
