/** Says aloud when no backend can be trusted: that is no outage but a mistake, and waiting does not mend it. */
import type { Severity } from '../../kit/klog.ts';
import type { RunningBalancer } from '../balancer.ts';

export interface TellUntrustedOptions {
  /** What becomes of them meanwhile. */
  readonly clients: 'refused' | 'tried';
  readonly say: (severity: Severity, text: string) => void;
}

export function tellUntrusted(
  balancer: Pick<RunningBalancer, 'statuses' | 'onStatus'>,
  { clients, say }: TellUntrustedOptions,
): Disposable {
  let isTold = false;
  const look = async () => {
    const statuses = (await balancer.statuses()) ?? [];
    const isSo =
      statuses.length > 0 && statuses.every(({ condition }) => condition === 'untrusted');
    if (isSo && !isTold) say('E', words(clients));
    isTold = isSo;
  };
  return balancer.onStatus(() => void look().catch(() => undefined));
}

const become: Readonly<Record<TellUntrustedOptions['clients'], string>> = {
  refused: 'Clients are refused.',
  tried: 'Clients are sent there all the same, by --when-none-ready try-all.',
};

function words(clients: TellUntrustedOptions['clients']): string {
  return (
    'NO BACKEND IS TRUSTED: the certificates of all of them are of another authority, or for other names. ' +
    `${become[clients]} Check that --check-ca-file or the kubeconfig is of this cluster, and that the ` +
    'backends are; --check-server-name says which name is in their certificates'
  );
}
