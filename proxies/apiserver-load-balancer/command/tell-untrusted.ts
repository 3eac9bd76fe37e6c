/** Says aloud when no backend can be trusted: that is no outage but a mistake, and waiting does not mend it. */
import type { Severity } from '../../kit/klog.ts';
import type { RunningBalancer } from '../balancer.ts';

export function tellUntrusted(
  balancer: RunningBalancer,
  say: (severity: Severity, text: string) => void,
): Disposable {
  let isTold = false;
  const look = async () => {
    const statuses = (await balancer.statuses()) ?? [];
    const isSo =
      statuses.length > 0 && statuses.every(({ condition }) => condition === 'untrusted');
    if (isSo && !isTold) say('E', words);
    isTold = isSo;
  };
  return balancer.onStatus(() => void look().catch(() => undefined));
}

const words =
  'NO BACKEND IS TRUSTED: the certificates of all of them are of another authority, or for other names. ' +
  'Clients are refused. Check that --check-ca-file or the kubeconfig is of this cluster, and that the ' +
  'backends are; --check-server-name says which name is in their certificates';
