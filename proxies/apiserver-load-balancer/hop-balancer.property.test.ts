import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { WantedBackend } from './backend.ts';
import type { CheckEvent } from './checks/check-state.ts';
import type { ForwardingPlan } from './dataplane.ts';
import { startHopBalancer } from './hop-balancer.ts';
import { createFakeChecks } from './testing/fake-checks.ts';
import { createFakeDataplane } from './testing/fake-dataplane.ts';

const names = ['a', 'b', 'c', 'd'] as const;

type Step =
  | { readonly check: CheckEvent['kind']; readonly name: string }
  | { readonly list: readonly { readonly name: string; readonly isDraining: boolean }[] }
  | { readonly fails: boolean }
  /** So many turns of promises pass. */
  | { readonly turns: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      check: fc.constantFrom('good', 'good', 'bad', 'untrusted', 'refused', 'unanswered', 'doubt'),
      name: fc.constantFrom(...names),
    }),
  },
  { weight: 2, arbitrary: fc.record({ turns: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ fails: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      list: fc.uniqueArray(
        fc.record({ name: fc.constantFrom(...names), isDraining: fc.boolean() }),
        { selector: ({ name }) => name },
      ),
    }),
  },
);

const policies = fc.constantFrom('try-all', 'refuse');
const settings = {
  listen: [],
  balance: 'round-robin',
  proxyProtocol: 'off',
  dataplane: 'userspace',
  ...{ dialTimeoutMs: 500, keepAliveMs: 0, idleTimeoutMs: 0, maxConnectionAgeMs: 0 },
  drainTimeoutMs: 0,
  log: () => undefined,
} as const;
const check = {
  ...{ path: '/readyz', intervalMs: 3_600_000, timeoutMs: 500, rise: 2, fall: 2 },
  ...{ caPem: null, serverName: null },
};

it('whatever happens: no plan is wrong when it is made, and the last one is right', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 60, size: 'max' }), policies, runs),
    {
      numRuns: 400,
    },
  );
});

async function runs(story: readonly Step[], whenNoneReady: 'try-all' | 'refuse') {
  const checks = createFakeChecks(check);
  /** Those that died, and whose connections have not been reset since. */
  const doomed = new Set<string>();
  let wanted: readonly WantedBackend[] = [];
  /** Nobody knows yet which list is in force. */
  let isListing = false;

  const judge = ({ eligible, reset }: ForwardingPlan) => {
    const given = eligible.map(({ name }) => name);
    const conditionOf = (name: string) => checks.conditionOf(name) ?? 'not watched';
    expect(given.map(conditionOf)).not.toContain('untrusted');
    expect(given.map(conditionOf)).not.toContain('not watched');
    for (const { name } of reset) expect([...doomed]).toContain(name);
    if (isListing) return;
    const open = wanted.filter(({ isDraining }) => !isDraining).map(({ name }) => name);
    const those = (...conditions: readonly string[]) =>
      open.filter((name) => conditions.includes(conditionOf(name)));
    const ready = those('ready');
    const undecided = those('suspect', 'unknown');
    const answering = those('not-ready');
    if (ready.length > 0) expect(given).toEqual(ready);
    else if (undecided.length > 0) expect(given).toEqual(undecided);
    else if (whenNoneReady === 'refuse') expect(given).toEqual([]);
    else expect(given).toEqual(answering.length > 0 ? answering : those('dead'));
  };
  const wrong: unknown[] = [];
  const dataplane = createFakeDataplane(
    () => undefined,
    (plan) => {
      try {
        judge(plan);
      } catch (error) {
        wrong.push(error);
      }
      // Who dies again meanwhile is to be reset again.
      if (dataplane.failure === null) for (const { name } of plan.reset) doomed.delete(name);
    },
  );
  await using balancer = await startHopBalancer({
    ...settings,
    ...{ check, whenNoneReady },
    createDataplane: dataplane.create,
    watchBackend: checks.watch,
  });

  const set = async (list: readonly WantedBackend[]) => {
    isListing = true;
    const isTaken = await balancer.setBackends(list).then(
      () => true,
      () => false,
    );
    if (isTaken) wanted = list;
    isListing = false;
  };
  for (const step of story) {
    if ('check' in step) {
      const before = checks.conditionOf(step.name);
      checks.happen(step.name, { kind: step.check, reason: step.check });
      const now = checks.conditionOf(step.name);
      if (now === 'dead' && before !== 'dead') doomed.add(step.name);
      if (now === 'ready') doomed.delete(step.name);
    } else if ('turns' in step) {
      for (let turn = 0; turn < step.turns; turn += 1) await Promise.resolve();
    } else if ('fails' in step) {
      dataplane.failure = step.fails ? 'No buffer space available' : null;
    } else {
      await set(step.list.map(named));
    }
  }
  dataplane.failure = null;
  // Once more, so that what failed is not waited for.
  await set([...wanted]);
  judge({
    eligible: dataplane.eligible.map((name) => named({ name, isDraining: false })),
    reset: [],
  });
  expect([...doomed]).toEqual([]);
  if (wrong.length > 0) throw wrong[0];
}

function named({ name, isDraining }: { name: string; isDraining: boolean }): WantedBackend {
  return { name, address: '192.0.2.1', port: 6443, family: 'IPv4', isDraining };
}
