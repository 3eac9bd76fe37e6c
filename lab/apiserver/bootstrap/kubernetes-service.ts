/** The `kubernetes` Service: the first address of the range, where pods find the apiservers. */
import { firstAddress } from '../service-range.ts';
import type { Loopback } from '../loopback.ts';
import type { BootstrapOptions } from './bootstrap.ts';

export async function ensureKubernetesService(
  api: Loopback,
  { settings, port }: BootstrapOptions,
): Promise<void> {
  const [first] = settings.serviceClusterIpRanges;
  if (!first) return;
  await api.ensure('/api/v1/namespaces/default/services', {
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
  });
}
