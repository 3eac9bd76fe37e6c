/** HAProxy checks as hop does, as far as it can; what it says of that is told in our words. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAuthority } from '../../../kit/pki/authority.ts';
import { needs } from '../../../kit/testing/needs.ts';
import type { RunningBalancer } from '../../balancer.ts';
import { implementationLimits } from '../limits.ts';
import { lineClient } from '../testing/line-client.ts';
import { quickOptions } from '../testing/options.ts';
import {
  answerOf,
  apiserver,
  ask,
  askFour,
  authority,
  clientOf,
  patience,
  start,
  twoClients,
  world,
} from '../testing/world.ts';

describe('haproxy', { timeout: 60_000 }, () => {
  test('gives one that is not ready no new connections, and lets those it has live', async (context) => {
    const { balancer, apiservers } = await world(context, 'haproxy');
    const [first, second] = apiservers;
    await conditions(balancer, ['ready', 'ready']);
    const clients = await twoClients(balancer.addresses[0]);
    first.state = 'not-ready';
    await conditions(balancer, ['not-ready', 'ready']);
    for (const answer of await askFour(balancer.addresses[0])) {
      expect(answer).toBe(answerOf(second));
    }
    for (const client of clients) expect(await client.ask('again')).toContain('again');
    first.state = 'ready';
    await conditions(balancer, ['ready', 'ready']);
    expect(new Set(await askFour(balancer.addresses[0])).size).toBe(2);
  });

  test('ends the connections of one that says nothing any more', async (context) => {
    const check = { ...quickOptions.check, timeoutMs: 200 };
    const { balancer, apiservers } = await world(context, 'haproxy', { check });
    const [first, second] = apiservers;
    await conditions(balancer, ['ready', 'ready']);
    using client = await clientOf(balancer.addresses[0], first);
    first.state = 'silent';
    expect(await client.ended).toBe('closed');
    await conditions(balancer, ['dead', 'ready']);
    expect(await ask(balancer.addresses[0])).toBe(answerOf(second));
  });

  test('gives one with a certificate of another cluster nothing', async (context) => {
    needs(context, 'haproxy');
    const check = { ...quickOptions.check, caPem: authority.certificatePem };
    const balancer = await start('haproxy', { check });
    const [own, strange] = [
      await apiserver(),
      await apiserver('127.0.0.1', await createAuthority()),
    ];
    await balancer.setBackends([strange.backend, own.backend]);
    await conditions(balancer, ['untrusted', 'ready']);
    for (const answer of await askFour(balancer.addresses[0])) expect(answer).toBe(answerOf(own));
  });

  test('compares a certificate with the name that was asked for', async (context) => {
    needs(context, 'haproxy');
    const { certificatePem: caPem } = authority;
    const check = { ...quickOptions.check, caPem, serverName: 'kubernetes' };
    const balancer = await start('haproxy', { check });
    const { backend } = await apiserver();
    await balancer.setBackends([backend]);
    await conditions(balancer, ['untrusted']);
  });

  test('when none is ready, one of them is tried', async (context) => {
    const { balancer, apiservers } = await world(context, 'haproxy');
    for (const each of apiservers) each.state = 'not-ready';
    await conditions(balancer, ['not-ready', 'not-ready']);
    expect(apiservers.map(answerOf)).toContain(await ask(balancer.addresses[0]));
  });

  test('when none is ready, clients are closed if that was asked for', async (context) => {
    const whenNoneReady = 'refuse';
    const { balancer, apiservers } = await world(context, 'haproxy', { whenNoneReady });
    for (const each of apiservers) each.state = 'not-ready';
    await conditions(balancer, ['not-ready', 'not-ready']);
    expect(await ask(balancer.addresses[0])).toBeNull();
  });

  test('counts, on over a change of the list, and says who has how many now', async (context) => {
    const { balancer, apiservers } = await world(context, 'haproxy');
    const [first, second] = apiservers;
    using client = await clientOf(balancer.addresses[0], first);
    const before = await balancer.counts();
    expect(before?.active.get(first.backend.name)).toBe(1);
    await balancer.setBackends([second.backend]);
    await ask(balancer.addresses[0]);
    const after = await balancer.counts();
    expect(after?.accepted).toBe((before?.accepted ?? 0) + 1);
    expect(after?.active.get(first.backend.name)).toBe(1);
    // It does not count whom it ends because their backend is dead.
    expect(after?.reset).toBeNull();
    expect(await client.ask('again')).toContain('again');
  });

  test('tells a condition from the first look on, and that it has changed', async (context) => {
    const { balancer, apiservers } = await world(context, 'haproxy');
    const [first] = apiservers;
    await conditions(balancer, ['ready', 'ready']);
    let told = 0;
    const listening = balancer.onStatus(() => (told += 1));
    onTestFinished(() => listening[Symbol.dispose]());
    await expect.poll(() => told, patience).toBeGreaterThan(0);
    const before = told;
    first.state = 'not-ready';
    await expect.poll(() => told, patience).toBeGreaterThan(before);
  });

  test('ends a client whose apiserver accepts and says nothing once the checks know', async (context) => {
    needs(context, 'haproxy');
    const balancer = await start('haproxy');
    const one = await apiserver();
    await balancer.setBackends([one.backend]);
    await conditions(balancer, ['ready']);
    one.state = 'silent';
    using client = await lineClient(balancer.addresses[0]);
    expect(await client.ask('hello')).toBeNull();
    expect(await client.ended).toBe('closed');
    const limit = implementationLimits.find(({ id }) => id === 'unanswered-client-hello');
    expect(limit?.instead).toMatchObject({ haproxy: 'closed-after-checks' });
  });

  test('refuses authorities that are none, in the words of HAProxy', async (context) => {
    needs(context, 'haproxy');
    const balancer = await start('haproxy', { check: { ...quickOptions.check, caPem: 'none' } });
    const { backend } = await apiserver();
    await expect(balancer.setBackends([backend])).rejects.toThrow(/haproxy refuses: .*ca\.crt/s);
  });
});

async function conditions(balancer: RunningBalancer, wanted: readonly string[]): Promise<void> {
  const now = async () => (await balancer.statuses())?.map(({ condition }) => condition);
  await expect.poll(now, patience).toEqual(wanted);
}
