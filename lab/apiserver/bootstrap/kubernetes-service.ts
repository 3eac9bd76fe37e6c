/** The `kubernetes` Service: the first address of the range, where pods find the apiservers. */
import { setTimeout as delay } from 'node:timers/promises';
import { firstAddress } from '../service-range.ts';
import type { Loopback } from '../loopback.ts';
import { StatusError } from '../status.ts';
import type { BootstrapOptions } from './bootstrap.ts';

const services = '/api/v1/namespaces/default/services';
const attempts = 40;
const retryMs = 50;

export async function ensureKubernetesService(
  api: Loopback,
  { settings, port }: BootstrapOptions,
): Promise<void> {
  const [first] = settings.serviceClusterIpRanges;
  if (!first) return;
  const service = {
    metadata: {
      name: 'kubernetes',
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP: firstAddress(first),
      ipFamilyPolicy: 'SingleStack',
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: port }],
      sessionAffinity: 'None',
    },
  };
  for (let attempt = 1; ; attempt += 1) {
    if (await api.find(`${services}/kubernetes`)) return;
    try {
      await api.send('POST', services, service);
    } catch (error) {
      // Another apiserver has claimed the address, and is about to write the same Service.
      if (!(error instanceof StatusError) || attempt === attempts) throw error;
      await delay(retryMs);
    }
  }
}
