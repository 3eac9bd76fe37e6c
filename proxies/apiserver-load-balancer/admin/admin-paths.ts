/** What the admin server answers. */
import { plainText, type AskForPath, type StatusAnswer } from '../../kit/http/status-server.ts';
import { prometheusType } from '../../kit/prometheus-text.ts';
import type { RunningBalancer } from '../balancer.ts';
import type { BalancerPlace } from '../connection-hops.ts';
import type { WantedList } from '../sources/wanted-list.ts';
import { createConditionCounts } from './condition-counts.ts';
import { metricsText } from './metrics-text.ts';
import type { Reloads } from './reloads.ts';

export interface AdminView {
  readonly balancer: RunningBalancer;
  readonly list: Pick<WantedList, 'backends' | 'changes'>;
  readonly reloads: Reloads;
  readonly place: BalancerPlace;
}

export interface AdminPaths extends Disposable {
  readonly answer: AskForPath;
}

export function adminPaths(view: AdminView): AdminPaths {
  const conditions = createConditionCounts(view.balancer);
  const answers: Readonly<Record<string, () => StatusAnswer | Promise<StatusAnswer>>> = {
    '/healthz': () => ({ contentType: plainText, body: 'ok' }),
    '/readyz': () => readiness(view),
    '/metrics': async () => ({
      contentType: prometheusType,
      body: await metricsText(view, conditions),
    }),
    '/backends': async () => ({
      contentType: 'application/json',
      body: `${JSON.stringify(await backends(view), null, 2)}\n`,
    }),
  };
  return {
    answer: (path) => (Object.hasOwn(answers, path) ? answers[path]?.() : undefined),
    [Symbol.dispose]: () => conditions[Symbol.dispose](),
  };
}

/** As an apiserver answers it. Where nobody checks, to listen is to be ready. */
async function readiness({ balancer }: AdminView): Promise<StatusAnswer> {
  const statuses = await balancer.statuses();
  const isReady = statuses?.some(({ condition }) => condition === 'ready') ?? true;
  if (isReady) return { contentType: plainText, body: 'ok' };
  const lines = (statuses ?? []).map(
    ({ backend, condition, reason }) =>
      `${backend.name} is ${condition}${reason ? `: ${reason}` : ''}`,
  );
  const body = ['[+]ping ok', `[-]backends failed: ${lines.join('; ') || 'there are none'}`];
  return {
    status: 500,
    contentType: plainText,
    body: [...body, 'readyz check failed', ''].join('\n'),
  };
}

async function backends({ balancer, list, place }: AdminView): Promise<object> {
  const statuses = await balancer.statuses();
  const counts = await balancer.counts();
  const { active, ...sums } = counts ?? { active: new Map<string, number>() };
  const listed = statuses ?? list.backends.map((backend) => ({ backend }));
  return {
    implementation: balancer.implementation,
    dataplane: place.dataplane,
    balance: place.balance,
    addresses: balancer.addresses,
    backends: listed.map(({ backend, ...status }) => ({
      ...backend,
      ...status,
      connections: counts === null ? null : (active.get(backend.name) ?? 0),
    })),
    connections: counts === null ? null : sums,
  };
}
