/** Says when nobody is left to send clients to, and when somebody is again. */
import type { Severity } from '../../kit/klog.ts';
import type { BackendStatus } from '../backend.ts';
import type { RunningBalancer } from '../balancer.ts';

type State = 'unknown' | 'some-ready' | 'none-ready' | 'all-untrusted';

const words: Readonly<Record<Exclude<State, 'unknown'>, readonly [Severity, string]>> = {
  'some-ready': ['I', 'A backend is ready'],
  'none-ready': ['W', 'No backend is ready'],
  'all-untrusted': [
    'E',
    'NO BACKEND IS TRUSTED: the certificates of all of them are of another authority, or have other names. ' +
      'Clients get nobody. Check that --check-ca-file (or the kubeconfig) is of this cluster, ' +
      'and that the backends are; --check-server-name names what is in their certificates.',
  ],
};

export function tellState(
  balancer: RunningBalancer,
  say: (severity: Severity, text: string) => void,
): Disposable {
  let before: State = 'unknown';
  const look = async () => {
    const statuses = await balancer.statuses();
    const now = statuses === null ? 'unknown' : stateOf(statuses);
    if (now === before || now === 'unknown') return;
    before = now;
    say(...words[now]);
  };
  return balancer.onStatus(() => void look().catch(() => undefined));
}

function stateOf(statuses: readonly BackendStatus[]): State {
  const conditions = statuses.map(({ condition }) => condition);
  if (conditions.includes('ready')) return 'some-ready';
  if (conditions.length === 0 || conditions.includes('unknown')) return 'unknown';
  return conditions.every((one) => one === 'untrusted') ? 'all-untrusted' : 'none-ready';
}
