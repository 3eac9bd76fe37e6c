/** What every cluster has from the start. Idempotent, also with several apiservers starting at once. */
import type { ApiserverOptions } from '../options.ts';
import type { Loopback } from '../loopback.ts';
import type { ApiSettings } from '../settings.ts';
import { publishAuthentication } from './authentication-configmap.ts';
import { ensureKubernetesService } from './kubernetes-service.ts';
import { ensureRoles } from './ensure-roles.ts';

const systemNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

export interface BootstrapOptions extends Pick<ApiserverOptions, 'clientCa' | 'requestHeader'> {
  readonly settings: ApiSettings;
  /** The port of the `kubernetes` Service's endpoints. */
  readonly port: number;
}

export async function bootstrap(api: Loopback, options: BootstrapOptions): Promise<void> {
  await Promise.all(
    systemNamespaces.map((name) => api.ensure('/api/v1/namespaces', { metadata: { name } })),
  );
  await Promise.all([
    ensureRoles(api),
    publishAuthentication(api, options),
    ensureKubernetesService(api, options),
  ]);
}
