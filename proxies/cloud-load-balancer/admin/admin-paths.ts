/** What the admin server answers. */
import { plainText, type AnswerPath, type StatusAnswer } from '../../kit/http/status-server.ts';
import { prometheusType } from '../../kit/prometheus-text.ts';
import { metricsText } from './metrics-text.ts';
import { poolUse } from './pool-use.ts';
import type { AdminView, Stage } from './view.ts';

export function adminPaths(view: AdminView): AnswerPath {
  const answers: Readonly<Record<string, () => StatusAnswer>> = {
    '/healthz': () => ({ contentType: plainText, body: 'ok' }),
    '/readyz': () => readiness(view.stage()),
    '/metrics': () => ({ contentType: prometheusType, body: metricsText(view) }),
    '/load-balancers': () => ({
      contentType: 'application/json',
      body: `${JSON.stringify(loadBalancers(view), null, 2)}\n`,
    }),
  };
  return (path) => (Object.hasOwn(answers, path) ? answers[path]?.() : undefined);
}

/** Who stands by is ready to: a Deployment must not wait for the Lease of the pod that it replaces. */
const isReady: Readonly<Record<Stage, boolean>> = {
  connecting: false,
  'standing-by': true,
  starting: false,
  serving: true,
  stopping: false,
};

/** As an apiserver answers it. */
function readiness(stage: Stage): StatusAnswer {
  if (isReady[stage]) return { contentType: plainText, body: 'ok' };
  const lines = ['[+]ping ok', `[-]service-controller failed: ${stage}`, 'readyz check failed', ''];
  return { status: 500, contentType: plainText, body: lines.join('\n') };
}

function loadBalancers(view: AdminView): object {
  const { clusterName, profile, dataplane, mode, pools } = view.configuration;
  const all = view.loadBalancers();
  return {
    cluster: clusterName,
    provider: profile.id,
    dataplane,
    ipMode: mode,
    stage: view.stage(),
    addressPools: poolUse(pools, all),
    loadBalancers: all.map((balancer) => ({ ...balancer, doors: view.doors(balancer.name) })),
  };
}
